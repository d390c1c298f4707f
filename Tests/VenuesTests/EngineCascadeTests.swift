import Anatomy
import Clearing
import OrderBook
import Primitives
import RealModule
import Testing

@testable import Venues

/// The one-mechanism model and the engine on the same world: a book of constant depth, thousands of small equal accounts
/// whose liquidation prices follow a density, a seller who moves the price step by step.
@Suite("The engine falls as far as the cascade map says")
struct EngineCascadeTests {
    private static let start: Int32 = 1_000_000
    private static let depth = 2e9  // dollars per unit log price

    private struct World: ~Copyable {
        var venue: Venue
        let dealer: AccountID
        let seller: AccountID
        private let unit: ContractUnit

        init(_ density: TriggerDensity, accountUSD: Double) throws {
            venue = Venue(
                try .named(
                    "textbook", assets: ["BTC"],
                    overrides: [("full_limit", "any"), ("full_while_equity_at_least", "-9")]),
                fundCapital: Money(usd: 1_000_000_000), at: SimTime(seconds: 0))
            venue.updateOracle(0, Double(start), externalPerp: nil)
            unit = venue.rulebook.markets[0].spec.unit
            dealer = venue.house.openAccount()
            seller = venue.house.openAccount()
            for id in [dealer, seller] { venue.house.deposit(Money(usd: 5_000_000_000), to: id) }
            layBids()
            seedAccounts(density, accountUSD)
        }

        /// Bids every ten dollars down to -70 % that a sale of `depth` × ln(p0/p) dollars eats through to p.
        private mutating func layBids() {
            var price = start
            while price > start * 3 / 10 {
                let lower = price - 100
                let usd = depth * Double.log(Double(price) / Double(lower))
                let lots = unit.lots(worth: usd, at: Ticks(Int(price)))
                let result = venue.submit(0, NewOrder(.buy, lots, at: Ticks(Int(price)), account: dealer))
                precondition(result.rejection == nil, "a bid at \(price): \(result.rejection!)")
                price = lower
            }
        }

        private mutating func seedAccounts(_ density: TriggerDensity, _ accountUSD: Double) {
            let schedule = venue.rulebook.markets[0].spec.schedule
            var sum: Int64 = 0
            for segment in density.segments {
                let count = Int(segment.notionalPerLog * (segment.to - segment.from) / accountUSD)
                for j in 0..<count {
                    let u = segment.from + (segment.to - segment.from) * (Double(j) + 0.5) / Double(count)
                    let trigger = Int32(Double(start) * Double.exp(-u))
                    let lots = unit.lots(worth: accountUSD, at: Ticks(Int(trigger)))
                    // Just margined at the trigger: the loss from the start to there and the maintenance margin at it.
                    let atTrigger = unit.notional(lots, at: Ticks(Int(trigger)))
                    let equity =
                        unit.notional(lots, at: Ticks(Int(start))) - atTrigger
                        + schedule.maintenance(atTrigger, lots: lots)
                    let account = venue.house.openAccount()
                    venue.house.deposit(equity, to: account)
                    _ = venue.seedPosition(
                        account, 0, lots, entry: Ticks(Int(start)), leverage: 1, isolated: false)
                    sum += lots.count
                }
            }
            _ = venue.seedPosition(
                dealer, 0, Lots(-sum), entry: Ticks(Int(start)), leverage: 1, isolated: false)
        }

        /// Sells what moves the price by `shock` alone, in small pieces; after each the mark follows the book and every
        /// liquidation is worked off. The fall as a logarithm.
        mutating func fall(_ shock: Double, pieces: Int) -> Double {
            for _ in 0..<pieces {
                let price = Ticks(Int(best))
                let lots = unit.lots(worth: depth * shock / Double(pieces), at: price)
                _ = venue.submit(
                    0,
                    .market(.sell, lots, account: seller, maxTicks: venue.rulebook.markets[0].spec.maxTicks))
                var before: Int32 = .max
                while best < before {
                    before = best
                    venue.house.setMark(0, Ticks(Int(best)))
                    venue.house.now = venue.house.now.adding(seconds: 60)
                    venue.liquidateFailing()
                }
            }
            return Double.log(Double(start) / Double(best))
        }

        private var best: Int32 { Int32(venue.bestBid(0)?.count ?? 1) }
    }

    @Test(
        "Linear impact, uniform triggers and a wall",
        arguments: [
            ([(0.0, 0.4, 0.5)], 0.05), ([(0.0, 0.4, 0.8)], 0.03),
            ([(0.01, 0.03, 0.4), (0.06, 0.08, 2.5), (0.09, 0.3, 0.2)], 0.049),
            ([(0.01, 0.03, 0.4), (0.06, 0.08, 2.5), (0.09, 0.3, 0.2)], 0.055),
        ] as [([(Double, Double, Double)], Double)])
    func agrees(_ segments: [(Double, Double, Double)], _ shock: Double) throws {
        let density = TriggerDensity(
            segments.map { .init(from: $0.0, to: $0.1, notionalPerLog: $0.2 * Self.depth) })
        let expected = CascadeMap(density, .linear(depth: Self.depth)).solve(shock: shock).drawdown
        var world = try World(density, accountUSD: 50_000)
        let fall = world.fall(shock, pieces: 200)
        expect(
            abs(fall / expected - 1) < 0.01,
            "shock \(shock): the engine fell \(fall), the map says \(expected)")
        expect(world.venue.house.zeroSum().holds)
    }
}
