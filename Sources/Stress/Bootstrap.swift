import Desk
import Primitives
import RealModule

/// Paths drawn from recorded candles: blocks of a day of their returns, laid one behind the other; every coin takes the same
/// hours, so that they fall together as they did.
public struct Bootstrap: Sendable, Encodable {
    /// A figure over all paths, with the interval of its own estimate: 5 to 95 % of a thousand resamples of the paths.
    public struct Figure: Sendable, Encodable {
        public var value: Double
        public var low: Double
        public var high: Double
    }
    public var paths: Int
    public var horizonHours: Int
    public var seed: UInt64
    public var candles: [String]
    /// Coins of the book that no candles tell of: they move like the first coin that has some.
    public var movedLike: [String: String] = [:]
    /// 99 % quantile of what deficits come to less what margins cover: value at risk of the net deficit.
    public var deficitVar99Usd = Figure(value: 0, low: 0, high: 0)
    /// The mean of the worst hundredth: expected shortfall.
    public var deficitShortfall99Usd = Figure(value: 0, low: 0, high: 0)
    /// 95 % quantile of notional liquidated: liquidations at risk (LaR).
    public var liquidationsAtRisk95Usd = Figure(value: 0, low: 0, high: 0)
    /// Share of paths in which the funds paid all they had, or anybody was left unpaid.
    public var fundGoneShare = Figure(value: 0, low: 0, high: 0)
    public var accountsLiquidatedMean = Figure(value: 0, low: 0, high: 0)

    enum CodingKeys: String, CodingKey {
        case paths, seed, candles
        case horizonHours = "horizon_hours"
        case movedLike = "moved_like"
        case deficitVar99Usd = "deficit_var_99_usd"
        case deficitShortfall99Usd = "deficit_shortfall_99_usd"
        case liquidationsAtRisk95Usd = "liquidations_at_risk_95_usd"
        case fundGoneShare = "fund_gone_share"
        case accountsLiquidatedMean = "accounts_liquidated_mean"
    }

    static let block = 24

    /// - Parameters:
    ///   - history: one path a file of candles, all of one spacing.
    ///   - progress: told how many paths are done.
    /// - Throws: `InputError` where the candles do not go together or are too few.
    public init(
        _ book: borrowing StressedBook, history: StressPath, files: [String], paths: Int, horizonHours: Int,
        seed: UInt64,
        progress: (Int) -> Void = { _ in }
    ) throws(InputError) {
        (self.paths, self.horizonHours, self.seed, candles) = (paths, horizonHours, seed, files)
        let hours = history.times.count
        guard hours > horizonHours + Self.block else {
            throw InputError(
                file: files.joined(separator: ", "), found: "\(hours) common hours",
                allowed: "more than the horizon and a day")
        }
        let first = history.coins[0]
        for coin in book.coins where !history.coins.contains(coin) { movedLike[coin] = first }
        var random = RandomStream(seed: seed, name: "stress/bootstrap")
        var deficits: [Double] = []
        var liquidated: [Double] = []
        var gone: [Double] = []
        var accounts: [Double] = []
        for n in 0..<paths {
            var drawn = StressPath(name: "path \(n + 1)", prices: Self.draw(history, horizonHours, &random))!
            drawn.others = first
            let outcome = book.outcome(along: drawn, tells: false).outcome
            deficits.append(outcome.deficitUsd)
            liquidated.append(outcome.liquidatedLongUsd + outcome.liquidatedShortUsd)
            gone.append(outcome.fundLeftUsd <= 0 || outcome.badDebtUsd > 0 ? 1 : 0)
            accounts.append(Double(outcome.accountsLiquidated))
            progress(n + 1)
        }
        func figure(_ values: [Double], _ of: ([Double]) -> Double) -> Figure {
            let resampled = (0..<1000).map { _ in
                of(values.map { _ in values[Int(random.next() % UInt64(values.count))] })
            }
            return Figure(
                value: of(values), low: quantile(resampled, 0.05)!, high: quantile(resampled, 0.95)!)
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        deficitVar99Usd = figure(deficits) { quantile($0, 0.99)! }
        deficitShortfall99Usd = figure(deficits) { values in
            mean(Array(values.sorted().suffix(max(1, values.count / 100))))
        }
        liquidationsAtRisk95Usd = figure(liquidated) { quantile($0, 0.95)! }
        fundGoneShare = figure(gone, mean)
        accountsLiquidatedMean = figure(accounts, mean)
    }

    private static func draw(
        _ history: StressPath, _ hours: Int, _ random: inout RandomStream
    ) -> [String: [(time: SimTime, usd: Double)]] {
        var levels = history.coins.map { _ in 1.0 }
        var drawn: [String: [(time: SimTime, usd: Double)]] = [:]
        for coin in history.coins { drawn[coin] = [(SimTime(seconds: 0), 1)] }
        var hour = 0
        while hour < hours {
            let start = Int(random.next() % UInt64(history.times.count - block))
            for step in 1...block where hour < hours {
                hour += 1
                for (c, coin) in history.coins.enumerated() {
                    levels[c] *= history.factor(coin, start + step) / history.factor(coin, start + step - 1)
                    drawn[coin]!.append((SimTime(seconds: Int64(hour) * 3600), levels[c]))
                }
            }
        }
        return drawn
    }
}

extension StressPath {
    /// Several files of candles as one path over the hours that all of them have.
    ///
    /// - Throws: `InputError` where a file cannot be read or no hour is common.
    public init(candles files: [String]) throws(InputError) {
        var all: [(path: StressPath, file: String)] = []
        for file in files { all.append((try StressPath(file: file), file)) }
        var common = Set(all[0].path.times)
        for one in all.dropFirst() { common.formIntersection(one.path.times) }
        var prices: [String: [(time: SimTime, usd: Double)]] = [:]
        for (path, file) in all {
            for coin in path.coins {
                guard prices[coin] == nil else {
                    throw InputError(
                        file: file, found: "candles of \(coin), which another file has",
                        allowed: "each coin once")
                }
                prices[coin] = path.times.enumerated().filter { common.contains($0.element) }.map {
                    ($0.element, path.factor(coin, $0.offset))
                }
            }
        }
        guard let path = StressPath(name: "candles", prices: prices) else {
            throw InputError(
                file: files.joined(separator: ", "), found: "no two common times",
                allowed: "candles of the same hours")
        }
        self = path
    }
}
