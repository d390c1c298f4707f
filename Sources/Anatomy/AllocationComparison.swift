import Primitives

/// One deleveraging event under every allocation rule: who pays what of a budget out of the winners' profits.
public struct AllocationComparison: Encodable, Sendable {
    public var budgetUsd: Double
    /// All that the winners' profits hold, dollars.
    public var capacityUsd: Double
    /// What no rule could take: the budget beyond the capacity.
    public var residualUsd: Double
    /// Dollars, by rule and account.
    public var allocations: [String: [String: Double]]
    public var untakenUsd: [String: Double]
    public var top1PctShare: [String: Double]
    public var largestHaircut: [String: Double]

    /// - Parameters:
    ///   - budget: dollars to be taken.
    ///   - unit: dollars in a unit of the integer rules.
    /// - Throws: `InputError` for a unit so small that a float no longer counts the profits by ones.
    public init(_ event: DeleveragingEvent, budget: Double, unit: Double) throws {
        // Beyond 2^53 a float no longer counts by ones.
        guard event.capacity / unit <= 0x1p53 else {
            throw InputError(
                file: "adl", key: "--unit", found: "\(unit)",
                allowed: "at least \(event.capacity / 0x1p53) for profits of \(event.capacity) USD")
        }
        let taken = min(budget, event.capacity)
        budgetUsd = budget
        capacityUsd = event.capacity
        residualUsd = budget - taken
        (allocations, untakenUsd, top1PctShare, largestHaircut) = ([:], [:], [:], [:])
        for rule in AllocationRules.all(unit: unit) {
            let amounts = rule.allocate(taken, event)
            allocations[rule.name] = Dictionary(
                uniqueKeysWithValues: zip(event.winners.map(\.account), amounts))
            untakenUsd[rule.name] = taken - amounts.reduce(0, +)
            top1PctShare[rule.name] = AllocationRules.topShare(amounts)
            largestHaircut[rule.name] = AllocationRules.largestHaircut(amounts, event)
        }
    }
}
