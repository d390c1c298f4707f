import Foundation
import Primitives
import RealModule
import Testing

@testable import Anatomy

/// The worked example, and the properties with the conditions they were found to need.
@Suite("Deleveraging rules")
struct AllocationTests {
    private static func event(caps: [Double] = [0.2, 0.5, 1, 1]) -> DeleveragingEvent {
        let profits = [50.0, 30, 15, 5]
        let leverages = [2.0, 5, 10, 20]
        let scores = [0.9, 0.1, 0.1, 0.1]
        return DeleveragingEvent(
            (0..<4).map {
                .init(
                    account: "\($0)", profit: profits[$0], leverage: leverages[$0], cap: caps[$0],
                    score: scores[$0])
            })
    }

    private static func random(_ draws: inout RandomStream, _ count: Int) -> DeleveragingEvent {
        DeleveragingEvent(
            (0..<count).map {
                .init(
                    account: "\($0)", profit: draws.logNormal(median: 1000, logSD: 1.5),
                    leverage: draws.uniform(1, 40),
                    cap: draws.uniform(0.2, 1), score: draws.uniform())
            })
    }

    private func rule(_ name: String) -> any AllocationRule {
        AllocationRules.all().first { $0.name == name }!
    }

    @Test(
        "The worked example",
        arguments: [
            ("queue", [40.0, 0, 0, 0]), ("pro_rata", [20, 12, 6, 2]),
            ("capped_pro_rata", [10, 15, 11.25, 3.75]),
            ("risk_aware", [5, 15, 15, 5]), ("projection", [38.15068, 0.53425, 0.88356, 0.43151]),
            ("integer_largest_remainder", [20, 12, 6, 2]),
        ])
    func workedExample(_ name: String, _ expected: [Double]) {
        let amounts = rule(name).allocate(40, Self.event())
        for (a, b) in zip(amounts, expected) { #expect(abs(a - b) < 1e-5, "\(name): \(amounts)") }
    }

    @Test("The worked example without caps, risk-aware")
    func withoutCaps() {
        let amounts = rule("risk_aware").allocate(40, Self.event(caps: [1, 1, 1, 1]))
        for (a, b) in zip(amounts, [4.21053, 15.78947, 15, 5]) { #expect(abs(a - b) < 1e-5) }
    }

    @Test(
        "No rule takes more than a profit, a cap or the budget; what has no cap takes the whole budget",
        arguments: 0..<100)
    func bounds(_ seed: Int) {
        var draws = RandomStream(seed: UInt64(seed), name: "events")
        let event = Self.random(&draws, 1 + draws.integer(below: 40))
        let budget = event.capacity * draws.uniform(0, 1)
        for rule in AllocationRules.all() {
            let amounts = rule.allocate(budget, event)
            for (amount, winner) in zip(amounts, event.winners) {
                #expect(amount >= -1e-9 && amount <= winner.profit * (1 + 1e-12))
                if rule.name.hasPrefix("risk") || rule.name.hasPrefix("capped") {
                    #expect(amount <= winner.cap * winner.profit * (1 + 1e-12))
                }
            }
            let sum = amounts.reduce(0, +)
            let isInteger = rule.name.hasPrefix("integer")
            #expect(sum <= budget + (isInteger ? 0 : 1e-6 * max(1, budget)))
            if ["queue", "pro_rata", "projection", "projection_from_zero"].contains(rule.name) {
                #expect(
                    abs(sum - budget) < 1e-6 * max(1, budget),
                    "\(rule.name) seed \(seed): \(sum) of \(budget)")
            }
            if isInteger {
                for amount in amounts { #expect(amount == amount.rounded()) }
                let most = event.winners.reduce(0) { $0 + $1.profit.rounded(.down) }
                #expect(abs(sum - min(budget.rounded(.down), most)) < 1e-9)
            }
        }
    }

    /// Profits over fifteen orders of magnitude, equal scores, caps that bind, leverage without bound: what a rule's own caps
    /// leave room for is spent, to a millionth of the budget.
    @Test("Every rule spends its budget on any input", arguments: 0..<300)
    func budgetsAreSpent(_ seed: Int) {
        var draws = RandomStream(seed: UInt64(seed), name: "hard events")
        let (sameScore, tightCaps, wild) = (draws.chance(0.3), draws.chance(0.5), draws.chance(0.3))
        let event = DeleveragingEvent(
            (0..<1 + draws.integer(below: 30)).map {
                .init(
                    account: "\($0)", profit: Double.pow(10, draws.uniform(-6, 9)),
                    leverage: wild ? Double.pow(10, draws.uniform(-300, 308)) : draws.uniform(1.01, 100),
                    cap: tightCaps ? draws.uniform(0, 0.3) : 1,
                    score: sameScore ? 1 : Double.pow(10, draws.uniform(-3, 6)) * (draws.chance(0.2) ? -1 : 1)
                )
            })
        let budget = event.capacity * draws.uniform()
        let capped = event.winners.reduce(0) { $0 + $1.profit * $1.cap }
        let unit = max(1e-6, event.capacity * 1e-12)
        for rule in AllocationRules.all(unit: unit) {
            let amounts = rule.allocate(budget, event)
            let sum = amounts.reduce(0, +)
            #expect(amounts.allSatisfy { $0.isFinite && $0 >= 0 }, "\(rule.name): \(amounts)")
            for (amount, winner) in zip(amounts, event.winners) {
                #expect(amount <= winner.profit * (1 + 1e-12), "\(rule.name)")
            }
            let isCapped = rule.name.hasPrefix("risk") || rule.name.hasPrefix("capped")
            // Leverage of one or less is no risk above one.
            let risky = event.winners.reduce(0) { $0 + ($1.leverage > 1 ? $1.profit * $1.cap : 0) }
            let room = rule.name == "risk_aware_threshold" ? risky : isCapped ? capped : event.capacity
            let whole = event.winners.reduce(0) { $0 + ($1.profit / unit).rounded(.down) * unit }
            let wanted = rule.name.hasPrefix("integer") ? min(budget, whole) : min(budget, room)
            let slack = rule.name.hasPrefix("integer") ? unit : 1e-6 * max(budget, 1e-6)
            #expect(
                abs(sum - wanted) <= slack * (1 + 1e-6),
                "\(rule.name), seed \(seed): \(sum) of \(wanted)")
            #expect(sum <= budget * (1 + 1e-9), "\(rule.name): more than the budget")
        }
    }

    /// A million from a whale with dust beside it; 600 in units of 1000.
    @Test("Dust beside a whale, and units larger than the budget")
    func dustAndUnits() {
        let dust = DeleveragingEvent([
            .init(account: "whale", profit: 5e6, leverage: 10, score: 1.2),
            .init(account: "mid", profit: 20_000, leverage: 5, score: 3),
            .init(account: "dust", profit: 1e-6, leverage: 2, score: 8),
        ])
        let projected = rule("projection").allocate(1e6, dust)
        for (a, b) in zip(projected, [980_000, 20_000, 1e-6]) { #expect(abs(a - b) < 1e-5) }
        let one = DeleveragingEvent([.init(account: "a", profit: 2000, leverage: 1e308, score: 1)])
        for rule in AllocationRules.all(unit: 1000) {
            let taken = rule.allocate(600, one)[0]
            #expect(taken == (rule.name.hasPrefix("integer") ? 0 : 600), "\(rule.name): \(taken)")
        }
    }

    /// With B ≤ w1: what the top winner keeps differs by B (1 - w1 / U). The best survivor need not differ: it does not in the
    /// example (both rules leave 30), and does where w1 - B ≥ w2.
    @Test("The top winner's survival, both readings")
    func survival() {
        let event = Self.event()
        func kept(_ name: String, _ budget: Double) -> [Double] {
            zip(rule(name).allocate(budget, event), event.winners).map { $1.profit - $0 }
        }
        #expect(abs(kept("pro_rata", 40)[0] - kept("queue", 40)[0] - 40 * (1 - 50.0 / 100)) < 1e-9)
        #expect(abs(kept("pro_rata", 40).max()! - 30) < 1e-9 && abs(kept("queue", 40).max()! - 30) < 1e-9)
        #expect(kept("pro_rata", 10).max()! > kept("queue", 10).max()! + 1)
    }

    /// Weighted by profit, φ(h) = h²; without the weights the optimum under Σ w h = B is h proportional to w.
    @Test("Capped pro rata minimises the weighted sum of φ(h), not the unweighted one")
    func optimality() {
        let event = Self.event(caps: [1, 1, 1, 1])
        let w = event.winners.map(\.profit)
        func shares(_ amounts: [Double]) -> [Double] { zip(amounts, w).map { $0 / $1 } }
        func weighted(_ h: [Double]) -> Double { zip(h, w).reduce(0) { $0 + $1.1 * $1.0 * $1.0 } }
        func plain(_ h: [Double]) -> Double { h.reduce(0) { $0 + $1 * $1 } }
        let capped = shares(rule("capped_pro_rata").allocate(40, event))
        let projected = shares(rule("projection_from_zero").allocate(40, event))
        var draws = RandomStream(seed: 1, name: "perturbations")
        for _ in 0..<1000 {
            let (i, j) = (draws.integer(below: 4), draws.integer(below: 4))
            var h = capped
            let move = draws.uniform(-0.05, 0.05)
            h[i] += move / w[i]
            h[j] -= move / w[j]
            #expect(weighted(h) >= weighted(capped) - 1e-12)
        }
        #expect(abs(plain(capped) - 0.64) < 1e-9)
        #expect(abs(plain(projected) - 0.438356) < 1e-6)
    }

    @Test("Splitting an account changes what the queue takes from it, not what pro rata takes")
    func sybils() {
        let whole = Self.event()
        var parts = whole.winners
        let first = parts.removeFirst()
        // One half ranks as the whole did, the other last.
        parts.insert(.init(account: "a", profit: 25, leverage: first.leverage, score: 0.9), at: 0)
        parts.append(.init(account: "b", profit: 25, leverage: first.leverage, score: 0.0))
        let split = DeleveragingEvent(parts)
        func taken(_ name: String, _ event: DeleveragingEvent, _ accounts: [String]) -> Double {
            zip(rule(name).allocate(40, event), event.winners).reduce(0) {
                accounts.contains($1.1.account) ? $0 + $1.0 : $0
            }
        }
        #expect(abs(taken("pro_rata", whole, ["0"]) - taken("pro_rata", split, ["a", "b"])) < 1e-9)
        #expect(taken("queue", whole, ["0"]) > taken("queue", split, ["a", "b"]) + 1)
    }

    @Test("Scale does not matter, order is kept by pro rata", arguments: 0..<20)
    func scaleAndOrder(_ seed: Int) {
        var draws = RandomStream(seed: UInt64(seed), name: "scale")
        let event = Self.random(&draws, 20)
        var tenfold = event
        for i in tenfold.winners.indices { tenfold.winners[i].profit *= 10 }
        let budget = event.capacity * 0.3
        for name in ["queue", "pro_rata", "capped_pro_rata", "risk_aware"] {
            let one = rule(name).allocate(budget, event)
            let ten = rule(name).allocate(10 * budget, tenfold)
            for (a, b) in zip(one, ten) { #expect(abs(10 * a - b) < 1e-6 * max(1, b)) }
        }
        let kept = zip(event.winners, rule("pro_rata").allocate(budget, event)).map {
            ($0.profit, $0.profit - $1)
        }
        for (a, b) in zip(kept, kept.dropFirst()) { #expect((a.0 < b.0) == (a.1 < b.1)) }
    }

    /// Best survivor over deficit falls with the number of winners as n^-(1 - 1/α) for Pareto(α) profits.
    @Test("Extreme values: the slope of the best survivor over the deficit")
    func extremes() {
        let alpha = 2.0
        let sizes = [100, 400, 1600, 6400]
        var points: [(Double, Double)] = []
        for n in sizes {
            var draws = RandomStream(seed: 5, name: "winners \(n)")
            var sum = 0.0
            for _ in 0..<300 {
                let w = (0..<n).map { _ in draws.pareto(minimum: 1, shape: alpha) }
                let event = DeleveragingEvent(w.map { .init(account: "", profit: $0, leverage: 1, score: 0) })
                let budget = 0.5 * event.capacity
                let left = zip(w, rule("pro_rata").allocate(budget, event)).map { $0 - $1 }.max()!
                sum += (left / budget).magnitude
            }
            points.append((Double.log2(Double(n)), Double.log2(sum / 300)))
        }
        let slope = (points[3].1 - points[0].1) / (points[3].0 - points[0].0)
        #expect(abs(slope + (1 - 1 / alpha)) < 0.05, "\(slope)")
    }

    @Test(
        "A table that is none is refused with its place",
        arguments: [
            ("a,1,2,3,4", "cap"), ("a,1,-2,1,4", "effective_leverage"), ("a,x,2,1,4", "pnl_usd"),
            (",1,1,1,1", "account"),
        ])
    func badTables(_ row: String, _ key: String) throws {
        let path = try temporaryFile("account,pnl_usd,effective_leverage,cap,score\n\(row)\n")
        let error = #expect(throws: InputError.self) { try DeleveragingEvent.read(path) }
        #expect(error?.key == key && error?.line == 2)
    }
}
