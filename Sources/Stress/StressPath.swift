import Desk
import Foundation
import InputFiles
import Primitives

/// Prices of coins over time, relative to where they began.
public struct StressPath: Sendable {
    public var name: String
    public private(set) var times: [SimTime]
    /// By coin: a factor a time; the first is 1. Coins that are not in it stay where they are.
    public private(set) var factors: [String: [Double]]
    /// The first venue's mark of a coin, for whom the path has only venues' marks.
    private var byCoin: [String: String] = [:]
    /// Whether it has marks of venues, as `venue coin`.
    private var hasVenues: Bool
    /// Coins of a book that the path does not have move like this one, if it is set.
    public var others: String?

    /// - Parameter prices: by coin, each at its own times, rising; between two the earlier stands.
    public init?(name: String, prices: [String: [(time: SimTime, usd: Double)]]) {
        let prices = prices.filter { !$0.value.isEmpty }
        let times = Set(prices.values.flatMap { $0.map(\.time) }).sorted()
        guard times.count > 1 else { return nil }
        self.name = name
        self.times = times
        hasVenues = prices.keys.contains { $0.contains(" ") }
        for name in prices.keys.sorted().reversed() {
            if let space = name.lastIndex(of: " ") {
                byCoin[String(name[name.index(after: space)...])] = name
            }
        }
        factors = prices.mapValues { rows in
            var next = 0
            return times.map { time in
                while next + 1 < rows.count && rows[next + 1].time <= time { next += 1 }
                return rows[next].usd / rows[0].usd
            }
        }
    }

    public var coins: [String] {
        Set(factors.keys.filter { !$0.contains(" ") }).union(byCoin.keys).sorted()
    }

    /// The same of a venue's own mark, where the path has it: of coin-margined contracts that of the venue's room for them.
    func factor(_ coin: String, on venue: String, isInverse: Bool, _ step: Int) -> Double {
        guard hasVenues else { return factor(coin, step) }
        let names = isInverse ? [venue + "-coinm", venue + "-inverse", venue] : [venue]
        for name in names { if let found = factors[name + " " + coin] { return found[step] } }
        return factor(coin, step)
    }

    /// How far a coin is from its start at a step, as a factor.
    func factor(_ coin: String, _ step: Int) -> Double {
        (factors[coin] ?? byCoin[coin].flatMap { factors[$0] }
            ?? others.flatMap { factors[$0] ?? byCoin[$0].flatMap { factors[$0] } })?[step] ?? 1
    }

    /// The largest multiple of its start that any coin reaches.
    public var highest: Double { factors.values.flatMap { $0 }.max() ?? 1 }
    /// The largest fall of a coin on the way, per cent.
    public func fall(_ coin: String) -> Double { (1 - times.indices.map { factor(coin, $0) }.min()!) * 100 }

    /// Rows of `time,coin,price`, of one venue's marks with a column `venue`, or candles of one coin, its name that of the file: `open_time,open,high,low,close…`, of which the
    /// closes are taken. Times are in ISO 8601 or in seconds, milliseconds, microseconds or nanoseconds since 1970.
    ///
    /// - Throws: `InputError` for a file that is neither, and a row that is no price.
    public init(file: String) throws(InputError) {
        let rows = try TableRows(path: file, comments: .aboveHeader)
        guard let header = try rows.next() else {
            throw InputError(file: file, found: "an empty file", allowed: "time,coin,price, or candles")
        }
        let names = header.texts.map { $0.lowercased() }
        let isLong = names.contains("coin") && names.contains("price") && names.contains("time")
        guard isLong || names.contains("close"),
            let time = names.firstIndex(where: { ["time", "open_time", "timestamp", "date"].contains($0) }),
            let price = names.firstIndex(of: isLong ? "price" : "close")
        else {
            throw rows.error(
                header, found: "a header of neither",
                allowed: "time,coin,price, or candles with open_time and close")
        }
        let coin = names.firstIndex(of: "coin")
        let venue = isLong ? names.firstIndex(of: "venue") : nil
        let base = URL(fileURLWithPath: file).lastPathComponent
        let only = CoinNames.coin(
            of: base.split(separator: "_").first { $0.contains("USD") }.map(String.init) ?? base.split(
                separator: "."
            ).first.map(String.init) ?? base)
        var prices: [String: [(time: SimTime, usd: Double)]] = [:]
        while let row = try rows.next() {
            let cells = row.texts
            guard cells.count == names.count else {
                throw rows.error(
                    row, found: "\(cells.count) columns", allowed: "\(names.count), as in the header")
            }
            guard let at = Self.time(cells[time]) else {
                throw rows.error(row, names[time], row.cells[time], allowed: "a UTC time")
            }
            guard let usd = Exact(cells[price])?.double, usd > 0 else {
                throw rows.error(row, names[price], row.cells[price], allowed: "a price above zero")
            }
            let base = coin.map { CoinNames.coin(of: cells[$0]) } ?? only
            let name = venue.map { cells[$0].isEmpty ? base : cells[$0] + " " + base } ?? base
            if let last = prices[name]?.last, last.time >= at {
                throw rows.error(row, names[time], row.cells[time], allowed: "times that rise")
            }
            prices[name, default: []].append((at, usd))
        }
        guard let path = StressPath(name: base, prices: prices) else {
            throw InputError(file: file, found: "less than two prices", allowed: "two times or more")
        }
        self = path
    }

    private static func time(_ text: String) -> SimTime? {
        if let number = Int64(text) {
            // Told by its size: of this century in any of the four.
            let units: [(above: Int64, aSecond: Int64)] = [
                (100_000_000_000_000_000, 1_000_000_000), (100_000_000_000_000, 1_000_000),
                (100_000_000_000, 1000),
                (-1, 1),
            ]
            guard let unit = units.first(where: { number > $0.above }), number / unit.aSecond < 9_000_000_000
            else {
                return nil
            }
            return SimTime(seconds: number / unit.aSecond)
        }
        let text = text.hasSuffix("+00:00") ? String(text.dropLast(6)) : text
        let iso =
            text.hasSuffix("Z")
            ? text.replacing(" ", with: "T")
            : text.contains("T") ? text + "Z" : text.replacing(" ", with: "T") + "Z"
        return SimTime(iso8601: iso)
    }
}

/// What happened to one account on a path, and when.
public struct PathStory: Sendable, Encodable {
    public var account: String
    public var venue: String
    public var calledUtc: String?
    public var liquidatedUtc: String?
    public var deleveragedUtc: String?
    public var liquidatedUsd = 0.0
    public var deleveragedUsd = 0.0

    enum CodingKeys: String, CodingKey {
        case account, venue
        case calledUtc = "called_utc"
        case liquidatedUtc = "liquidated_utc"
        case deleveragedUtc = "deleveraged_utc"
        case liquidatedUsd = "liquidated_usd"
        case deleveragedUsd = "deleveraged_usd"
    }
}
