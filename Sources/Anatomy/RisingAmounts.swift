/// The amounts that meet a budget, of a family of amounts that rise with a level and are straight between its breakpoints: the
/// budget lies between two breakpoints, and there each amount is as far from its lower to its upper value as the budget is.
///
/// Nothing is solved for the level itself, whose scale may differ from the amounts' by many orders of magnitude: what is left
/// of exactness is the rounding of a sum.
///
/// - Parameters:
///   - levels: the breakpoints, rising; before the first nothing is taken.
///   - amounts: by level, none falling.
func risingAmounts(
    reaching budget: Double, count: Int, levels: [Double], _ amounts: (Double) -> [Double]
) -> [Double] {
    let none = [Double](repeating: 0, count: count)
    guard budget > 0, let last = levels.last else { return none }
    let most = amounts(last)
    if most.reduce(0, +) <= budget { return most }
    // The first breakpoint at which the budget is reached.
    var (low, high) = (-1, levels.count - 1)
    while high - low > 1 {
        let middle = (low + high) / 2
        if amounts(levels[middle]).reduce(0, +) >= budget { high = middle } else { low = middle }
    }
    let below = low < 0 ? none : amounts(levels[low])
    let above = amounts(levels[high])
    let start = below.reduce(0, +)
    let reach = above.reduce(0, +) - start
    let part = reach > 0 ? min(max((budget - start) / reach, 0), 1) : 0
    return zip(below, above).map { $0 + part * ($1 - $0) }
}
