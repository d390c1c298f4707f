import Clearing
import Exchanges
import Primitives
import Venues

/// The leveraged population of every perpetual venue, once the run has begun: answers margin calls.
public struct CallAnswers: Strategy {
    public let name = "leveraged traders"
    /// By perpetual venue.
    public internal(set) var populations: [LeveragedTraders]

    public init(_ populations: [LeveragedTraders]) { self.populations = populations }

    public mutating func act(_ exchanges: inout Exchanges) {
        for p in VenueID.first(populations.count) where !exchanges.perps[p].isHalted {
            // A frozen transfer with a call pending: money cannot come in, the answer waits.
            populations[p].act(&exchanges, on: p, canDeposit: !exchanges.isFrozen(p))
        }
    }

    public mutating func observe(_ exchanges: borrowing Exchanges) {
        for p in VenueID.first(populations.count) {
            for i in 0..<exchanges.perps[p].house.events.count
            where exchanges.perps[p].house.events[i].kind == .marginCall {
                populations[p].called(exchanges.perps[p].house.events[i].account, at: exchanges.now)
            }
        }
    }
    public func combine(into hash: inout StateHash) {
        for population in populations { population.combine(into: &hash) }
    }

    /// Who has still to answer, and not what each of millions could pay in.
    public func combineForMinute(into hash: inout StateHash) {
        for population in populations { population.combinePending(into: &hash) }
    }
}

extension CallAnswers: Agent {
    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> CallAnswers? {
        CallAnswers(opening.populations)
    }
}
