import Agents
import Clearing
import Exchanges
import LendingMarkets
import Primitives
import Venues

/// The whole market: every venue, every asset, everybody who trades, advanced step by step.
public struct WholeMarket: ~Copyable {
    public var exchanges: Exchanges
    /// In the order in which they act.
    public let strategies: [any Strategy]
    public let makers: MarketMakers
    public var fundamentals: Fundamentals
    public var lending: LendingSide
    public let start: SimTime
    public let end: SimTime
    public let stepSeconds: Double
    public private(set) var steps = 0
    public internal(set) var metrics: MarketMetrics
    public private(set) var minuteEnded: SimTime?
    var indices: IndexPrices
    var marks: MarkUpdates
    /// Looks at everybody instead of asking the indices: the slow twin.
    public var usesFullScan = false {
        didSet { lending.markets.usesFullScan = usesFullScan }
    }

    /// Set it to learn where the time goes.
    public var parts: StepParts?

    public var now: SimTime { exchanges.now }
    public var isFinished: Bool { now >= end }

    public init(
        exchanges: consuming Exchanges, strategies: [any Strategy], makers: MarketMakers,
        fundamentals: Fundamentals, lending: consuming LendingSide, setup: MarketSetup, start: SimTime,
        end: SimTime, stepSeconds: Double
    ) {
        self.exchanges = exchanges
        self.strategies = strategies
        self.makers = makers
        self.fundamentals = fundamentals
        self.lending = lending
        self.start = start
        self.end = end
        self.stepSeconds = stepSeconds
        indices = IndexPrices(self.exchanges, weights: setup.indexWeights, stepSeconds: stepSeconds)
        marks = MarkUpdates(self.exchanges, setup.collateralBooks, at: start)
        metrics = MarketMetrics(
            self.exchanges, setup, start: start, crossQuoting: makers.parameters.crossQuoting)
        openBooks()
        metrics.begin(&self.exchanges)
    }

    /// The books before the first step: everyone quotes, the first indices and marks are made.
    private mutating func openBooks() {
        for strategy in strategies { strategy.act(&exchanges) }
        indices.update(&exchanges)
        marks.update(&exchanges, at: now, isFirst: true)
        liquidate()
        for p in 0..<exchanges.perps.count { exchanges.perps[p].house.events.removeAll() }
    }

    /// One step, in the order of the house; nothing else changes state.
    public mutating func step() {
        steps += 1
        parts?.begin()
        let before = now.seconds / 60
        exchanges.now = start.adding(seconds: Double(steps) * stepSeconds)
        minuteEnded = now.seconds / 60 > before ? SimTime(seconds: now.seconds / 60 * 60) : nil
        for p in 0..<exchanges.perps.count {
            exchanges.perps[p].house.events.removeAll()
            exchanges.perps[p].house.now = now
        }
        exchanges.applyOutages()
        exchanges.deliverTransfers()
        fundamentals.advance(&exchanges)  // 1 news and fundamentals
        parts?.end("news")
        // 2 agents submit, cancel and transfer; 3 books match; 4 clearing settles
        for strategy in strategies {
            if strategy.isForced { metrics.cascade.noteTapes(exchanges) }
            strategy.act(&exchanges)
            if strategy.isForced { metrics.cascade.addForcedTrades(exchanges) }
            parts?.end(strategy.name)
        }
        indices.update(&exchanges)  // 5 indices and marks at each venue's cadence
        parts?.end("indices")
        marks.update(&exchanges, at: now, isFirst: false)
        parts?.end("marks")
        liquidate()  // 6 margins through the index, 7 calls and the waterfalls
        parts?.end("liquidation")
        lending.step(exchanges, stepSeconds: stepSeconds)  // 8 lending pools read their oracles
        parts?.end("lending")
        marks.payFunding(&exchanges, at: now)  // 9 funding at its times
        parts?.end("funding")
        for strategy in strategies { strategy.observe(exchanges) }  // 10 observers
        metrics.observe(&exchanges, makers, minuteEnded: minuteEnded)
        parts?.end("metrics")
    }

    private mutating func liquidate() {
        for p in 0..<exchanges.perps.count {
            exchanges.perps[p].usesFullScan = usesFullScan
            exchanges.perps[p].fireTriggers()
            if minuteEnded != nil { exchanges.perps[p].house.reviewCalled() }
            exchanges.perps[p].liquidateFailing()
        }
    }

    /// Completes the minute that was being simulated when the run ended.
    public mutating func finish() {
        metrics.finish(&exchanges, makers)
        lending.countAccounts()
    }

    /// A hash of what has happened so far and of the present prices, cheap enough for every minute: every clearing event,
    /// index and maker is in it, balances are not.
    public func minuteHash() -> StateHash {
        var hash = metrics.hash
        for a in 0..<exchanges.assets.count {
            hash.combine(exchanges.views[a].index)
            hash.combine(exchanges.views[a].fundamental)
        }
        for strategy in strategies { strategy.combine(into: &hash) }
        hash.combine(exchanges.inTransit.micros)
        return hash
    }

    /// A hash of everything that decides how the world goes on, and of what it has recorded.
    public func stateHash() -> StateHash {
        var hash = exchanges.stateHash()
        hash.combine(now.nanoseconds)
        for strategy in strategies { strategy.combine(into: &hash) }
        hash.combine(lending.markets.stateHash().value)
        hash.combine(metrics.hash.value)
        return hash
    }
}

/// What the world must be told of its venues that the venues do not know.
public struct MarketSetup: Sendable {
    /// By exchange: weight in the index, zero for perpetual venues.
    public var indexWeights: [Double] = []
    public var collateralBooks: [CollateralBook] = []
    /// The accounts of agents by exchange, ascending ranges: everyone else is the leveraged population.
    public var populations: [Range<Int32>] = []
    /// By perpetual exchange: those of them whose shorts hedge coins elsewhere.
    public var hedged: [Range<Int32>] = []
    /// By perpetual exchange: how many accounts each of its population stands for.
    public var weights: [[Int32]] = []
    public var supplies: [Double] = []
    public var reference = SimTime(seconds: 0)
    public var cohorts: [HoldingCohort] = []
    /// By asset: the spot book whose lots its pool counts.
    public var poolBooks: [Int32?] = []
    public init() {}
}

/// Which spot book prices a collateral asset of a perpetual venue.
public struct CollateralBook: Sendable {
    public var exchange: Int
    public var place: Int
    public var asset: Int
    /// The venue's own book, nil where it has none.
    public var ownBook: Int32?
    public init(exchange: Int, place: Int, asset: Int, ownBook: Int32?) {
        self.exchange = exchange
        self.place = place
        self.asset = asset
        self.ownBook = ownBook
    }
}
