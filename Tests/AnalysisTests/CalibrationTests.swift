import Ensembles
import Foundation
import Primitives
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

    @Test func aRecordedRunIsMeasured() throws {
        let parent = String(SmallRun.folder[..<SmallRun.folder.lastIndex(of: "/")!])
        let names = MeasureNames(SmallRun.run.scenario)
        let asked = try targets.map {
            AskedMeasure(try MeasureCall($0.key, file: "plan.yaml", names: names), unit: "pct")
        }
        let measured = try #require(CalibrationPoint.measures(parent, targets, asked))
        #expect(measured.count == 3)
        try withFolder { #expect(CalibrationPoint.measures($0, targets, asked) == nil) }
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
