import Agents
import Clearing
import Market
import Primitives
import Venues

/// The result of a run, as `--json` prints it: snake_case keys that carry their unit.
public struct RunSummary: Codable, Sendable {
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
    /// Accounts with a position at the start.
    public var accounts = 0
    public var steps = 0
    /// The largest imbalance of any step: 0, or something is wrong.
    public var zeroSumMicroUsd: Int64 = 0
    public var zeroSumStepsChecked = 0
    public var liquidatedLongUsd = 0.0
    public var liquidatedShortUsd = 0.0
    /// What a public feed would have shown; this venue's fills are all public.
    public var reportedLongUsd = 0.0
    public var reportedShortUsd = 0.0
    public var accountsLiquidated = 0
    public var marginCalls = 0
    public var partialLiquidations = 0
    public var peakMinuteUtc = ""
    public var peakMinuteUsd = 0.0
    /// By asset, on the index: from the reference minute to the lowest moment, positive for a fall; nothing where the run
    /// ended before.
    public var fallPct: [String: Double] = [:]
    public var openInterestBeforeUsd = 0.0
    public var openInterestLowUsd = 0.0
    public var vaultTakeoverUsd = 0.0
    public var vaultEquityStartUsd = 0.0
    public var vaultEquityEndUsd = 0.0
    public var vaultEquityLowUsd = 0.0
    public var fundDrawUsd = 0.0
    public var fundTakeoverUsd = 0.0
    public var deleveragedUsd = 0.0
    public var deleveragedOfVaultUsd = 0.0
    public var deleveragedAccounts = 0
    public var deleveragingFills = 0
    public var largestDeleveragingWaveFills = 0
    public var socialisedLossUsd = 0.0
    /// Negative balances of closed accounts that the vault made up.
    public var vaultPaidDeficitsUsd = 0.0
    /// What nobody was charged for: equity below zero at the end, and losses left to nobody.
    public var badDebtUsd = 0.0
    /// Orders of agents that the venue refused, most of them for margin.
    public var ordersRefused = 0
    public var realisedLossUsd = 0.0
    public var marginLostUsd = 0.0
    public var topUpsUsd = 0.0
    @OrNull public var firstDeleveragingSeconds: Double? = nil
    public var byVenue: [String: VenueResult] = [:]
    public var wallSeconds = 0.0
    public var peakMemoryMb = 0.0
    public var capsHit: [String] = []
    /// Figures that recorded facts are set beside, by the facts' keys.
    public var comparable: [String: Double] = [:]
    /// Rows that were inputs, not results.
    public var imposed: [String] = []
    public var notice = "Nothing here is investment advice."

    /// A venue's own figures; `fallPct` is on its own trades.
    public struct VenueResult: Codable, Sendable {
        public var fallPct: [String: Double]
        public var markFallPct: [String: Double]
        public var liquidatedLongUsd: Double
        public var liquidatedShortUsd: Double
        public var reportedLongUsd: Double
        public var reportedShortUsd: Double
        public var accountsLiquidated: Int
        public var marginCalls: Int
        public var peakMinuteUtc: String
        public var peakMinuteUsd: Double
        public var openInterestBeforeUsd: Double
        public var openInterestLowUsd: Double
        public var vaultTakeoverUsd: Double
        public var fundDrawUsd: Double
        public var deleveragedUsd: Double
        public var deleveragedAccounts: Int
        public var badDebtUsd: Double
        public var firstDeleveragingSeconds: Double?
    }

    public init() {}

    /// Reads the results off a world.
    public init(of world: borrowing World) {
        let m = world.metrics
        steps = world.steps
        stateHash = world.stateHash().hex
        accounts = m.accountsWithPositions
        zeroSumMicroUsd = m.worstImbalance.micros
        zeroSumStepsChecked = m.stepsChecked
        liquidatedLongUsd = m.liquidatedLong.dollars
        liquidatedShortUsd = m.liquidatedShort.dollars
        // What an outsider adds up from the venue's feed; where every liquidation is public that is all of it.
        let feed = world.venue.feed
        let isComplete = feed.rule.selector == .all
        reportedLongUsd = isComplete ? liquidatedLongUsd : feed.reportedLong.dollars
        reportedShortUsd = isComplete ? liquidatedShortUsd : feed.reportedShort.dollars
        accountsLiquidated = m.accountsLiquidated
        marginCalls = m.marginCalls
        partialLiquidations = m.partialLiquidations
        if let peak = m.peakMinute {
            peakMinuteUtc = peak.time.description
            peakMinuteUsd = peak.usd
        }
        openInterestBeforeUsd = m.openInterestBefore.reduce(0) { $0 + $1.dollars }
        openInterestLowUsd = m.openInterestLow.reduce(0) { $0 + $1.dollars }
        vaultTakeoverUsd = m.vaultTakeover.dollars
        let vault = m.minutes.map(\.vaultEquityUSD)
        vaultEquityStartUsd = m.vaultEquityAtStart.dollars
        vaultEquityEndUsd = vault.last ?? 0
        vaultEquityLowUsd = vault.min() ?? 0
        fundDrawUsd = m.fundFlows.paid.dollars
        fundTakeoverUsd = m.fundTakeover.dollars
        deleveragedUsd = m.deleveraged.dollars
        deleveragedOfVaultUsd = m.deleveragedOfHouse.dollars
        deleveragedAccounts = m.deleveragedAccounts
        deleveragingFills = m.deleveragingFills
        largestDeleveragingWaveFills = m.largestWave
        socialisedLossUsd = m.socialised.dollars
        vaultPaidDeficitsUsd = m.vaultFlows.paid.dollars
        ordersRefused = world.venue.counts.refused
        badDebtUsd = (m.badDebt + world.venue.house.uncoveredDeficits()).dollars
        realisedLossUsd = m.realisedLoss.dollars
        marginLostUsd = m.marginLost(world.venue).dollars
        topUpsUsd = m.topUps.dollars
        firstDeleveragingSeconds = m.firstDeleveragingSeconds
        var bookFalls: [String: Double] = [:]
        var markFalls: [String: Double] = [:]
        for (arena, fall) in zip(world.arenas, m.falls) {
            // What was not seen has no entry.
            func fell(_ from: Double, _ to: Double) -> Double? {
                from > 0 && to < .infinity ? RunMetrics.Fall.percent(from, to) : nil
            }
            fallPct[arena.asset] = fell(fall.indexReference, fall.indexLow)
            bookFalls[arena.asset] = fell(fall.bookReference, fall.bookLow)
            markFalls[arena.asset] = fell(fall.markReference, fall.markLow)
        }
        byVenue[world.venue.rulebook.name] = VenueResult(
            fallPct: bookFalls, markFallPct: markFalls, liquidatedLongUsd: liquidatedLongUsd,
            liquidatedShortUsd: liquidatedShortUsd, reportedLongUsd: reportedLongUsd,
            reportedShortUsd: reportedShortUsd, accountsLiquidated: accountsLiquidated,
            marginCalls: marginCalls,
            peakMinuteUtc: peakMinuteUtc, peakMinuteUsd: peakMinuteUsd,
            openInterestBeforeUsd: openInterestBeforeUsd, openInterestLowUsd: openInterestLowUsd,
            vaultTakeoverUsd: vaultTakeoverUsd, fundDrawUsd: fundDrawUsd, deleveragedUsd: deleveragedUsd,
            deleveragedAccounts: deleveragedAccounts, badDebtUsd: badDebtUsd,
            firstDeleveragingSeconds: firstDeleveragingSeconds)
        comparable = Self.comparable(world, indexFall: fallPct.sorted { $0.key < $1.key }.first?.value)
        let rounds = world.venue.counts.liquidationRoundCapHit
        if rounds > 0 { capsHit.append("liquidation rounds in \(rounds) steps") }
    }

    private static func comparable(_ world: borrowing World, indexFall: Double?) -> [String: Double] {
        let m = world.metrics
        // The window of the public on-chain record.
        let first = SimTime(iso8601: "2025-10-10T21:15:00Z")!
        let window = m.minutes.filter { $0.time >= first && $0.time < first.adding(seconds: 720) }
        var found = [
            "gross_leverage": m.grossLeverageAtStart,
            "takeover_12min_usd": window.reduce(0) { $0 + $1.vaultTakeoverUSD },
            "deleveraged_usd": m.deleveraged.dollars,
            "deleveraging_fills": Double(m.deleveragingFills),
            "open_interest_fall_pct": RunMetrics.Fall.percent(
                m.openInterestBefore.reduce(0) { $0 + $1.dollars },
                m.openInterestLow.reduce(0) { $0 + $1.dollars }),
        ]
        found["index_fall_pct"] = indexFall
        found["first_deleveraging_seconds"] = m.firstDeleveragingSeconds
        let unit = world.venue.rulebook.markets[0].spec.unit
        if m.deleveragedLots[0] > .zero {
            found["deleveraging_price_usd"] = m.deleveraged.dollars / unit.coins(m.deleveragedLots[0])
        }
        if let large = world.traders.largeShort {
            found["large_short_deleveraged_usd"] = m.deleveragedOf[large]?.dollars ?? 0
        }
        return found
    }
}
