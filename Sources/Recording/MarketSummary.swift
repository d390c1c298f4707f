import Agents
import Clearing
import Exchanges
import LendingMarkets
import Market
import Primitives
import Venues

/// The result of a run of the whole market, as `--json` prints it: snake_case keys that carry their unit.
/// Definitions: docs/whole-market.md.
public struct MarketSummary: Codable, Sendable {
    public var scenario = ""
    /// One line for people, true of this run.
    public var title: String?
    public var run = ""
    public var status = ""
    /// The last simulated moment.
    public var simulatedUntilUtc: String?
    public var stateHash = ""
    public var seed: UInt64 = 0
    public var scale = 1
    public var threads = 1
    public var accounts = 0
    public var books = 0
    /// The largest assets, the reference asset first.
    public var majors: [String] = []
    public var steps = 0
    public var zeroSumMicroUsd: Int64 = 0
    public var zeroSumStepsChecked = 0
    public var liquidatedLongUsd = 0.0
    public var liquidatedShortUsd = 0.0
    @OrNull public var longShortRatio: Double? = nil
    public var reportedLongUsd = 0.0
    public var reportedShortUsd = 0.0
    /// What an outsider would estimate from the public feeds, with the sum of the minutes' 95 % intervals.
    public var estimatedLiquidatedUsd = 0.0
    public var estimatedLiquidatedLowUsd = 0.0
    public var estimatedLiquidatedHighUsd = 0.0
    public var accountsLiquidated = 0
    public var marginCalls = 0
    public var peakMinuteUtc = ""
    public var peakMinuteUsd = 0.0
    public var worst40MinShare = 0.0
    /// From the reference minute; nothing where the run ended before.
    public var fallPct: [String: Double] = [:]
    public var fallTimeUtc: [String: String] = [:]
    public var regainedByMidnightPct: [String: Double] = [:]
    public var openInterestBeforeUsd = 0.0
    public var openInterestLowUsd = 0.0
    public var openInterestAfterUsd = 0.0
    public var btcOpenInterestFallPct = 0.0
    public var btcOpenInterestCoinsFallPct = 0.0
    /// What takers traded on all books, every fill once.
    public var volumeUsd = 0.0
    public var filledInBooksUsd = 0.0
    public var vaultTakeoverUsd = 0.0
    public var fundTakeoverUsd = 0.0
    public var fundDrawUsd = 0.0
    public var deleveragedUsd = 0.0
    /// Of it what closed traders, not vaults and funds.
    public var deleveragedOfTradersUsd = 0.0
    public var deleveragedAccounts = 0
    /// What deleveraged accounts would have had more had they been closed at the mark.
    public var deleveragedForgoneUsd = 0.0
    /// Change of equity on perpetual venues less what was paid in, by side at the start; everyone else is the rest.
    public var gainsUsd: [String: Double] = [:]
    public var deleveragedTop1pctShare = 0.0
    public var badDebtUsd = 0.0
    public var socialisedLossUsd = 0.0
    public var realisedLossUsd = 0.0
    public var marginLostUsd = 0.0
    @OrNull public var firstDeleveragingSeconds: Double? = nil
    public var worstAssets: [WorstAsset] = []
    public var assetsBeyond90Pct = 0.0
    public var lendingLiquidatedUsd = 0.0
    public var lendingBadDebtUsd = 0.0
    public var lending: [String: LendingResult] = [:]
    public var depth1pctMinShare = 0.0
    public var depthHalfBackUtc: String?
    public var collateralLowUsd: [String: [String: Double]] = [:]
    public var cohorts: [String: CohortHoldings] = [:]
    public var leverageBefore = 0.0
    public var leverageAfter = 0.0
    public var makerCapitalLeftMinShare = 1.0
    /// What the makers' firms earned, at the end.
    public var makerProfitUsd = 0.0
    public var makerProfitGapMicroUsd: Int64 = 0
    public var makerCautionMax = 0.0
    public var hedgeLossSalesUsd = 0.0
    public var byVenue: [String: MarketVenueResult] = [:]
    public var fragility: [String: Double] = [:]
    /// The answers of `run --measure`; nil where nobody asked.
    public var measures: [MeasuredFigure]?
    public var anatomy = CascadeSummary()
    public var scaleNotes: [String] = []
    public var messages = 0
    public var fills = 0
    public var ordersRefused = 0
    public var marginChecks = 0
    public var worstStepMs = 0.0
    /// The moment the longest step led to, and the steps that took more than a tenth of a second.
    public var worstStepUtc = ""
    public var stepsOver100Ms = 0
    public var wallSeconds = 0.0
    public var buildSeconds = 0.0
    public var peakMemoryMb = 0.0
    public var capsHit: [String] = []
    public var imposed: [String] = []

    public init() {}

    public struct WorstAsset: Codable, Sendable {
        public var asset: String
        public var venue: String
        public var fallPct: Double
    }
    public struct LendingResult: Codable, Sendable {
        public var liquidatedUsd: Double
        public var badDebtUsd: Double
        public var liquidations: Int
        public var borrowers: Int
        public var debtUsd: Double
    }
    public struct CohortHoldings: Codable, Sendable {
        public var asset: String
        public var beforeCoins: Double
        public var lowCoins: Double
        public var afterCoins: Double
    }
}

/// The same figures for one venue; a spot venue has falls and volume only.
public struct MarketVenueResult: Codable, Sendable {
    public var liquidatedLongUsd = 0.0
    public var liquidatedShortUsd = 0.0
    public var reportedLongUsd = 0.0
    public var reportedShortUsd = 0.0
    public var estimatedLiquidatedUsd = 0.0
    public var estimatedLiquidatedLowUsd = 0.0
    public var estimatedLiquidatedHighUsd = 0.0
    /// Minutes of a market in which the feed never paused: there the estimate has no upper end.
    public var saturatedFeedMinutes = 0
    public var accountsLiquidated = 0
    public var marginCalls = 0
    public var peakMinuteUtc = ""
    public var peakMinuteUsd = 0.0
    public var fallPct: [String: Double] = [:]
    public var regainedByMidnightPct: [String: Double] = [:]
    public var openInterestBeforeUsd = 0.0
    public var openInterestLowUsd = 0.0
    public var openInterestAfterUsd = 0.0
    public var volumeUsd = 0.0
    public var filledInBooksUsd = 0.0
    public var vaultTakeoverUsd = 0.0
    public var fundTakeoverUsd = 0.0
    public var fundDrawUsd = 0.0
    public var deleveragedUsd = 0.0
    public var deleveragedOfTradersUsd = 0.0
    public var deleveragedAccounts = 0
    public var deleveragedTop1pctShare = 0.0
    public var badDebtUsd = 0.0
    public var socialisedLossUsd = 0.0
    public var realisedLossUsd = 0.0
    public var marginLostUsd = 0.0
    public var firstDeleveragingSeconds: Double?
    public init() {}
}
