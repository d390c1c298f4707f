import Clearing
import Foundation

/// One clearing event in words, whether it comes from a house or from a recording.
struct EventWords {
    let kind: ClearingEvent.Kind
    /// What was closed was long. The side is said in words, so sizes have no sign.
    var isLong = false
    var market = ""
    var size = ""
    /// Size and price.
    var closed = ""
    /// Equity against maintenance; empty where it is not known.
    var margin = ""
    /// Profit or loss against cost.
    var result = ""
    var amount = ""
    /// Who was on the other side.
    var counterparty = ""
    /// Of cancelled orders.
    var orders: Int64 = 0
    /// Equity over maintenance.
    var ratio = 0.0
    var wasInLiquidation = true

    init(_ kind: ClearingEvent.Kind) { self.kind = kind }

    private var position: String { "\(isLong ? "long" : "short") in \(market)" }

    private func reasons(_ parts: String...) -> String {
        parts.filter { !$0.isEmpty }.joined(separator: "; ")
    }

    var text: String {
        switch kind {
        case .marginCall:
            return "margin call: \(margin), ratio \(String(format: "%.4f", ratio)), notional \(amount)"
        case .ordersCancelled: return "\(orders) resting orders cancelled: \(margin)"
        case .partialLiquidation:
            return reasons("part of the \(position) closed by the venue: \(closed)", margin, result)
        case .fullLiquidation:
            return reasons("the \(position) closed by the venue in the book: \(closed)", margin, result)
        case .vaultTakeover:
            return reasons(
                "the \(position) taken over by the backstop vault: \(closed), with all that was left", margin,
                result)
        case .fundTakeover:
            return reasons("the \(position) taken over by the insurance fund: \(closed)", margin, result)
        case .deleveraging:
            return reasons(
                "the \(position) closed against \(counterparty), by rank: \(closed)", margin, result)
        case .vaultPayment: return "the vault made up \(amount)"
        case .fundPayment: return "the insurance fund made up \(amount)"
        case .socialisedLoss: return "charged \(amount) of losses nobody else covered"
        case .badDebt: return "a deficit of \(amount) that nobody was charged for"
        case .recovered:
            return wasInLiquidation
                ? "out of liquidation with enough margin: \(margin)"
                : "below maintenance for a while, enough margin again before the venue acted: \(margin)"
        case .closedOut:
            return wasInLiquidation
                ? "out of liquidation with no position" : "no position left before the venue acted"
        case .topUp: return "added \(amount)"
        // What its order filled at is told by the fill.
        case .voluntaryReduction: return "answered the margin call: reduced the \(position) by \(size)"
        case .collateralSold: return "collateral sold to the venue: \(closed), \(amount)"
        case .liquidationFee: return "liquidation fee \(amount) to the insurance fund"
        case .legsNetted: return "both legs of \(market) closed against each other: \(closed)"
        case .equityTakenOver: return "what was left went along with the positions: \(amount)"
        case .fundSettlement: return "the fund's share of the fill: \(amount)"
        }
    }
}

extension ClearingEvent.Kind {
    /// The amount is what something was worth, not what was paid: said without its sign.
    var isNotional: Bool { self == .marginCall || self == .collateralSold }
}
