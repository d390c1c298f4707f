import Exchanges
import OrderBook
import Primitives
import RealModule

/// Everybody who comes to a book for reasons of their own: Poisson arrivals over all books, lognormal sizes, and directions
/// that persist in runs of Pareto length, as large orders worked in pieces do (the sign correlation then falls as a power).
///
/// Together they want to trade a book's `Turnover`; they get what rests near the touch and near the book's last trade.
public struct BackgroundFlow: Strategy {
    public struct Parameters: Sendable {
        /// Over all books together, when calm; a book's share grows as (volume × its share)^activity.
        public var ordersPerSecond = 120.0
        public var activity = 0.5
        public var logSD = 1.3
        public var runShape = 1.5
        /// Never further than this from the last trade, or than twice the distance at which orders wait.
        public var limitBp = 100.0
        var lean = Lean()
        public init() {}
    }

    public let name = "background flow"
    /// How far through the best price, over the mean distance of orders that wait.
    private static let reach = 0.25
    private var parameters: Parameters
    private let accounts: [AccountID]
    private var turnover: Turnover
    private let cumulative: [Double]
    /// By book: the mean order when calm, dollars.
    private let means: [Double]
    /// By book: orders left of the present run, signed.
    var runs: [Int32]
    var random: RandomStream
    private let stepSeconds: Double

    init(
        _ parameters: Parameters, _ turnover: Turnover, accounts: [AccountID], shares: [Double],
        _ exchanges: borrowing Exchanges, stepSeconds: Double, random: RandomStream
    ) {
        self.parameters = parameters
        self.turnover = turnover
        self.accounts = accounts
        self.random = random
        self.stepSeconds = stepSeconds
        runs = Array(repeating: 0, count: accounts.count)
        var weights: [Double] = []
        for book in exchanges.bookIDs {
            let size = exchanges.views[exchanges.place(book).asset].size
            weights.append(Double.power(size * shares[book], parameters.activity))
        }
        let sum = weights.reduce(0, +)
        var passed = 0.0
        cumulative = weights.map {
            passed += $0
            return passed
        }
        means = zip(turnover.calm, weights).map { calm, weight in
            let perSecond = parameters.ordersPerSecond * weight / max(sum, 1e-300)
            return perSecond > 0 ? calm / perSecond : 0
        }
    }

    /// A nervous market brings more orders and larger ones, each by the root of how much more is traded.
    public mutating func act(_ exchanges: inout Exchanges) {
        guard let total = cumulative.last, total > 0 else { return }
        let most = turnover.most.squareRoot()
        for _ in 0..<random.poisson(mean: parameters.ordersPerSecond * stepSeconds * most) {
            let book = pick(random.uniform() * total)
            let place = exchanges.place(book)
            let times = turnover.times(exchanges.views[place.asset], isSpot: place.isSpot).squareRoot()
            if random.uniform() * most < times { send(book, times, &exchanges) }
        }
    }

    public mutating func take(_ settings: any Settings) {
        turnover.take(settings)
        parameters.lean = Lean(settings)
    }

    private func pick(_ x: Double) -> BookID {
        var low = 0
        var high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] < x { low = middle + 1 } else { high = middle }
        }
        return BookID(low)
    }

    private mutating func send(_ book: BookID, _ times: Double, _ exchanges: inout Exchanges) {
        let view = exchanges.views[exchanges.place(book).asset]
        if runs[book] == 0 {
            let length = Int32(min(200, random.pareto(minimum: 1, shape: parameters.runShape)))
            let price = exchanges.lastTrade(book).map { exchanges.unit(book).usd($0) } ?? view.index
            runs[book] = random.chance(parameters.lean.buyers(view, at: price)) ? length : -length
        }
        let side: Side = runs[book] > 0 ? .buy : .sell
        runs[book] -= runs[book] > 0 ? 1 : -1
        // The mean of a lognormal is its median times exp(sd² / 2).
        let median = means[book] * times / Double.exp(parameters.logSD * parameters.logSD / 2)
        let usd = random.logNormal(median: median, logSD: parameters.logSD)
        guard let touch = side == .buy ? exchanges.bestAsk(book) : exchanges.bestBid(book) else { return }
        let unit = exchanges.unit(book)
        let lots = unit.lots(worth: usd, at: touch)
        guard lots > .zero else { return }
        // Takers with a choice fit their orders to the book (Farmer et al. 2004, "What really causes large price changes?"):
        // no further through the best price than a part of what is usual now, and never far from the book's last trade.
        let sign = side == .buy ? 1.0 : -1.0
        let usual = Turnover.distance(view, seconds: 30)
        let reach = Double(touch.count) * (1 + sign * Self.reach * usual)
        let last = exchanges.lastTrade(book).map { Double($0.count) } ?? view.index * unit.ticksPerUSD
        let furthest = last * (1 + sign * max(parameters.limitBp * 1e-4, 2 * usual))
        let limit = side == .buy ? min(reach, furthest).rounded(.down) : max(reach, furthest).rounded(.up)
        let tick = Ticks(Int(min(max(limit, 1), Double(exchanges.maxTicks(book)))))
        guard side == .buy ? touch <= tick : touch >= tick else { return }
        exchanges.submit(
            book,
            NewOrder(
                side, lots, at: tick, account: accounts[book], timeInForce: .immediateOrCancel,
                selfTrade: .cancelMaker))
    }
    public func combine(into hash: inout StateHash) {
        for run in runs { hash.combine(Int64(run)) }
        hash.combine(random)
    }
}

extension BackgroundFlow: Agent {
    public static let keys = [
        SettingKey(
            "flow.volume_multiple", .number(0...1e6),
            "traded on all books in an ordinary day, over the coin's day of volume in assets.csv"),
        SettingKey(
            "flow.volatility_slope", .number(0...3),
            "turnover grows as volatility over calm to this power; 0: it does not"),
        SettingKey("flow.most_times_perpetual", .number(1...1000), "most turnover over calm, perpetuals"),
        SettingKey("flow.most_times_spot", .number(1...1000), "the same of spot books"),
        SettingKey(
            "flow.lean", .number(0...1),
            "buyers' share above one half for each calm day's volatility that the price is below what news says"
        ),
        SettingKey(
            "flow.follow", .number(0...0.5),
            "buyers' share below one half while the price falls fast, above it while it rises"),
        SettingKey(
            "flow.elsewhere", .number(0...0.5),
            "buyers' share below one half where the book is dearer than the index by twice the distance at which people wait",
            default: "0"),
        SettingKey("flow.orders_per_second", .number(0...10_000), "market orders, all books, when calm"),
        SettingKey("flow.order_log_sd", .number(0...4), "of the logarithm of the size"),
    ]

    public static var liveKeys: [String] {
        [
            "flow.volatility_slope", "flow.most_times_perpetual", "flow.most_times_spot", "flow.lean",
            "flow.follow", "flow.elsewhere",
        ]
    }

    public static func means(_ book: BookID, _ opening: AgentOpening) -> Means? {
        let usd = max(opening.depthUSD(book), opening.turnoverUSD(book) * 0.02) * 30
        return opening.books[book].isSpot ? Means(dollars: usd, coinsUSD: usd) : Means(dollars: usd)
    }

    public static var meansKeys: [String] { ["flow.volume_multiple", "liquidity.depth_1pct_usd"] }

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> BackgroundFlow? {
        var parameters = Parameters()
        parameters.ordersPerSecond = opening.settings.number("flow.orders_per_second")
        parameters.logSD = opening.settings.number("flow.order_log_sd")
        parameters.lean = Lean(opening.settings)
        return BackgroundFlow(
            parameters, Turnover(opening), accounts: opening.accounts(of: BackgroundFlow.self),
            shares: opening.turnoverShares, exchanges, stepSeconds: opening.stepSeconds,
            random: opening.random("background flow"))
    }
}
