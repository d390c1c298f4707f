import Clearing
import Exchanges
import Primitives
import Venues

/// The leveraged population of every perpetual venue, once the run has begun: answers margin calls.
public final class CallAnswers: Strategy {
    public let name = "leveraged traders"
    /// By perpetual venue.
    public private(set) var populations: [LeveragedTraders]

    public init(_ populations: [LeveragedTraders]) { self.populations = populations }

    public func act(_ exchanges: inout Exchanges) {
        for p in populations.indices where !exchanges.perps[p].isHalted {
            // A frozen transfer with a call pending: money cannot come in, the answer waits.
            populations[p].act(&exchanges.perps[p], canDeposit: !exchanges.isFrozen(p))
        }
    }

    public func observe(_ exchanges: borrowing Exchanges) {
        for p in populations.indices {
            for i in 0..<exchanges.perps[p].house.events.count
            where exchanges.perps[p].house.events[i].kind == .marginCall {
                populations[p].called(exchanges.perps[p].house.events[i].account, at: exchanges.now)
            }
        }
    }
}
