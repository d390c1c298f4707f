import Primitives

/// An on-chain pool of one coin against dollars whose product of reserves never falls (constant product): its price
/// is dollars per lot, and every swap pays the pool's fee into the reserves. Exact: reserves and what is owed are
/// whole units, rounded in the pool's favour.
public struct LiquidityPool: BitwiseCopyable, Sendable {
    /// Reserves: lots of the coin and micro-dollars.
    public private(set) var lots: Int64
    public private(set) var cash: Int64
    /// In millionths of what goes in.
    public let feePPM: Int64
    /// What swaps have brought in less what they took out: reserves less this are the start's.
    public private(set) var netLots: Int64 = 0
    public private(set) var netCash: Int64 = 0
    private let startLots: Int64
    private let startCash: Int64

    public init(lots: Int64, cash: Int64, feePPM: Int64) {
        precondition(lots > 0 && cash > 0 && feePPM >= 0 && feePPM < 1_000_000)
        (self.lots, self.cash, self.feePPM) = (lots, cash, feePPM)
        (startLots, startCash) = (lots, cash)
    }

    /// Micro-dollars per lot at the margin.
    public var price: Double { Double(cash) / Double(lots) }

    /// Takes in lots and pays out micro-dollars.
    public mutating func sell(_ amount: Int64) -> Int64 {
        guard amount > 0 else { return 0 }
        let counted = Int128(amount) * Int128(1_000_000 - feePPM)
        let paid = Int64(Int128(cash) * counted / (Int128(lots) * 1_000_000 + counted))
        lots += amount
        cash -= paid
        netLots += amount
        netCash -= paid
        return paid
    }

    /// Takes in micro-dollars and pays out lots.
    public mutating func buy(_ amount: Int64) -> Int64 {
        guard amount > 0 else { return 0 }
        let counted = Int128(amount) * Int128(1_000_000 - feePPM)
        let paid = Int64(Int128(lots) * counted / (Int128(cash) * 1_000_000 + counted))
        cash += amount
        lots -= paid
        netCash += amount
        netLots -= paid
        return paid
    }

    /// Lots to sell (positive) or micro-dollars to spend (negative) that bring the marginal price to `target`, the fee
    /// left out: the arbitrageur's order.
    public func towards(_ target: Double) -> Int64 {
        let product = Double(lots) * Double(cash)
        if target < price { return Int64((product / target).squareRoot() - Double(lots)) }
        return -Int64((product * target).squareRoot() - Double(cash))
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(lots, cash, 0)
        hash.combine(netLots, netCash, 0)
    }

    /// Zero: what is there is what was there, with what came in and less what went out.
    public var imbalance: Int64 { abs(lots - startLots - netLots) + abs(cash - startCash - netCash) }
}
