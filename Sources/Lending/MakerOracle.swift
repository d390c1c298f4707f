import Primitives

/// Maker's oracle security module: a price (wad) in force, and the next one, which takes over an hour later.
///
/// A source without a price leaves both as they are: the last one stays in force however old it is.
/// Source: osm, src/osm.sol.
public struct MakerOracle: Sendable, Equatable {
    /// Seconds between two pokes.
    public static var hop: Int64 { 3_600 }
    /// Nil after `void` and before the second poke.
    public private(set) var current: UInt256?
    public private(set) var next: UInt256?
    /// Start of the hour of the last poke, seconds.
    public private(set) var pokedAt: Int64

    /// Starts with one price both in force and next.
    public init(price: UInt256, at time: SimTime) {
        current = price
        next = price
        pokedAt = time.seconds - time.seconds % Self.hop
    }

    public func canPoke(at time: SimTime) -> Bool { time.seconds >= pokedAt + Self.hop }

    /// Puts the next price in force and takes a new one from the source; nil or zero means that it has none.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    public mutating func poke(source: UInt256?, at time: SimTime) -> Bool {
        guard canPoke(at: time), let source, !source.isZero else { return false }
        current = next
        next = source
        pokedAt = time.seconds - time.seconds % Self.hop
        return true
    }

    /// Governance stops the feed: no price until two pokes have followed.
    public mutating func void() { (current, next) = (nil, nil) }
}
