import Primitives
import Testing

@testable import Anatomy

@Suite("Cascade map")
struct CascadeMapTests {
    private static let uniform = TriggerDensity([.init(from: 0, to: 10, notionalPerLog: 1e9)])

    @Test(
        "Linear impact, uniform triggers: x = s / (1 - n)",
        arguments: [(0.5, 0.04), (0.8, 0.10), (0.9, 0.20)])
    func linear(_ n: Double, _ expected: Double) {
        let result = CascadeMap(Self.uniform, .linear(depth: 1e9 / n)).solve(shock: 0.02)
        #expect(abs(result.drawdown - expected) < 1e-9)
        #expect(abs(result.amplification - 1 / (1 - n)) < 1e-9)
        #expect(abs(result.branchingAtZero - n) < 1e-12 && !result.runaway)
    }

    @Test("A branching ratio of one or more runs to the last trigger, and says so", arguments: [1.0, 1.5])
    func runaway(_ n: Double) {
        let result = CascadeMap(Self.uniform, .linear(depth: 1e9 / n)).solve(shock: 0.02)
        #expect(result.runaway && result.drawdown >= 10)
        #expect(abs(result.drawdown - (0.02 + 10 * n)) < 1e-9)
    }

    @Test("Square root: the closed form", arguments: [(0.05, 0.0284307), (0.1, 0.04), (0.2, 0.0746410)])
    func squareRoot(_ a: Double, _ expected: Double) {
        let law = ImpactLaw.squareRoot(prefactor: 1, volatility: a, volume: 1e9)
        #expect(abs(CascadeMap(Self.uniform, law).solve(shock: 0.02).drawdown - expected) < 1e-6)
    }

    /// Half as many triggers as depth up to 5 %, twice as many from there to 8 %, none beyond: below a critical shock the fall
    /// stops before the wall, from it on it goes through, and jumps.
    @Test("A wall makes the fall jump at a critical shock")
    func wall() {
        let density = TriggerDensity([
            .init(from: 0, to: 0.05, notionalPerLog: 0.5e9), .init(from: 0.05, to: 0.08, notionalPerLog: 2e9),
        ])
        let map = CascadeMap(density, .linear(depth: 1e9))
        let critical = 0.025
        let below = map.solve(shock: critical - 1e-7)
        let above = map.solve(shock: critical + 1e-7)
        #expect(abs(below.drawdown - (critical - 1e-7) * 2) < 1e-12)
        #expect(abs(above.drawdown - (critical + 1e-7 + 0.025 + 0.06)) < 1e-12)
        #expect(!below.runaway && above.runaway && above.branchingMax == 2)
    }

    /// Seeds of a stream; walls, gaps and both laws.
    @Test("Walking the segments equals the monotone iteration", arguments: 0..<400)
    func twin(_ seed: Int) throws {
        var draws = RandomStream(seed: UInt64(seed), name: "cascade maps")
        var segments: [TriggerDensity.Segment] = []
        var at = 0.0
        for _ in 0..<(1 + draws.integer(below: 6)) {
            at += draws.chance(0.4) ? draws.uniform(0, 0.03) : 0
            let end = at + draws.uniform(0.005, 0.08)
            segments.append(.init(from: at, to: end, notionalPerLog: draws.uniform(0, 1.3e9)))
            at = end
        }
        let law: ImpactLaw =
            draws.chance(0.5)
            ? .linear(depth: 1e9)
            : .squareRoot(
                prefactor: draws.uniform(0.5, 1.5), volatility: 0.1, volume: 1e9,
                childOrder: draws.chance(0.5) ? 1e6 : 0)
        let map = CascadeMap(TriggerDensity(segments), law)
        let shock = draws.uniform(0.001, 0.1)
        let slow = try #require(map.iterate(shock: shock))
        let fast = map.solve(shock: shock).drawdown
        #expect(abs(fast - slow) < 1e-9, "seed \(seed): \(fast) against \(slow)")
        // It is a solution.
        #expect(abs(shock + law.impact(of: map.triggers.sold(to: fast)) - fast) < 1e-9)
    }

    @Test(
        "A table that overlaps, goes back or is no table is refused with its line",
        arguments: [
            ("0,0.1,5\n0.05,0.2,5", "drawdown_from", 3), ("0.2,0.3,1\n0,0.1,1", "drawdown_from", 3),
            ("0.1,0.1,1", "drawdown_to", 2), ("0,0.1,-1", "notional_per_log", 2), ("0,x,1", "drawdown_to", 2),
            ("-0.1,0.1,1", "drawdown_from", 2),
        ])
    func badTables(_ rows: String, _ key: String, _ line: Int) throws {
        let path = try temporaryFile("drawdown_from,drawdown_to,notional_per_log\n" + rows + "\n")
        let error = #expect(throws: InputError.self) { try TriggerDensity.read(path) }
        #expect(error?.key == key && error?.line == line)
    }

    @Test("Impact laws as typed", arguments: ["linear:0", "linear", "sqrt:1,2", "cubic:1", "sqrt:1,0.02,-5"])
    func badLaws(_ text: String) {
        #expect(throws: InputError.self) { try ImpactLaw(text) }
    }
}
