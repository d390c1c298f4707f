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
