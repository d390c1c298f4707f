import Primitives

/// The zero-sum line, kept up at every step at the cost of what changed.
///
/// Each account's collateral less cost bases is remembered as of its last audit and re-added from its positions
/// whenever the account was touched, so the running total is built from the balances themselves, not from the
/// amounts that were meant to move. `zeroSum()` adds everything up from scratch and must agree.
extension ClearingHouse {
    /// Re-adds one touched account.
    @inline(__always)
    mutating func audit(_ scope: MarginScope) {
        let owner = account(of: scope)
        var balance = accounts[owner].cash
        var p = accounts[owner].firstPosition
        while p != 0 {
            balance += positions[p].margin - positions[p].cost
            let lots = positions[p].lots.count
            if lots != auditedPositions[p] {
                auditedLots[positions[p].market] += lots - auditedPositions[p]
                auditedPositions[p] = lots
            }
            p = positions[p].next
        }
        auditedTotal += balance - accounts[owner].audited
        accounts[owner].audited = balance
    }

    private mutating func auditTouched() {
        for i in 0..<queue.count where state(queue[i]).touched {
            audit(queue[i])
            update(queue[i]) { $0.touched = false }
        }
    }

    /// The same line as one number without allocation: the imbalance in ledger units and lots, added up without sign.
    public mutating func runningImbalance() -> Int64 {
        auditTouched()
        var sum = abs((auditedTotal + fees + roundingPot - netDeposits).micros)
        for m in 0..<markets.count { sum += abs(auditedLots[m] - depositedLots[m]) }
        return sum
    }

    /// The venue's imbalance now; call at the end of a step. Zero to the last unit, always.
    public mutating func runningZeroSum() -> ZeroSum {
        auditTouched()
        return ZeroSum(
            imbalance: auditedTotal + fees + roundingPot - netDeposits,
            netLots: (0..<markets.count).map { Lots(auditedLots[$0] - depositedLots[$0]) })
    }
}
