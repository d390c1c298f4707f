import Agents
import Clearing
@_spi(World) import Exchanges
import LendingMarkets
import Primitives
import Venues

/// The whole market: every venue, every asset, everybody who trades, advanced step by step.
public struct World: ~Copyable {
    public var exchanges: Exchanges
    /// In the order in which they act.
    public internal(set) var strategies: [any Strategy]
    public var fundamentals: Fundamentals
    public var lending: LendingSide
    public let start: SimTime
    public internal(set) var end: SimTime
    public let stepSeconds: Double
    public internal(set) var steps = 0
    public internal(set) var metrics: MarketMetrics
    public internal(set) var minuteEnded: SimTime?
    var indices: IndexPrices
    /// By each venue's own rule; nil where all take the shared index.
    public internal(set) var venueIndices: VenueIndices?
    var marks: MarkUpdates
    /// Looks at everybody instead of asking the indices: the slow twin.
    public var usesFullScan = false {
        didSet { lending.markets.usesFullScan = usesFullScan }
    }

    /// How many venues are worked on side by side; the bytes are the same for any number.
    public var threads = 1

    /// What is still to be done to it from outside, the soonest first; and what has been.
    public internal(set) var changes: [WorldChange] = []
    var changed = StateHash()

    /// Set it to learn where the time goes.
    public var parts: StepParts?

    /// The largest assets by place, the reference asset first.
    public var majors: [AssetID] { metrics.setup.majors }
    /// Collateral that accounts hold, by place among the assets.
    public var collateralAssets: Set<AssetID> { metrics.setup.heldCollateral }
    /// By perpetual exchange: accounts of somebody's own.
    public var ownAccounts: [Identifiers<AccountID>] { metrics.setup.own }
    public var now: SimTime { exchanges.now }
    /// The market makers as they are now, nil where there are none.
    public var makers: MarketMakers? { Self.makers(strategies) }
    private static func makers(_ strategies: [any Strategy]) -> MarketMakers? {
        for case let makers as MarketMakers in strategies { return makers }
        return nil
    }
    public var isFinished: Bool { now >= end }

    public init(
        exchanges: consuming Exchanges, strategies: [any Strategy], fundamentals: Fundamentals,
        lending: consuming LendingSide, setup: MarketSetup, start: SimTime, end: SimTime, stepSeconds: Double,
        threads: Int = 1
    ) {
        self.exchanges = exchanges
        self.exchanges.begin(at: start, threads: threads)
        self.strategies = strategies
        self.fundamentals = fundamentals
        self.lending = lending
        self.start = start
        self.end = end
        self.stepSeconds = stepSeconds
        self.threads = threads
        indices = IndexPrices(
            self.exchanges, weights: setup.indexWeights, imposed: setup.imposed, stepSeconds: stepSeconds)
        if setup.usesVenueIndices {
            venueIndices = VenueIndices(self.exchanges, weights: setup.indexWeights)
        }
        marks = MarkUpdates(
            self.exchanges, setup.collateralBooks, externalBasis: setup.externalBasis, at: start)
        metrics = MarketMetrics(self.exchanges, setup, Self.makers(strategies), start: start)
        openBooks()
        metrics.begin(&self.exchanges)
    }

    /// The books before the first step: everyone quotes, the first indices and marks are made.
    private mutating func openBooks() {
        for i in strategies.indices { strategies[i].act(&exchanges) }
        indices.update(&exchanges, step: steps)
        venueIndices?.observe(exchanges)
        marks.update(&exchanges, own: venueIndices, at: now, isFirst: true)
        liquidate()
        for p in exchanges.perpetualIDs { exchanges.worldPerps[p].house.events.removeAll() }
    }

    /// One step, in the order of the house; nothing else changes state.
    public mutating func step() {
        makeChanges()
        steps += 1
        parts?.begin()
        let before = now.seconds / 60
        exchanges.begin(at: start.adding(seconds: Double(steps) * stepSeconds), threads: threads)
        minuteEnded = now.seconds / 60 > before ? SimTime(seconds: now.seconds / 60 * 60) : nil
        for p in exchanges.perpetualIDs {
            exchanges.worldPerps[p].house.events.removeAll()
            exchanges.worldPerps[p].house.now = now
        }
        exchanges.applyOutages()
        exchanges.deliverTransfers()
        fundamentals.advance(&exchanges)  // 1 news and fundamentals
        parts?.end("news")
        // 2 agents submit, cancel and transfer; 3 books match; 4 clearing settles
        for i in strategies.indices {
            let isForced = strategies[i].isForced
            if isForced { metrics.cascade.noteTapes(exchanges) }
            strategies[i].act(&exchanges)
            if isForced { metrics.cascade.addForcedTrades(exchanges) }
            parts?.end(strategies[i].name)
        }
        indices.update(&exchanges, step: steps)  // 5 indices and marks at each venue's cadence
        parts?.end("indices")
        venueIndices?.observe(exchanges)
        marks.update(&exchanges, own: venueIndices, at: now, isFirst: false)
        parts?.end("marks")
        liquidate()  // 6 margins through the index, 7 calls and the waterfalls
        parts?.end("liquidation")
        lending.step(&exchanges, stepSeconds: stepSeconds)  // 8 lending pools read their oracles
        parts?.end("lending")
        marks.payFunding(&exchanges, at: now)  // 9 funding at its times
        parts?.end("funding")
        for i in strategies.indices { strategies[i].observe(exchanges) }  // 10 observers
        metrics.observe(&exchanges, minuteEnded == nil ? nil : makers, minuteEnded: minuteEnded)
        parts?.end("metrics")
        if minuteEnded != nil {
            exchanges.sideBySide(
                perpetual: { $1.giveBackEmptyPrices() }, spot: { $1.giveBackEmptyPrices() })
        }
        parts?.end("memory given back")
    }

    /// Every venue is a ledger of its own here: it reads and writes nothing of another's.
    private mutating func liquidate() {
        let (usesFullScan, reviews) = (usesFullScan, minuteEnded != nil)
        exchanges.eachPerpetual { _, venue in
            venue.usesFullScan = usesFullScan
            venue.fireTriggers()
            if reviews { venue.house.reviewCalled() }
            venue.liquidateFailing()
        }
    }

    /// How often accounts that wait slept, and what woke them, on all venues.
    public var wakes: WakeCounts {
        var all = WakeCounts()
        for p in exchanges.perpetualIDs { all += exchanges.perps[p].house.wakes }
        return all
    }

    /// Completes the minute that was being simulated when the run ended.
    public mutating func finish() {
        metrics.finish(&exchanges, makers)
        lending.countAccounts()
    }
}

/// What the world must be told of its venues that the venues do not know.
public struct MarketSetup: Sendable {
    /// By exchange: weight in the index, zero for perpetual venues.
    public var indexWeights: [Double] = []
    /// By asset and step: prices that are given; nil where the spot books make them.
    public var imposed: [[Double]]?
    /// Where perpetuals elsewhere trade: above the index by this multiple of its volatility; nil where the world has those
    /// perpetuals.
    public var externalBasis: Double?
    /// Collateral that accounts hold for what it pays: its lowest prices are kept by venue.
    public var heldCollateral: Set<AssetID> = []
    /// The largest assets, the reference asset first.
    public var majors: [AssetID] = []
    /// Each venue makes its index by its own rule from the spot books its rulebook names, instead of taking the shared one.
    public var usesVenueIndices = false
    public var collateralBooks: [CollateralBook] = []
    /// By perpetual exchange: the accounts of the leveraged population.
    public var populations: [Identifiers<AccountID>] = []
    /// By perpetual exchange: those of them whose shorts hedge coins elsewhere.
    public var hedged: [Identifiers<AccountID>] = []
    /// By perpetual exchange: accounts of somebody's own, behind the others of its population and before those that open positions in the run.
    public var own: [Identifiers<AccountID>] = []
    /// By perpetual exchange: how many accounts each of its population stands for.
    public var weights: [[Int32]] = []
    public var supplies: [Double] = []
    public var reference = SimTime(seconds: 0)
    public var cohorts: [HoldingCohort] = []
    /// By asset: the spot book whose lots its pool counts.
    public var poolBooks: [BookID?] = []
    public init() {}
}

/// Which spot book prices a collateral asset of a perpetual venue.
public struct CollateralBook: Sendable {
    public var exchange: VenueID
    public var place: Int
    public var asset: AssetID
    /// The venue's own book, nil where it has none.
    public var ownBook: BookID?
    public init(exchange: VenueID, place: Int, asset: AssetID, ownBook: BookID?) {
        self.exchange = exchange
        self.place = place
        self.asset = asset
        self.ownBook = ownBook
    }
}
