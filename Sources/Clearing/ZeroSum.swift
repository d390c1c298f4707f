import Primitives

/// The exact balance of the house, recomputed from scratch.
public struct ZeroSum: Hashable, Sendable {
    /// Collateral + fees + rounding pot - cost bases - net deposits: zero to the last micro-dollar.
    public var imbalance: Money
    /// Per market, the sum of all positions, for a collateral asset less what was brought in: zero.
    public var netLots: [Lots]

    public var holds: Bool { imbalance == .zero && netLots.allSatisfy { $0 == .zero } }
}

extension ClearingHouse {
    /// Adds everything up: what a checker calls after every step.
    public func zeroSum() -> ZeroSum {
        var sum = fees + roundingPot - netDeposits
        var lots = (0..<markets.count).map { Lots(-depositedLots[$0]) }
        for a in 0..<accountCount { sum += accounts[a].cash }
        for p in 1..<positionEnd {
            sum += positions[p].margin - positions[p].cost
            lots[Int(positions[p].market)] = lots[Int(positions[p].market)] + positions[p].lots
        }
        return ZeroSum(imbalance: sum, netLots: lots)
    }

    /// Sum of the long positions of a market, equal to that of the short ones.
    public func openInterest(_ market: Int32) -> Lots { Lots(longLots[market]) }

    /// The same, added up from the positions: the twin of the running sum.
    public func openInterestByFullScan(_ market: Int32) -> Lots {
        var sum = Lots.zero
        for i in 0..<positionsByMarket[Int(market)].count {
            let lots = positions[positionsByMarket[Int(market)][i]].lots
            if lots > .zero { sum = sum + lots }
        }
        return sum
    }
}
