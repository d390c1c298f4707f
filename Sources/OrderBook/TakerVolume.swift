import Primitives

/// What has changed hands in a market since the start, by the side of whoever came to the book: every fill once.
public struct TakerVolume: BitwiseCopyable, Sendable, Hashable {
    /// Millionths of a dollar; of inverse contracts of their face value.
    public var bought: Int64
    public var sold: Int64

    public init(bought: Int64 = 0, sold: Int64 = 0) {
        self.bought = bought
        self.sold = sold
    }

    @inline(__always)
    public mutating func add(_ side: Side, micros: Int64) {
        if side == .buy { bought += micros } else { sold += micros }
    }

    public func combine(into hash: inout StateHash) { hash.combine(bought, sold, 0) }
}
