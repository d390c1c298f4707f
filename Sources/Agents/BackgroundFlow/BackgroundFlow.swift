import Exchanges
import OrderBook
import Primitives

/// Everybody who trades for reasons of their own: Poisson arrivals over all books, lognormal sizes, and directions that
/// persist in runs of Pareto length, as large orders worked in pieces do (the sign correlation then falls as a power).
public struct BackgroundFlow: Strategy {
    public struct Parameters: Sendable {
        /// Over all books together; a book's share grows as (volume × its share)^activity.
        public var ordersPerSecond = 120.0
        public var activity = 0.5
        /// Median order as a share of the 1 % depth of its book.
        public var medianShare = 0.002
        public var logSD = 1.3
        public var runShape = 1.5
        /// Never further than this through the touch.
        public var limitBp = 100.0
        public init() {}
    }

    public let name = "background flow"
    private let parameters: Parameters
    private let accounts: [AccountID]
    private let cumulative: [Double]
    private let medians: [Double]
    /// By book: orders left of the present run, signed.
    var runs: [Int32]
    var random: RandomStream
    private let stepSeconds: Double

    public init(
        _ parameters: Parameters, accounts: [AccountID], shares: [Double], depthUSD: [Double],
        _ exchanges: borrowing Exchanges, stepSeconds: Double, random: RandomStream
    ) {
        self.parameters = parameters
        self.accounts = accounts
        self.random = random
        self.stepSeconds = stepSeconds
        runs = Array(repeating: 0, count: accounts.count)
        var sum = 0.0
        var cumulative: [Double] = []
        var medians: [Double] = []
        for book in exchanges.bookIDs {
            let size = exchanges.views[exchanges.place(book).asset].size
            sum += Double.power(size * shares[book], parameters.activity)
            cumulative.append(sum)
            medians.append(depthUSD[book] * parameters.medianShare)
        }
        self.cumulative = cumulative
        self.medians = medians
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        guard let total = cumulative.last, total > 0 else { return }
        for _ in 0..<random.poisson(mean: parameters.ordersPerSecond * stepSeconds) {
            send(pick(random.uniform() * total), &exchanges)
        }
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

    private mutating func send(_ book: BookID, _ exchanges: inout Exchanges) {
        if runs[book] == 0 {
            let length = Int32(min(2000, random.pareto(minimum: 1, shape: parameters.runShape)))
            runs[book] = random.chance(0.5) ? length : -length
        }
        let side: Side = runs[book] > 0 ? .buy : .sell
        runs[book] -= runs[book] > 0 ? 1 : -1
        // Who has a choice trades less in a nervous market.
        let view = exchanges.views[exchanges.place(book).asset]
        let nerves = min(1, 1.6 * view.calmVolatility / max(view.volatility, 1e-12))
        let usd = random.logNormal(median: medians[book] * nerves, logSD: parameters.logSD)
        guard let touch = side == .buy ? exchanges.bestAsk(book) : exchanges.bestBid(book) else { return }
        // Nor more than what is to be had at the best price: takers with a choice fit their orders to the book (Farmer et al.
        // 2004, "What really causes large price changes?").
        let lots = min(
            exchanges.unit(book).lots(worth: usd, at: touch),
            exchanges.lotsAtTouch(book, side == .buy ? .sell : .buy))
        guard lots > .zero else { return }
        let through = 1 + (side == .buy ? 1 : -1) * parameters.limitBp * 1e-4
        let top = Double(exchanges.maxTicks(book))
        let limit = Ticks(Int(min(max(Double(touch.count) * through, 1), top)))
        exchanges.submit(
            book,
            NewOrder(
                side, lots, at: limit, account: accounts[book], timeInForce: .immediateOrCancel,
                selfTrade: .cancelMaker))
    }
    public func combine(into hash: inout StateHash) {
        for run in runs { hash.combine(Int64(run)) }
        hash.combine(random)
    }
}

extension BackgroundFlow: Agent {
    public static let keys = [
        SettingKey("flow.orders_per_second", .number(0...10_000), "market orders, all books"),
        SettingKey("flow.median_depth_share", .number(0...1), "median order over the 1 % depth of its book"),
        SettingKey("flow.order_log_sd", .number(0...4), "of the logarithm of the size"),
    ]

    public static func means(_ book: BookID, _ opening: AgentOpening) -> Means? {
        let depth = opening.depthUSD(book)
        return opening.books[book].isSpot
            ? Means(dollars: depth * 300, coinsUSD: depth * 300) : Means(dollars: depth * 100)
    }

    public static var meansKeys: [String] { ["liquidity.depth_1pct_usd"] }

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> BackgroundFlow? {
        var parameters = Parameters()
        parameters.ordersPerSecond = opening.settings.number("flow.orders_per_second")
        parameters.medianShare = opening.settings.number("flow.median_depth_share")
        parameters.logSD = opening.settings.number("flow.order_log_sd")
        return BackgroundFlow(
            parameters, accounts: opening.accounts(of: BackgroundFlow.self), shares: opening.liquidityShares,
            depthUSD: opening.bookIDs.map { opening.depthUSD($0) }, exchanges,
            stepSeconds: opening.stepSeconds, random: opening.random("background flow"))
    }
}
