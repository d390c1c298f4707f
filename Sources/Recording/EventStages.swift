import Clearing

extension ClearingEvent.Kind {
    /// The event's name in the `stage` column.
    public var stageName: String {
        switch self {
        case .marginCall: "margin call"
        case .ordersCancelled: "orders cancelled"
        case .partialLiquidation: "partial liquidation"
        case .fullLiquidation: "full liquidation"
        case .vaultTakeover: "vault takeover"
        case .fundTakeover: "fund takeover"
        case .deleveraging: "auto-deleveraging"
        case .vaultPayment: "vault payment"
        case .fundPayment: "fund payment"
        case .socialisedLoss: "socialised loss"
        case .badDebt: "bad debt"
        case .recovered: "recovered"
        case .closedOut: "closed out"
        case .topUp: "top-up"
        case .voluntaryReduction: "voluntary reduction"
        case .collateralSold: "collateral sold"
        case .liquidationFee: "liquidation fee"
        case .legsNetted: "legs netted"
        case .fundSettlement: "fund settlement"
        case .equityTakenOver: "equity taken over"
        }
    }
}

extension ClearingEvent {
    /// Why it happened; the figures of the decision are in `equity_usd` and `maintenance_usd`.
    public var reason: String {
        switch kind {
        case .marginCall: "equity below a call ratio of maintenance margin"
        case .ordersCancelled: "equity below maintenance margin"
        case .partialLiquidation: "equity below maintenance margin; position above the partial threshold"
        case .fullLiquidation: "equity below maintenance margin"
        case .vaultTakeover: "equity below the backstop share of maintenance margin"
        case .fundTakeover: "below maintenance margin and not closed in the book"
        case .deleveraging: "failing account that no earlier stage covered"
        case .vaultPayment, .fundPayment: "negative balance of an account without positions"
        case .socialisedLoss: "share of the losses that nothing else covered"
        case .badDebt: "nobody left to charge"
        case .recovered: "equity at or above maintenance margin again"
        case .closedOut: "no position left"
        case .topUp, .voluntaryReduction: "answer to a margin call"
        case .collateralSold: "negative balance of an account with collateral"
        case .liquidationFee: "charged on what a forced order filled"
        case .legsNetted: "below maintenance margin with both legs open"
        case .fundSettlement: "fill of a liquidation against the bankruptcy price"
        case .equityTakenOver: "all that was left goes with the positions"
        }
    }
}
