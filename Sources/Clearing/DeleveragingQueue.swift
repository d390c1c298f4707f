import HeapModule
import Primitives

/// The accounts of one side of a market in the order in which they are deleveraged.
///
/// Ranked once per mark update: within one, marks do not change and each account is closed at most once, so
/// ranking again for every failing account would give the same order at many times the cost. A queue keeps the best of
/// the ranking alone; when they are used up, those left are ranked anew. Where all share, everybody is kept.
struct DeleveragingQueue {
    struct Candidate: Comparable {
        var score: Double
        var position: Int32
        /// How often it has given a slice; always 0 in a queue.
        var round: Int32 = 0
        /// Held when it was ranked; only sharing rules look at it.
        var lots: Lots = .zero
        /// Larger comes out first: the earlier round, the higher score; of equal scores the lower position number.
        static func < (a: Candidate, b: Candidate) -> Bool {
            if a.round != b.round { return a.round > b.round }
            return a.score != b.score ? a.score < b.score : a.position > b.position
        }
    }
    private var heap = Heap<Candidate>()
    /// As many of the best as a queue keeps.
    static let mostKept = 4096
    /// Ranked and not kept.
    private var leftOut = 0
    /// The kept ones are used up and others are left: rank anew.
    private(set) var isUsedUp = false
    let score: DeleveragingScore
    let sharing: DeleveragingSharing
    /// Lots a position when the queue was made, for sharing rules.
    private var meanLots = 0.0
    /// Ranked when the queue was made, and closed against somebody since.
    let ranked: Int
    var served = 0
    /// Who was closed last, nobody at first.
    var last = AccountID.nobody

    init(
        _ house: inout ClearingHouse, market: Int32, side: Side, score: DeleveragingScore,
        sharing: DeleveragingSharing = .queue
    ) {
        // Where everybody gives, the order within a round must favour nobody.
        self.score = sharing == .queue ? score : .drawn
        self.sharing = sharing
        let most = sharing == .queue ? Self.mostKept : Int.max
        var lots = 0.0
        var ranked = 0
        let list = Int(market) * 2 + (side == .buy ? 0 : 1)
        house.dropUnlisted(list, side)
        let count = house.positionsBySide[list].count
        var start = 0
        while start < count {
            let end = min(start + 64, count)
            house.lookAhead(list, start..<end)
            for i in start..<end {
                let id = house.positionsBySide[list][i]
                // The insurance fund is there to absorb, not to win.
                if house.accounts[house.positions[id].account].kind == .fund { continue }
                ranked += 1
                let candidate = Candidate(
                    score: self.score.score(house.candidate(id, self.score)), position: id,
                    lots: house.positions[id].lots.magnitude)
                if heap.count < most {
                    heap.insert(candidate)
                } else if candidate > heap.min! {
                    heap.replaceMin(with: candidate)
                }
                if sharing == .projection { lots += Double(house.positions[id].lots.magnitude.count) }
            }
            start = end
        }
        self.ranked = ranked
        leftOut = ranked - heap.count
        meanLots = lots / Double(max(ranked, 1))
    }

    func combine(into hash: inout StateHash) {
        hash.combine(each: heap.unordered) { hash, candidate in
            hash.combine(candidate.score)
            hash.combine(Int64(candidate.position), Int64(candidate.round), candidate.lots.count)
        }
        hash.combine(meanLots)
        hash.combine(Int64(ranked), Int64(served), Int64(last.rawValue))
        hash.combine(Int64(leftOut), isUsedUp ? 1 : 0, 0)
    }

    /// Takes out the best ranked position that is still on this side.
    mutating func take(_ house: borrowing ClearingHouse, side: Side, not loser: AccountID) -> Candidate? {
        var own: [Candidate] = []
        var found: Candidate?
        while found == nil, let best = heap.popMax() {
            let p = house.positions[best.position]
            if p.lots == .zero || (p.lots > .zero) != (side == .buy) { continue }
            // The loser's own other leg: passed over now, a candidate for the next.
            if p.account == loser { own.append(best) } else { found = best }
        }
        for candidate in own { heap.insert(candidate) }
        isUsedUp = found == nil && leftOut > 0
        return found
    }

    /// Puts back who was taken out and has closed something: in its place in a queue, behind everybody else where all share.
    mutating func putBack(_ candidate: Candidate, _ house: borrowing ClearingHouse) {
        guard house.positions[candidate.position].lots != .zero else { return }
        var candidate = candidate
        if sharing != .queue { candidate.round += 1 }
        if candidate.round < sharing.mostRounds { heap.insert(candidate) }
    }

    /// The most that a candidate gives at once.
    func most(_ candidate: Candidate, _ house: borrowing ClearingHouse) -> Lots {
        let lots = house.positions[candidate.position].lots.magnitude
        guard sharing != .queue else { return lots }
        var leverage = 0.0
        if sharing == .riskAware {
            let state = house.candidate(candidate.position, score)
            leverage =
                state.equity > .zero
                ? Double(state.value.magnitude.micros) / Double(state.equity.micros) : .infinity
        }
        return min(lots, sharing.slice(of: candidate.lots, leverage: leverage, meanLots: meanLots))
    }
}

extension ClearingHouse {
    /// Takes positions that have left a side out of its list.
    fileprivate mutating func dropUnlisted(_ list: Int, _ side: Side) {
        var kept = 0
        for i in 0..<positionsBySide[list].count {
            let id = positionsBySide[list][i]
            let lots = positions[id].lots.count
            if lots != 0 && (lots > 0) == (side == .buy) {
                positionsBySide[list][kept] = id
                kept += 1
            } else {
                positions[id].clearListed(side == .buy ? 0 : 1)
            }
        }
        positionsBySide[list].truncate(to: kept)
    }

    /// Loads what ranking these positions will need, all of it at once instead of one cache miss after another.
    fileprivate mutating func lookAhead(_ list: Int, _ range: Range<Int>) {
        var sum: Int64 = 0
        for i in range {
            let account = positions[positionsBySide[list][i]].account
            sum &+= Int64(accounts[account].firstPosition)
        }
        for i in range {
            sum &+= positions[accounts[positions[positionsBySide[list][i]].account].firstPosition].cost.micros
        }
        // Stored, or the optimiser would drop the loads.
        preTouched &+= sum
    }

    func candidate(_ position: Int32, _ score: DeleveragingScore) -> DeleveragingCandidate {
        let scope = scope(of: position)
        let p = positions[position]
        var candidate = DeleveragingCandidate(value: value(position), cost: p.cost, equity: .zero)
        if score.needsMaintenance {
            let state = margin(scope)
            candidate.equity = state.equity
            candidate.maintenance = state.maintenance
        } else {
            candidate.equity = equity(scope)
        }
        candidate.wallet = p.isolated ? p.margin : accounts[p.account].cash
        // splitmix64's finaliser over position and moment.
        var z = UInt64(bitPattern: now.nanoseconds) &+ UInt64(position) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        candidate.lottery = z ^ (z >> 31)
        return candidate
    }

    /// Closes a failing position against the other side in rank order, both at `price`, without fees.
    mutating func deleverage(
        _ loser: Int32, at price: Ticks, queue: inout DeleveragingQueue, reason: MarginState, mostWinners: Int
    ) {
        let side: Side = positions[loser].lots > .zero ? .sell : .buy
        var winners = 0
        while positions[loser].lots != .zero {
            if mostWinners > 0 && winners == mostWinners {
                deleveragingCapHit += 1
                break
            }
            winners += 1
            guard let candidate = queue.take(self, side: side, not: positions[loser].account) else { break }
            let winner = candidate.position
            let part = min(positions[loser].lots.magnitude, queue.most(candidate, self))
            let signed = positions[loser].lots > .zero ? -part : part
            noteDeleveraging(winner, part, at: price, &queue)
            var event = ClearingEvent(.deleveraging, at: now, account: positions[loser].account)
            event.market = positions[loser].market
            event.counterparty = positions[winner].account
            event.lots = signed
            event.price = price
            event.loss = -book(loser, signed, at: price)
            book(winner, -signed, at: price)
            queue.putBack(candidate, self)
            event.amount = numbers[positions[loser].market].unit.notional(signed, at: price)
            event.equity = reason.equity
            event.maintenance = reason.maintenance
            events.append(event)
        }
    }
}
