import Primitives

/// Who an account belongs to.
public enum AccountKind: UInt8, Sendable, BitwiseCopyable {
    case trader
    /// Takes over failing accounts with capital of its own; deleveraged like anyone's when below zero.
    case vault
    /// The insurance fund: pays deficits and holds what it took over.
    case fund
}

/// One margin account. Collateral is the house's settlement currency. Thirty-two bytes: two to a cache line.
public struct Account: BitwiseCopyable, Sendable {
    /// Collateral of the cross-margined positions; negative only while a deficit is being resolved.
    public internal(set) var cash: Money
    /// Collateral less cost bases when last audited: see `ClearingHouse+Audit`.
    var audited: Money
    /// The first of the account's positions, 0 for none; the others follow by `Position.next`.
    public internal(set) var firstPosition: Int32
    public internal(set) var kind: AccountKind
    /// How many like accounts it stands for, in a world of fewer accounts: rows and thresholds apply to each of them.
    public internal(set) var members: Int16
    var scopeState: ScopeState
}

extension Pool where Element == Account {
    @inlinable @inline(__always)
    subscript(_ id: AccountID) -> Account {
        _read { yield self[id.index] }
        _modify { yield &self[id.index] }
    }
}

/// One position of one account in one market, kept for ever once opened (flat ones hold zero lots). Sixty-four
/// bytes: one cache line.
public struct Position: BitwiseCopyable, Sendable {
    /// + long, - short.
    public internal(set) var lots: Lots
    /// What the lots cost: signed like them. Profit at price p is lots × p - cost, exact.
    public internal(set) var cost: Money
    /// Collateral set aside for this position alone; used when `isolated`.
    public internal(set) var margin: Money
    /// Notional of the account's resting orders in this market, at their own prices, reduce-only excluded.
    public internal(set) var bidNotional: Money
    public internal(set) var askNotional: Money
    public internal(set) var account: AccountID
    public internal(set) var next: Int32
    /// The price at which the margin must be looked at again, and the bucket that holds the entry: see
    /// `ClearingHouse+Triggers`.
    var trigger: Int32
    var filed: Int32
    var marketNumber: Int16
    /// The leverage the trader chose: initial margin is notional / leverage.
    public internal(set) var leverage: UInt8
    /// Bit 0: isolated; bits 1 and 2: the leg; bits 3 and 4: listed as a long, as a short.
    private var flags: UInt8
    var scopeState: ScopeState

    @inline(__always) public var market: Int32 { Int32(marketNumber) }
    @inline(__always) public internal(set) var isolated: Bool {
        get { flags & 1 == 1 }
        set { flags = flags & ~1 | (newValue ? 1 : 0) }
    }
    @inline(__always) public internal(set) var leg: PositionLeg {
        get { PositionLeg(rawValue: flags >> 1 & 3) ?? .net }
        set { flags = flags & ~6 | newValue.rawValue << 1 }
    }
    @inline(__always) func isLeg(_ leg: PositionLeg) -> Bool { flags >> 1 & 3 == leg.rawValue }
    @inline(__always) func isListed(_ side: Int) -> Bool { flags & (8 << UInt8(side)) != 0 }
    @inline(__always) mutating func clearListed(_ side: Int) { flags &= ~(8 << UInt8(side)) }
    /// Market, leverage, mode, leg and lists, for the hash.
    var modeWord: Int64 { Int64(marketNumber) << 16 | Int64(leverage) << 8 | Int64(flags) }
    @inline(__always) mutating func setListed(_ side: Int) { flags |= 8 << UInt8(side) }
}

/// Which of an account's positions in a market: the only one, or one of the two of hedge mode.
public enum PositionLeg: UInt8, Sendable, BitwiseCopyable {
    /// One-way mode: long or short as it comes.
    case net
    /// Hedge mode: never below zero.
    case long
    /// Hedge mode: never above zero.
    case short
}

/// Liquidation progress of what is margined together, in four bytes.
struct ScopeState: BitwiseCopyable, Sendable {
    /// From the lowest bit: four of `calls`, four flags, twenty-four of `times`.
    private var bits: UInt32

    /// Margin calls sent since the scope was last well covered; at most fifteen.
    @inline(__always) var calls: Int {
        get { Int(bits & 15) }
        set { bits = bits & ~15 | UInt32(newValue) & 15 }
    }
    /// Queued for a look at its margin.
    @inline(__always) var queued: Bool {
        get { bits & 16 != 0 }
        set { bits = bits & ~16 | (newValue ? 16 : 0) }
    }
    /// Being liquidated: looked at, or asleep, until resolved.
    @inline(__always) var inLiquidation: Bool {
        get { bits & 32 != 0 }
        set { bits = bits & ~32 | (newValue ? 32 : 0) }
    }
    /// A partial liquidation was tried; the next order is for all of the rest.
    @inline(__always) var triedPartial: Bool {
        get { bits & 64 != 0 }
        set { bits = bits & ~64 | (newValue ? 64 : 0) }
    }
    /// Its equity or positions changed since they were last audited.
    @inline(__always) var touched: Bool {
        get { bits & 128 != 0 }
        set { bits = bits & ~128 | (newValue ? 128 : 0) }
    }
    /// Its row in `FailingScopes`, 0 for none.
    @inline(__always) var times: Int32 {
        get { Int32(bits >> 8) }
        set { bits = bits & 255 | UInt32(newValue) << 8 }
    }

    /// All that decides, for the hash; where its times stand does not.
    var word: Int64 {
        Int64(calls) << 4 | (touched ? 8 : 0) | (queued ? 4 : 0) | (inLiquidation ? 2 : 0)
            | (triedPartial ? 1 : 0)
    }
}

/// What is margined and liquidated together: an account's cross positions, or one isolated position.
public struct MarginScope: Hashable, Comparable, Sendable, BitwiseCopyable {
    let raw: Int32
    /// Tells it from every other, for the hash.
    public var number: Int32 { raw }
    public static func cross(_ account: AccountID) -> MarginScope { MarginScope(raw: account.rawValue) }
    public static func isolated(position: Int32) -> MarginScope { MarginScope(raw: ~position) }
    /// No scope at all: a position of a number that none has.
    static let none = MarginScope(raw: .min)
    /// The account, of a scope without an isolated position.
    var crossAccount: AccountID { AccountID(rawValue: raw) }
    /// The isolated position, or nil for an account's cross positions.
    public var isolatedPosition: Int32? { raw < 0 ? ~raw : nil }
    public static func < (a: MarginScope, b: MarginScope) -> Bool { a.raw < b.raw }
}

/// A scope's margin at the current marks, exact.
public struct MarginState: Hashable, Sendable {
    /// Collateral plus unrealised profit.
    public var equity: Money = .zero
    /// Maintenance margin of the open positions.
    public var maintenance: Money = .zero
    /// Sum of the positions' absolute notional; collateral in other assets is not in it.
    public var notional: Money = .zero
    public init() {}

    /// Whether equity is at least a share of maintenance margin; exact for any size.
    func covers(_ share: Rate) -> Bool {
        Int128(equity.micros) * Int128(Rate.one.pico) >= Int128(maintenance.micros) * Int128(share.pico)
    }
}
