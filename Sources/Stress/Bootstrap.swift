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

    /// What one path came to: all that the figures are made of.
    public struct PathOutcome: Sendable, Codable, Equatable {
        /// From 1.
        public var path: Int
        public var deficitUsd: Double
        public var liquidatedUsd: Double
        /// The funds paid all they had, or somebody was left unpaid.
        public var isFundGone: Bool
        public var accountsLiquidated: Int

        enum CodingKeys: String, CodingKey {
            case path
            case deficitUsd = "deficit_usd"
            case liquidatedUsd = "liquidated_usd"
            case isFundGone = "is_fund_gone"
            case accountsLiquidated = "accounts_liquidated"
        }
    }

    /// What the paths in a range come to: a share of the work, for another machine.
    ///
    /// - Throws: `CancellationError` once the book's watch says so.
    public static func outcomes(
        _ book: borrowing StressedBook, _ drawn: DrawnPaths, of range: Range<Int>, threads: Int = 1
    ) throws -> [PathOutcome] {
        let outcomes = try book.answers(range.count, of: "drawn paths", threads: threads) {
            book.outcome(along: drawn.paths[range.lowerBound + $0], tells: false).outcome
        }
        return zip(range, outcomes).map { n, outcome in
            PathOutcome(
                path: n + 1, deficitUsd: outcome.deficitUsd,
                liquidatedUsd: outcome.liquidatedLongUsd + outcome.liquidatedShortUsd,
                isFundGone: outcome.fundLeftUsd <= 0 || outcome.badDebtUsd > 0,
                accountsLiquidated: outcome.accountsLiquidated)
        }
    }

    /// - Parameter drawn: paths of `DrawnPaths`.
    /// - Throws: `CancellationError` once the book's watch says so.
    public init(_ book: borrowing StressedBook, _ drawn: DrawnPaths, threads: Int = 1) throws {
        self.init(
            book, drawn, try Self.outcomes(book, drawn, of: 0..<drawn.paths.count, threads: threads))
    }

    /// - Parameters:
    ///   - drawn: paths of `DrawnPaths`.
    ///   - outcomes: what every one of them came to, in their order.
    public init(_ book: borrowing StressedBook, _ drawn: DrawnPaths, _ outcomes: [PathOutcome]) {
        (paths, horizonHours, seed, candles) = (
            drawn.paths.count, drawn.horizonHours, drawn.seed, drawn.files
        )
        for coin in book.coins where !drawn.coins.contains(coin) { movedLike[coin] = drawn.coins[0] }
        var random = RandomStream(seed: seed, name: "stress/bootstrap/resamples")
        var deficits: [Double] = []
        var liquidated: [Double] = []
        var gone: [Double] = []
        var accounts: [Double] = []
        for outcome in outcomes {
            deficits.append(outcome.deficitUsd)
            liquidated.append(outcome.liquidatedUsd)
            gone.append(outcome.isFundGone ? 1 : 0)
            accounts.append(Double(outcome.accountsLiquidated))
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
}
