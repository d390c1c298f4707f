import Exchanges
import OrderBook
import Primitives
import RealModule

/// Those who wait for a price: limit orders of people who trade for reasons of their own, on both sides of every book, as
/// much as its `Turnover` brings. An order lives for `life` in a calm market and shorter by as much as more is traded, so that
/// what rests at a time stays what it was; it lies at a distance from the book's own middle that follows an exponential law and
/// grows with volatility. What they may buy (or sell) more than they have sold is bounded by a part of a day's turnover: their
/// capital.
///
/// What arrives is told to the makers, whose answer to flow it softens.
public struct RestingFlow: Strategy {
    public struct Parameters: Sendable {
        /// Arriving on both sides together, over the turnover.
        public var share = 1.0
        public var lifeSeconds = 30.0
        /// Largest net purchase over a calm day's turnover.
        public var capitalDays = 0.05
        var lean = Lean()
        public init() {}
    }

    public let name = "resting flow"
    /// Orders of a side that are there at a time, at most.
    private static let depth = 3
    private var parameters: Parameters
    private var turnover: Turnover
    private let accounts: [AccountID]
    private let stepSeconds: Double
    /// By book: what its account began with.
    private let start: [Int64]
    /// By book, side and place: the number of the order there; 0: none.
    var slots: [UInt64]
    /// By book: parts of a turn gone by since the last, and turns so far.
    var phases: [Double]
    var turns: [Int32]
    /// By asset: dollars a second arriving by the book's last turn, its books in their order.
    var arriving: [Exchanges.Arriving]
    var step = 0
    var random: RandomStream

    init(
        _ parameters: Parameters, _ turnover: Turnover, accounts: [AccountID],
        _ exchanges: borrowing Exchanges, stepSeconds: Double, random: RandomStream
    ) {
        self.parameters = parameters
        self.turnover = turnover
        self.accounts = accounts
        self.stepSeconds = stepSeconds
        self.random = random
        var start: [Int64] = []
        for book in exchanges.bookIDs { start.append(exchanges.holding(book, accounts[book]).count) }
        self.start = start
        slots = Array(repeating: 0, count: accounts.count * Self.depth * 2)
        // Not all in one second.
        phases = accounts.indices.map { Double($0 % 10) / 10 }
        turns = Array(repeating: 0, count: accounts.count)
        arriving = Array(repeating: Exchanges.Arriving(), count: accounts.count)
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        let perStep = stepSeconds * Double(Self.depth) / parameters.lifeSeconds
        for book in exchanges.bookIDs {
            let place = exchanges.place(book)
            let times = turnover.times(exchanges.views[place.asset], isSpot: place.isSpot)
            phases[book] += times * perStep
            guard step == 0 || phases[book] >= 1 else { continue }
            let passed = max(1, phases[book])
            // In the busiest seconds several turns come at once; each brings a part of what arrived since the last.
            let several = min(Self.depth, Int(passed))
            let seconds = passed / (times * perStep) * stepSeconds / Double(several)
            for _ in 0..<several {
                renew(book, times, seconds: seconds, &exchanges)
                turns[book] &+= 1
            }
            phases[book] = 0
        }
        for asset in exchanges.assetIDs {
            var sum = Exchanges.Arriving()
            for book in exchanges.booksOfAsset[asset] { sum.add(arriving[book]) }
            exchanges.haveArrive(sum, of: asset)
        }
        step += 1
    }

    public mutating func take(_ settings: any Settings) {
        turnover.take(settings)
        parameters.lean = Lean(settings)
    }

    /// The oldest order of each side goes, a new one comes.
    private mutating func renew(
        _ book: BookID, _ times: Double, seconds: Double, _ exchanges: inout Exchanges
    ) {
        let turn = Int(turns[book])
        let place = exchanges.place(book)
        let view = exchanges.views[place.asset]
        let unit = exchanges.unit(book)
        guard turnover.calm[book] > 0, view.index > 0 else { return }
        guard !exchanges.isHalted(place.exchange) else {
            arriving[book] = Exchanges.Arriving()
            return
        }
        let rate = turnover.calm[book] * parameters.share * times
        let centre = middle(book, unit, view, exchanges)
        let usdPerLot = unit.isInverse ? 1 / unit.lotsPerCoin : centre / unit.lotsPerCoin
        let net = Double(exchanges.holding(book, accounts[book]).count - start[book]) * usdPerLot
        let limit = max(1, turnover.calm[book] * 86_400 * parameters.capitalDays)
        let buyers = parameters.lean.buyers(view, at: centre)
        let bids = rate * buyers * max(0, min(1, 1 - net / limit))
        let asks = rate * (1 - buyers) * max(0, min(1, 1 + net / limit))
        let distance = Turnover.distance(view, seconds: parameters.lifeSeconds)
        arriving[book] = Exchanges.Arriving(bidsUSD: bids, asksUSD: asks, distance: distance)
        let top = Double(exchanges.maxTicks(book) - 1)
        for side in [Side.buy, .sell] {
            let i = (book.index * 2 + Int(side.rawValue)) * Self.depth + turn % Self.depth
            if slots[i] != 0 {
                exchanges.cancel(book, OrderID(raw: slots[i]), account: accounts[book])
                slots[i] = 0
            }
            // One of the nearest third, one of the middle, one of the far: a book keeps a touch.
            let part = (Double(turn % Self.depth) + random.uniform()) / Double(Self.depth)
            let away = -distance * Double.log(1 - part)
            let usd = (side == .buy ? bids : asks) * seconds
            let lots = Int64(min(usd / max(usdPerLot, 1e-300), 1e12))
            guard lots > 0, away < 0.5 else { continue }
            let price = centre * (side == .buy ? 1 - away : 1 + away)
            let tick = Ticks(Int(min(max((price * unit.ticksPerUSD).rounded(), 1), top)))
            let result = exchanges.submit(
                book,
                NewOrder(
                    side, Lots(lots), at: exchanges.onGrid(book, tick, side), account: accounts[book],
                    timeInForce: .postOnly, selfTrade: .cancelMaker))
            if result.resting != .none { slots[i] = result.resting.raw }
        }
    }

    /// The middle of the book, where it has one that says something; else its last trade, else the index.
    private func middle(
        _ book: BookID, _ unit: ContractUnit, _ view: AssetView, _ exchanges: borrowing Exchanges
    ) -> Double {
        guard let bid = exchanges.bestBid(book), let ask = exchanges.bestAsk(book),
            Double(ask.count - bid.count) <= 0.03 * Double(bid.count)
        else { return exchanges.lastTrade(book).map { unit.usd($0) } ?? view.index }
        return Double(bid.count + ask.count) / 2 / unit.ticksPerUSD
    }

    public func combine(into hash: inout StateHash) {
        for slot in slots { hash.combine(Int64(bitPattern: slot), 0, 0) }
        for phase in phases { hash.combine(phase) }
        for turn in turns { hash.combine(Int(turn)) }
        for sum in arriving { sum.combine(into: &hash) }
        hash.combine(step)
        hash.combine(random)
    }
}

extension RestingFlow: Agent {
    public static let keys = [
        SettingKey(
            "flow.resting_share", .number(0...100),
            "limit orders arriving on both sides over the turnover; 0: nobody waits for a price"),
        SettingKey("flow.resting_life_seconds", .number(3...3600), "how long such an order is there"),
        SettingKey(
            "flow.capital_days", .number(0...100),
            "most that they buy net of their sales, over a calm day's turnover of the book"),
    ]

    public static func means(_ book: BookID, _ opening: AgentOpening) -> Means? {
        guard opening.settings.number("flow.resting_share") > 0 else { return nil }
        let usd = max(opening.turnoverUSD(book), 1) * opening.restingDays
        return opening.books[book].isSpot ? Means(dollars: usd, coinsUSD: usd) : Means(dollars: usd)
    }

    public static var meansKeys: [String] { ["flow.volume_multiple", "flow.capital_days"] }

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> RestingFlow? {
        guard opening.settings.number("flow.resting_share") > 0 else { return nil }
        var parameters = Parameters()
        parameters.share = opening.settings.number("flow.resting_share")
        parameters.lifeSeconds = opening.settings.number("flow.resting_life_seconds")
        parameters.capitalDays = opening.settings.number("flow.capital_days")
        parameters.lean = Lean(opening.settings)
        return RestingFlow(
            parameters, Turnover(opening), accounts: opening.accounts(of: RestingFlow.self), exchanges,
            stepSeconds: opening.stepSeconds, random: opening.random("resting flow"))
    }
}

extension AgentOpening {
    /// What waits for a price has this much, over a calm day's turnover: its capital, and what rests at the busiest.
    fileprivate var restingDays: Double {
        let s = settings
        let most = max(s.number("flow.most_times_perpetual"), s.number("flow.most_times_spot"))
        let resting = most * s.number("flow.resting_share") * s.number("flow.resting_life_seconds") / 86_400
        return 2 * (s.number("flow.capital_days") + resting)
    }
}
