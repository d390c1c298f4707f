import Desk
import Foundation
import Primitives
import Running
import Stress

/// The answer of the benchmark of own accounts.
public struct OwnBookResult: Encodable {
    public var accounts: Int
    public var shocks: Int
    public var pathSteps: Int
    public var threads: Int
    /// Tables from disk, checked; ledgers built; the liquidation map.
    public var readSeconds = 0.0
    public var buildSeconds = 0.0
    public var mapSeconds = 0.0
    /// All shocks, without impact.
    public var shocksSeconds = 0.0
    public var pathSeconds = 0.0
    /// Shocks and paths whose accounts liquidated or deficits are not those of a sum over all accounts; must be 0.
    public var wrong = 0
    public var peakMemoryMb = 0.0
}

/// Many accounts with one position each, shocked, and taken down a path of a day: every answer beside a plain sum.
public struct OwnBookSweep {
    private struct Account {
        var cash: Int
        var size: Int
        var entry: Int
        var isLong: Bool
    }
    private let accounts: [Account]
    private static let mark = 10_000

    public init(accounts count: Int, seed: UInt64) {
        var random = RandomStream(seed: seed, name: "bench/own-book")
        accounts = (0..<count).map { _ in
            let size = Int(random.logNormal(median: 20, logSD: 1.2)) + 1
            let leverage = max(1.2, min(40, random.logNormal(median: 5, logSD: 0.8)))
            return Account(
                cash: Int(Double(size * Self.mark) / leverage) + 1, size: size,
                entry: Self.mark + random.integer(below: 400) - 200, isLong: random.chance(0.6))
        }
    }

    private func write(to folder: String) throws {
        var rows = "account,venue,margin_mode,collateral_asset,collateral_amount\n"
        var positions = "account,venue,symbol,side,size,entry_price\n"
        for (i, a) in accounts.enumerated() {
            rows += "a\(i),own,cross,USD,\(a.cash)\n"
            positions += "a\(i),own,BTC-PERP,\(a.isLong ? "long" : "short"),\(a.size),\(a.entry)\n"
        }
        for (name, text) in [
            ("accounts.csv", rows), ("positions.csv", positions),
            ("markets.csv", "venue,symbol,mark_price\nown,BTC-PERP,\(Self.mark)\n"),
            ("tiers.csv", "venue,symbol,min_notional,maintenance_rate\nown,BTC-PERP,0,0.005\n"),
        ] { try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8) }
    }

    /// Who fails at a price, and what they lack in all: in whole numbers.
    private func expected(at price: Int) -> (liquidated: Int, deficit: Int) {
        accounts.reduce(into: (0, 0)) { sum, a in
            let equity = a.cash + a.size * (price - a.entry) * (a.isLong ? 1 : -1)
            guard equity * 1_000 < a.size * price * 5 else { return }
            sum.0 += 1
            sum.1 += max(0, -equity)
        }
    }

    /// - Parameters:
    ///   - shocks: by half a per cent, downwards.
    ///   - pathSteps: of a fall by a tenth, in equal parts.
    /// - Throws: where the tables cannot be written or read.
    public func run(shocks: Int, pathSteps: Int, threads: Int) throws -> OwnBookResult {
        var result = OwnBookResult(
            accounts: accounts.count, shocks: shocks, pathSteps: pathSteps, threads: threads)
        let folder = FileManager.default.temporaryDirectory.path + "/own-book-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write(to: folder)
        var health = Health()
        let start = ContinuousClock.now
        let read = try AccountBook(folder: folder, health: &health)
        result.readSeconds = (ContinuousClock.now - start).seconds
        let building = ContinuousClock.now
        var book = try StressedBook(read, health: health, room: 1.6)
        result.buildSeconds = (ContinuousClock.now - building).seconds
        let mapping = ContinuousClock.now
        let map = book.liquidationMap()
        result.mapSeconds = (ContinuousClock.now - mapping).seconds
        let moves = (1...shocks).map { -5 * $0 }
        let asked = try moves.map { try Shock(String(format: "%.1f", Double($0) / 10), coins: book.coins) }
        let shocking = ContinuousClock.now
        let all = try StressResult(
            book, shocks: asked, impact: .none, impactText: "none", day: "", keepsAccounts: false,
            reverse: [],
            map: map, threads: threads)
        result.shocksSeconds = (ContinuousClock.now - shocking).seconds
        for (move, outcome) in zip(moves, all.scenarios) {
            let right = expected(at: Self.mark * (1_000 + move) / 1_000)
            if outcome.accountsLiquidated != right.liquidated
                || Int(outcome.deficitUsd.rounded()) != right.deficit
            {
                result.wrong += 1
            }
        }
        let steps = (0...pathSteps).map {
            (time: SimTime(seconds: Int64($0)), usd: 1 - 0.1 * Double($0) / Double(pathSteps))
        }
        guard let path = StressPath(name: "fall", prices: ["BTC": steps]) else { return result }
        let walking = ContinuousClock.now
        let walked = book.outcome(along: path, tells: false).outcome
        result.pathSeconds = (ContinuousClock.now - walking).seconds
        // Prices only fall: who fails on the way is who fails at its end, and shorts are safe.
        let longs = accounts.filter(\.isLong)
        let failing = longs.count { ($0.cash + $0.size * (9_000 - $0.entry)) * 1_000 < $0.size * 9_000 * 5 }
        let now = accounts.count {
            !$0.isLong && ($0.cash - $0.size * (Self.mark - $0.entry)) * 1_000 < $0.size * Self.mark * 5
        }
        if walked.accountsLiquidated != failing + now { result.wrong += 1 }
        result.peakMemoryMb = peakMemoryMegabytes()
        return result
    }
}
