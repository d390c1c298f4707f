import Anatomy
import Primitives
import Testing

@testable import Reproductions

@Suite("Reproductions")
struct ReproductionsTests {
    /// Those that cost nothing; `scripts/acceptance` runs all of them on the release build.
    @Test(
        "A reproduction holds what it compares",
        arguments: ["leverage-cycle", "fire-sale-2018", "cascade-map", "deleveraging-october-2025"])
    func holds(_ name: String) throws {
        let reproduction = try #require(Reproductions.all.first { $0.name == name })
        let settings = try ReproductionSettings(reproduction)
        let result = try reproduction.run(settings)
        #expect(!result.comparisons.isEmpty)
        for row in result.comparisons {
            #expect(
                row.holds,
                "\(name), \(row.name): \(row.computed) against \(row.published) within \(row.tolerance)")
        }
    }

    @Test("Fire sales with a leverage target")
    func targeting() throws {
        let result = try FireSale2018().run(
            ReproductionSettings(FireSale2018(), given: ["targeting=leverage"]))
        #expect(result.comparisons.count == 2)
        for row in result.comparisons { #expect(row.holds, "\(row.name): \(row.computed)") }
    }

    @Test("Queues that would never empty are refused before anything is simulated")
    func queuesThatGrow() throws {
        // One order, no arrivals: one event. Five: each takes one.
        #expect(QueueModel.Rates(limit: 0, market: 1, cancel: 0).eventsToEmpty(5, longest: 80) == 5)
        // A walk of equal chances from 1 below a wall of w reflecting steps: 2 w - 1 events.
        #expect(QueueModel.Rates(limit: 1, market: 1, cancel: 0).eventsToEmpty(1, longest: 80) == 159)
        for given in [["cancel_rate=0"], ["limit_rate=100", "cancel_rate=1"]] {
            let settings = try ReproductionSettings(QueueModel(), given: given + ["paths=100"])
            #expect(throws: InputError.self) { try QueueModel().run(settings) }
        }
        let slow = try ReproductionSettings(
            QueueModel(), given: ["limit_rate=0.5", "cancel_rate=0", "paths=100"])
        #expect(throws: Never.self) { try QueueModel().run(slow) }
    }

    @Test("What is not a setting is refused with the nearest name")
    func badSettings() {
        let error = #expect(throws: InputError.self) {
            try ReproductionSettings(FireSale2018(), given: ["price_impct=0.1"])
        }
        #expect(error?.nearest == "price_impact")
        #expect(throws: InputError.self) { try ReproductionSettings(FireSale2018(), given: ["shock=2"]) }
        #expect(throws: InputError.self) {
            try ReproductionSettings(FireSale2018(), given: ["targeting=both"])
        }
        #expect(throws: InputError.self) { try ReproductionSettings(QueueModel(), given: ["paths"]) }
    }

    @Test("Moments of a known sample")
    func moments() {
        var m = Moments()
        for x in [1.0, 2, 3, 4, 10] { m.add(x) }
        #expect(abs(m.mean - 4) < 1e-12 && abs(m.variance - 10) < 1e-12)
        #expect(abs(m.kurtosis - 2.788) < 1e-9)
    }
}
