import Primitives

/// Why one watched account was deleveraged: its place in the queue at that moment, and what a rule that shares would have seen.
public struct DeleveragingNote: Sendable {
    public var time: SimTime
    public var market: Int32
    public var lots: Lots
    public var price: Ticks
    public var mark: Ticks
    /// The larger, the earlier; see the venue's rule.
    public var score: Double
    /// From 1, of those ranked at the last mark update.
    public var rank: Int
    public var ranked: Int
    /// Accounts closed just before and just after in the same queue, nobody (yet) if none.
    public var before: AccountID
    public var after = AccountID.nobody
    /// The account's own position and profit before, and those of its whole side of the market (profits without losses).
    public var ownLots: Lots
    public var ownProfit: Money
    public var sideLots: Lots
    public var sideProfit: Money
    public var equity: Money
    public var notional: Money
}

extension ClearingHouse {
    /// Keeps a note if the winner is watched, and completes the last one with who came after.
    @inline(__always)
    mutating func noteDeleveraging(
        _ winner: Int32, _ part: Lots, at price: Ticks, _ queue: inout DeleveragingQueue
    ) {
        if watchedAccount != .nobody { keepNote(winner, part, at: price, queue) }
        if queue.last != positions[winner].account { queue.served += 1 }
        queue.last = positions[winner].account
    }

    @inline(never)
    private mutating func keepNote(
        _ winner: Int32, _ part: Lots, at price: Ticks, _ queue: borrowing DeleveragingQueue
    ) {
        let p = positions[winner]
        if queue.last == watchedAccount, p.account != watchedAccount,
            let last = deleveragingNotes.indices.last,
            deleveragingNotes[last].after == .nobody, deleveragingNotes[last].market == p.market
        {
            deleveragingNotes[last].after = p.account
        }
        guard p.account == watchedAccount else { return }
        let isLong = p.lots > .zero
        var (lots, profit) = (Lots.zero, Money.zero)
        let list = Int(p.market) * 2 + (isLong ? 0 : 1)
        for i in 0..<positionsBySide[list].count {
            let id = positionsBySide[list][i]
            guard positions[id].lots != .zero, (positions[id].lots > .zero) == isLong else { continue }
            lots += positions[id].lots.magnitude
            profit += max(.zero, unrealised(id))
        }
        let candidate = candidate(winner, queue.score)
        deleveragingNotes.append(
            DeleveragingNote(
                time: now, market: p.market, lots: part, price: price, mark: mark(p.market),
                score: queue.score.score(candidate), rank: queue.served + 1, ranked: queue.ranked,
                before: queue.last == watchedAccount ? .nobody : queue.last, ownLots: p.lots,
                ownProfit: unrealised(winner),
                sideLots: lots, sideProfit: profit, equity: candidate.equity, notional: notional(winner)))
    }
}
