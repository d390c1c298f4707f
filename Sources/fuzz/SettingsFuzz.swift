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
        "news.time_utc=2025-10-10T20:00:20Z", "news.digestion_minutes=0.5", "lending.aave-v3.borrowers=200",
        "lending.compound-v3.borrowers=100", "lending.maker.borrowers=100", "lending.morpho.borrowers=100",
    ]
    /// What decides how long a case takes, not what it does.
    private static let left: Set<String> = [
        "window.step_seconds", "accounts.total", "universe.assets", "accounts.hedged_accounts",
        "flow.orders_per_second",
    ]
    private static let steps = 150

    /// The settings of case `i`: the first cases are every key at the ends of its range, one at a time; then several drawn.
    static func settings(_ world: World, _ i: Int, seed: UInt64) -> [String] {
        let keys = ScenarioKeys.all.filter { key in
            if left.contains(key.path) { return false }
            switch key.kind {
            case .number, .integer, .flag, .choice: return true
            case .text: return texts[key.path] != nil
            case .time, .name, .day: return false
            }
        }
        var random = RandomStream(seed: seed &+ UInt64(i), name: "settings")
        if i >= 2 * keys.count && random.chance(world == .venue ? 0.6 : 0.2) {
            return world == .venue ? rules(&random) : [cells[random.integer(below: cells.count)]]
        }
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
        return [
            "venues.textbook.rulebook=\(name)", "venues.textbook.rules=" + options.joined(separator: ";"),
        ]
    }

    private static let texts: [String: [String]] = [
        "universe.majors": ["ETH,BTC", "SOL", "USDE,BTC", "BTC,ETH,SOL,XRP", ""],
        "holders.assets": ["SOL=1", "BTC=0", "BTC=1e12", ""],
        "holders.venue": ["gemini", "binance", ""],
    ]
    /// Cells of tables at odd values.
    private static let cells = [
        "assets.BTC.price_usd=500000", "assets.BTC.price_usd=100", "assets.ETH.price_usd=50000",
        "assets.BTC.price_usd=0.01", "assets.USDE.price_usd=5", "assets.SOL.price_usd=1e6",
        "assets.XRP.price_usd=1e-6", "assets.BTC.price_usd=1e13", "assets.BTC.open_interest_usd=0",
        "assets.ETH.volume_24h_usd=0", "assets.BTC.volatility_per_day=0", "assets.ETH.beta=-10",
        "assets.BTC.volume_24h_usd=0", "assets.ETH.rank=1", "venues.binance.fund_usd=1e12",
        "venues.bybit.fund_usd=1e15", "venues.hyperliquid.fund_usd=1", "venues.hyperliquid.vault_usd=1e13",
        "venues.hyperliquid.vault_usd=0", "venues.binance.leverage_median=100",
        "venues.binance-spot.index_weight=0", "venues.okx.rulebook=textbook", "venues.okx.rulebook=deribit",
        "venues.okx.kind=spot", "venues.kraken.kind=perpetual", "lending.aave-v3.debt_usd=1e11",
        "lending.maker.borrowers=0", "venues.binance-spot.stop_share=1000",
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
        var world = try scenario.world(RunOptions(seed: 3))
        for _ in 0..<steps where !world.isFinished { world.step() }
        world.finish()
        return world.metrics.worstImbalance == 0
    }

    private static func runVenue(_ settings: [String]) throws -> Bool {
        let few = ["accounts.total=400"]
        let scenario = try Scenario(ScenarioFile(named: "textbook-waterfall", overrides: few + settings))
        var world = try scenario.world(RunOptions(seed: 3))
        // The shock comes after minutes.
        for _ in 0..<12 * steps where !world.isFinished { world.step() }
        world.finish()
        return world.metrics.worstImbalance == 0
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
