import Checks
import Clearing
import OrderBook
import Primitives
import Testing

@testable import Venues

/// What is noted of a watched account adds up to what its money did, fills, fees and funding alike.
@Suite struct AccountNoteTests {
    private static func venue() throws -> Venue {
        var venue = Venue(
            try .named("hyperliquid", assets: ["BTC"]), vaultCapital: Money(usd: 1), at: SimTime(seconds: 0))
        venue.updateOracle(0, 1_000_000, externalPerp: nil)
        for _ in 0..<2 { venue.house.deposit(Money(usd: 1_000_000), to: venue.house.openAccount()) }
        for a: AccountID in [1, 2] {
            _ = venue.house.configure(venue.house.positionID(a, 0), leverage: 10, isolated: false)
        }
        return venue
    }

    @Test func theyAddUpToTheCash() throws {
        var venue = try Self.venue()
        let watched: AccountID = 1
        venue.house.watchedAccount = watched
        let before = venue.house.account(watched).cash
        // It buys from the other's offers; a stop waits below.
        _ = venue.submit(0, NewOrder(.sell, Lots(60_000), at: Ticks(1_000_000), account: 2))
        _ = venue.submit(0, NewOrder(.sell, Lots(40_000), at: Ticks(1_001_000), account: 2))
        _ = venue.submit(0, NewOrder(.buy, Lots(100_000), at: Ticks(1_001_000), account: watched))
        var stop = NewOrder.market(.sell, Lots(70_000), account: watched, maxTicks: 10_000_000)
        stop.reduceOnly = true
        guard
            case .success = venue.submit(0, TriggerOrder(stop, when: .mark, .falling, to: Ticks(980_000)))
        else {
            Issue.record("a stop below the mark waits")
            return
        }
        // A resting order that takes a profit.
        _ = venue.submit(
            0, NewOrder(.sell, Lots(20_000), at: Ticks(1_010_000), account: watched, reduceOnly: true))
        _ = venue.submit(0, NewOrder(.buy, Lots(20_000), at: Ticks(1_010_000), account: 2))
        venue.house.settleFunding(0, rate: Rate(basisPoints: 1), at: Ticks(1_000_000))
        _ = venue.submit(0, NewOrder(.buy, Lots(200_000), at: Ticks(970_000), account: 2))
        venue.house.setMark(0, Ticks(979_000))
        venue.fireTriggers()

        let notes = venue.house.takeAccountNotes()
        var fills = 0
        var kinds: [String] = []
        for note in notes {
            switch note.kind {
            case .fill(let isMaker, let isForced):
                fills += Int(note.lots.count)
                expect(!isForced)
                kinds.append(isMaker ? "maker" : "taker")
            case .trigger(let isStop, let refusal):
                kinds.append(isStop && refusal == nil ? "stop" : "other")
                expect(note.price == Ticks(980_000) && note.mark == Ticks(979_000))
            case .funding: kinds.append("funding")
            }
        }
        expect(kinds == ["taker", "taker", "maker", "funding", "stop", "taker"], "\(kinds)")
        let p = venue.house.positionID(watched, 0)
        expect(Lots(fills) == venue.house.position(p).lots)
        let told = notes.reduce(Money.zero) { $0 + $1.realised - $1.paid }
        expect(told == venue.house.account(watched).cash - before, "\(told)")
        expect(notes.contains { $0.closes && $0.realised > .zero })
        expect(venue.house.takeAccountNotes().isEmpty)
    }

    /// Nobody watched: nothing kept, and the same state.
    @Test func watchingChangesNothing() throws {
        var hashes: [StateHash] = []
        for watched: AccountID in [.nobody, 1] {
            var venue = try Self.venue()
            venue.house.watchedAccount = watched
            _ = venue.submit(0, NewOrder(.sell, Lots(60_000), at: Ticks(1_000_000), account: 2))
            _ = venue.submit(0, NewOrder(.buy, Lots(60_000), at: Ticks(1_000_000), account: 1))
            venue.house.settleFunding(0, rate: Rate(basisPoints: 1), at: Ticks(1_000_000))
            expect(venue.house.takeAccountNotes().isEmpty == (watched < 0))
            hashes.append(venue.stateHash())
        }
        expect(hashes[0] == hashes[1])
    }
}
