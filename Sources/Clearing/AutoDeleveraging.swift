import Primitives

/// Closing a failing account against the accounts on the other side that profited most.
public struct AutoDeleveraging: Sendable {
    /// When it starts.
    public enum Trigger: Sendable {
        /// The value of the account (or isolated position) is below zero.
        case valueBelowZero
        /// Anything the stages before it left over.
        case whateverIsLeft
        case fundDrop(FundDropTrigger)
        case symbolDrawdown(SymbolDrawdownTrigger)
    }
    public var trigger: Trigger
    public var price: DeleveragingPrice
    public var score: DeleveragingScore
    public var sharing = DeleveragingSharing.queue
    /// Winners looked at before giving up on a position, 0 for no limit; reaching it is reported.
    public var mostWinners: Int
    /// How long a ranking serves, in seconds; zero ranks anew after every mark update.
    public var rankSeconds: Double

    public init(
        trigger: Trigger, price: DeleveragingPrice, score: DeleveragingScore, mostWinners: Int = 0,
        rankSeconds: Double = 0
    ) {
        self.trigger = trigger
        self.price = price
        self.score = score
        self.mostWinners = mostWinners
        self.rankSeconds = rankSeconds
    }

    func verdict(_ p: Predicament) -> WaterfallStage.Verdict {
        guard p.hasPositions else { return .passes }
        if p.isHouse { return p.margin.equity < .zero ? .acts : .passes }
        return starts(p) ? .acts : .passes
    }

    /// Whether it starts for a trader with positions.
    public func starts(_ p: Predicament) -> Bool {
        switch trigger {
        case .valueBelowZero: return p.margin.equity < .zero
        case .whateverIsLeft: return true
        case .fundDrop(let rule):
            return rule.isTriggered(balance: p.fund.equity, average: p.fund.average)
        case .symbolDrawdown(let rule):
            let ratio = rule.ratio(
                profit: p.fund.marketProfit, highest: p.fund.maxMarketProfit, poolMaximum: p.fund.maximum)
            return rule.kind(balance: p.fund.equity, ratio: ratio) != nil
        }
    }
}

/// The price both sides of a deleveraging close at.
public enum DeleveragingPrice: Sendable, Hashable {
    /// The mark before the last change.
    case previousMark
    case mark
    /// The price at which the failing scope's equity is zero, to the tick in its favour.
    case bankruptcy
    /// The bankruptcy price, or the mark where that lies further from the mark than this share of it (Bybit).
    case bankruptcyWithin(Rate)
    /// The position's share of the deficit by its share of maintenance margin (dYdX).
    case bankruptcyShare
    /// The mark, or the bankruptcy price once the fund is empty (OKX).
    case markUnlessFundEmpty

    /// - Parameter isFundEmpty: the insurance fund has nothing left.
    public func price(mark: Double, previousMark: Double, bankruptcy: Double, isFundEmpty: Bool) -> Double {
        switch self {
        case .previousMark: previousMark
        case .mark: mark
        case .bankruptcy, .bankruptcyShare: bankruptcy
        case .bankruptcyWithin(let share): abs(bankruptcy - mark) > share.value * mark ? mark : bankruptcy
        case .markUnlessFundEmpty: isFundEmpty ? bankruptcy : mark
        }
    }
}

/// What ranks a winner.
public struct DeleveragingCandidate: Sendable {
    /// Signed value and cost basis of the position: profit is their difference. For an inverse contract both have the
    /// sign opposite to the lots.
    public var value: Money
    public var cost: Money
    /// Equity, collateral and maintenance margin of what margins the position.
    public var equity: Money
    public var wallet: Money = .zero
    public var maintenance: Money = .zero
    /// Differs by position and moment, for orders that mean nothing.
    public var lottery: UInt64 = 0

    public init(value: Money, cost: Money, equity: Money) {
        self.value = value
        self.cost = cost
        self.equity = equity
    }
}

/// Who is closed first: the rank is by falling score, equal scores by rising account number.
public enum DeleveragingScore: Sendable, Hashable {
    /// (mark / entry) × (notional / account value), as Hyperliquid prints it for both sides. Printed so, a
    /// short that loses ranks above one that gains; `invertsShorts` uses entry / mark for shorts instead.
    case markOverEntryTimesLeverage(invertsShorts: Bool)
    /// (profit / cost) × (notional / account value): profit in per cent times effective leverage.
    case profitTimesLeverage
    /// Binance: max(0, profit) / max(1, wallet) × maintenance / (wallet + profit).
    case profitTimesMarginRatio
    /// No order at all: a drawn one (dYdX).
    case drawn

    /// Whether the scope's maintenance margin enters.
    var needsMaintenance: Bool { self == .profitTimesMarginRatio }

    /// An account value at or below zero ranks last.
    public func score(_ c: DeleveragingCandidate) -> Double {
        switch self {
        case .markOverEntryTimesLeverage(let invertsShorts):
            guard c.equity > .zero, c.cost != .zero else { return -.infinity }
            let markOverEntry = Double(c.value.micros) / Double(c.cost.micros)
            return (invertsShorts && c.value < .zero ? 1 / markOverEntry : markOverEntry) * leverage(c)
        case .profitTimesLeverage:
            guard c.equity > .zero, c.cost != .zero else { return -.infinity }
            let profit = Double((c.value - c.cost).micros) / Double(c.cost.magnitude.micros)
            return profit > 0 ? profit * leverage(c) : profit / leverage(c)
        case .profitTimesMarginRatio:
            let parts = Self.marginRatioParts(c)
            return parts.profit * parts.marginRatio
        case .drawn: return Double(c.lottery >> 11)
        }
    }

    private func leverage(_ c: DeleveragingCandidate) -> Double {
        Double(c.value.magnitude.micros) / Double(c.equity.micros)
    }

    /// Binance's two factors: profit as a share of the wallet (of one dollar at least), and the margin ratio.
    public static func marginRatioParts(
        _ c: DeleveragingCandidate
    ) -> (profit: Double, marginRatio: Double) {
        let profit = max(0, (c.value - c.cost).dollars) / max(1, c.wallet.dollars)
        let ratio = c.equity <= .zero ? 0 : Double(c.maintenance.micros) / Double(c.equity.micros)
        return (profit, ratio)
    }
}
