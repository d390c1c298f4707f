import Foundation
import LabCore
import Primitives
import Testing

/// A rule tells once and is over once; a recorded day says how often it would have called for nothing.
@Suite struct AlertTests {
    private static func path(_ prices: [Double]) -> [Observation] {
        prices.enumerated().map { Observation(seconds: Int64($0 + 1) * 60, price: $1) }
    }

    private static func told(_ rule: AlertRule, _ path: [Observation]) -> [Bool] {
        var watch = AlertWatch(rule)
        return path.compactMap { watch.see($0) }
    }

    /// Trembling at the limit is one alarm.
    @Test func onceAndOnce() {
        let rule = AlertRule(name: "fall", observable: .fallPct, limit: 2, clear: 1, minutes: 3)
        #expect(Self.told(rule, Self.path([100, 99, 98, 98.1, 97.9, 98, 98])) == [true, false])
        #expect(Self.told(rule, Self.path([100, 99.5, 99, 98.5, 98, 97.5])) == [])
        #expect(
            Self.told(rule, Self.path([100, 90, 89.5, 89.6, 89.5, 80, 80, 80, 80])) == [
                true, false, true, false,
            ])
    }

    @Test func sumsOverTheWindow() {
        var path = Self.path([1, 1, 1, 1, 1])
        for (i, usd) in [40.0, 30, 30, 0, 0].enumerated() { path[i].liquidatedUsd = usd }
        let rule = AlertRule(name: "sum", observable: .liquidatedUsd, limit: 100, clear: 30, minutes: 3)
        #expect(Self.told(rule, path) == [true, false])
    }

    /// What a record has no figure for is said, not counted as quiet.
    @Test func whatCannotBeSeen() {
        let rule = AlertRule(name: "depth", observable: .depthLostPct, limit: 50)
        let history = AlertHistory(rule, record: "prices", path: Self.path([100, 90, 80]))
        #expect(history.alarms == 0 && history.problem.contains("depth_lost_pct"))
    }

    @Test func falseAlarms() {
        let rule = AlertRule(name: "fall", observable: .fallPct, limit: 2, clear: 1, minutes: 2)
        let goesOn = AlertHistory(rule, record: "a", path: Self.path([100, 97, 96, 94]))
        #expect(goesOn.alarms == 1 && goesOn.falseAlarms == 0)
        let turns = AlertHistory(rule, record: "b", path: Self.path([100, 97, 97.5, 99]))
        #expect(turns.alarms == 1 && turns.falseAlarms == 1 && turns.times == ["1970-01-01T00:02:00Z"])
    }

    @Test(arguments: [
        ("", 1.0, 0.5, 5), ("x", 0, 0, 5), ("x", .nan, 0, 5), ("x", 1, 1, 5), ("x", 1, 0, 0), ("x", 1, -1, 5),
    ])
    func rulesThatCannotBe(_ name: String, _ limit: Double, _ clear: Double, _ minutes: Int) {
        let rule = AlertRule(name: name, observable: .fallPct, limit: limit, clear: clear, minutes: minutes)
        #expect(throws: InputError.self) { try rule.check() }
    }

    /// Recorded prices of several layouts give the same minutes; what is wrong is named with its line.
    @Test func histories() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "alerts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func read(_ text: String) throws -> [Int64] {
            let file = folder.appendingPathComponent("prices.csv")
            try Data(text.utf8).write(to: file)
            return try PriceHistory.read(file.path).map(\.seconds)
        }
        #expect(try read("time_utc,close\n1970-01-01T00:01:00Z,5\n1970-01-01T00:02:00Z,6\n") == [120, 180])
        #expect(
            try read("timestamp,open,close\n1970-01-01 00:01:00.000000,1,5\n1970-01-01 00:02:00.5,1,6\n") == [
                120, 180,
            ])
        #expect(try read("time,price\n60,5\n90,5\n120,6\n") == [120, 180])
        for bad in [
            "", "a,b\n1,2\n", "time,price\nx,5\n", "time,price\n60,-1\n", "time,price\n120,1\n60,1\n",
            "time,price\n60\n",
        ] {
            #expect(throws: InputError.self) { _ = try read(bad) }
        }
    }
}
