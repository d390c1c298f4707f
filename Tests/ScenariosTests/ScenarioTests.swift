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

    @Test func facts() {
        expect(Fact.of(scenario: "october-2025-btc").count >= 8)
        expect(Fact.of(scenario: "textbook-waterfall").isEmpty)
    }
}
