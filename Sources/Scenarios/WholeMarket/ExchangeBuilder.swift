import Clearing
import Exchanges
import Primitives
import Rules
import Venues

/// Builds the empty venues of a whole-market scenario: rulebooks, markets, spot books.
struct ExchangeBuilder {
    let scenario: Scenario
    let assets: [AssetRow]
    /// Assets with contracts: the first so many coins.
    let contracts: Set<Int>
    var rulebooks: [Rulebook] = []
    /// By perpetual exchange: the public name and, by market, the asset.
    var names: [String] = []
    var marketAssets: [[Int]] = []
    var spotMarkets: [[SpotMarket]] = []
    var spotAssets: [[Int]] = []

    /// An agent here stands for many accounts: the venues' limits on one order do not bind it.
    private static let largestOrder = Money(usd: 1_000_000_000_000)
    /// A book's prices are array indices: beyond so many ticks below the price a tick of ten serves as well.
    private static let mostTicks = 60_000.0

    init(_ scenario: Scenario) throws {
        self.scenario = scenario
        let changed = try scenario.startPrices(AssetTable.rows())
        assets = AssetTable.rows().map {
            var row = $0
            if let price = changed[row.name] { row.priceUSD = price }
            return row
        }
        for asset in assets where asset.priceUSD <= 0 {
            throw InputError(
                file: scenario.name, key: "universe.prices", found: "no price of \(asset.name) at the start",
                allowed: "a price above 0 for every asset")
        }
        let rows = assets
        contracts = Set(
            rows.indices.filter { rows[$0].kind == .coin }.prefix(scenario.integer("universe.assets")))
        try addPerpetuals()
        addSpots()
    }

    private mutating func addPerpetuals() throws {
        let shares = try scenario.figures("venues.open_interest_shares", known: Scenario.perpetualVenues)
        for venue in Scenario.perpetualVenues where (shares[venue] ?? 0) > 0 {
            switch venue {
            case "binance-coinm", "deribit":
                let file = try Rulebook.file(venue)
                for coin in assets.indices where contracts.contains(coin) {
                    let name = assets[coin].name
                    guard let book = try? rulebook(file, [name], settlement: name),
                        case .coin = book.settlement
                    else { continue }
                    add(book, as: venue, [coin])
                }
            default:
                let file = try Rulebook.file(venue)
                let all = try Rulebook(file, on: scenario.text("venues.rules_day"))
                var wanted: [String] = []
                var found: [Int] = []
                for coin in assets.indices where contracts.contains(coin) {
                    let name = assets[coin].name
                    let spellings = [name, "1000" + name, "1000000" + name, "k" + name]
                    if let market = spellings.first(where: { s in all.markets.contains { $0.spec.name == s } }
                    ) {
                        wanted.append(market)
                        found.append(coin)
                    }
                }
                guard !wanted.isEmpty else {
                    throw InputError(
                        file: scenario.name, key: "venues.open_interest_shares", found: "`\(venue)`",
                        allowed: "a venue whose rulebook has a market of these assets")
                }
                add(try rulebook(file, wanted, settlement: nil), as: venue, found)
            }
        }
    }

    private func rulebook(_ file: RuleFile, _ markets: [String], settlement: String?) throws -> Rulebook {
        let known = Set(file.entries.flatMap { $0.settings.map(\.key) })
        var overrides: [(key: String, text: String)] = []
        if let settlement { overrides.append(("settlement", settlement)) }
        if !scenario.flag("contagion.own_book_collateral") && known.contains("collateral_price") {
            overrides.append(("collateral_price", "index"))
        }
        return try Rulebook(
            file, assets: markets, on: scenario.text("venues.rules_day"), overrides: overrides)
    }

    private mutating func add(_ rulebook: Rulebook, as name: String, _ coins: [Int]) {
        var book = rulebook
        book.name = name
        scenario.changeRules(&book)
        for m in book.markets.indices {
            var market = book.markets[m]
            let asset = assets[coins[m]]
            // A contract on a thousand coins: the same ticks and lots, counted per coin.
            for (prefix, count) in [("1000000", 1e6), ("1000", 1e3), ("k", 1e3)]
            where market.spec.name == prefix + asset.name {
                market.spec.unit.ticksPerUSD *= count
                market.spec.unit.lotsPerCoin /= count
            }
            coarsen(&market, coins[m], price: asset.priceUSD)
            market.maxMarketOrder = Self.largestOrder
            market.maxLimitOrder = Self.largestOrder
            if case .coin = book.settlement {
                market.maxMarketOrder = Money(micros: Int64.max / 16)
                market.maxLimitOrder = market.maxMarketOrder
            }
            // A harmful move of a volatile coin is larger: its trigger waits further away.
            market.spec.triggerWeight = max(0.1, min(asset.beta, 4))
            book.markets[m] = market
        }
        rulebooks.append(book)
        names.append(name)
        marketAssets.append(coins)
    }

    private func coarsen(_ market: inout MarketRules, _ asset: Int, price: Double) {
        let most = asset == 0 ? Self.mostTicks * 6 : Self.mostTicks
        while price * market.spec.unit.ticksPerUSD > most && !market.spec.unit.isInverse {
            market.spec.unit.ticksPerUSD /= 10
            market.spec.unit.microsPerTickLot *= 10
            market.priceGrid = .everyTick
        }
        let ticks = price * market.spec.unit.ticksPerUSD
        market.spec.maxTicks = Int32(min(Double(1 << 22), max(64, ticks * 4)))
        if ticks * 4 > Double(1 << 22) { market.spec.maxTicks = 1 << 22 }
    }

    // MARK: Spot

    /// Which assets a spot venue lists: all, or by rank, with those whose trades of the day were recorded there.
    private func lists(_ venue: String, _ asset: AssetRow) -> Bool {
        if asset.kind == .stable { return asset.name == "USDE" && venue != "gemini" && venue != "coinbase" }
        if asset.kind == .gold { return false }
        if asset.kind == .collateral { return venue == "binance-spot" || (venue == "kraken") }
        switch venue {
        case "binance-spot": return true
        case "coinbase": return asset.rank <= 60 || ["CRV", "ENA", "UNI"].contains(asset.name)
        case "kraken": return asset.rank <= 45
        default: return asset.rank <= 20
        }
    }

    private mutating func addSpots() {
        for venue in Scenario.spotVenues {
            var markets: [SpotMarket] = []
            var found: [Int] = []
            for (a, asset) in assets.enumerated() where lists(venue, asset) {
                let unit = spotUnit(asset)
                let highest = asset.priceUSD * unit.ticksPerUSD * 4
                let isFree = venue == "binance-spot" && asset.kind != .coin
                markets.append(
                    SpotMarket(
                        name: asset.name, unit: unit, maxTicks: Int32(min(highest, Double(1 << 22))),
                        makerFee: .zero, takerFee: isFree ? .zero : Rate(nearest: 0.0005)))
                found.append(a)
            }
            spotMarkets.append(markets)
            spotAssets.append(found)
        }
    }

    /// Four to five figures of the price; of a collateral asset the unit of clearing's ledger.
    private func spotUnit(_ asset: AssetRow) -> ContractUnit {
        if asset.kind == .collateral || asset.kind == .stable {
            return asset.priceUSD > 100
                ? ContractUnit(microsPerTickLot: 100, ticksPerUSD: 100, lotsPerCoin: 100)
                : ContractUnit(microsPerTickLot: 1, ticksPerUSD: 10_000, lotsPerCoin: 100)
        }
        var ticks = 1.0
        while asset.priceUSD * ticks < 6_000 { ticks *= 10 }
        while asset.priceUSD * ticks >= (asset.name == "BTC" ? 200_000 : 60_000) { ticks /= 10 }
        // A lot whose tick is a whole micro-dollar.
        var lots = 1e6 / ticks
        var micros: Int64 = 1
        while lots > 1e5 {
            lots /= 10
            micros *= 10
        }
        return ContractUnit(microsPerTickLot: micros, ticksPerUSD: ticks, lotsPerCoin: lots)
    }
}
