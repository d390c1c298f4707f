import Primitives

/// Closing a failing account against the accounts on the other side that profited most.
public struct AutoDeleveraging: Sendable {
    /// When it starts.
    public enum Trigger: Sendable {
        /// The value of the account (or isolated position) is below zero.
        case valueBelowZero
        /// Anything the stages before it left over.
        case whateverIsLeft
    }
    /// The price both sides close at.
    public enum Price: Sendable {
        /// The mark before the last change.
        case previousMark
        /// The price at which the failing scope's equity is zero, to the tick in its favour.
        case bankruptcy
    }
    public var trigger: Trigger
    public var price: Price
    public var score: DeleveragingScore

    public init(trigger: Trigger, price: Price, score: DeleveragingScore) {
        self.trigger = trigger
        self.price = price
        self.score = score
    }

    func verdict(_ p: Predicament) -> WaterfallStage.Verdict {
        guard p.hasPositions else { return .passes }
        switch trigger {
        case .valueBelowZero: return p.margin.equity < .zero ? .acts : .passes
        case .whateverIsLeft: return .acts
        }
    }
}

/// Who is closed first: the rank is by falling score, equal scores by rising account number.
public enum DeleveragingScore: Sendable, Hashable {
    /// (mark / entry) × (notional / account value), as Hyperliquid prints it for both sides. Printed so, a
    /// short that loses ranks above one that gains; `invertsShorts` uses entry / mark for shorts instead.
    case markOverEntryTimesLeverage(invertsShorts: Bool)
    /// (profit / cost) × (notional / account value): profit in per cent times effective leverage.
    case profitTimesLeverage

    /// - Parameters:
    ///   - value: signed notional at the mark.
    ///   - cost: signed cost basis, not zero.
    ///   - accountValue: equity of what margins the position; at or below zero ranks last.
    public func score(value: Money, cost: Money, accountValue: Money) -> Double {
        guard accountValue > .zero, cost != .zero else { return -.infinity }
        let leverage = Double(value.magnitude.micros) / Double(accountValue.micros)
        let markOverEntry = Double(value.micros) / Double(cost.micros)
        switch self {
        case .markOverEntryTimesLeverage(let invertsShorts):
            return (invertsShorts && value < .zero ? 1 / markOverEntry : markOverEntry) * leverage
        case .profitTimesLeverage:
            let profit = Double((value - cost).micros) / Double(cost.magnitude.micros)
            return profit > 0 ? profit * leverage : profit / leverage
        }
    }
}
