import Primitives

/// What a venue's maintenance margin is measured on, beyond the rates of its tables.
public struct MarginConvention: Sendable, Hashable {
    /// The value of a position that maintenance rates apply to.
    public enum Basis: String, Sendable, CaseIterable {
        case mark
        case entry
    }
    /// A taker fee to close that counts as maintenance margin.
    public enum ClosingFee: String, Sendable, CaseIterable {
        case none
        /// On the notional at the mark.
        case atMark = "at_mark"
        /// On the notional at the bankruptcy price, for cross positions. Isolated ones have set the fee aside beside
        /// their margin, where it neither counts nor is asked.
        case atBankruptcy = "at_bankruptcy"
    }
    public var basis: Basis
    public var closingFee: ClosingFee

    public init(basis: Basis = .mark, closingFee: ClosingFee = .none) {
        self.basis = basis
        self.closingFee = closingFee
    }

    /// The fee to close a position at its bankruptcy price B, where the scope's equity less the fee is zero:
    ///
    ///     |value(B)| = (|cost| - σ × rest) / (1 - σ × fee),  σ the sign of the position's value,
    ///
    /// `rest` being the equity of the scope without the position's profit. For an inverse long of N dollars this is
    /// N / B = (N / entry + balance) / (1 + fee), as Bybit prints it.
    ///
    /// - Parameter cost: signed cost basis, not zero.
    public static func feeAtBankruptcy(cost: Money, rest: Money, fee: Rate) -> Money {
        let sigma: Int64 = cost > .zero ? 1 : -1
        let amount = cost.magnitude.micros - sigma * rest.micros
        guard amount > 0 else { return .zero }
        return Money(micros: mulDivUp(amount, fee.pico, Rate.one.pico - sigma * fee.pico))
    }

    /// The notional at the bankruptcy price of a position closed with a taker fee; zero or below where no price
    /// exhausts the margin. In real numbers, for printing a price.
    public static func notionalAtBankruptcy(cost: Double, rest: Double, fee: Double) -> Double {
        let sigma = cost > 0 ? 1.0 : -1.0
        return (abs(cost) - sigma * rest) / (1 - sigma * fee)
    }
}
