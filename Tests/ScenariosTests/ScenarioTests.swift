import Clearing
import Events
import Foundation
import Market
import MarketData
import Primitives
import Testing
import Venues

@testable import Exchanges
@testable import Scenarios

@Suite struct ScenarioTests {
    private static func write(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "scenario-\(UUID().uuidString).yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test(arguments: BuiltInEvents.names)
    func builtInsAreValid(_ name: String) throws {
        let scenario = try Scenario(ScenarioFile(named: name))
        expect(scenario.name == name)
    }

    /// What goes wrong, at which line, and what the error says.
    static let bad: [(String, Int?, String)] = [
        ("extends: october-2025-btc\nflow:\n  ordres_per_second: 3\n", 3, "flow.orders_per_second"),
        ("extends: october-2025-btc\nuniverse:\n  open_interest_musd: 3\n", 3, "universe.open_interest_usd"),
        ("extends: october-2025-btc\naccounts:\n  total: {value: -5, source: x}\n", 3, "3 to 20000000"),
        ("extends: october-2025-btc\naccounts:\n  total: 500\n", 3, "source"),
        ("extends: october-2025-btc\nflow:\n  order_log_sd: lots\n", 3, "a number"),
        (
            "extends: october-2025-btc\nwindow:\n  end_utc: \"2025-10-10T19:00:00Z\"\n", 3,
            "after window.start_utc"
        ),
        ("extends: october-2025-btc\nwindow:\n  end_utc: tomorrow\n", 3, "UTC time"),
        ("extends: october-2025-btc\nflow: {order_log_sd: 1, order_log_sd: 2}\n", 2, "duplicated key"),
        ("extends: nowhere\n", nil, "nowhere"),
        ("- a\n- b\n", nil, "keys and values"),
        ("a: [1\n", nil, "YAML"),
        ("", nil, "a scenario"),
        ("scenario: x\n", nil, "must be set"),
        ("extends: october-2025-btc\nscenario: \"\"\n", 2, "names folders"),
        ("extends: october-2025-btc\nscenario: a/../../x\n", 2, "names folders"),
        ("extends: october-2025-btc\nscenario: ..\n", 2, "names folders"),
        ("extends: october-2025-btc\nscenario: \"a\\nb\"\n", 2, "names folders"),
        ("extends: october-2025-btc\ntitle: \"a\\e[2J\"\n", 2, "control characters"),
        ("extends: october-2025-btc\nvenues.rules_day: yesterday\n", 2, "YYYY-MM-DD"),
        ("extends: october-2025-btc\nvenues.rules_day: 2025-02-30\n", 2, "YYYY-MM-DD"),
        (
            "extends: october-2025-btc\nflow: {order_log_sd: 1}\nflow.order_log_sd: 2\n", 3,
            "the first is in line 2"
        ),
        ("extends: october-2025-btc\n? [a]\n: 1\n", 2, "a list or a mapping"),
        ("extends: [a]\n", 1, "no name"),
        ("extnds: october-2025-btc\n", 1, "nearest known: `extends`"),
        (
            "extends: october-2025-btc\naccounts:\n  large_short_usd: {value: 9_000_000_000, source: x}\n",
            3, "at most half"
        ),
        ("extends: october-2025\nvenues:\n  binance:\n    fund_us: 3\n", 4, "venues.binance.fund_usd"),
        ("extends: october-2025\nvenues:\n  binnance:\n    fund_usd: 3\n", 4, "nearest known: `binance`"),
        ("extends: october-2025\nvenues.binance.fund_usd: -3\n", 2, "from 0"),
        ("extends: october-2025\nassets.BTC.price_usd: free\n", 2, "a number"),
        ("extends: october-2025\nvenues.okx.rulebook: okey\n", 2, "okx"),
        ("extends: october-2025\nvenues.okx.rules: taker_fee\n", 2, "setting=value"),
        ("extends: october-2025\nuniverse.majors: BTC,ETHH\n", 2, "nearest known: `ETH`"),
    ]

    @Test(arguments: bad.indices)
    func badFiles(_ i: Int) throws {
        let (text, line, says) = Self.bad[i]
        let path = try Self.write(text)
        do {
            try Scenario(ScenarioFile(named: path)).check(RunOptions(seed: 1))
            Issue.record("accepted: \(text)")
        } catch let error as InputError {
            expect("\(error)".contains(says), "\(error)")
            if let line { expect(error.line == line, "\(error)") }
        }
    }

    /// What a run refuses before its first step, `scenarios validate` refuses: one function for both.
    @Test(arguments: [
        ("october-2025", ["accounts.total=1000"], "accounts.total"),
        ("october-2025", ["holders.venue=nowhere"], "holders.venue"),
        ("october-2025", ["assets.ETH.price_usd=0"], "price_usd"),
        ("october-2025-btc", ["window.end_utc=2025-10-11T12:00:00Z"], "index.csv"),
        ("october-2025-btc", ["venues.hyperliquid.rules=adl_price=tomorrow"], "adl_price"),
    ])
    func validatingRefusesWhatARunRefuses(_ name: String, _ overrides: [String], _ mention: String) throws {
        let error = #expect(throws: InputError.self) {
            try Scenario(ScenarioFile(named: name, overrides: overrides)).check(RunOptions(seed: 1))
        }
        #expect(error?.description.contains(mention) == true, "\(String(describing: error))")
    }

    @Test(arguments: ["october-2025", "textbook-waterfall"])
    func builtInsPassWhatARunChecks(_ name: String) throws {
        try Scenario(ScenarioFile(named: name)).check(RunOptions(seed: 1))
    }

    @Test func aScaleLeavesAccounts() throws {
        let scenario = try Scenario(
            ScenarioFile(named: "textbook-waterfall", overrides: ["accounts.total=1000"]))
        for scale in [0, 1001, 1_000_000_000] {
            #expect(throws: InputError.self) { try scenario.check(RunOptions(seed: 1, scale: scale)) }
        }
        try scenario.check(RunOptions(seed: 1, scale: 300))
    }

    /// A path need not go on after the run has ended.
    @Test func aPathCoversTheRunUpToItsEnd() throws {
        let scenario = try Scenario(
            ScenarioFile(named: "october-2025-btc", overrides: ["accounts.total=600"]))
        let path = PricePath(anchors: [(scenario.start, 1e5), (scenario.start.adding(seconds: 300), 1.1e5)])!
        func options(_ minutes: Double) -> RunOptions {
            RunOptions(seed: 1, indexPath: path, until: scenario.start.adding(seconds: 60 * minutes))
        }
        try scenario.check(options(5))
        #expect(throws: InputError.self) { try scenario.check(options(7)) }
        #expect(throws: InputError.self) { try scenario.check(RunOptions(seed: 1, indexPath: path)) }
    }

    @Test func missingNotUTF8AndHuge() throws {
        #expect(throws: InputError.self) { try ScenarioFile(named: "/no/such/file.yaml") }
        do { _ = try ScenarioFile(named: "october-2025-btcc") } catch let error as InputError {
            expect(error.nearest == "october-2025-btc")
        }
        let path = NSTemporaryDirectory() + "bytes-\(UUID().uuidString).yaml"
        try Data([0x61, 0xff, 0xfe]).write(to: URL(fileURLWithPath: path))
        #expect(throws: InputError.self) { try ScenarioFile(named: path) }
        try Data(repeating: 0x61, count: 2 << 20).write(to: URL(fileURLWithPath: path))
        #expect(throws: InputError.self) { try ScenarioFile(named: path) }
    }

    @Test func overridesWin() throws {
        let scenario = try Scenario(
            ScenarioFile(named: "october-2025-btc", overrides: ["accounts.total=300000"]))
        expect(scenario.integer("accounts.total") == 300_000)
        #expect(throws: InputError.self) {
            try ScenarioFile(named: "october-2025-btc", overrides: ["accounts.totl=3"])
        }
        #expect(throws: InputError.self) {
            try ScenarioFile(named: "october-2025-btc", overrides: ["nonsense"])
        }
    }

    /// Sixty seconds of a small world: the same bytes on one thread and on four, and for the same seed only.
    @Test func sameSeedSameBytes() throws {
        let overrides = ["accounts.total=600"]
        let scenario = try Scenario(ScenarioFile(named: "october-2025-btc", overrides: overrides))
        func hash(seed: UInt64, threads: Int) throws -> String {
            var world = try scenario.world(RunOptions(seed: seed, threads: threads))
            for _ in 0..<60 { world.step() }
            expect(world.metrics.worstImbalance == 0 && world.metrics.stepsChecked == 60)
            expect(world.exchanges.perps[0].house.zeroSum().holds)
            return world.stateHash().hex
        }
        let one = try hash(seed: 7, threads: 1)
        expect(try hash(seed: 7, threads: 4) == one)
        expect(try hash(seed: 8, threads: 1) != one)
    }

    /// A tenth of the accounts, each standing for ten: the same number of accounts, open interest and leverage.
    @Test func scaleKeepsWhatMatters() throws {
        let overrides = ["accounts.total=3000"]
        let scenario = try Scenario(ScenarioFile(named: "october-2025-btc", overrides: overrides))
        let full = try scenario.world(RunOptions(seed: 7))
        let tenth = try scenario.world(RunOptions(seed: 7, scale: 10))
        let (before, after) = (full.metrics.leverage.before, tenth.metrics.leverage.before)
        expect(after.accountsWithPositions == before.accountsWithPositions)
        expect(tenth.exchanges.perps[0].house.accountCount < full.exchanges.perps[0].house.accountCount / 4)
        expect(abs(tenth.metrics.openInterest.before / full.metrics.openInterest.before - 1) < 1e-3)
        expect(abs(after.ratio / before.ratio - 1) < 0.1, "\(after.ratio) against \(before.ratio)")
        expect(tenth.exchanges.perps[0].house.zeroSum().holds)
    }
}
