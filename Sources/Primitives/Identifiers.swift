/// The number of something in a list. Each list has a type of its own, so that one cannot be looked up by another's numbers;
/// nothing is reckoned with them.
public protocol Identifier: RawRepresentable<Int32>, Hashable, Comparable, Sendable, BitwiseCopyable,
    CustomStringConvertible
{
    init(rawValue: Int32)
}

/// A book, over all exchanges of a world.
@frozen public struct BookID: Identifier {
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
}

/// An exchange of a world: perpetual venues first, then spot venues.
@frozen public struct VenueID: Identifier {
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
}

/// An asset of a world, in the order of its event's table.
@frozen public struct AssetID: Identifier {
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
}

/// An account of one exchange: each ledger numbers its own.
@frozen public struct AccountID: Identifier {
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
    /// No account at all.
    @inlinable public static var nobody: AccountID { AccountID(rawValue: -1) }
}

/// Numbers that follow one another.
@frozen public struct Identifiers<ID: Identifier>: RandomAccessCollection, Hashable, Sendable {
    public let lowest: ID
    public let endIndex: Int

    @inlinable public init(from lowest: ID = ID(0), count: Int) {
        self.lowest = lowest
        endIndex = count
    }

    @inlinable public var startIndex: Int { 0 }
    @inlinable @inline(__always) public subscript(_ i: Int) -> ID { ID(lowest.index + i) }

    /// How many come before a number; nil where it is not one of them.
    @inlinable @inline(__always) public func place(of id: ID) -> Int? {
        let place = id.index - lowest.index
        return place >= 0 && place < endIndex ? place : nil
    }

    @inlinable @inline(__always) public func contains(_ id: ID) -> Bool { place(of: id) != nil }
}

extension Identifier {
    @inlinable @inline(__always) public init(_ index: Int) { self.init(rawValue: Int32(index)) }
    @inlinable @inline(__always) public var index: Int { Int(rawValue) }
    @inlinable @inline(__always) public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    @inlinable @inline(__always) public static func == (a: Self, b: Self) -> Bool {
        a.rawValue == b.rawValue
    }

    public var description: String { "\(rawValue)" }

    /// The first so many numbers of a list.
    @inlinable @inline(__always) public static func first(_ count: Int) -> Identifiers<Self> {
        Identifiers(count: count)
    }
}

extension Array {
    /// Of a list with an entry for each of what the identifier numbers.
    @inlinable @inline(__always)
    public subscript(_ id: some Identifier) -> Element {
        _read { yield self[id.index] }
        _modify { yield &self[id.index] }
    }
}
