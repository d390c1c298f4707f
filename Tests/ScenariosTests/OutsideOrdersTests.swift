import Agents
import Checks
import Exchanges
import Market
import OrderBook
import Primitives
import Testing

@testable import Scenarios

/// Orders from outside go in at the next step by everybody's door, and decide how the world goes on.
@Suite struct OutsideOrdersTests {
    private static func world() throws -> World {
        try Scenario(ScenarioFile(named: "october-2025-btc", overrides: ["accounts.total=2000"]))
            .world(RunOptions(seed: 3, until: SimTime(iso8601: "2025-10-10T20:10:00Z")!))
    }

    private static func order(_ world: borrowing World, _ side: Side, usd: Double, at times: Double)
        -> NewOrder
    {
        let book = BookID(0)
        let unit = world.exchanges.unit(book)
        let best = side == .buy ? world.exchanges.bestAsk(book)! : world.exchanges.bestBid(book)!
        let limit = world.exchanges.onGrid(book, Ticks(Int(Double(best.count) * times)), side)
        return NewOrder(
            side, unit.lots(worth: usd, at: best), at: limit, account: AccountID(0), selfTrade: .cancelMaker)
    }

    @Test func whatBecameOfThemIsTold() throws {
        var world = try Self.world()
        for _ in 0..<30 { world.step() }
        let book = BookID(0)
        let alone = world.copy()
        let account = world.openOutsideAccount(on: VenueID(0), usd: 1e6)
        var orders = [
            Self.order(world, .buy, usd: 50_000, at: 1.02), Self.order(world, .buy, usd: 50_000, at: 0.9),
            Self.order(world, .buy, usd: 1e9, at: 1.02),
        ]
        for i in orders.indices { orders[i].account = account }
        let numbers = orders.map { world.bring(book, account, .submit($0)) }
        #expect(numbers == [1, 2, 3])
        // A copy with orders on their way is the same world; without them it is another.
        var copy = world.copy()
        #expect(copy.stateHash() == world.stateHash() && alone.stateHash() != world.stateHash())
        world.step()
        copy.step()
        #expect(copy.stateHash() == world.stateHash())
        let answers = world.outsideAnswers
        #expect(answers.map(\.number) == [1, 2, 3])
        #expect(answers[0].filled == orders[0].lots && answers[0].filledMicros > 0)
        #expect(answers[1].resting != .none && answers[1].filled == .zero)
        #expect(answers[2].rejection == .marginMustCoverOrder)
        #expect(world.exchanges.holding(book, account) == orders[0].lots)
        #expect(world.metrics.worstImbalance == 0)
        // A cancellation of what rests, and of what does not.
        _ = world.bring(book, account, .cancel(answers[1].resting))
        world.step()
        #expect(world.outsideAnswers.map(\.rejection) == [nil])
        #expect(world.exchanges.remaining(book, answers[1].resting) == .zero)
        _ = world.bring(book, account, .cancel(answers[1].resting))
        _ = world.bring(book, account, .cancel(OrderID(raw: .max)))
        world.step()
        #expect(world.outsideAnswers.map(\.rejection) == [.orderMustBeLive, .orderMustBeLive])
        world.step()
        #expect(world.outsideAnswers.isEmpty)
    }

    /// Each field of a command that waits is in the hash.
    @Test func whatWaitsIsInTheHash() throws {
        let base = try Self.world()
        let order = Self.order(base, .buy, usd: 1000, at: 1)
        func hash(_ change: (inout NewOrder) -> Void) -> UInt64 {
            var world = base.copy()
            var changed = order
            change(&changed)
            _ = world.bring(BookID(0), AccountID(0), .submit(changed))
            return world.stateHash().value
        }
        let all = [
            hash { _ in }, hash { $0.side = .sell }, hash { $0.lots += Lots(1) },
            hash { $0.limit = Ticks($0.limit.count + 1) }, hash { $0.timeInForce = .postOnly },
            hash { $0.reduceOnly = true }, hash { $0.selfTrade = .off }, base.stateHash().value,
        ]
        #expect(Set(all).count == all.count)
        #expect(hash { _ in } == all[0])
    }
}
