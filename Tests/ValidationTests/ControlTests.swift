import Primitives
import Scenarios
import Testing

@testable import Recording
@testable import Validation

@Suite("Control runs")
struct ControlTests {
    private static let calm = """
        controls:
          - name: calm
            what: nothing happens
            set: {news.happens: false, news.move_pct: -2}
            holds: [{measure: liquidated_usd, below: 0.3, of: event}]
        """

    private func controls(_ text: String) throws -> Controls {
        try Controls(text: text, file: "controls.yaml", names: SyntheticRun.names)
    }

    private func run(_ length: Int, longs: Double = 8e9, fall: Double = 12) throws -> RunRecord {
        var made = SyntheticRun()
        made.length = length
        made.summary.liquidatedLongUsd = longs
        made.summary.fallPct["BTC"] = fall
        return try made.record()
    }

    @Test func aPartOfTheEvent() throws {
        let controls = try controls(Self.calm)
        func row(_ event: RunRecord, _ control: RunRecord) throws -> ControlRow {
            try #require(
                ControlRow.rows(controls, event: [event], runs: [(controls.runs[0], control)]).first)
        }
        // 0.5 + 2 bn of 10 are a quarter, 2 + 2 are more than three tenths.
        let held = try row(run(70), run(70, longs: 0.5e9))
        #expect(held.holds == true && held.found == "25.0 %", "\(held)")
        #expect(try row(run(70), run(70, longs: 2e9)).holds == false)
        let short = try row(run(70), run(30, longs: 0))
        #expect(short.holds == nil && short.found == "it ended before the event's runs")
        var nothing = SyntheticRun()
        (nothing.summary.liquidatedLongUsd, nothing.summary.liquidatedShortUsd) = (0, 0)
        let none = try nothing.record()
        #expect(try row(none, none).holds == nil)
    }

    @Test func aBandOfItsOwn() throws {
        let controls = try controls(
            """
            controls:
              - name: a
                what: a thing
                set: {news.move_pct: -1}
                holds: [{measure: fall_pct(asset=BTC), low: 11, high: 13}]
                shows: [liquidated_usd(side=long)]
            """)
        let rows = try ControlRow.rows(
            controls, event: [], runs: [(controls.runs[0], run(70)), (controls.runs[0], run(70, fall: 20))])
        #expect(rows.map(\.holds) == [true, false, nil, nil])
        #expect(rows[2].found == "8.0 USD bn (liquidated_usd(side=long))" && rows[2].unjudged == "shown")
    }

    @Test func overSeeds() throws {
        let controls = try controls(
            "seeds:\n  - {what: one mode, measure: fall_pct(asset=BTC), runs: 3, band: 2, gap: 1}\n")
        func holds(_ falls: [Double]) throws -> Bool? {
            try ControlRow.rows(controls, event: falls.map { try run(70, fall: $0) }, runs: [])[0].holds
        }
        #expect(try holds([11, 12]) == nil)
        #expect(try holds([11, 12, 12.5]) == true)
        #expect(try holds([11, 11.2, 12.5]) == false)  // a gap of 1.3
        #expect(try holds([11, 12, 13, 14]) == false)  // a band of 2.7
    }

    /// A run that is not the control is refused by the setting in which it differs.
    @Test func aRunMustBeTheControl() throws {
        let control = try controls(Self.calm).runs[0]
        var made = SyntheticRun()
        made.settings["news.happens"] = "false"
        made.settings["news.move_pct"] = "-2.0"
        try control.check(FinishedRun(folder: made.folder()))
        made.settings["news.move_pct"] = "-2.1"
        let error = #expect(throws: InputError.self) { try control.check(FinishedRun(folder: made.folder())) }
        #expect(try #require(error).key == "settings.news.move_pct")
    }

    @Test(arguments: [
        ("controls: 3\n", "`controls`"), ("control: []\n", "nearest known: `controls`"),
        (calm.replacing("name: calm", with: "name: \"\""), "controls.yaml:2: `name`"),
        (calm.replacing("news.happens", with: "news.hapens"), "nearest known: `news.happens`"),
        (calm.replacing("liquidated_usd", with: "liquidatd_usd"), "controls.yaml:5: `measure`"),
        (calm.replacing(", of: event", with: ""), "`of: event`"),
        (calm.replacing("below: 0.3, of: event", with: "low: 3, high: 2"), "at most `high`"),
        (calm.replacing("below: 0.3, of: event", with: "low: 3"), "`high`"),
        (calm.replacing("below: 0.3", with: "below: few"), "`below`"),
        (
            calm.replacing("    holds: [{measure: liquidated_usd, below: 0.3, of: event}]", with: ""),
            "neither"
        ),
        (calm + "\n    facts: calm.csv", "lows.csv"),
        (calm + "\n" + calm.split(separator: "\n").dropFirst().joined(separator: "\n"), "twice"),
        ("seeds: [{what: x, measure: liquidated_usd, runs: 1, band: 1, gap: 1}]\n", "from 2"),
        ("seeds: [{what: x, measure: liquidated_usd, runs: 3, gap: 1}]\n", "`band`"),
        ("shows: [liquidated]\n", "unknown measure"),
    ])
    func errorsNameThePlace(text: String, mention: String) throws {
        let error = #expect(throws: InputError.self) { try controls(text) }
        let said = try #require(error).description
        #expect(said.hasPrefix("controls.yaml") && said.contains(mention), "\(said)")
    }

    @Test func theBuiltInControls() throws {
        let controls = try EventRecord(Scenario(ScenarioFile(named: "october-2025"))).controls
        #expect(controls.runs.map(\.name) == ["calm", "withdrawal", "news", "doubled", "quadrupled"])
        #expect(controls.runs[0].facts.count == 12 && controls.seeds.count == 1)
        #expect(try EventRecord(Scenario(ScenarioFile(named: "textbook-waterfall"))).controls.runs.isEmpty)
        for run in controls.runs {
            let overrides = run.settings.map { "\($0.key)=\($0.value)" }
            let scenario = try Scenario(ScenarioFile(named: "october-2025", overrides: overrides))
            for (key, value) in run.settings { #expect(scenario.file.settings[key]?.text == value) }
        }
        let error = #expect(throws: InputError.self) { try controls.run(named: "clam", option: "--control") }
        #expect(try #require(error).nearest == "calm")
    }
}
