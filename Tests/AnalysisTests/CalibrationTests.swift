import Ensembles
import Foundation
import Primitives
import Recording
import Running
import Testing
import Validation

@testable import Analysis

@Suite("A calibration")
struct CalibrationTests {
    private let targets = [
        CalibrationPlan.Target(key: "fall_pct(asset=BTC)", low: 10, high: 12, weight: 2, role: "fit"),
        CalibrationPlan.Target(key: "fall_pct(asset=ETH)", low: 10, high: 20, weight: 1, role: "fit"),
        CalibrationPlan.Target(key: "fall_pct(asset=TOTAL3)", low: 30, high: 40, weight: 1, role: "held_out"),
    ]

    private func point(_ number: Int, _ measures: [[Double?]?]) -> CalibrationPoint {
        CalibrationPoint(number: number, round: 1, shares: [Double(number) / 10], measures: measures)
    }

    /// Misses in widths of the band, weighted, squared, over the seeds; held-out targets never count, nor one that no run
    /// tells; one that this run alone does not tell is a miss of one band.
    @Test func theScoreIsTheMeanOfSquaredMisses() {
        var points = [
            point(1, [[11, 15, 90], [14, 15, 0]]), point(2, [[11, nil, 35], [11, 15, 35]]),
            point(3, [[11, 15, 35], nil]),
        ]
        CalibrationPoint.score(&points, targets)
        #expect(points.map(\.score) == [1, 0.5, .infinity])
        #expect(points[0].median(0) == 12.5 && points[2].median(0) == 11)
        #expect(CalibrationPoint.kept(points, 0.3).map(\.number) == [2, 1])
        var untold = [point(1, [[nil, 25, nil]])]
        CalibrationPoint.score(&untold, targets)
        #expect(untold[0].score == 0.25)
    }

    private func plan<T>(_ body: (String) throws -> T) throws -> T {
        try withFolder { folder in
            let file = folder + "/plan.yaml"
            try """
            scenario: october-2025
            scale: 50
            free:
              news.move_pct: {from: -4, to: -2}
            seeds: [1, 2]
            points: 4
            rounds: 1
            targets:
              - {measure: "fall_pct(asset=BTC)", low: 10, high: 12}
            """.write(toFile: file, atomically: true, encoding: .utf8)
            return try body(file)
        }
    }

    @Test func thePageRanksAndShowsThePosterior() throws {
        try plan { file in
            let plan = try CalibrationPlan(file: file) { text, _, _ in text }
            let (targets, asked) = try plan.targetsOrRecorded(file: file)
            #expect(targets.map(\.key) == ["fall_pct(asset=BTC)"] && asked.map(\.unit) == ["pct"])
            var points = [
                point(1, [[11], [11]]), point(2, [[14], [14]]), point(3, [[11.5], [11.5]]),
                point(4, [nil, [1]]),
            ]
            CalibrationPoint.score(&points, targets)
            let page = CalibrationPage(plan: plan, targets: targets, points: points)
            #expect(page.columns == ["point", "round", "score", "news.move_pct", "fit_fall_pct(asset=BTC)"])
            #expect(page.rows[1] == [.number(2), .number(1), .number(1), .number(-3.6), .number(14)])
            #expect(page.rows[3][2] == .none)
            let output = page.output(folder: "there")
            #expect(output.points == 4 && output.failed == 1 && output.ranked.map(\.point) == [1, 3])
            #expect(output.ranked[0].targetsInside == 1 && output.posterior.count == 1)
            #expect(page.markdown.contains("# Calibration of october-2025"))
            #expect(page.markdown.contains("1 points failed"))
            let none = CalibrationPage(plan: plan, targets: targets, points: [points[3]])
            #expect(none.markdown.hasSuffix("Fewer than two points have a score: no posterior.\n"))
        }
    }

    /// The same words whether targets are left out for a scenario with a record or one without.
    @Test func withoutTargetsTheRecordIsAsked() throws {
        try withFolder { folder in
            func plan(_ scenario: String) throws -> CalibrationPlan {
                let file = folder + "/plan.yaml"
                try "scenario: \(scenario)\nfree:\n  window.step_seconds: {from: 1, to: 2}\n".write(
                    toFile: file, atomically: true, encoding: .utf8)
                return try CalibrationPlan(file: file) { text, _, _ in text }
            }
            let (recorded, asked) = try plan("october-2025").targetsOrRecorded(file: "plan.yaml")
            #expect(asked.count == recorded.count)
            #expect(recorded.count > 10 && Set(recorded.map(\.role)) == ["fit", "held_out"])
            #expect(throws: InputError.self) {
                try plan("textbook-waterfall").targetsOrRecorded(file: "plan.yaml")
            }
        }
    }

    /// A result keeps of its measures what the recording says, also of what had not happened yet and in the unit of a fact;
    /// one that was not asked is refused.
    @Test func aResultTellsWhatItsRecordingDoes() throws {
        let record = try RunRecord(folder: SmallRun.folder)
        let names = MeasureNames(SmallRun.run.scenario)
        let targets = [
            ("fall_pct(asset=BTC)", "pct"), ("trough_minutes(asset=BTC)", "s"),
            ("fall_pct(asset=TOTAL3)", "pct"),
            ("liquidated_usd(side=long)", "USD bn"), ("regained_pct(asset=BTC, at=midnight)", "pct"),
        ].map { (CalibrationPlan.Target(key: $0.0, low: 0, high: 2, weight: 1, role: "fit"), $0.1) }
        let asked = try targets.map {
            AskedMeasure(try MeasureCall($0.0.key, file: "plan.yaml", names: names), unit: $0.1)
        }
        try withFolder { folder in
            func measured() throws -> [Double?] {
                try CalibrationPoint.measures(folder, targets.map(\.0), asked)
            }
            var summary = SmallRun.result.summary
            try summary.json().write(toFile: folder + "/result.json", atomically: true, encoding: .utf8)
            #expect(throws: InputError.self) { try measured() }
            summary.measures = try asked.map { try $0.call.measured(record) }
            try summary.json().write(toFile: folder + "/result.json", atomically: true, encoding: .utf8)
            let recorded = try asked.map { try $0.call.seen(record, in: $0.unit) }
            #expect(try measured() == recorded.map { $0.value(upTo: 2) })
            #expect(Set(try #require(summary.measures).map(\.kind)).count > 1)
            for (figure, (asked, seen)) in zip(try #require(summary.measures), zip(asked, recorded)) {
                #expect(asked.call.seen(figure, in: asked.unit) == seen)
            }
        }
    }

    @Test func everyPointFailingIsAnError() throws {
        try plan { file in
            var calibration = try Calibration(plan: file, out: file + ".out")
            #expect(throws: InputError.self) {
                try calibration.run { _ in PointRuns(executable: "/bin/false", processes: 2) }
            }
            var interrupted = try Calibration(plan: file, out: file + ".two")
            let round = try interrupted.run { _ in
                PointRuns(executable: "/bin/false", processes: 2, isInterrupted: { true })
            }
            #expect(round == 1)
        }
    }
}
