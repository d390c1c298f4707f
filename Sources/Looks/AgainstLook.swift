import Analysis
import Clearing
import Exchanges
import Market
import Primitives
import Venues

/// Who wins and who loses by what another future changed: every account of two runs of one market beside each other. Dollars.
public struct AgainstLook: Codable, Sendable, Equatable {
    /// Of the run asked, and of the one beside it; the same moment, or the difference is one of time, too.
    public var time: String
    public var otherTime: String
    public var venues: [Venue]
    /// Those with the largest gains and losses here against there.
    public var winners: [Account]
    public var losers: [Account]

    public struct Venue: Codable, Sendable, Equatable {
        public var venue: String
        /// People, each account for as many as it stands for: better off by more than a dollar, and worse.
        public var better: Int
        public var worse: Int
        public var gainsUsd: Double
        public var lossesUsd: Double
    }

    public struct Account: Codable, Sendable, Equatable {
        public var account: String
        public var standsFor: Int
        public var equityUsd: Double
        public var otherEquityUsd: Double
        public var differenceUsd: Double
    }
}

/// The equity of every account, by ledger.
public struct Equities: Sendable {
    var time: String
    var ledgers: [(name: String, equity: [Double], members: [Int32])] = []

    public init(_ world: borrowing World) {
        time = world.now.description
        for p in world.exchanges.perpetualIDs {
            var (equity, members): ([Double], [Int32]) = ([], [])
            for account in world.exchanges.perps[p].house.accountIDs {
                equity.append(world.exchanges.equityUSD(p, account).shown)
                members.append(Int32(world.exchanges.perps[p].house.account(account).members))
            }
            ledgers.append((ToldStory.label(p, world.exchanges), equity, members))
        }
    }
}

extension AgainstLook {
    /// Nil where these are not two futures of one market.
    public init?(_ here: Equities, _ there: Equities, most: Int = 10) {
        guard here.ledgers.map(\.name) == there.ledgers.map(\.name),
            zip(here.ledgers, there.ledgers).allSatisfy({ abs($0.equity.count - $1.equity.count) < 100 })
        else { return nil }
        (time, otherTime) = (here.time, there.time)
        var all: [Account] = []
        venues = zip(here.ledgers, there.ledgers).map { mine, other in
            var venue = Venue(venue: mine.name, better: 0, worse: 0, gainsUsd: 0, lossesUsd: 0)
            // Who sells or buys at the user's wish has an account of its own, in one future alone.
            for i in 0..<min(mine.equity.count, other.equity.count) {
                let difference = mine.equity[i] - other.equity[i]
                guard abs(difference) > 1 else { continue }
                let people = Int(mine.members[i])
                if difference > 0 {
                    venue.better += people
                    venue.gainsUsd += difference
                } else {
                    venue.worse += people
                    venue.lossesUsd -= difference
                }
                all.append(
                    Account(
                        account: "\(mine.name):\(i)", standsFor: people, equityUsd: mine.equity[i],
                        otherEquityUsd: other.equity[i], differenceUsd: difference))
            }
            return venue
        }
        all.sort { $0.differenceUsd > $1.differenceUsd }
        winners = all.prefix(most).filter { $0.differenceUsd > 0 }
        losers = all.suffix(most).filter { $0.differenceUsd < 0 }.reversed()
    }
}
