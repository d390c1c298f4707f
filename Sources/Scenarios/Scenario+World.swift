import Agents
import Clearing
import Foundation
import Market
import MarketData
import OrderBook
import Primitives
import Rules
import Venues

/// What a run may change about a scenario without being another scenario.
public struct RunOptions: Sendable {
    public var seed: UInt64
    /// The largest `scale`.
    public static let mostScale = 100_000
    /// One account stands for so many.
    public var scale: Int
    public var threads: Int
    /// A recorded path in place of the scenario's index.
    public var indexPath: PricePath?
    public var until: SimTime?
    /// Whole market: everything fast runs beside its slow twin; the result must not change.
    public var usesTwins = false
    /// Whole market: told of each part of the world once it is built.
    public var onBuilt: (@Sendable (String) -> Void)?

    public init(
        seed: UInt64, scale: Int = 1, threads: Int = 1, indexPath: PricePath? = nil, until: SimTime? = nil
    ) {
        self.seed = seed
        self.scale = scale
        self.threads = threads
        self.indexPath = indexPath
        self.until = until
    }
}

extension Scenario {
    /// The rules of the scenario's venue, as in force when it starts unless it names a day.
    public func rulebook() throws -> Rulebook {
        let name = text("venue.rulebook")
        let isSocialised = name == "textbook-socialised"
        let file = try Rulebook.file(isSocialised ? "textbook" : name)
        let known = Set(file.entries.flatMap { $0.settings.map(\.key) })
        var overrides: [(key: String, text: String)] = []
        if isSocialised {
            // Whatever the fund cannot carry stays until the book takes it at any price.
            overrides += [
                ("plan", "cancel_orders,partial_liquidation,full_liquidation,insurance_fund,socialised_loss"),
                ("full_limit", "any"), ("full_while_equity_at_least", "-1000"),
            ]
        }
        for (key, path) in [
            ("adl_inverts_shorts", "venue.inverts_short_score"),
            ("cancels_orders", "venue.cancels_orders_at_liquidation"),
            ("vault_pays_deficits", "venue.vault_pays_deficits"),
        ] where known.contains(key) {
            overrides.append((key, flag(path) ? "true" : "false"))
        }
        for option in text("venue.rules").split(separator: ";") {
            let parts = option.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else {
                throw InputError(
                    file: self.name, key: "venue.rules", found: "`\(option)`",
                    allowed: "`setting=value`, several with `;` between")
            }
            overrides.append(
                (
                    parts[0].trimmingCharacters(in: .whitespaces),
                    parts[1].trimmingCharacters(in: .whitespaces)
                ))
        }
        let day = text("venue.rules_day")
        var rulebook = try Rulebook(
            file, assets: [text("market.asset")], on: day.isEmpty ? "\(start)".prefix(10).description : day,
            overrides: overrides)
        rulebook.marginCallRatios = try marginCallRatios()
        if !self.file.tiers.isEmpty {
            let tiers = self.file.tiers.map { MarginTier(fromUSD: $0.fromUSD, maxLeverage: $0.maxLeverage) }
            rulebook.markets[0].spec.schedule = try MarginSchedule(tiers)
            rulebook.markets[0].maxLeverage = UInt8(self.file.tiers[0].maxLeverage)
        }
        return rulebook
    }

    private func marginCallRatios() throws -> [Rate] {
        let path = "venue.margin_call_ratios"
        let cells = text(path).split(separator: ",").map {
            SettingKey.number($0.trimmingCharacters(in: .whitespaces))
        }
        let ratios = cells.compactMap { $0 }
        let isFalling = zip(ratios, ratios.dropFirst()).allSatisfy { $0 > $1 }
        guard ratios.count == cells.count, isFalling, ratios.count <= 8,
            ratios.allSatisfy({ $0 > 1 && $0 <= 5 })
        else {
            throw InputError(
                file: name, key: path, found: "`\(text(path))`",
                allowed: "up to 8 numbers from above 1 to 5, falling, with commas between")
        }
        return ratios.map { Rate(nearest: $0) }
    }

    /// Refuses whatever a run with these options would refuse before its first step.
    public func check(_ options: RunOptions) throws {
        if isWholeMarket { return try MarketBuilder(self, options).check() }
        let world = try world(options)
        precondition(world.start == start)
    }

    /// Builds the world at its first moment.
    public func world(_ options: RunOptions) throws -> World {
        try checkScale(options.scale, accounts: "population.accounts")
        let last = options.until.map { min($0, end) } ?? end
        if let path = options.indexPath, path.start > start || path.end < last.adding(seconds: -60) {
            throw InputError(
                file: "--index-path", found: "a path from \(path.start) to \(path.end)",
                allowed: "one that covers \(start) to \(last)")
        }
        if options.indexPath == nil && isIndexImposed {
            let table = IndexModel.table(self)
            if table.start > start || table.end < last.adding(seconds: -60) {
                throw InputError(
                    file: name, key: "index.table", found: "a table from \(table.start) to \(table.end)",
                    allowed: "a window inside it, another index.kind, or --index-path")
            }
        }
        let largestQuote =
            number("makers.depth_1pct_usd") / max(1, number("makers.count") * number("makers.levels"))
        let prices = IndexModel.prices(self, path: options.indexPath, seed: options.seed)
        let highest = prices.max()!
        let rulebook = try rulebook()
        guard largestQuote <= rulebook.markets[0].maxLimitOrder.dollars else {
            throw InputError(
                file: name, key: "makers.levels", found: "quotes of \(Int(largestQuote)) USD",
                allowed:
                    "depth / (count × levels) up to the venue's \(Int(rulebook.markets[0].maxLimitOrder.dollars)) USD an order"
            )
        }
        let unit = rulebook.markets[0].spec.unit
        guard highest * unit.ticksPerUSD < Double(rulebook.markets[0].spec.maxTicks) else {
            throw InputError(
                file: "index", key: "index", found: "a price of \(highest) USD",
                allowed:
                    "below \(Int(Double(rulebook.markets[0].spec.maxTicks) / unit.ticksPerUSD)) USD for \(text("market.asset"))"
            )
        }
        let count = integer("population.accounts") / options.scale
        var venue = Venue(
            rulebook, vaultCapital: money("venue.vault_capital_usd"),
            fundCapital: money("venue.fund_capital_usd"),
            expectedAccounts: count + integer("noise.accounts") + integer("makers.count") + 16, at: start)
        let calm = number("makers.calm_volatility_bp") * 1e-4
        var view = IndexView(price: prices[0], calmVolatility: calm)
        venue.house.setMark(0, unit.nearestTick(prices[0]))
        let population = Population(
            self, seed: options.seed, scale: options.scale, startUSD: prices[0], threads: options.threads)
        let traders = try population.open(on: &venue, market: 0)
        let arena = arena(on: &venue, prices: prices, view: &view, seed: options.seed)
        return World(
            venue: venue, arenas: [arena], traders: traders, start: start, end: last,
            stepSeconds: stepSeconds,
            reference: reference)
    }

    /// One account stands for so many: there must be that many.
    func checkScale(_ scale: Int, accounts key: String) throws {
        let most = min(RunOptions.mostScale, integer(key))
        guard (1...most).contains(scale) else {
            throw InputError(
                file: "--scale", found: "\(scale)", allowed: "1 to \(most); \(key) is \(integer(key))")
        }
    }

    private func arena(on venue: inout Venue, prices: [Double], view: inout IndexView, seed: UInt64) -> Arena
    {
        let parameters = MarketMaker.Parameters(
            depth1PctUSD: number("makers.depth_1pct_usd") / Double(max(1, integer("makers.count"))),
            halfSpreadBp: number("makers.half_spread_bp"), levels: integer("makers.levels"),
            volatilityExponent: number("makers.volatility_exponent"),
            calmVolatility: number("makers.calm_volatility_bp") * 1e-4,
            refillSeconds: number("makers.refill_seconds"), inventoryLimit: number("makers.inventory_limit"),
            skewBp: number("makers.skew_bp"))
        let makers = (0..<integer("makers.count")).map { _ in
            let capital = money("makers.capital_usd")
            return MarketMaker(
                parameters, account: fund(&venue, capital, leverage: .max), market: 0, equity: capital)
        }
        let buyers = ValueBuyers(
            ValueBuyers.Parameters(
                demandAt5PctUSD: number("value_buyers.demand_at_5pct_usd"),
                exponent: number("value_buyers.exponent"),
                refillSeconds: number("value_buyers.refill_seconds")),
            account: fund(&venue, money("value_buyers.capital_usd"), leverage: 3), market: 0,
            largestOrderUSD: venue.rulebook.markets[0].maxLimitOrder.dollars)
        let firstNoise = venue.house.accountCount
        for _ in 0..<integer("noise.accounts") { _ = fund(&venue, money("noise.capital_usd"), leverage: 3) }
        let noise = NoiseFlow(
            NoiseFlow.Parameters(
                ordersPerSecond: number("noise.orders_per_second"), medianUSD: number("noise.median_usd"),
                logSD: number("noise.log_sd"), limitBp: number("noise.limit_bp")),
            accounts: firstNoise..<venue.house.accountCount, market: 0,
            random: RandomStream(seed: seed, name: "noise/\(text("market.asset"))"))
        let unwinding = VaultUnwinder.Parameters(
            sharePerMinute: number("vault_unwind.share_per_minute"), limitBp: number("vault_unwind.limit_bp"))
        let house = [venue.vault, venue.fund].compactMap { $0 }
        return Arena(
            market: 0, asset: text("market.asset"), indexPath: prices, externalBasis: externalBasis(prices),
            index: view, makers: makers, valueBuyers: [buyers], noise: [noise],
            unwinders: house.map { VaultUnwinder(unwinding, account: $0, market: 0) })
    }

    /// A funded account whose position may use up to `leverage`, capped by the market's.
    private func fund(_ venue: inout Venue, _ capital: Money, leverage: UInt8) -> Int32 {
        let account = venue.house.openAccount()
        if capital > .zero { venue.house.deposit(capital, to: account) }
        let position = venue.house.positionID(account, 0)
        _ = venue.house.configure(
            position, leverage: min(leverage, venue.rulebook.markets[0].maxLeverage), isolated: false)
        return account
    }

    /// Where the other venues' perpetuals trade: a multiple of the index's own volatility off it.
    private func externalBasis(_ prices: [Double]) -> [Double] {
        let multiple = number("index.external_basis_volatility_multiple")
        var view = IndexView(price: prices[0], calmVolatility: number("makers.calm_volatility_bp") * 1e-4)
        return prices.enumerated().map { i, price in
            if i > 0 { view.move(to: price, seconds: stepSeconds) }
            return multiple * view.volatility
        }
    }
}
