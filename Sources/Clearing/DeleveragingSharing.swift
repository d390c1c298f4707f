import Primitives

/// How deleveraging is spread over the accounts on the winning side: the first choice between fairness and simplicity that a
/// venue makes. Venues use the queue; the others are the families of `undertow adl` in whole lots (the integer variants), and
/// every one but the capped closes the same total.
///
/// The sharing rules go round: everybody gives one slice, in a drawn order, before anybody gives a second. With slices much
/// smaller than positions, and more closed than one round takes, the shares are those of the closed formulas to one slice.
public enum DeleveragingSharing: String, Sendable, CaseIterable {
    /// The best ranked is closed whole before the next is touched.
    case queue
    /// The same share of everybody's position.
    case proRata = "pro_rata"
    /// The same share of everybody's position, never more than half of it in one ranking; what then finds nobody waits.
    case cappedProRata = "capped_pro_rata"
    /// A share of the position in proportion to effective leverage.
    case riskAware = "risk_aware"
    /// A share of the position in proportion to its size: the Euclidean projection of taking nothing, more concentrated than
    /// pro rata.
    case projection

    /// Of a position, where all give the same share.
    static let slice = 0.05

    /// Rounds after which a position gives no more.
    var mostRounds: Int32 { self == .cappedProRata ? Int32((0.5 / Self.slice).rounded()) : .max }

    /// Lots a position gives in one round, at least one.
    ///
    /// - Parameters:
    ///   - lots: of the position when the ranking was made.
    ///   - leverage: notional over equity of what margins it; at or below zero (no equity) counts as the highest.
    ///   - meanLots: of all positions in the ranking.
    func slice(of lots: Lots, leverage: Double, meanLots: Double) -> Lots {
        let share: Double =
            switch self {
            case .queue: 1
            case .proRata, .cappedProRata: Self.slice
            case .riskAware: Self.slice * min(max(leverage, 0), 20) / 4
            case .projection: Self.slice * Double(lots.magnitude.count) / max(meanLots, 1)
            }
        return Lots(max(1, Int64((Double(lots.magnitude.count) * min(share, 1)).rounded(.up))))
    }
}
