import Primitives
import RealModule

/// One run of the reduced form on its way: everything that changes.
struct Path {
    /// One cell: a group of coins on a group of venues. Drawdowns since the news, logarithms; dollars.
    struct Cell {
        var x = 0.0
        /// The farthest that liquidations, and stops, have been triggered.
        var peak = 0.0
        var stopPeak = 0.0
        /// Triggered and not sold yet.
        var backlog = 0.0
        var stops = 0.0
        var arbitrage = 0.0
        var lowest = 0.0
    }

    struct Group {
        var fundamental = 0.0
        var reference = 0.0
        var presence = 1.0
        var variance: Double
        var inventory = 0.0
        var last = 0.0
        var deepest = 0.0
        var deepestAt = 0.0
    }

    var draws: RandomStream
    var cells = Array(repeating: Array(repeating: Cell(), count: 3), count: 2)
    var groups: [Group]
    var digested = 0.0
    var capitalLost = 0.0
    var fundLeft: Double
    /// Coins of lost hedges still to be sold, and makers' hedges of alts due in Bitcoin.
    var hedgeSales = 0.0
    var hedge = 0.0
    var liquidated = 0.0
    var deleveraged = 0.0
    var branchingMax = 0.0

    init(_ model: ReducedForm, seed: UInt64) {
        let p = model.parameters
        draws = RandomStream(seed: seed, name: "reduced form")
        groups = p.volatility.map { Group(variance: p.noise * p.noise * $0 * $0) }
        fundLeft = p.fund
    }

    func result(_ p: ReducedFormParameters) -> ReducedForm.Result {
        func percent(_ drawdown: Double) -> Double { 100 * (1 - Double.exp(-drawdown)) }
        let fall = percent(groups[0].deepest)
        return ReducedForm.Result(
            fallPct: groups.map { percent($0.deepest) },
            venueFallPct: cells.map { $0.map { percent($0.lowest) } },
            liquidated: liquidated, deleveraged: deleveraged,
            fundDraw: p.fund.isInfinite ? 0 : p.fund - fundLeft,
            troughMinute: groups[0].deepestAt / 60,
            regained: fall > 0 ? (fall - percent(groups[0].last)) / fall : 0,
            branchingMax: branchingMax)
    }
}
