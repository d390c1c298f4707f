import Primitives

/// Shocks beside losses of depth: what breaks when prices move into books that are thinner.
public struct StressGrid: Sendable, Encodable {
    public struct Cell: Sendable, Encodable {
        public var scenario: String
        public var depthLossPct: Double
        public var accountsLiquidated: Int
        public var liquidatedUsd: Double
        public var deficitUsd: Double
        public var fundLeftUsd: Double
        public var badDebtUsd: Double
        public var deleveragedUsd: Double
        public var amplification: Double
        public var isAtRest: Bool

        enum CodingKeys: String, CodingKey {
            case scenario, amplification
            case depthLossPct = "depth_loss_pct"
            case accountsLiquidated = "accounts_liquidated"
            case liquidatedUsd = "liquidated_usd"
            case deficitUsd = "deficit_usd"
            case fundLeftUsd = "fund_left_usd"
            case badDebtUsd = "bad_debt_usd"
            case deleveragedUsd = "deleveraged_usd"
            case isAtRest = "at_rest"
        }
    }
    /// Shock by shock, from the depth as it is to a tenth of it.
    public var cells: [Cell] = []
    /// What is taken of the depth, per cent.
    public static let losses = [0.0, 25, 50, 75, 90]

    /// - Throws: `CancellationError` once the book's watch says so.
    public init(_ book: borrowing StressedBook, shocks: [Shock], impact: Impact, threads: Int = 1) throws {
        let losses = Self.losses
        cells = try book.answers(shocks.count * losses.count, of: "grid", threads: threads) { i in
            let (shock, loss) = (shocks[i / losses.count], losses[i % losses.count])
            let o = book.outcome(shock, impact: impact.thinned(by: loss))
            return Cell(
                scenario: shock.name, depthLossPct: loss, accountsLiquidated: o.accountsLiquidated,
                liquidatedUsd: o.liquidatedLongUsd + o.liquidatedShortUsd, deficitUsd: o.deficitUsd,
                fundLeftUsd: o.fundLeftUsd, badDebtUsd: o.badDebtUsd,
                deleveragedUsd: o.deleveragedUsd,
                amplification: o.amplification, isAtRest: o.isAtRest)
        }
    }
}
