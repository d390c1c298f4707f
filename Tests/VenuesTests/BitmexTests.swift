import Checks
import Clearing
import OrderBook
import Primitives
import Testing

@testable import Venues

/// BitMEX on 12 March 2020, worked by hand.
@Suite struct BitmexTests {
    private static func rulebook(_ overrides: [(key: String, text: String)] = []) throws -> Rulebook {
        try .named("bitmex", on: "2020-03-12", overrides: overrides)
    }
    private static let xbt = 100_000_000.0

    private static func money(_ coins: Double) -> Money { Money(micros: Int64((coins * xbt).rounded())) }

    /// The venue's own example: 180 XBT ask 0.90 of maintenance; 230 XBT lie one step up, 1 % and 1.5 % of the whole.
    @Test func riskLimits() throws {
        let schedule = try Self.rulebook().markets[0].spec.schedule
        expect(schedule.maintenance(Self.money(180)) == Self.money(0.9))
        expect(schedule.maintenance(Self.money(230)) == Self.money(2.3))
        expect(schedule.initial(Self.money(230)) == Self.money(3.45))
        expect(
            try Rulebook.named("bitmex", on: "2020-04-17").markets[0].spec.schedule
                .maintenance(Self.money(230)) == Self.money(2.07))
    }

    /// Every row against the rule in words: the number of steps begun above the base limit.
    @Test func riskLimitsAgainstTheFormula() throws {
        let schedule = try Self.rulebook().markets[0].spec.schedule
        for tenths in stride(from: 1, through: 16_990, by: 7) {
            let size = Self.money(Double(tenths) / 10)
            let steps = tenths < 2000 ? 0 : 1 + (tenths - 2000) / 1000
            let half = Int64(steps + 1)
            expect(
                schedule.maintenance(size).micros == (size.micros * half + 199) / 200, "\(tenths)")
            expect(schedule.initial(size).micros == (size.micros * (half + 1) + 199) / 200, "\(tenths)")
        }
    }

    @Test(arguments: ["200:100", "0:100:0.5", "200:0:0.5", "200:100:x"])
    func badSteps(_ steps: String) throws {
        let line = "BTC tick=0.5 contract_usd=1 tiers=0:0.5:100 steps=\(steps)"
        let error = #expect(throws: InputError.self) { try Self.rulebook([("markets", line)]) }
        expect(error?.description.contains("steps=from:step:percent") == true, "\(steps)")
    }

    /// A venue, a dealer short and a long of 100,000 contracts at 8,000 dollars, isolated at 100x: 12.5 XBT on 0.125.
    private struct Desk: ~Copyable {
        var venue: Venue
        let dealer: AccountID
        let long: AccountID
        let position: Int32

        /// - Parameter others: contracts that accounts of the test are short, in the dealer's place.
        init(
            fund: Double, others: Int64 = 0, overrides: [(key: String, text: String)] = []
        ) throws {
            venue = Venue(
                try BitmexTests.rulebook(overrides), fundCapital: money(fund), at: SimTime(seconds: 0))
            dealer = venue.house.openAccount()
            venue.house.deposit(money(1000), to: dealer)
            long = venue.house.openAccount()
            venue.house.deposit(money(1), to: long)
            venue.house.setMark(0, Ticks(16_000))
            _ = venue.seedPosition(
                dealer, 0, Lots(others - 100_000), entry: Ticks(16_000), leverage: 10, isolated: false)
            position = venue.seedPosition(
                long, 0, Lots(100_000), entry: Ticks(16_000), leverage: 100, isolated: true)
            venue.liquidateFailing()
            venue.house.events.removeAll()
        }

        mutating func fall(toHalfDollars ticks: Int) -> [String] {
            venue.house.events.removeAll()
            venue.house.setMark(0, Ticks(ticks))
            venue.queues.markChanged(0)
            venue.liquidateFailing()
            expect(venue.house.zeroSum().holds)
            return venue.house.events.elements.map { "\($0.kind)" }
        }
    }

    /// 0.125 + 12.5 − 100,000 / p = 0.0625 at p = 8,000 / 1.005 = 7,960.199: at 7,960.5 nothing, at 7,960 it is taken over.
    @Test func liquidationPriceOfAHundredfoldLong() throws {
        var desk = try Desk(fund: 35_500)
        let margin = desk.venue.house.position(desk.position).margin
        expect(margin == Self.money(0.125))
        expect(desk.venue.house.liquidationTick(desk.position) == Ticks(15_920))
        let solved = desk.venue.house.liquidationPrice(desk.position)!
        expect(abs(solved / 2 - 8000 / 1.005) < 1e-3, "\(solved / 2)")
        expect(!desk.fall(toHalfDollars: 15_921).contains("fundTakeover"))
        expect(desk.fall(toHalfDollars: 15_920) == ["fundTakeover", "equityTakenOver", "closedOut"])
    }

    /// The fund gets the long at the bankruptcy price, 8,000 / 1.01 = 7,920.79, that is 100,000 contracts for 12.625 XBT. At
    /// the mark they are worth 100,000 / 7,960 = 12.56281407, so it gains 0.06218593 and the trader keeps what was not set
    /// aside.
    @Test func theFundTakesOverAtTheBankruptcyPrice() throws {
        var desk = try Desk(fund: 35_500)
        let outside = desk.venue.house.account(desk.long).cash
        _ = desk.fall(toHalfDollars: 15_920)
        let fund = desk.venue.fund!
        let held = desk.venue.house.position(desk.venue.house.find(fund, 0)!)
        expect(held.lots == Lots(100_000))
        let gain = desk.venue.house.fundState(fund).equity - Self.money(35_500)
        expect(abs(gain.micros - 6_218_593) <= 1, "\(gain.micros)")
        expect(desk.venue.house.position(desk.position).lots == .zero)
        expect(desk.venue.house.account(desk.long).cash == outside)
    }

    /// With an empty fund the winners close the long at 7,920.79: first the short whose profit in per cent times effective
    /// leverage is highest. At a mark of 7,960, contracts in thousands:
    ///
    ///     a: 30 from 8,100, 2x at 8,000:   profit 1.76 % × leverage 1.99 = 3.5 %
    ///     b: 30 from 8,000, 50x at 8,000:  profit 0.50 % × leverage 40.2 = 20.2 %
    ///     c: 30 from 8,040, 25x at 8,000:  profit 1.01 % × leverage 22.3 = 22.4 %
    @Test func winnersByProfitTimesLeverage() throws {
        var desk = try Desk(fund: 0, others: 90_000)
        var shorts: [Int32] = []
        for (entry, leverage) in [(16_200, 2), (16_000, 50), (16_080, 25)] as [(Int, UInt8)] {
            let account = desk.venue.house.openAccount()
            desk.venue.house.deposit(Self.money(10), to: account)
            shorts.append(
                desk.venue.seedPosition(
                    account, 0, Lots(-30_000), entry: Ticks(entry), leverage: leverage, isolated: true))
        }
        let kinds = desk.fall(toHalfDollars: 15_920)
        expect(kinds.first == "deleveraging", "\(kinds)")
        let order = desk.venue.house.events.elements.filter { $0.kind == .deleveraging }.map(\.counterparty)
        let owners = shorts.map { desk.venue.house.position($0).account }
        expect(Array(order.prefix(2)) == [owners[2], owners[1]], "\(order) of \(owners)")
        for event in desk.venue.house.events.elements where event.kind == .deleveraging {
            // In half dollars; to the tick in the loser's favour.
            expect(abs(Double(event.price.count) / 2 - 7920.79) <= 0.5, "\(event.price)")
        }
    }

    /// 2 of 8 hours before a payment of −0.375 % the fair price lies a quarter of that under an index of 8,000.
    @Test func fairPriceDecaysToTheIndex() throws {
        guard case .fundingBasis(let mark) = try Self.rulebook().markPrice else {
            Issue.record("no fair price")
            return
        }
        var inputs = PriceInputs(
            oracle: 16_000, bestBid: 13_000, bestAsk: 13_001, lastTrade: 13_000, externalPerp: nil)
        inputs.fundingRate = -0.00375
        inputs.hoursToFunding = 2
        expect(abs(mark.price(inputs) - 16_000 * (1 - 0.0009375)) < 1e-9)
        inputs.hoursToFunding = 0
        expect(mark.price(inputs) == 16_000)
    }

    /// Payments at 04:00, 12:00 and 20:00.
    @Test func paymentTimes() throws {
        let funding = try Self.rulebook().funding!
        for (hour, left) in [(0, 4), (3, 1), (4, 8), (11, 1), (12, 8), (19, 1), (23, 5)] as [(Int64, Int64)] {
            expect(funding.secondsToPayment(hour * 3600) == left * 3600, "\(hour):00")
        }
    }

    /// Against the mark the premium is that against the index while the impact prices stand outside, and the mark's own
    /// between them. The naive twin looks at the three cases.
    @Test func premiumFromTheMark() {
        var random = RandomStream(seed: 3, name: "test/bitmex")
        for _ in 0..<2000 {
            let index = random.uniform(4000, 8000)
            let mark = index * random.uniform(0.996, 1.004)
            let bid = index * random.uniform(0.9, 1.1)
            let ask = bid * random.uniform(1, 1.05)
            let naive = bid > mark ? bid / index - 1 : ask < mark ? ask / index - 1 : mark / index - 1
            let found = FundingRule.impactPremium(oracle: index, mark: mark, impactBid: bid, impactAsk: ask)
            expect(abs(found - naive) < 1e-12)
        }
    }

    /// A rate is paid one interval after it was found, and moves by at most 0.375 % a time.
    @Test func fundingIsKnownBefore() throws {
        var desk = try Desk(fund: 35_500, overrides: [("funding_premium", "mark")])
        desk.venue.updateOracle(0, 16_000, externalPerp: nil)
        expect(desk.venue.fundingRate(0) == Rate(nearest: 0.0001))
        // The mark stands 1 % under the index: −1 % + 0.05 %, capped at −0.375 %, and 0.375 % under what it was.
        desk.venue.house.setMark(0, Ticks(15_840))
        desk.venue.sampleFunding(0)
        let value = 100_000 / 7920.0
        let first = desk.venue.settleFunding(0)
        expect(abs(Double(first.micros) / Self.xbt - value * 0.0001) < 1e-6, "\(first.micros)")
        expect(desk.venue.fundingRate(0) == Rate(nearest: 0.0001 - 0.00375))
        let second = desk.venue.settleFunding(0)
        expect(abs(Double(second.micros) / Self.xbt - value * 0.00365) < 1e-6, "\(second.micros)")
        // Without a sample the rate returns to the interest.
        expect(desk.venue.fundingRate(0) == Rate(nearest: 0.0001))
    }

    /// Sources 25 % from the median are left out, two or three at once as well; the others share their weight.
    @Test func indexLeavesOutWhatIsFar() throws {
        let book = try Self.rulebook()
        func source(_ price: Double, _ venue: String) -> IndexSource {
            IndexSource(price: price, weight: book.indexWeights.first { $0.venue == venue }!.weight)
        }
        let near = [source(4000, "coinbase"), source(4100, "kraken"), source(4050, "gemini")]
        let mean = (4000 * 0.523 + 4100 * 0.2346 + 4050 * 0.0689) / (0.523 + 0.2346 + 0.0689)
        let far = [source(2000, "bitstamp"), source(6000, "bittrex")]
        expect(abs(book.index.price(near + far)! - mean) < 1e-9)
        let after = try Rulebook.named("bitmex", on: "2020-12-16")
        // 11 % away: left out under the later rule only.
        let drifted = near + [source(4500, "bitstamp")]
        expect(book.index.price(drifted)! > 4060 && after.index.price(drifted)! == book.index.price(near)!)
    }

    @Test(arguments: ["coinbase=0.6", "coinbase=0.5,coinbase=0.5", "coinbase=1.5,kraken=-0.5", "coinbase"])
    func badWeights(_ text: String) throws {
        let error = #expect(throws: InputError.self) { try Self.rulebook([("index_weights", text)]) }
        expect(error?.key == "index_weights", "\(text)")
    }
}
