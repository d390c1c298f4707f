import Desk
import Primitives
import RealModule

/// Paths drawn from recorded hourly candles: blocks of a day of their returns, laid one behind the other; every coin takes the
/// same hours, so that they fall together as they did.
public struct DrawnPaths: Sendable {
    public var paths: [StressPath] = []
    public var horizonHours: Int
    public var seed: UInt64
    public var files: [String]
    /// That the candles tell of.
    public var coins: [String]

    static let block = 24

    /// - Parameter history: one path of candles, an hour apart.
    /// - Throws: `InputError` where the candles are not of hours, or too few; `CancellationError` once `watch` says so.
    public init(
        _ history: StressPath, files: [String], paths count: Int, horizonHours: Int, seed: UInt64,
        watch: StressWatch = StressWatch()
    ) throws {
        (self.horizonHours, self.seed, self.files, coins) = (horizonHours, seed, files, history.coins)
        let steps = zip(history.times, history.times.dropFirst()).map { $1.seconds - $0.seconds }
        let hours = steps.count { $0 == 3600 }
        guard hours * 10 >= steps.count * 9 else {
            throw InputError(
                file: files.joined(separator: ", "),
                found: "rows \(steps.sorted()[steps.count / 2]) seconds apart", allowed: "hourly candles")
        }
        // A block goes over no gap.
        var starts: [Int] = []
        var whole = 0
        for (i, step) in steps.enumerated() {
            whole = step == 3600 ? whole + 1 : 0
            if whole >= Self.block { starts.append(i + 1 - Self.block) }
        }
        guard steps.count > horizonHours + Self.block, !starts.isEmpty else {
            throw InputError(
                file: files.joined(separator: ", "), found: "\(history.times.count) common hours",
                allowed: "more than the horizon and a day, with whole days between gaps")
        }
        var random = RandomStream(seed: seed, name: "stress/bootstrap")
        for n in 0..<count {
            try watch.check()
            var path = StressPath(
                name: "path \(n + 1)", prices: Self.draw(history, starts, horizonHours, &random))!
            path.others = coins[0]
            paths.append(path)
        }
    }

    private static func draw(
        _ history: StressPath, _ starts: [Int], _ hours: Int, _ random: inout RandomStream
    ) -> [String: [(time: SimTime, usd: Double)]] {
        var levels = history.coins.map { _ in 1.0 }
        var drawn: [String: [(time: SimTime, usd: Double)]] = [:]
        for coin in history.coins { drawn[coin] = [(SimTime(seconds: 0), 1)] }
        var hour = 0
        while hour < hours {
            let start = starts[Int(random.next() % UInt64(starts.count))]
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
