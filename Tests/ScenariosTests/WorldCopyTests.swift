import Checks
import Clearing
import LendingMarkets
import Market
import OrderBook
import Primitives
import Testing
import Venues

@_spi(World) @testable import Exchanges
@testable import Scenarios

/// A copy of a small world goes on as the world does, and neither sees what is done to the other.
@Suite struct WorldCopyTests {
    /// A fall at once, with lending near its thresholds, collateral that is liquidated and an outage.
    private static let upheaval = [
        "universe.open_interest_usd=80e9", "universe.assets=4", "accounts.total=6000",
        "accounts.hedged_accounts=60", "news.time_utc=2025-10-10T20:00:20Z", "news.move_pct=-35",
        "news.digestion_minutes=0.5", "lending.health_median=1.05", "accounts.collateral_share=0.5",
        "example.dip_buyer_usd=1e8", "holders.stop_volume_share=0.1", "rules.breaker_pct=60",
        "venues.outages=binance orders 2025-10-10T20:00:40Z 2025-10-10T20:01:20Z",
    ]
    private static let seconds = 130

    private static func world(twins: Bool = false, with more: [String] = []) throws -> World {
        var options = RunOptions(seed: 5, threads: 2, until: SimTime(iso8601: "2025-10-10T21:00:00Z")!)
        options.usesTwins = twins
        var world = try Scenario(ScenarioFile(named: "october-2025", overrides: upheaval + more))
            .world(options)
        world.usesFullScan = twins
        return world
    }

    /// What a run has come to: the state, every minute's hash, and what was measured.
    private struct Outcome: Equatable {
        var state: StateHash
        var minutes: [StateHash]
        var figures: String
    }

    private static func finish(_ world: inout World) -> Outcome {
        var minutes: [StateHash] = []
        while world.steps < seconds {
            world.step()
            if world.minuteEnded != nil { minutes.append(world.minuteHash()) }
        }
        let state = world.stateHash()
        world.finish()
        let m = world.metrics
        var figures = "\(m.tallies) \(m.minutes) \(m.indexFalls) \(m.bookFalls) \(m.openInterest) \(m.depth)"
        figures += " \(m.bookRows.count) \(m.cascade.tree.causedUSD) \(m.cascade.tree.clusters.count)"
        figures += " \(m.gains[.longs]) \(m.worstImbalance) \(world.lending.markets.rows)"
        return Outcome(state: state, minutes: minutes, figures: figures)
    }

    /// Copied before the first step, in the fall and with everything under way, by itself and beside the slow twins.
    @Test(arguments: [(0, false), (35, false), (75, false), (75, true)])
    func aCopyGoesOnAsTheWorldDoes(_ steps: Int, _ twins: Bool) throws {
        var world = try Self.world(twins: twins)
        while world.steps < steps { world.step() }
        var copy = world.copy()
        expect(copy.stateHash() == world.stateHash())
        expect(copy.minuteHash() == world.minuteHash())
        let keeper = KeptWorld(world)
        var second = keeper.live()
        expect(second.stateHash() == world.stateHash())
        // One after the other: were anything shared, the second to go would find it moved on.
        let outcome = Self.finish(&world)
        expect(Self.finish(&copy) == outcome)
        expect(Self.finish(&second) == outcome)
        // Kept means kept: the same moment again.
        var third = keeper.live().copy()
        expect(third.steps == steps && Self.finish(&third) == outcome)
        expect(world.metrics.tallies.contains { $0.liquidatedLong > 0 })
        expect(world.lending.markets.liquidations > 0)
        expect(world.metrics.worstImbalance == 0 && copy.metrics.worstImbalance == 0)
    }

    /// A copy that runs on, or in which somebody does something, leaves the world where it was; the world then goes on as
    /// it would have.
    @Test func aChangedCopyLeavesTheWorldAlone() throws {
        var world = try Self.world()
        while world.steps < 50 { world.step() }
        var untouched = world.copy()
        let (state, minute) = (world.stateHash(), world.minuteHash())
        for (name, change) in Self.changes {
            var copy = world.copy()
            change(&copy)
            expect(copy.stateHash() != state, "\(name) is not in the hash")
            expect(world.stateHash() == state, "\(name) reaches the original")
        }
        var changed = world.copy()
        for (_, change) in Self.changes { change(&changed) }
        let other = Self.finish(&changed)
        expect(world.stateHash() == state && world.minuteHash() == minute)
        let outcome = Self.finish(&world)
        expect(Self.finish(&untouched) == outcome)
        expect(other.state != outcome.state)
        expect(other.figures != outcome.figures)
    }

    /// A fork of a copy is what a run of the same seed with the second announcement would have been from the start.
    @Test func aForkIsTheRunWithAnotherAnnouncement() throws {
        let again = SimTime(iso8601: "2025-10-10T20:01:30Z")!
        let end = SimTime(iso8601: "2025-10-10T20:03:00Z")!
        var run = try Self.world()
        while run.now < again { run.step() }
        var fork = run.copy()
        let scenario = try Scenario(ScenarioFile(named: "october-2025", overrides: Self.upheaval))
        fork.announce(scenario.announcement(at: again))
        fork.measureFalls(from: again.adding(seconds: -60), until: end)
        while !fork.isFinished { fork.step() }
        var replayed = try Self.world(
            with: [
                "news.again_utc=2025-10-10T20:01:30Z", "window.reference_utc=2025-10-10T20:00:30Z",
                "window.end_utc=2025-10-10T20:03:00Z",
            ])
        while !replayed.isFinished { replayed.step() }
        expect(fork.now == end && fork.stateHash() == replayed.stateHash())
        fork.finish()
        replayed.finish()
        expect(fork.metrics.indexFalls.map(\.percent) == replayed.metrics.indexFalls.map(\.percent))
        expect(fork.metrics.totalFalls.map(\.percent) == replayed.metrics.totalFalls.map(\.percent))
        expect(fork.metrics.indexFalls[0].percent > 1)
    }

    /// The world at the low, kept while the run did not know yet that it was one.
    @Test func theLowIsKept() throws {
        var world = try Self.world(with: ["window.reference_utc=2025-10-10T20:00:00Z"])
        let start = world.copy()
        var keeper = LowKeeper(asset: 0)
        var hashes: [StateHash] = []
        while world.steps < 200 {
            keeper.see(world)
            hashes.append(world.stateHash())
            world.step()
        }
        keeper.see(world)
        let low = world.metrics.indexFalls[0].lowTime
        let kept = keeper.world(at: low, orFrom: start)
        expect(kept.now == low && kept.steps > 60 && kept.steps < 200, "\(kept.steps)")
        expect(kept.stateHash() == hashes[kept.steps])
        // Without a copy, the long way from the start.
        var none = LowKeeper(asset: 0)
        expect(none.world(at: low, orFrom: start).stateHash() == hashes[kept.steps])
    }

    private static let changes: [(String, @Sendable (inout World) -> Void)] = [
        (
            "an order on a perpetual book",
            { world in
                let account = world.exchanges.perps[1].house.openAccount()
                world.exchanges.perps[1].house.deposit(Money(usd: 1_000_000), to: account)
                let order = NewOrder.market(
                    .sell, Lots(100), account: account, maxTicks: world.exchanges.maxTicks(1))
                world.exchanges.submit(1, order)
            }
        ),
        (
            "an order on a spot book",
            { world in
                let book = world.exchanges.bookIDs.first { world.exchanges.place($0).isSpot }!
                let wallet = world.exchanges.spots[0].ledger.openAccount()
                _ = world.exchanges.spots[0].ledger.transfer(Money(usd: 1_000_000), wallet)
                let order = NewOrder(.buy, Lots(10), at: world.exchanges.bestAsk(book)!, account: wallet)
                expect(world.exchanges.submit(book, order).filled == Lots(10))
            }
        ),
        (
            "a transfer",
            { world in
                let spot = world.exchanges.perps.count
                let wallet = world.exchanges.spots[1].ledger.openAccount()
                _ = world.exchanges.spots[1].ledger.transfer(Money(usd: 1_000_000), wallet)
                let isSent = world.exchanges.transfer(
                    Money(usd: 5), from: VenueID(spot + 1), wallet, to: VenueID(spot), 0)
                expect(isSent)
            }
        ),
        (
            "a stop order",
            { world in
                let order = NewOrder.market(.sell, Lots(1), account: 5, maxTicks: world.exchanges.maxTicks(0))
                let result = world.exchanges.perps[0].submit(
                    0, TriggerOrder(order, when: .mark, .falling, to: Ticks(1)))
                expect((try? result.get()) != nil)
            }
        ),
        ("a swap", { world in _ = world.exchanges.pools[0]?.sell(1000) }),
        ("a seizure", { world in world.exchanges.seize(SeizedCoins(asset: 0, coins: 1)) }),
        (
            "a margin call's answer",
            { world in world.exchanges.perps[0].topUp(5, Money(usd: 1), isolated: nil) }
        ),
        ("an announcement", { world in world.fundamentals.news[0].move *= 1.01 }),
        ("the views", { world in world.exchanges.views[2].slowVolatility += 1e-9 }),
        ("an outage", { world in world.exchanges.outages.removeAll() }),
        ("a switch of the venue", { world in world.exchanges.perps[2].house.takeoverPatience += 1 }),
    ]
}
