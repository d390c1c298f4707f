import Checks
import Clearing
import OrderBook
import Primitives
import Venues

@_spi(World) @testable import Exchanges
@testable import Market

/// A session on one perpetual venue beside five spot venues that meets every kind of rule: books that empty, a crash and its
/// recovery, small and huge accounts of every leverage, hedged legs, collateral, funding over many hours, an index whose
/// sources stray and fall silent. What happened is one number: two rulebooks that differ in a rule that acts give two.
struct RuleProbe: ~Copyable {
    static let spots = ["coinbase", "kraken", "gemini", "bitstamp", "binance-spot"]
    private static let steps = 150
    private var exchanges: Exchanges
    private var own: VenueIndices?
    private var marks: MarkUpdates
    private var random: RandomStream
    private var trace = StateHash()
    private var price = 100_000.0
    private var basis = 0.0
    private var offsets = [Double](repeating: 0, count: RuleProbe.spots.count)
    private var quotes: [(book: BookID, id: OrderID, account: AccountID)] = []
    private var spotAccounts: [AccountID] = []
    private var traders: [AccountID] = []
    private var maker: AccountID = 0
    private let isHedging: Bool

    /// - Parameter ownIndex: whether the venue makes its index by its own rule.
    static func trace(_ rulebook: Rulebook, seed: UInt64, ownIndex: Bool) -> UInt64 {
        var probe = RuleProbe(rulebook, seed, ownIndex)
        for step in 0..<steps { probe.step(step) }
        probe.exchanges.perps[0].feed.flush()
        probe.note()
        probe.trace.combine(probe.exchanges.perps[0].stateHash().value)
        return probe.trace.value
    }

    private init(_ rulebook: Rulebook, _ seed: UInt64, _ ownIndex: Bool) {
        random = RandomStream(seed: seed, name: "test/rules")
        isHedging = rulebook.hasHedgeMode
        let start = SimTime(iso8601: "2025-10-10T02:57:00Z")!
        let units = Self.units(rulebook)
        func money(_ usd: Double) -> Money { Money(micros: Int64(usd * units)) }
        let capital = [0, 1e5, 3e6, 1e9][Int(seed) % 4]
        let perps = FixedArray<Venue>(count: 1) { _ in
            Venue(rulebook, vaultCapital: money(capital), fundCapital: money(capital), at: start)
        }
        let bitcoin = SpotMarket(
            name: "BTC", unit: ContractUnit(microsPerTickLot: 100_000, ticksPerUSD: 1, lotsPerCoin: 10),
            maxTicks: 1 << 18, makerFee: .zero, takerFee: .zero)
        let dollar = SpotMarket(
            name: "COLL", unit: ContractUnit(microsPerTickLot: 1, ticksPerUSD: 10_000, lotsPerCoin: 100),
            maxTicks: 1 << 18, makerFee: .zero, takerFee: .zero)
        let spots = FixedArray<SpotVenue>(count: Self.spots.count) {
            SpotVenue(Self.spots[$0], [bitcoin, dollar])
        }
        var books = [
            BookPlace(
                exchange: 0, market: 0, asset: 0, isSpot: false,
                isInverse: rulebook.markets[0].spec.unit.isInverse)
        ]
        for s in Self.spots.indices {
            for m in 0..<2 {
                books.append(
                    BookPlace(
                        exchange: VenueID(s + 1), market: m, asset: AssetID(m), isSpot: true, isInverse: false
                    ))
            }
        }
        exchanges = Exchanges(
            perps: perps, spots: spots, names: [rulebook.name] + Self.spots, assets: ["BTC", "COLL"],
            books: books, pools: [nil, nil], at: start)
        own = ownIndex ? VenueIndices(exchanges, weights: [0, 0.4, 0.3, 0.1, 0.1, 0.1]) : nil
        let collateral = rulebook.collateral.indices.map {
            CollateralBook(exchange: 0, place: $0, asset: 1, ownBook: BookID(books.count - 1))
        }
        marks = MarkUpdates(exchanges, collateral, at: start)
        for s in Self.spots.indices {
            let account = exchanges.spots[s].ledger.openAccount()
            _ = exchanges.spots[s].ledger.transfer(Money(usd: 1_000_000_000_000), account)
            for m: Int32 in 0..<2 { _ = exchanges.spots[s].ledger.transferCoins(Lots(1 << 38), account, m) }
            spotAccounts.append(account)
        }
        open(money)
    }

    /// Ledger units of a dollar at 100,000 dollars a coin.
    private static func units(_ rulebook: Rulebook) -> Double {
        guard case .coin = rulebook.settlement else { return 1e6 }
        return Double(rulebook.settlement.unitsPerOne) / 100_000
    }

    private mutating func open(_ money: (Double) -> Money) {
        exchanges.views[0].index = price
        exchanges.views[1].index = 1
        let unit = exchanges.perps[0].rulebook.markets[0].spec.unit
        let start = unit.nearestTick(price)
        quoteSpots()
        own?.observe(exchanges)
        exchanges.perps[0].house.setMark(0, start)
        marks.update(&exchanges, own: own, at: exchanges.now, isFirst: true)
        maker = exchanges.perps[0].house.openAccount()
        exchanges.perps[0].house.deposit(money(1e10), to: maker)
        var sum = Int64(0)
        let most = Int(exchanges.perps[0].rulebook.markets[0].maxLeverage)
        for i in 0..<26 {
            let account = exchanges.perps[0].house.openAccount()
            traders.append(account)
            let usd = [2e3, 5e4, 5e5, 3e6, 3e7, 2e8][i % 6]
            let leverage = UInt8(1 + random.integer(below: most))
            let sign: Int64 = random.chance(0.65) ? 1 : -1
            let lots = Lots(sign * max(1, unit.lots(worth: usd, at: start).count))
            let entry = Ticks(Int(Double(start.count) * random.uniform(0.98, 1.02)))
            exchanges.perps[0].house.deposit(
                money(usd / Double(leverage) * random.uniform(1, 1.6)), to: account)
            let isIsolated = random.chance(0.3)
            if isHedging && i % 5 == 0 {
                for (leg, part) in [
                    (PositionLeg.long, lots.magnitude.count), (.short, -lots.magnitude.count / 2),
                ]
                where part != 0 {
                    let p = exchanges.perps[0].house.positionID(account, 0, leg)
                    _ = exchanges.perps[0].house.configure(p, leverage: leverage, isolated: false)
                    exchanges.perps[0].house.book(p, Lots(part), at: start)
                    sum += part
                }
            } else {
                _ = exchanges.perps[0].seedPosition(
                    account, 0, lots, entry: entry, leverage: leverage, isolated: isIsolated)
                sum += lots.count
            }
            let places = exchanges.perps[0].rulebook.collateral.count
            if places > 0 && i % 3 == 0 {
                // Tokens of a dollar in place of cash that is not there.
                let market = Int32(exchanges.perps[0].rulebook.markets.count + i / 3 % places)
                exchanges.perps[0].house.depositCollateral(market, Lots(Int64(usd * 20) + 1), to: account)
                exchanges.perps[0].house.seedCash(money(-usd * 0.08), of: account)
            }
            exchanges.perps[0].house.seedAtLeast(Rate(nearest: random.uniform(1.02, 3)), of: account)
        }
        let dealer = exchanges.perps[0].house.openAccount()
        exchanges.perps[0].house.deposit(money(1e10), to: dealer)
        _ = exchanges.perps[0].seedPosition(
            dealer, 0, Lots(-sum), entry: start, leverage: 2, isolated: false)
        exchanges.perps[0].liquidateFailing()
    }

    private mutating func step(_ n: Int) {
        let seconds = [1, 1, 1, 2, 3, 7, 40, 200, 1500, 4000][random.integer(below: 10)]
        exchanges.now = exchanges.now.adding(seconds: Double(seconds))
        exchanges.perps[0].house.now = exchanges.now
        let drift = n < 25 ? 0 : n < 70 ? -0.008 : n < 110 ? 0.007 : -0.003
        price *= 1 + drift + random.normal() * 0.004
        basis = 0.8 * basis + random.normal() * 0.004
        for s in offsets.indices {
            if random.chance(0.1) {
                offsets[s] = [0, 0.001, -0.002, 0.03, -0.03, 0.08, -0.2, 0.35][random.integer(below: 8)]
            }
            if random.chance(0.05) {
                exchanges.outages.append(
                    Outage(
                        .oracle, exchange: VenueID(s + 1), from: exchanges.now,
                        until: exchanges.now.adding(seconds: Double(10 + random.integer(below: 3000)))))
            }
        }
        exchanges.applyOutages()
        quoteSpots()
        quotePerpetual()
        trade()
        exchanges.views[0].index = price
        own?.observe(exchanges)
        marks.update(&exchanges, own: own, at: exchanges.now, isFirst: false)
        exchanges.perps[0].liquidateFailing()
        marks.payFunding(&exchanges, at: exchanges.now)
        note()
    }

    private mutating func quoteSpots() {
        for (book, id, account) in quotes { exchanges.cancel(book, id, account: account) }
        quotes.removeAll()
        for s in Self.spots.indices {
            let mid = Int(price * (1 + offsets[s]))
            let collateral = s == 4 ? 8_000 + random.integer(below: 1500) : 10_000
            for (market, ticks) in [(0, mid), (1, collateral)] {
                let book = BookID(1 + 2 * s + market)
                for (side, at) in [(Side.buy, ticks - 5), (.sell, ticks + 5)] {
                    post(book, NewOrder(side, Lots(1), at: Ticks(at), account: spotAccounts[s]))
                }
            }
        }
    }

    private mutating func post(_ book: BookID, _ order: NewOrder) {
        let result = exchanges.submit(book, order)
        if result.resting != .none { quotes.append((book, result.resting, order.account)) }
    }

    /// Five levels a side, now and then a side with none.
    private mutating func quotePerpetual() {
        let unit = exchanges.unit(0)
        let mid = price * (1 + basis)
        for side in [Side.buy, .sell] where random.chance(0.9) {
            for level in 0..<5 {
                let away = 0.0003 + 0.002 * Double(level * level)
                let tick = unit.nearestTick(mid * (side == .buy ? 1 - away : 1 + away))
                let usd = random.logNormal(median: 2e5, logSD: 2)
                let lots = max(Lots(1), unit.lots(worth: min(usd, 3e7), at: tick))
                post(0, NewOrder(side, lots, at: exchanges.onGrid(0, tick, side), account: maker))
            }
        }
    }

    /// Traders send orders of every size and withdraw what they may; what is refused is noted.
    private mutating func trade() {
        let unit = exchanges.unit(0)
        for _ in 0..<4 {
            let account = random.chance(0.3) ? maker : traders[random.integer(below: traders.count)]
            let side: Side = random.chance(0.5) ? .buy : .sell
            // Not on the grid: a venue that has one refuses it.
            let tick = unit.nearestTick(price * random.uniform(0.99, 1.01))
            let usd = account == maker && random.chance(0.3) ? 6e7 : random.logNormal(median: 2e4, logSD: 2)
            let order = NewOrder(
                side, max(Lots(1), unit.lots(worth: min(usd, 6e7), at: tick)), at: tick, account: account,
                timeInForce: TimeInForce.allCases[random.integer(below: 4)],
                reduceOnly: random.chance(0.2))
            let leg: PositionLeg = isHedging ? (side == .buy ? .long : .short) : .net
            let result = exchanges.perps[0].submit(0, order, leg: leg)
            trace.combine(result.rejection.map { "\($0)".utf8.reduce(0) { ($0 &* 31) &+ Int($1) } } ?? 0)
            trace.combine(result.filled.count)
            if result.resting != .none { quotes.append((0, result.resting, account)) }
        }
        // Orders that rest far away, for a liquidation to cancel.
        for _ in 0..<6 {
            let account = traders[random.integer(below: traders.count)]
            let tick = unit.nearestTick((price * 0.8).rounded())
            let order = NewOrder(
                .buy, max(Lots(1), unit.lots(worth: 100, at: tick)), at: exchanges.onGrid(0, tick, .buy),
                account: account)
            let result = exchanges.perps[0].submit(0, order, leg: isHedging ? .long : .net)
            if result.resting != .none { quotes.append((0, result.resting, account)) }
        }
        let account = traders[random.integer(below: traders.count)]
        let equity = exchanges.perps[0].house.margin(.cross(account)).equity
        if equity > .zero {
            let part = Money(micros: Int64(Double(equity.micros) * random.uniform(0, 1)))
            trace.combine(part > .zero && exchanges.perps[0].withdraw(account, part) ? 1 : 0)
        }
    }

    private mutating func note() {
        for i in 0..<exchanges.perps[0].house.events.count {
            let event = exchanges.perps[0].house.events[i]
            for value in [
                Int64(event.kind.rawValue), Int64(event.account.rawValue), Int64(event.counterparty.rawValue),
                event.lots.count,
                Int64(event.price.count), event.amount.micros,
            ] {
                trace.combine(value)
            }
        }
        exchanges.perps[0].house.events.removeAll()
        let feed = exchanges.perps[0].feed
        for value in [
            Int64(feed.messages), feed.reportedLong.micros, feed.reportedShort.micros,
            exchanges.perps[0].house.fees.micros, Int64(exchanges.perps[0].house.mark(0).count),
            exchanges.perps[0].fundingRate(0).pico,
        ] {
            trace.combine(value)
        }
    }
}
