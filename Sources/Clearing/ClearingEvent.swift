import Primitives

/// One entry of the clearing log: every margin call, forced order, takeover, fund movement and deleveraging.
public struct ClearingEvent: Hashable, Sendable, BitwiseCopyable {
    /// What happened.
    public enum Kind: UInt8, CaseIterable, Sendable, BitwiseCopyable {
        case marginCall
        /// Resting orders of the scope were cancelled because it fell below maintenance.
        case ordersCancelled
        /// A forced order for part of a position; lots and price are what it filled and at what average.
        case partialLiquidation
        /// A forced order for all of a position.
        case fullLiquidation
        /// The backstop vault took the position at the mark, with all remaining collateral.
        case vaultTakeover
        /// The insurance fund took the position, settled at the bankruptcy price.
        case fundTakeover
        /// `counterparty`'s position was closed against the failing account's.
        case deleveraging
        /// The vault made up the negative balance of an account without positions.
        case vaultPayment
        /// The insurance fund made up a negative balance.
        case fundPayment
        /// A winner was charged a share of the losses that nothing else covered.
        case socialisedLoss
        /// A deficit that nobody was charged for: the venue's loss.
        case badDebt
        /// Left liquidation with enough margin.
        case recovered
        /// Left liquidation with no position.
        case closedOut
        /// The trader added collateral.
        case topUp
        /// The trader reduced the position after a margin call.
        case voluntaryReduction
        /// Collateral in another asset was sold to the venue to cover a negative balance.
        case collateralSold
        /// A forced order's fee, paid to the insurance fund.
        case liquidationFee
        /// The two legs of hedge mode were closed against each other.
        case legsNetted
        /// The insurance fund's share of a fill at a fillable price: negative where the fund paid.
        case fundSettlement
        /// What a scope was worth went to who took its positions over: negative where less than nothing was left.
        case equityTakenOver
    }

    public var time: SimTime
    public var kind: Kind
    /// -1 where the event concerns no market.
    public var market: Int32 = -1
    public var account: AccountID
    /// The other side, nobody if there is none.
    public var counterparty = AccountID.nobody
    /// The change of `account`'s position: negative when a long is closed.
    public var lots: Lots = .zero
    /// Price of the lots in ticks, to the tick below for an average; 0 for none.
    public var price: Ticks = Ticks(0)
    /// Signed notional for closing events, the payment for payments.
    public var amount: Money = .zero
    /// What the account lost against its cost by this event (positive for a loss).
    public var loss: Money = .zero
    /// Equity and maintenance margin of the scope when the step was decided: the reason.
    public var equity: Money = .zero
    public var maintenance: Money = .zero

    public init(_ kind: Kind, at time: SimTime, account: AccountID) {
        self.kind = kind
        self.time = time
        self.account = account
    }
}
