import Primitives

/// Names one resting order of one book. An identity is never used twice: cancelling what is gone is refused.
@frozen
public struct OrderID: Hashable, Sendable, BitwiseCopyable {
    public let raw: UInt64
    @inlinable public init(raw: UInt64) { self.raw = raw }
    /// The place of the order in the book's storage, for tables that run beside it.
    @inlinable public var slot: Int32 { Int32(truncatingIfNeeded: raw) }
    @inlinable public static var none: OrderID { OrderID(raw: 0) }
}

/// How long an order may wait.
public enum TimeInForce: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// Rests until filled or cancelled.
    case goodTillCancel
    /// What does not fill at once is cancelled. A market order is one with the most extreme limit.
    case immediateOrCancel
    /// Fills whole at once or is refused.
    case fillOrKill
    /// Refused if it would fill at once.
    case postOnly
}

/// What happens when an order would trade with its own account.
public enum SelfTradePrevention: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case off, cancelTaker, cancelMaker, cancelBoth
    /// Both are reduced by the smaller size without a trade.
    case decrement
}

/// An order on its way to the book.
public struct NewOrder: Sendable, BitwiseCopyable {
    public var side: Side
    /// The limit: the highest price a buy pays, the lowest a sell takes.
    public var limit: Ticks
    public var lots: Lots
    /// Whose order: compared for self-trade prevention and reported in events, otherwise not interpreted.
    public var account: AccountID
    public var timeInForce: TimeInForce
    public var selfTrade: SelfTradePrevention
    /// Rests as reduce-only: before it would fill, matching stops and asks (see `SubmitResult.stoppedAt`).
    public var reduceOnly: Bool
    /// Matching stops and asks before every fill, not only before those of reduce-only orders: for venues that look at the
    /// margin of an order again when it fills.
    public var asksBeforeFills = false

    public init(
        _ side: Side, _ lots: Lots, at limit: Ticks, account: AccountID = AccountID(0),
        timeInForce: TimeInForce = .goodTillCancel, selfTrade: SelfTradePrevention = .off,
        reduceOnly: Bool = false
    ) {
        self.side = side
        self.limit = limit
        self.lots = lots
        self.account = account
        self.timeInForce = timeInForce
        self.selfTrade = selfTrade
        self.reduceOnly = reduceOnly
    }

    /// A market order: immediate or cancel, at any price a market of `maxTicks` has.
    public static func market(
        _ side: Side, _ lots: Lots, account: AccountID, maxTicks: Int32,
        selfTrade: SelfTradePrevention = .off
    ) -> NewOrder {
        NewOrder(
            side, lots, at: Ticks(side == .buy ? maxTicks : 1), account: account,
            timeInForce: .immediateOrCancel, selfTrade: selfTrade)
    }
}

/// Why a command was refused; each case is named after the rule it enforces.
public enum Rejection: UInt8, Error, CaseIterable, Sendable, BitwiseCopyable {
    case sizeMustBePositive
    case priceMustBePositive
    case priceMustNotExceedMarketLimit
    case priceMustBeOnTick
    case sizeMustNotExceedMarketLimit
    case notionalMustNotExceedMarketLimit
    case postOnlyMustNotCross
    case fillOrKillMustFillWhole
    case orderMustBeLive
    case accountMustExist
    case marketMustExist
    case marginMustCoverOrder
    case reduceOnlyMustReduce
    case accountMustNotBeInLiquidation
    case triggerMustNotBeReached
    case tooManyOrders
    case venueMustBeOpen

    /// The rule in words: `margin must cover order`.
    public var words: String {
        "\(self)".reduce(into: "") { text, letter in
            text += letter.isUppercase ? " " + letter.lowercased() : String(letter)
        }
    }
}

/// What came of submitting an order.
public struct SubmitResult: Sendable, BitwiseCopyable {
    /// The resting rest, or `.none`.
    public var resting: OrderID = .none
    public var restingLots = Lots.zero
    public var filled = Lots.zero
    /// Not filled and not resting: cancelled by time in force or self-trade prevention.
    public var cancelled = Lots.zero
    /// Left to match when matching stopped at `stoppedAt`.
    public var pending = Lots.zero
    /// A resting order, reduce-only or met by one that asks before fills, that must be confirmed (`OrderBook.submit(_:confirmed:)`), shrunk or
    /// cancelled before matching goes on; `.none` when matching is done.
    public var stoppedAt = OrderID.none
    public var rejection: Rejection?

    public init() {}
    public init(rejection: Rejection) { self.rejection = rejection }
}

/// Something that happened to a resting order while another order was matched.
public struct BookEvent: Hashable, Sendable, BitwiseCopyable {
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// The resting order traded `lots` at its price.
        case fill
        /// The resting order lost `lots` to self-trade prevention.
        case selfTradeReduction
    }
    public var kind: Kind
    /// The side of the resting order.
    public var makerSide: Side
    /// The resting order left the book.
    public var makerDone: Bool
    public var makerReduceOnly: Bool
    public var maker: OrderID
    public var makerAccount: AccountID
    public var price: Ticks
    public var lots: Lots
}

/// One price of one side, for snapshots.
public struct PriceLevel: Hashable, Sendable {
    public var price: Ticks
    public var lots: Lots
    public var orders: Int
    public init(price: Ticks, lots: Lots, orders: Int) {
        self.price = price
        self.lots = lots
        self.orders = orders
    }
}

/// One resting order, for L3 snapshots.
public struct RestingOrder: Hashable, Sendable {
    public var id: OrderID
    public var side: Side
    public var price: Ticks
    public var lots: Lots
    public var account: AccountID
    public var reduceOnly: Bool
}
