import Agents
import Clearing
import OrderBook
import Primitives
import Venues

/// One market with its index path and the agents that trade it.
public struct Arena {
    public let market: Int32
    public let asset: String
    /// Index price in dollars after each step; entry 0 is the start.
    public let indexPath: [Double]
    /// Where the other venues' perpetuals trade relative to the index, after each step, as a fraction.
    public let externalBasis: [Double]
    public internal(set) var index: IndexView
    public var makers: [MarketMaker]
    public var valueBuyers: [ValueBuyers]
    public var noise: [NoiseFlow]
    public var unwinders: [VaultUnwinder]

    public init(
        market: Int32, asset: String, indexPath: [Double], externalBasis: [Double], index: IndexView,
        makers: [MarketMaker], valueBuyers: [ValueBuyers], noise: [NoiseFlow], unwinders: [VaultUnwinder]
    ) {
        precondition(indexPath.count == externalBasis.count && !indexPath.isEmpty)
        self.market = market
        self.asset = asset
        self.indexPath = indexPath
        self.externalBasis = externalBasis
        self.index = index
        self.makers = makers
        self.valueBuyers = valueBuyers
        self.noise = noise
        self.unwinders = unwinders
    }
}

/// The simulated world: a venue, its arenas and its leveraged population, advanced step by step.
public struct World: ~Copyable {
    public var venue: Venue
    public var arenas: [Arena]
    public var traders: LeveragedTraders
    public let start: SimTime
    public let end: SimTime
    public let stepSeconds: Double
    public private(set) var steps = 0
    public internal(set) var metrics: RunMetrics
    /// The boundary of the minute that the last step passed, if it passed one.
    public private(set) var minuteEnded: SimTime?
    private var nextOracle: SimTime
    private var nextFundingSample: SimTime
    private var nextFunding: SimTime

    public var now: SimTime { venue.house.now }
    public var isFinished: Bool { now >= end }

    public init(
        venue: consuming Venue, arenas: [Arena], traders: LeveragedTraders, start: SimTime, end: SimTime,
        stepSeconds: Double, reference: SimTime
    ) {
        self.venue = venue
        self.arenas = arenas
        self.traders = traders
        self.start = start
        self.end = end
        self.stepSeconds = stepSeconds
        nextOracle = start
        nextFundingSample = start
        // Funding is paid at whole multiples of its interval, UTC.
        let interval = self.venue.rulebook.funding?.paymentSeconds ?? 3600
        nextFunding = SimTime(seconds: (start.seconds / interval + 1) * interval)
        metrics = RunMetrics(arenas: arenas.map(\.asset), start: start, reference: reference)
        openBooks()
        metrics.begin(self.venue, self.traders)
    }

    /// The books before the first step: makers and value buyers quote, the first marks are made.
    private mutating func openBooks() {
        for a in arenas.indices {
            actQuoting(a)
            let oracle = ticks(arenas[a].index.price, arenas[a].market)
            venue.updateOracle(
                arenas[a].market, oracle, externalPerp: oracle * (1 + arenas[a].externalBasis[0]))
        }
        venue.liquidateFailing()
    }

    /// One step, in the order of the house; nothing else changes state.
    public mutating func step() {
        venue.house.events.removeAll()
        steps += 1
        let before = now.seconds / 60
        venue.house.now = start.adding(seconds: Double(steps) * stepSeconds)
        let minute = now.seconds / 60
        minuteEnded = minute > before ? SimTime(seconds: minute * 60) : nil

        moveIndices()  // 1 news and fundamentals
        for a in arenas.indices { actQuoting(a) }  // 2 agents submit; 3 books match; 4 clearing settles
        for a in arenas.indices { actTrading(a) }
        traders.act(&venue)
        updateMarks()  // 5 index and mark prices at the venue's cadence
        venue.fireTriggers()
        if minuteEnded != nil { venue.house.reviewCalled() }
        venue.liquidateFailing()  // 6 margins through the index, 7 calls and the waterfall
        noteMarginCalls()
        payFunding()  // 9 funding at its times
        metrics.observe(&venue, arenas, minuteEnded: minuteEnded)  // 10 observers
    }

    /// Closes the books of the run: the minute being simulated is completed as it is.
    public mutating func finish() { metrics.closeOpenMinute(venue, arenas) }

    private mutating func moveIndices() {
        for a in arenas.indices {
            let i = min(steps, arenas[a].indexPath.count - 1)
            arenas[a].index.move(to: arenas[a].indexPath[i], seconds: stepSeconds)
        }
    }

    private mutating func actQuoting(_ a: Int) {
        for m in arenas[a].makers.indices {
            arenas[a].makers[m].act(arenas[a].index, seconds: stepSeconds, &venue)
        }
        for b in arenas[a].valueBuyers.indices {
            arenas[a].valueBuyers[b].act(arenas[a].index, seconds: stepSeconds, &venue)
        }
    }

    private mutating func actTrading(_ a: Int) {
        for n in arenas[a].noise.indices {
            arenas[a].noise[n].act(arenas[a].index, seconds: stepSeconds, &venue)
        }
        for u in arenas[a].unwinders.indices { arenas[a].unwinders[u].act(seconds: stepSeconds, &venue) }
    }

    private mutating func updateMarks() {
        guard now >= nextOracle else { return }
        nextOracle = nextOracle.adding(seconds: venue.rulebook.oracleSeconds)
        for arena in arenas {
            let oracle = ticks(arena.index.price, arena.market)
            let basis = arena.externalBasis[min(steps, arena.externalBasis.count - 1)]
            venue.updateOracle(arena.market, oracle, externalPerp: oracle * (1 + basis))
        }
    }

    private mutating func noteMarginCalls() {
        for i in 0..<venue.house.events.count where venue.house.events[i].kind == .marginCall {
            traders.called(venue.house.events[i].account, at: now)
        }
    }

    private mutating func payFunding() {
        guard let cadence = venue.rulebook.funding else { return }
        if now >= nextFundingSample {
            nextFundingSample = nextFundingSample.adding(seconds: cadence.sampleSeconds)
            for arena in arenas { venue.sampleFunding(arena.market) }
        }
        if now >= nextFunding {
            nextFunding = SimTime(seconds: nextFunding.seconds + cadence.paymentSeconds)
            for arena in arenas { venue.settleFunding(arena.market) }
        }
    }

    private func ticks(_ usd: Double, _ market: Int32) -> Double {
        usd * venue.rulebook.markets[Int(market)].spec.unit.ticksPerUSD
    }

    /// A hash of everything that decides how the world goes on, and of what it has recorded.
    public func stateHash() -> StateHash {
        var hash = venue.stateHash()
        hash.combine(now.nanoseconds)
        for arena in arenas {
            hash.combine(arena.index.price)
            for maker in arena.makers { hash.combine(maker.presence) }
        }
        hash.combine(metrics.hash.value)
        return hash
    }
}
