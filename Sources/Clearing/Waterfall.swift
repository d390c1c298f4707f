import Primitives

/// What a venue does with a scope below its maintenance margin, stage by stage.
///
/// A stage a venue does not have is absent from its list. Each stage says, from the scope's predicament alone,
/// whether it acts, lets the next one try, or waits; who carries it out is the venue.
public struct Waterfall: Sendable {
    public var stages: [WaterfallStage]
    /// The first stage whose decision needs the state of the insurance fund.
    public let firstFundStage: Int

    public init(_ stages: [WaterfallStage]) {
        self.stages = stages
        firstFundStage = stages.firstIndex { $0.needsFund } ?? stages.count
    }

    /// The shares of maintenance margin at which some stage's verdict changes, rising; who is failing fails below 1.
    public var ratios: [Rate] {
        Set(stages.compactMap(\.ratio) + [.zero, .one]).sorted()
    }

    /// Whether some stage would trade with the book, if it offered anything.
    public func triesBook(_ predicament: Predicament) -> Bool {
        stages.contains { $0.usesBook && $0.verdict(predicament) == .acts }
    }

    /// The same if nothing speaks against it but too little equity or a position too small: what the mark may change.
    public func mayTryBook(_ predicament: Predicament) -> Bool {
        var better = predicament
        better.margin.equity = max(better.margin.equity, better.margin.maintenance)
        return triesBookOfAnySize(better)
    }

    /// The same if nothing speaks against it but a position too small, by value or by row of the margin table.
    public func triesBookOfAnySize(_ predicament: Predicament) -> Bool {
        var larger = predicament
        larger.largestPosition = Money(micros: .max)
        larger.highestRow = .max
        larger.firstRowMaintenance = .zero
        return triesBook(larger)
    }

    /// The next stage that can be decided without knowing the fund.
    public enum Early: Sendable { case stage(Int), waits, needsFund }

    /// Decides as far as no stage asks about the fund: reckoning that up costs more than most decisions.
    public func early(_ predicament: Predicament, after tried: Int) -> Early {
        for i in stages.indices where i > tried && i < firstFundStage {
            switch stages[i].verdict(predicament) {
            case .acts: return .stage(i)
            case .passes: continue
            case .waits: return .waits
            }
        }
        return .needsFund
    }

    /// The next stage to carry out, or nil if the scope must wait for the next step.
    ///
    /// - Parameter tried: the last stage carried out in this pass, -1 at its start; a pass goes down the list.
    public func next(_ predicament: Predicament, after tried: Int) -> Int? {
        for i in stages.indices where i > tried {
            switch stages[i].verdict(predicament) {
            case .acts: return i
            case .passes: continue
            case .waits: return nil
            }
        }
        return nil
    }
}

/// Everything the decision between the stages depends on.
public struct Predicament: Sendable {
    public var margin: MarginState
    /// The largest absolute notional of one position.
    public var largestPosition: Money
    public var hasOrders: Bool
    /// The scope is the vault or the fund itself.
    public var isHouse: Bool
    public var triedPartial: Bool
    public var inCooldown: Bool
    /// The highest margin row of its positions, from 0, and their maintenance margin at the rates of the first rows.
    public var highestRow = 0
    public var firstRowMaintenance = Money.zero
    /// Some market has both legs of hedge mode open.
    public var isHedged = false
    /// It holds collateral in other assets while its cash is below zero.
    public var owesAgainstCollateral = false
    public var fund = FundState()

    public var hasPositions: Bool { margin.notional > .zero }

    public init(
        margin: MarginState, largestPosition: Money = .zero, hasOrders: Bool = false, isHouse: Bool = false,
        triedPartial: Bool = false, inCooldown: Bool = false
    ) {
        self.margin = margin
        self.largestPosition = largestPosition
        self.hasOrders = hasOrders
        self.isHouse = isHouse
        self.triedPartial = triedPartial
        self.inCooldown = inCooldown
    }
}

/// One stage of a waterfall; what can differ by venue is in its payload.
public enum WaterfallStage: Sendable {
    case cancelOrders
    /// Collateral in other assets is sold to the venue as far as cash is below zero.
    case convertCollateral
    /// The two legs of hedge mode are closed against each other at the mark.
    case netHedgedLegs
    case fillableLiquidation(FillableLiquidation)
    case partialLiquidation(PartialLiquidation)
    case fullLiquidation(FullLiquidation)
    case backstopVault(BackstopVault)
    case insuranceFund(InsuranceFund)
    case autoDeleveraging(AutoDeleveraging)
    case socialisedLoss

    public enum Verdict: Sendable { case acts, passes, waits }

    /// The share of maintenance margin at which its verdict changes.
    var ratio: Rate? {
        switch self {
        case .partialLiquidation(let rule): rule.whileEquityAtLeast
        case .fullLiquidation(let rule): rule.whileEquityAtLeast
        case .backstopVault(let rule): rule.belowEquity
        default: nil
        }
    }

    /// Whether it trades with the book.
    public var usesBook: Bool {
        switch self {
        case .fillableLiquidation, .partialLiquidation, .fullLiquidation: true
        default: false
        }
    }

    /// Whether it takes positions from the book's reach: it waits until the book was tried long enough.
    public var takesOver: Bool {
        switch self {
        case .insuranceFund, .autoDeleveraging: true
        default: false
        }
    }

    var needsFund: Bool {
        switch self {
        case .fillableLiquidation, .insuranceFund, .autoDeleveraging: true
        default: false
        }
    }

    func verdict(_ p: Predicament) -> Verdict {
        switch self {
        case .cancelOrders: p.hasOrders ? .acts : .passes
        case .convertCollateral: p.owesAgainstCollateral && !p.isHouse ? .acts : .passes
        case .netHedgedLegs: p.isHedged && !p.isHouse ? .acts : .passes
        case .fillableLiquidation(let rule): rule.verdict(p)
        case .partialLiquidation(let rule): rule.verdict(p)
        case .fullLiquidation(let rule): rule.verdict(p)
        case .backstopVault(let rule): rule.verdict(p)
        case .insuranceFund(let rule): rule.verdict(p)
        case .autoDeleveraging(let rule): rule.verdict(p)
        case .socialisedLoss: !p.isHouse && !p.hasPositions && p.margin.equity < .zero ? .acts : .passes
        }
    }

    /// The stage's name as reports print it.
    public var name: String {
        switch self {
        case .cancelOrders: "cancel orders"
        case .convertCollateral: "sell collateral against the debt"
        case .netHedgedLegs: "net hedged legs"
        case .fillableLiquidation: "liquidation at the fillable price"
        case .partialLiquidation: "partial liquidation into the book"
        case .fullLiquidation: "full liquidation into the book"
        case .backstopVault: "backstop vault"
        case .insuranceFund: "insurance fund"
        case .autoDeleveraging: "auto-deleveraging"
        case .socialisedLoss: "socialised loss"
        }
    }
}
