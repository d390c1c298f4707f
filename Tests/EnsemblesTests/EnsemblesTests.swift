import Foundation
import Primitives
import Testing

@testable import Ensembles

@Suite("Ensembles")
struct EnsemblesTests {
    private func plan(_ text: String) throws -> SweepPlan {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
            .path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try SweepPlan(file: path)
    }

    @Test("A grid has every combination, the first key slowest; seeds are whole")
    func grid() throws {
        let plan = try plan(
            "scenario: a\nset: {x.y: 1, z: {w: 2}}\nsweep:\n  seed: {from: 1, to: 3, steps: 3}\n  news.move_pct: [-1, -2]\n"
        )
        #expect(plan.points.count == 6)
        #expect(
            plan.points[0] == [
                Assignment(key: "seed", value: "1"), Assignment(key: "news.move_pct", value: "-1"),
            ])
        #expect(
            plan.points[5] == [
                Assignment(key: "seed", value: "3"), Assignment(key: "news.move_pct", value: "-2"),
            ])
        let arguments = plan.run.arguments(plan.points[1])
        #expect(
            arguments.contains("x.y=1") && arguments.contains("z.w=2")
                && arguments.contains("news.move_pct=-2"))
    }

    @Test("The first points of Sobol's sequence")
    func sobol() {
        let points = Sobol.points(7, dimensions: 3)
        #expect(points[0] == [0.5, 0.5, 0.5])
        #expect(points[1] == [0.75, 0.25, 0.25])
        #expect(points[2] == [0.25, 0.75, 0.75])
        #expect(points[3] == [0.375, 0.375, 0.625])
        // Of 2^k - 1 points and the corner every dyadic slice has the same number, in every dimension there is.
        let many = Sobol.points(1023, dimensions: Sobol.mostDimensions)
        for d in 0..<Sobol.mostDimensions {
            var counts = [Int](repeating: 0, count: 16)
            for p in many { counts[Int(p[d] * 16)] += 1 }
            #expect(counts[0] == 63 && counts.dropFirst().allSatisfy { $0 == 64 }, "dimension \(d)")
        }
    }

    @Test("A Latin hypercube has one point in every slice of every key", arguments: [1, 7, 100])
    func latin(_ count: Int) {
        let points = latinHypercube(count, dimensions: 4, seed: 2)
        for d in 0..<4 {
            #expect(Set(points.map { Int($0[d] * Double(count)) }).count == count)
        }
    }

    @Test(
        "A plan that is none is refused with its key",
        arguments: [
            ("sweep: {seed: [1]}", "scenario"), ("scenario: a", "sweep"),
            ("scenario: a\nsweep: {seed: []}", "sweep.seed"),
            ("scenario: a\nsweep: {seed: [1]}\ndesign: gird", "design"),
            ("scenario: a\nsweep: {seed: {from: 2, to: 1}}", "sweep.seed"),
            ("scenario: a\nsweep: {seed: [1]}\npoints: 3", "points"),
            ("scenario: a\nsweep: {seed: [1]}\ndesign: sobol\npoints: 0", "points"),
            ("scenario: a\nsweep: {seed: [1]}\ndesign: sobol\npoints: 1000000", "points"),
            (
                "scenario: a\nsweep: {seed: {from: 1, to: 2000, steps: 2000}, b: {from: 0, to: 1, steps: 2000}}",
                "sweep"
            ),
            ("scenario: a\nsweeep: {seed: [1]}", "sweeep"),
            ("scenario: a\nsweep: {b: {from: 0, to: 1, log: true}}", "sweep.b"),
            ("scenario: a\nset: {x.y: 1, x: {y: 2}}\nsweep: {seed: [1]}", "x.y"),
        ])
    func badPlans(_ text: String, _ key: String) {
        let error = #expect(throws: InputError.self) { try plan(text) }
        #expect(error?.key == key || (error?.found.contains(key) ?? false), "\(String(describing: error))")
    }

    @Test("A posterior finds the ridge and the direction the data leave open")
    func posterior() {
        var draws = RandomStream(seed: 3, name: "posterior")
        // The sum of the first two is fixed, the third is not.
        let kept = (0..<500).map { _ -> [Double] in
            let x = draws.uniform(0.2, 0.8)
            return [x, 1 - x + 0.01 * draws.normal(), draws.uniform()]
        }
        let p = Posterior(kept)
        #expect(p.correlations[0][1] < -0.95)
        #expect(abs(p.directions[0].width - 1) < 0.1 && abs(p.directions[0].weights[2]) > 0.9)
        #expect(p.directions[2].width < 0.06)
        #expect(abs(p.directions[2].weights[0] - p.directions[2].weights[1]) < 0.1)
    }

    @Test("Numbers of a plan are short and come back")
    func numbers() {
        #expect(
            plainNumber(1.0) == "1" && plainNumber(0.1 + 0.2) == "0.3" && plainNumber(-2.5e9) == "-2500000000"
        )
        #expect(plainNumber(0) == "0" && Double(plainNumber(1e-7)) == 1e-7)
    }

    @Test("Noise that pairs share cancels; the interval is Student's")
    func pairedDifference() {
        let noise = [3.0, -40, 17, 250, -6]
        let exact = PairedDifference(noise.map { (base: $0, changed: $0 + 2) })
        #expect(abs(exact.difference - 2) < 1e-9 && exact.high - exact.low < 1e-9 && exact.isClear)
        // Differences 1, 2, 3: mean 2, standard error 1/√3, t(2) = 2.92.
        let three = PairedDifference([(0, 1), (0, 2), (0, 3)])
        #expect(abs(three.low - (2 - 2.92 / 3.0.squareRoot())) < 1e-9)
        #expect(!PairedDifference([(0, 1), (0, -1)]).isClear)
        for (degrees, value) in [(11, 1.7959), (12, 1.7823), (20, 1.7247), (30, 1.6973), (120, 1.6577)] {
            #expect(abs(studentT95(degrees) - value) < 2e-4, "\(degrees)")
        }
    }

    private func comparison(_ text: String) throws -> ComparisonPlan {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
            .path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try ComparisonPlan(file: path)
    }

    @Test("A comparison runs the base and every rule on every seed")
    func comparisonPoints() throws {
        let plan = try comparison(
            "scenario: a\nseeds: [4, 9]\nrules:\n  one: {x.y: 1}\n  two: {x.y: 2, z.w: 3}\n")
        #expect(plan.points.count == 6)
        #expect(plan.points[1] == [Assignment(key: "seed", value: "9")])
        #expect(plan.points[4].map(\.value) == ["2", "3", "4"])
    }

    @Test(
        "A comparison that cannot be one is refused with its place",
        arguments: [
            ("seeds: [1]\nrules: {a: {x.y: 1}}", "seeds"), ("seeds: [1, 1]\nrules: {a: {x.y: 1}}", "seeds"),
            ("seeds: 3\nrules: {a: {x.y: 1}}", "seeds"), ("seeds: [1, 2]", ""),
            ("seeds: [1, 2]\nrules: {a: 3}", "rules.a"), ("seeds: [1, 2]\nrulez: {a: {x.y: 1}}", "rulez"),
        ])
    func badComparisons(_ text: String, _ key: String) throws {
        let error = #expect(throws: InputError.self) { try comparison("scenario: a\n" + text + "\n") }
        #expect((error?.key ?? "") == key)
    }
}
