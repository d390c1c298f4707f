import Clearing
import Foundation
import Market
import MarketData
import Primitives
import Testing
import Venues

@testable import Scenarios

@Suite struct ScenarioTests {
    private static func write(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "scenario-\(UUID().uuidString).yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test(arguments: BuiltIn.scenarios)
    func builtInsAreValid(_ name: String) throws {
        let scenario = try Scenario(ScenarioFile(named: name))
        expect(scenario.name == name)
        if !scenario.isWholeMarket { _ = try scenario.rulebook() }
    }

    /// What goes wrong, at which line, and what the error says.
    static let bad: [(String, Int?, String)] = [
        ("extends: october-2025-btc\nmakers:\n  cuont: 3\n", 3, "makers.count"),
        ("extends: october-2025-btc\nmarket:\n  open_interest_musd: 3\n", 3, "market.open_interest_usd"),
        ("extends: october-2025-btc\npopulation:\n  accounts: {value: -5, source: x}\n", 3, "2 to 10000000"),
        ("extends: october-2025-btc\npopulation:\n  accounts: 500\n", 3, "source"),
        ("extends: october-2025-btc\nnoise:\n  log_sd: lots\n", 3, "a number"),
        (
            "extends: october-2025-btc\nwindow:\n  end_utc: \"2025-10-10T19:00:00Z\"\n", 3,
            "after window.start_utc"
        ),
        ("extends: october-2025-btc\nwindow:\n  end_utc: tomorrow\n", 3, "UTC time"),
        ("extends: october-2025-btc\nvenue:\n  rulebook: hyperlikuid\n", 3, "hyperliquid"),
        (
            "extends: october-2025-btc\nmarket:\n  tiers: [{from_usd: 0, max_leverage: 20}, {from_usd: 0, max_leverage: 10}]\n",
            3, "from_usd rising"
        ),
        (
            "extends: october-2025-btc\nmarket:\n  tiers: [{from_usd: 0, max_leverage: 20}, {from_usd: 9, max_leverage: 30}]\n",
            3, "not rising"
        ),
        ("extends: october-2025-btc\nnoise: {accounts: 1, accounts: 2}\n", 2, "duplicated key"),
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
        ("extends: october-2025-btc\nvenue.rules_day: yesterday\n", 2, "YYYY-MM-DD"),
        ("extends: october-2025-btc\nvenue.rules_day: 2025-02-30\n", 2, "YYYY-MM-DD"),
        ("extends: october-2025\nvenues.rules_day: \"\"\n", 2, "YYYY-MM-DD"),
        ("extends: october-2025-btc\nmakers: {count: 3}\nmakers.count: 4\n", 3, "the first is in line 2"),
        (
            "extends: october-2025\nmarket.tiers: [{from_usd: 0, max_leverage: 20}]\n", 2,
            "another kind of scenario"
        ),
        ("extends: october-2025-btc\n? [a]\n: 1\n", 2, "a list or a mapping"),
        ("extends: [a]\n", 1, "no name"),
        ("extnds: october-2025-btc\n", 1, "nearest known: `extends`"),
        (
            "extends: october-2025-btc\npopulation:\n  large_short_usd: {value: 9_000_000_000, source: x}\n",
            3, "impossible population"
        ),
    ]

    @Test(arguments: bad.indices)
    func badFiles(_ i: Int) throws {
        let (text, line, says) = Self.bad[i]
        let path = try Self.write(text)
        do {
            _ = try Scenario(ScenarioFile(named: path))
            Issue.record("accepted: \(text)")
        } catch let error as InputError {
            expect("\(error)".contains(says), "\(error)")
            if let line { expect(error.line == line, "\(error)") }
        }
    }

    /// What a run refuses before its first step, `scenarios validate` refuses: one function for both.
    @Test(arguments: [
        ("october-2025", ["accounts.total=1000"], "--scale"),
        ("october-2025", ["holders.stop_venues=nowhere=1"], "holders.stop_venues"),
        ("october-2025", ["universe.prices=ETH=0"], "universe.prices"),
        ("october-2025-btc", ["window.end_utc=2025-10-11T12:00:00Z"], "index.table"),
        ("october-2025-btc", ["makers.count=1", "makers.levels=1"], "makers.levels"),
        ("october-2025-btc", ["venue.rules=adl_price=tomorrow"], "adl_price"),
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
            ScenarioFile(named: "textbook-waterfall", overrides: ["population.accounts=1000"]))
        for scale in [0, 1001, 1_000_000_000] {
            #expect(throws: InputError.self) { try scenario.check(RunOptions(seed: 1, scale: scale)) }
        }
        try scenario.check(RunOptions(seed: 1, scale: 500))
    }

    /// A path need not go on after the run has ended.
    @Test func aPathCoversTheRunUpToItsEnd() throws {
        let scenario = try Scenario(
            ScenarioFile(named: "october-2025-btc", overrides: ["population.accounts=600"]))
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
            ScenarioFile(named: "october-2025-btc", overrides: ["population.accounts=300000"]))
        expect(scenario.integer("population.accounts") == 300_000)
        #expect(throws: InputError.self) {
            try ScenarioFile(named: "october-2025-btc", overrides: ["population.acounts=3"])
        }
        #expect(throws: InputError.self) {
            try ScenarioFile(named: "october-2025-btc", overrides: ["nonsense"])
        }
    }

    /// Sixty seconds of a small world: the same bytes on one thread and on four, and for the same seed only.
    @Test func sameSeedSameBytes() throws {
        let overrides = ["population.accounts=600", "noise.accounts=20"]
        let scenario = try Scenario(ScenarioFile(named: "october-2025-btc", overrides: overrides))
        func hash(seed: UInt64, threads: Int) throws -> String {
            var world = try scenario.world(RunOptions(seed: seed, threads: threads))
            for _ in 0..<60 { world.step() }
            expect(world.metrics.worstImbalance == .zero && world.metrics.stepsChecked == 60)
            expect(world.venue.house.zeroSum().holds)
            return world.stateHash().hex
        }
        let one = try hash(seed: 7, threads: 1)
        expect(try hash(seed: 7, threads: 4) == one)
        expect(try hash(seed: 8, threads: 1) != one)
    }

    /// A tenth of the accounts, each standing for ten: the same number of accounts, open interest and leverage.
    @Test func scaleKeepsWhatMatters() throws {
        let overrides = ["population.accounts=3000", "noise.accounts=20"]
        let scenario = try Scenario(ScenarioFile(named: "october-2025-btc", overrides: overrides))
        let full = try scenario.world(RunOptions(seed: 7))
        let tenth = try scenario.world(RunOptions(seed: 7, scale: 10))
        expect(tenth.metrics.accountsWithPositions == full.metrics.accountsWithPositions)
        expect(tenth.venue.house.accountCount < full.venue.house.accountCount / 4)
        let interest = (
            full.metrics.openInterestBefore[0].dollars, tenth.metrics.openInterestBefore[0].dollars
        )
        expect(abs(interest.1 / interest.0 - 1) < 1e-3)
        expect(abs(tenth.metrics.grossLeverageAtStart / full.metrics.grossLeverageAtStart - 1) < 1e-3)
        expect(tenth.venue.house.zeroSum().holds)
    }
}
