/// What an exact look at a position says.
public enum LendingVerdict: Sendable, Equatable {
    case safe, unsafe
    /// The protocol cannot say, because an asset of the position has no price.
    case undecided
}

/// Borrowers as the trigger index sees them: who is unsafe exactly, and how slack depends on prices approximately.
///
/// A position's slack, a sum of slope × factor, is below zero just when the position is unsafe, up to rounding. A factor is
/// a price times an index, so that growing debt moves a factor and the slopes change only when the owner acts.
/// Floating point decides only when a position is looked at, never what is found.
public protocol LendingBook: ~Copyable {
    /// Positions are numbered 0 ..< count.
    var positionCount: Int32 { get }
    var factorCount: Int32 { get }
    /// The present value of a factor, not negative.
    func factor(_ factor: Int32) -> Double
    /// Calls `body` with each factor of a position and the slope of its slack: positive if a fall harms it (collateral
    /// at its threshold), negative if a rise does (debt).
    func forEachExposure(of position: Int32, _ body: (_ factor: Int32, _ slope: Double) -> Void)
    /// An upper bound of what integer rounding can add to or take from a position's slack.
    var slackTolerance: Double { get }
    func verdict(_ position: Int32) -> LendingVerdict
}
