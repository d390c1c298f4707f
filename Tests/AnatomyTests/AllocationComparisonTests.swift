import Anatomy
import Primitives
import Testing

@Suite("One deleveraging event under every rule")
struct AllocationComparisonTests {
    private let event = DeleveragingEvent([
        .init(account: "a", profit: 60, leverage: 2, cap: 1, score: 1),
        .init(account: "b", profit: 40, leverage: 9, cap: 1, score: 2),
    ])

    @Test func everyRuleTakesTheBudgetAndNoMoreThanThereIs() throws {
        let some = try AllocationComparison(event, budget: 50, unit: 1)
        #expect(some.allocations.keys.count == AllocationRules.all(unit: 1).count)
        for (rule, amounts) in some.allocations {
            #expect(abs(amounts.values.reduce(0, +) + some.untakenUsd[rule]! - 50) < 1e-9, "\(rule)")
            #expect(abs(some.untakenUsd[rule]!) < 1e-6, "\(rule)")
        }
        #expect(some.residualUsd == 0 && some.capacityUsd == 100)
        let all = try AllocationComparison(event, budget: 130, unit: 1)
        #expect(all.residualUsd == 30 && all.budgetUsd == 130)
        for haircut in all.largestHaircut.values { #expect(abs(haircut - 1) < 1e-9) }
    }

    @Test func aUnitThatAFloatCannotCountIsRefused() {
        #expect(throws: InputError.self) { try AllocationComparison(event, budget: 50, unit: 1e-20) }
    }
}
