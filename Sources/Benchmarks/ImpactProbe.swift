import Clearing
import Exchanges
import Foundation
import Market
import OrderBook
import Primitives
import RealModule
import Scenarios
import Venues

/// How the order book answers a large sale, beside the law the reduced form assumes: impact linear in what is sold, and made
/// good exponentially while the makers are there.
public struct ImpactResult: Encodable {
    public struct Sale: Encodable {
        public var soldUsd: Double
        /// Largest fall of the index against the same second of the same world without the sale, as a logarithm.
        public var peakLog: Double
    }
    public var presence: String
    public var sales: [Sale]
    /// Dollars per unit log price, from a line through zero; how well the line fits.
    public var depthUsdPerLog: Double
    public var impactR2: Double
    /// Of the largest sale: an exponential through the recovery, its half-life and fit.
    public var recoveryPerSecond: Double
    public var halfLifeSeconds: Double
    public var recoveryR2: Double
}

public struct ImpactProbe {
    /// A world of few coins, impact is measured on Bitcoin; and of little leverage, so that nobody is liquidated by the sale.
    private static let settings = [
        "universe.assets=12", "accounts.total=120000", "news.happens=false", "accounts.leverage_multiple=0.2",
        "accounts.stop_share=0",
    ]
    private static let start = 300
    private static let seconds = 420
    private static let sales = [5e6, 10e6, 20e6, 40e6]

    let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// With every maker there, and with nine tenths of them gone without news.
    ///
    /// - Throws: `InputError` if the scenario does not build.
    public func run() throws -> [ImpactResult] {
        [
            try measure("all makers", []),
            try measure(
                "a tenth of them",
                [
                    "liquidity.withdrawal_without_news=0.9", "news.time_utc=2025-10-10T20:00:01Z",
                    "liquidity.news_cut_minutes=0.1",
                ]),
        ]
    }

    private func measure(_ title: String, _ extra: [String]) throws -> ImpactResult {
        let scenario = try Scenario(ScenarioFile(named: "october-2025", overrides: Self.settings + extra))
        let base = try path(scenario, selling: 0)
        var sales: [ImpactResult.Sale] = []
        var last: [Double] = []
        for usd in Self.sales {
            let (path, sold) = try path(scenario, selling: usd)
            last = zip(path, base.path).map { -Double.log($0 / $1) }
            sales.append(.init(soldUsd: sold, peakLog: last.max() ?? 0))
        }
        let depth =
            sales.reduce(0) { $0 + $1.soldUsd * $1.soldUsd }
            / max(sales.reduce(0) { $0 + $1.soldUsd * $1.peakLog }, 1e-12)
        let peaks = sales.map(\.peakLog)
        let fitted = sales.map { $0.soldUsd / depth }
        // From the peak on: x(t) = x(0) exp(-r t), least squares of the logarithm while a tenth is left.
        let peakAt = last.firstIndex(of: last.max() ?? 0) ?? 0
        let tail = Array(last[peakAt...]).prefix { $0 > 0.1 * last[peakAt] }
        let logs = tail.map { Double.log($0) }
        let n = Double(logs.count)
        let mean = logs.reduce(0, +) / max(n, 1)
        let middle = (n - 1) / 2
        var (up, down) = (0.0, 0.0)
        for (t, y) in logs.enumerated() {
            up += (Double(t) - middle) * (y - mean)
            down += (Double(t) - middle) * (Double(t) - middle)
        }
        let rate = down > 0 ? -up / down : 0
        let curve = tail.indices.map { Double.exp(mean - rate * (Double($0) - middle)) }
        return ImpactResult(
            presence: title, sales: sales, depthUsdPerLog: depth, impactR2: Self.r2(peaks, fitted),
            recoveryPerSecond: rate,
            halfLifeSeconds: rate > 0 ? Double.log(2) / rate : .greatestFiniteMagnitude,
            recoveryR2: Self.r2(Array(tail), curve))
    }

    private static func r2(_ y: [Double], _ fit: [Double]) -> Double {
        let mean = y.reduce(0, +) / Double(max(y.count, 1))
        let all = y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return all > 0 ? 1 - zip(y, fit).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / all : 0
    }

    /// Bitcoin's index by the second from just before the sale; the dollars that were sold.
    private func path(_ scenario: Scenario, selling usd: Double) throws -> (path: [Double], sold: Double) {
        var world = try scenario.world(
            RunOptions(
                seed: seed, scale: 1, threads: 1,
                until: scenario.start.adding(seconds: Double(Self.start + Self.seconds))))
        let books = world.exchanges.booksOfAsset[0].filter {
            !world.exchanges.place($0).isSpot && !world.exchanges.place($0).isInverse
        }
        // Accounts are opened in every world, so that their numbers agree.
        var accounts: [AccountID] = []
        for book in books {
            let p = world.exchanges.place(book).exchange
            let account = world.exchanges.openAccount(p)
            world.exchanges.deposit(1e9, to: account, on: p)
            accounts.append(account)
        }
        var prices: [Double] = []
        var sold = 0.0
        while !world.isFinished {
            if world.steps == Self.start && usd > 0 {
                for (book, account) in zip(books, accounts) {
                    let unit = world.exchanges.unit(book)
                    let price = world.exchanges.views[0].index
                    let lots = Int64(usd / Double(books.count) / price * unit.lotsPerCoin)
                    let result = world.exchanges.submit(
                        book,
                        NewOrder.market(
                            .sell, Lots(lots), account: account, maxTicks: world.exchanges.maxTicks(book),
                            selfTrade: .cancelMaker))
                    sold += Double(result.filled.count) / unit.lotsPerCoin * price
                }
            }
            world.step()
            if world.steps >= Self.start { prices.append(world.exchanges.views[0].index) }
        }
        return (prices, sold)
    }
}
