import Agents
import Exchanges
import Primitives

/// What the makers' accounts have more than at the start, added up from the ledgers alone: the firms' profit must be this, to
/// the micro-dollar, whenever a minute has ended.
struct MakersEquity: Sendable {
    private let accounts: [(book: BookID, account: AccountID, start: Stake)]
    /// The most that the firms' profit was ever off by.
    private(set) var worstGap = Money.zero

    /// - Parameter makers: nil where nobody makes markets.
    init(_ makers: MarketMakers?, _ exchanges: borrowing Exchanges) {
        var found: [(book: BookID, account: AccountID, start: Stake)] = []
        if let makers {
            for (book, account) in zip(exchanges.bookIDs, makers.accounts) where account != .nobody {
                found.append((book, account, exchanges.stake(book, account)))
            }
        }
        accounts = found
    }

    /// Looks when a minute has ended: then the firms have counted.
    mutating func check(_ makers: MarketMakers, _ exchanges: borrowing Exchanges) {
        var sum = Money.zero
        for (book, account, start) in accounts { sum += exchanges.gain(book, account, since: start) }
        worstGap = max(worstGap, (makers.profit - sum).magnitude)
    }
}
