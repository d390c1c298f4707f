import Foundation
import Market
import Primitives
import RealModule
import Rules
import Scenarios
import Venues

/// Every setting over its range, alone and several together: a world must be built and run, or refused with a reason. A trap
/// ends the process, so each case is a process of its own (`fuzz settings-case`).
enum SettingsFuzz {
    /// `market`: a small world of every venue, a shock in its first minute. `venue`: one venue, its rulebook's settings too.
    enum World: String { case market, venue }

    private static let base = [
        "universe.assets=6", "accounts.total=9000", "accounts.hedged_accounts=60",
        "news.time_utc=2025-10-10T20:00:20Z", "news.digestion_minutes=0.5", "lending.aave_borrowers=200",
        "lending.compound_borrowers=100", "lending.maker_vaults=100", "lending.morpho_borrowers=100",
    ]
    /// What decides how long a case takes, not what it does.
    private static let left: Set<String> = [
        "population.accounts", "noise.accounts", "noise.orders_per_second", "makers.count", "makers.levels",
        "window.step_seconds",
        "accounts.total", "universe.assets", "accounts.hedged_accounts", "lending.aave_borrowers",
        "lending.compound_borrowers", "lending.maker_vaults", "lending.morpho_borrowers",
        "flow.orders_per_second",
    ]
    private static let steps = 150

    /// The settings of case `i`: the first cases are every key at the ends of its range, one at a time; then several drawn.
    static func settings(_ world: World, _ i: Int, seed: UInt64) -> [String] {
        let keys = ScenarioKeys.of(world: world == .market ? "whole-market" : "venue").filter { key in
            if left.contains(key.path) { return false }
            switch key.kind {
            case .number, .integer, .flag, .choice: return key.path != "world"
            case .text: return texts[key.path] != nil
            case .time, .name, .day: return false
            }
        }
        var random = RandomStream(seed: seed &+ UInt64(i), name: "settings")
        if world == .venue && i >= 2 * keys.count && random.chance(0.6) { return rules(&random) }
        if i < 2 * keys.count { return [text(keys[i / 2], end: i % 2, &random)] }
        var chosen: [String: String] = [:]
        for _ in 0..<(1 + random.integer(below: 5)) {
            let key = keys[random.integer(below: keys.count)]
            chosen[key.path] = text(key, end: random.integer(below: 4), &random)
        }
        return chosen.keys.sorted().map { chosen[$0]! }
    }

    /// Some settings of a rulebook at odd values.
    private static func rules(_ random: inout RandomStream) -> [String] {
        let names = ["hyperliquid", "binance", "bybit", "okx", "dydx", "textbook"]
        let name = names[random.integer(below: names.count)]
        let keys = try! Rulebook.file(name).entries.flatMap { $0.settings.map(\.key) }
        let odd = [
            "0", "1", "-1", "1e-320", "1e-12", "0.001", "0.1", "1/3", "0.999999999999", "2", "100", "3600",
            "86400", "1000000", "1000000000", "1e12", "1e30", "nan", "", "none", "any", "all", "true", "USD",
        ]
        let options = (0..<(1 + random.integer(below: 3))).map { _ in
            keys[random.integer(below: keys.count)] + "=" + odd[random.integer(below: odd.count)]
        }
        return ["venue.rulebook=\(name)", "venue.rules=" + options.joined(separator: ";")]
    }

    private static let texts: [String: [String]] = [
        "universe.prices": [
            "BTC=500000", "BTC=100", "ETH=50000", "BTC=0.01", "USDE=5", "SOL=1e6,XRP=1e-6", "BTC=1e13",
        ],
        "venues.fund_usd": ["binance=1e12", "binance=1e13,bybit=1e12", "hyperliquid=1"],
        "venues.vault_usd": ["hyperliquid=1e12", "hyperliquid=1e13", "hyperliquid=0"],
    ]

    /// A value of a key: 0 and 1 are the ends of its range, anything else is drawn inside.
    private static func text(_ key: SettingKey, end: Int, _ random: inout RandomStream) -> String {
        let value: String
        switch key.kind {
        case .number(let range):
            let (low, high) = (range.lowerBound, range.upperBound)
            let least = max(low, high * 1e-12)
            let drawn =
                low < 0 || random.chance(0.3)
                ? random.uniform(low, high) : least * Double.pow(high / least, random.uniform())
            value = "\(end == 0 ? low : end == 1 ? high : min(max(drawn, low), high))"
        case .integer(let range):
            let drawn = range.lowerBound + random.integer(below: min(range.count, 1 << 30))
            value = "\(end == 0 ? range.lowerBound : end == 1 ? range.upperBound : drawn)"
        case .flag: value = end % 2 == 0 ? "false" : "true"
        case .choice(let names): value = names[random.integer(below: names.count)]
        case .text, .time, .name, .day:
            let all = texts[key.path]!
            value = all[random.integer(below: all.count)]
        }
        return "\(key.path)=\(value)"
    }

    /// Runs one case in this process; true if the settings were refused.
    static func run(_ world: World, _ settings: [String]) throws -> Bool {
        do {
            let balanced = try world == .market ? runMarket(settings) : runVenue(settings)
            guard balanced else { throw Imbalance() }
            return false
        } catch is InputError {
            return true
        }
    }

    private static func runMarket(_ settings: [String]) throws -> Bool {
        let scenario = try Scenario(ScenarioFile(named: "october-2025", overrides: base + settings))
        var world = try scenario.wholeMarket(RunOptions(seed: 3))
        for _ in 0..<steps where !world.isFinished { world.step() }
        world.finish()
        return world.metrics.worstImbalance == 0
    }

    private static func runVenue(_ settings: [String]) throws -> Bool {
        let few = ["population.accounts=400", "noise.accounts=20"]
        let scenario = try Scenario(ScenarioFile(named: "textbook-waterfall", overrides: few + settings))
        var world = try scenario.world(RunOptions(seed: 3))
        // The shock comes after minutes.
        for _ in 0..<12 * steps where !world.isFinished { world.step() }
        world.finish()
        return world.metrics.worstImbalance == .zero
    }

    struct Imbalance: Error {}

    /// Runs cases in processes of their own, two at a time; returns the first that failed, without what it fails without.
    static func failures(_ world: World, of cases: Range<Int>, seed: UInt64) -> [String] {
        nonisolated(unsafe) var failed: [[String]] = []
        nonisolated(unsafe) var refused = 0
        let lock = NSLock()
        DispatchQueue.concurrentPerform(iterations: 2) { half in
            for i in cases where i % 2 == half {
                if lock.withLock({ failed.count >= 40 }) { return }
                let settings = settings(world, i, seed: seed)
                let status = outcome(world, settings)
                lock.withLock {
                    if status == 3 { refused += 1 } else if status != 0 { failed.append(settings) }
                }
            }
        }
        print("settings of a \(world.rawValue): \(cases.count) cases, \(refused) refused with a reason")
        return failed.map { "settings: \(shrunk(world, $0).joined(separator: " "))" }
    }

    private static func shrunk(_ world: World, _ settings: [String]) -> [String] {
        var left = settings
        for setting in settings where left.count > 1 {
            let without = left.filter { $0 != setting }
            if ![0, 3].contains(outcome(world, without)) { left = without }
        }
        return left
    }

    private static func outcome(_ world: World, _ settings: [String]) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = ["settings-case", world.rawValue] + settings
        process.standardError = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) {
            $1
        }
        do { try process.run() } catch { return -1 }
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -1
    }
}
