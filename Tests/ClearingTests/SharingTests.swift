import Primitives
import Testing

@testable import Clearing

@Suite("Deleveraging shared out")
struct SharingTests {
    /// One short of a hundredth of each winner's size and more against longs of different sizes and leverage; who gave what.
    private static func given(
        _ sharing: DeleveragingSharing, loses: Int64, sizes: [Int64], leverages: [Double],
        isClosed: Bool = true
    ) throws -> [Int64] {
        let spec = MarketSpec(
            name: "X", unit: ContractUnit(microsPerTickLot: 1_000_000, ticksPerUSD: 1, lotsPerCoin: 1),
            schedule: try MarginSchedule([MarginTier(fromUSD: 0, maxLeverage: 100)]), maxTicks: 10_000,
            takerFee: .zero, makerFee: .zero)
        var house = ClearingHouse(markets: [spec], at: SimTime(seconds: 0))
        house.setMark(0, Ticks(1000))
        let loser = house.openAccount()
        let dealer = house.openAccount()
        house.deposit(Money(usd: loses), to: loser)
        house.deposit(Money(usd: 1_000_000_000), to: dealer)
        let short = house.positionID(loser, 0)
        let other = house.positionID(dealer, 0)
        house.settle(maker: other, taker: short, takerSide: .sell, Lots(loses), at: Ticks(1000))
        var winners: [Int32] = []
        for (size, leverage) in zip(sizes, leverages) {
            let account = house.openAccount()
            house.deposit(Money(usd: Int64(Double(size * 1000) / leverage)), to: account)
            let p = house.positionID(account, 0)
            house.settle(maker: other, taker: p, takerSide: .buy, Lots(size), at: Ticks(1000))
            winners.append(p)
        }
        // The dealer's own long goes, so that only the winners are left to close against.
        let left = house.position(other).lots
        if left > .zero {
            house.settle(
                maker: house.positionID(house.openAccount(.fund), 0), taker: other, takerSide: .sell, left,
                at: Ticks(1000))
        }
        let rule = {
            var rule = AutoDeleveraging(
                trigger: .whateverIsLeft, price: .mark,
                score: .markOverEntryTimesLeverage(invertsShorts: false))
            rule.sharing = sharing
            return rule
        }()
        var queues = DeleveragingQueues(markets: 1)
        queues.deleverage(.cross(loser), by: rule, fund: FundState(), in: &house)
        expect((house.position(short).lots == .zero) == isClosed)
        expect(house.zeroSum().holds)
        return zip(winners, sizes).map { $1 - house.position($0).lots.count }
    }

    @Test("A queue goes on down the ranking when the best it kept are used up")
    func queueBeyondTheKept() throws {
        let count = DeleveragingQueue.mostKept + 900
        let closed = DeleveragingQueue.mostKept + 400
        // Equity falls by three dollars from each to the next, so the last come out first.
        let leverages = (0..<count).map { 20_000 / (20_000 - 3 * Double($0)) }
        let given = try Self.given(
            .queue, loses: Int64(closed) * 20, sizes: Array(repeating: 20, count: count), leverages: leverages
        )
        #expect(given.prefix(count - closed).allSatisfy { $0 == 0 })
        #expect(given.suffix(closed).allSatisfy { $0 == 20 })
    }

    @Test("Pro rata takes the same share of everybody, to one slice")
    func proRata() throws {
        let sizes: [Int64] = [1000, 2000, 4000, 400]
        let given = try Self.given(.proRata, loses: 2220, sizes: sizes, leverages: [2, 5, 1, 3])
        #expect(given.reduce(0, +) == 2220)
        for (part, size) in zip(given, sizes) {
            #expect(abs(Double(part) / Double(size) - 0.3) <= DeleveragingSharing.slice + 1e-9)
        }
    }

    @Test("Risk-aware takes in proportion to size times leverage")
    func riskAware() throws {
        let sizes: [Int64] = [1000, 1000, 1000]
        let given = try Self.given(.riskAware, loses: 700, sizes: sizes, leverages: [1, 2, 4])
        #expect(given.reduce(0, +) == 700)
        for (part, share) in zip(given, [0.1, 0.2, 0.4]) {
            #expect(abs(Double(part) / 1000 - share) <= 0.06, "\(given)")
        }
    }

    @Test("Projection takes in proportion to size squared")
    func projection() throws {
        let given = try Self.given(
            .projection, loses: 1050, sizes: [1000, 2000, 4000], leverages: [1, 1, 1])
        #expect(given.reduce(0, +) == 1050)
        for (part, exact) in zip(given, [50.0, 200, 800]) {
            #expect(abs(Double(part) - exact) <= 350 * exact / 800 + 60, "\(given)")
        }
    }

    @Test("Capped pro rata leaves everybody half")
    func capped() throws {
        let given = try Self.given(
            .cappedProRata, loses: 2000, sizes: [1000, 1000], leverages: [1, 1], isClosed: false)
        #expect(given == [500, 500])
    }

    @Test("The queue closes the first whole before it touches the next")
    func queue() throws {
        let given = try Self.given(.queue, loses: 1500, sizes: [1000, 1000, 1000], leverages: [1, 9, 3])
        #expect(given == [0, 1000, 500])
    }

    @Test(
        "Every rule without a cap closes the same total in whole lots",
        arguments: DeleveragingSharing.allCases.filter { $0 != .cappedProRata })
    func sameTotal(_ sharing: DeleveragingSharing) throws {
        var draws = RandomStream(seed: 7, name: "sharing")
        for _ in 0..<50 {
            let sizes = (0..<8).map { _ in Int64(draws.uniform(1, 500)) }
            let loses = Int64(draws.uniform(1, Double(sizes.reduce(0, +))))
            let given = try Self.given(
                sharing, loses: loses, sizes: sizes, leverages: sizes.map { _ in draws.uniform(1, 20) })
            #expect(given.reduce(0, +) == loses)
            #expect(zip(given, sizes).allSatisfy { $0 >= 0 && $0 <= $1 })
        }
    }
}
