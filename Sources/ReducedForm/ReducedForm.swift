import Primitives

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The market in a few equations, a few milliseconds a run: for ensembles that the order book is too slow for.
///
/// With x the drawdown of coins g on venue v since the news (log), m the fundamental's, f the makers' reference, ψ their
/// presence:
///
///     dx = F / (Λ ψ + bids'(x - m)) - r(ψ) (x - f) + dm + λ β (dx_BTC - dm_BTC)
///     df = (x - f) / T_ref - (f - m) / T_anchor + dm
///     ψ* = min(1, (1.6 σ_0 / σ)^α) × K^η × (1 - c),   r(ψ) = r_1 (e + (1 - e) ψ)
///
/// F is what is sold by force (liquidations, stops, hedges of deleveraged winners) plus arbitrage. Forced orders give in by at
/// most a concession a second; what does not fill is taken over after a while, paid by the fund and then by winners.
public struct ReducedForm: Sendable {
    public struct Result: Sendable {
        /// Percent from the price before the news, by coins: the lowest of the depth-weighted price.
        public var fallPct: [Double]
        /// Percent, by coins then venue group.
        public var venueFallPct: [[Double]]
        public var liquidated: Double
        public var deleveraged: Double
        public var fundDraw: Double
        public var troughMinute: Double
        /// Of Bitcoin's fall, regained three hours after.
        public var regained: Double
        /// Largest branching ratio on the way: density of triggers over depth, both at the moment (Bitcoin).
        public var branchingMax: Double
    }

    public let parameters: ReducedFormParameters
    private let populations: [[Leverage]]

    public init(_ parameters: ReducedFormParameters) {
        self.parameters = parameters
        populations = Coins.allCases.map { g in
            VenueGroup.allCases.map { v in
                Leverage(
                    median: parameters.medianLeverage[v.rawValue], logSD: parameters.leverageLogSD,
                    maintenance: parameters.maintenance[g.rawValue],
                    flushed: parameters.flushed * (g == .bitcoin ? 1 : parameters.altBeta))
            }
        }
    }

    /// One cell: coins g on venue group v.
    private struct Cell {
        var x = 0.0
        var peak = 0.0
        var stopPeak = 0.0
        var backlog = 0.0
        var stops = 0.0
        var arbitrage = 0.0
        var lowest = 0.0
    }

    private struct Group {
        var fundamental = 0.0
        var reference = 0.0
        var presence = 1.0
        var variance: Double
        var inventory = 0.0
        var last = 0.0
        var deepest = 0.0
    }

    public func run(seed: UInt64, hours: Double = 3) -> Result {
        let p = parameters
        var draws = RandomStream(seed: seed, name: "reduced form")
        var cells = Array(repeating: Array(repeating: Cell(), count: 3), count: 2)
        let calm = p.noise
        var groups = [
            Group(variance: calm * calm), Group(variance: calm * calm * p.volatility[1] * p.volatility[1]),
        ]
        var (capitalLost, fundLeft, hedgeSales) = (0.0, p.fund, 0.0)
        var result = Result(
            fallPct: [0, 0], venueFallPct: [[0, 0, 0], [0, 0, 0]], liquidated: 0, deleveraged: 0, fundDraw: 0,
            troughMinute: 0, regained: 0, branchingMax: 0)
        var digested = 0.0
        var hedge = 0.0
        for t in 1...Int(hours * 3600) {
            // News, digested; noise of the fundamental, half of it common.
            let part = p.shock * (1 - exp(-Double(t) / p.digestionSeconds))
            let news = part - digested
            digested = part
            let common = draws.normal()
            let cut = p.newsCut * (1 - exp(-Double(t) / p.newsCutSeconds))
            let left = p.capital.isInfinite ? 1 : max(0, 1 - capitalLost / p.capital)
            var surprise = 0.0
            var nextHedge = 0.0
            for g in 0..<2 {
                let beta = g == 0 ? 1 : p.altBeta
                let s = p.volatility[g]
                let dm = beta * news + calm * s * (0.8 * common + 0.6 * draws.normal())
                groups[g].fundamental += dm
                let sigma = groups[g].variance.squareRoot()
                let calmShare = min(1, pow(1.6 * calm * s / sigma, p.volatilityExponent))
                let target = max(p.leastPresence, calmShare * pow(left, p.capitalExponent) * (1 - cut))
                groups[g].presence += (target - groups[g].presence) / p.presenceSeconds
                let psi = groups[g].presence
                let rate = p.resilience * (p.resilienceWithoutMakers + (1 - p.resilienceWithoutMakers) * psi)
                let mean = weighted(cells[g])
                let own = cells[g][0].x - mean
                var taken = 0.0
                for v in 0..<3 {
                    let depth = depth(g, v, cells[g][v].x - groups[g].fundamental, psi)
                    var flow = forced(g, v, &cells[g][v], depth, own, &result, &fundLeft, &hedgeSales)
                    if v == 1 {
                        // Hedges of winners who were deleveraged, in proportion to what is held.
                        let sale = hedgeSales * (g == 0 ? 0.35 : 0.65) / 60
                        hedgeSales -= sale
                        flow += sale
                    }
                    if g == 0 && v == 0 { flow += hedge }
                    flow += arbitrage(g, &cells[g][v], mean, depth)
                    taken += flow
                    let dx =
                        flow / depth - rate * (cells[g][v].x - groups[g].reference) + dm
                        + (g == 1 ? p.crossQuoting * p.altBeta * surprise : 0)
                    cells[g][v].x += dx
                    cells[g][v].lowest = max(cells[g][v].lowest, cells[g][v].x)
                }
                let x = weighted(cells[g])
                let move = x - groups[g].last
                groups[g].last = x
                if g == 0 { surprise = move - dm }
                groups[g].variance += (move * move - groups[g].variance) / p.volatilitySeconds
                groups[g].reference += (x - groups[g].reference) / p.referenceSeconds
                groups[g].reference -= (groups[g].reference - groups[g].fundamental) / p.anchorSeconds
                groups[g].reference += dm + (g == 1 ? p.crossQuoting * p.altBeta * surprise : 0)
                // Makers hold what they took for a while and lose on it as the price goes on.
                groups[g].inventory += taken * psi - groups[g].inventory / p.inventorySeconds
                if move > 0 { capitalLost += max(0, groups[g].inventory) * move }
                if g == 1 { nextHedge = p.hedgeShare * taken * psi }
                if x > groups[g].deepest {
                    groups[g].deepest = x
                    if g == 0 { result.troughMinute = Double(t) / 60 }
                }
            }
            hedge = nextHedge
            result.branchingMax = max(result.branchingMax, branching(cells[0][0], groups[0]))
        }
        for g in 0..<2 {
            result.fallPct[g] = 100 * (1 - exp(-groups[g].deepest))
            for v in 0..<3 { result.venueFallPct[g][v] = 100 * (1 - exp(-cells[g][v].lowest)) }
        }
        let fall = 1 - exp(-groups[0].deepest)
        result.regained = fall > 0 ? (fall - (1 - exp(-groups[0].last))) / fall : 0
        result.fundDraw = p.fund.isInfinite ? 0 : p.fund - fundLeft
        return result
    }

    /// Depth-weighted drawdown of a group; the coin-margined books are too small to count.
    private func weighted(_ cells: [Cell]) -> Double {
        let w = parameters.depthShares
        return (w[0] * cells[0].x + w[1] * cells[1].x) / (w[0] + w[1])
    }

    /// Dollars per unit log price: makers who are there, and bids at this displacement.
    private func depth(_ g: Int, _ v: Int, _ displacement: Double, _ psi: Double) -> Double {
        let p = parameters
        let scale = 0.1 * p.volatility[g]
        let d = max(0, displacement)
        // Cumulative bids grow as (d / scale)^power; their density is its derivative.
        let bids = p.bids[g] * p.bidShares[v] * p.bidPower / scale * pow(d / scale, p.bidPower - 1)
        return p.depth[g] * p.depthShares[v] * psi + bids + 1e5
    }

    private func forced(
        _ g: Int, _ v: Int, _ cell: inout Cell, _ depth: Double, _ own: Double, _ result: inout Result,
        _ fundLeft: inout Double, _ hedgeSales: inout Double
    ) -> Double {
        let p = parameters
        let openInterest = p.openInterest[g][v]
        guard openInterest > 0 else { return 0 }
        // Collateral valued at the venue's own book falls with it; a coin-margined account loses twice.
        var reach = cell.x
        if g == 1 && v == 0 { reach += p.ownBookCollateral * max(0, own) * 10 }
        if v == 2 { reach += 0.35 * p.ownBookCollateral / 0.06 * cell.x }
        if reach > cell.peak {
            cell.backlog +=
                openInterest * (populations[g][v].share(at: reach) - populations[g][v].share(at: cell.peak))
                * exp(-cell.x)
            cell.peak = reach
        }
        if cell.x > cell.stopPeak {
            func stopped(_ x: Double) -> Double {
                let over = x / p.volatility[g] - p.stopStart
                return over > 0 ? 1 - exp(-over / p.stopMean) : 0
            }
            cell.stops += openInterest * p.stopShare * (stopped(cell.x) - stopped(cell.stopPeak))
            cell.stopPeak = cell.x
        }
        let most = p.concession * p.volatility[g] * depth
        let liquidation = min(p.executionPerSecond * cell.backlog, most)
        let stop = min(p.executionPerSecond * cell.stops, most)
        cell.backlog -= liquidation
        cell.stops -= stop
        // Taken over: the fund pays the loss beyond bankruptcy, a twenty-fifth of notional, while it has money; then winners.
        let over = cell.backlog / p.patienceSeconds
        cell.backlog -= over
        let cost = min(fundLeft, over / 25)
        fundLeft -= cost
        let deleveraged = over - cost * 25
        result.liquidated += liquidation + over
        result.deleveraged += deleveraged
        hedgeSales += p.hedgedWinners * deleveraged
        return liquidation + stop
    }

    /// Buys where a book lies below the others and sells elsewhere, while capital lasts.
    private func arbitrage(_ g: Int, _ cell: inout Cell, _ mean: Double, _ depth: Double) -> Double {
        let p = parameters
        let gap = cell.x - mean
        let most = p.arbitrageCapital * p.depth[g] * 0.05
        let wish = -p.arbitrageSpeed * gap * depth
        let flow = max(-most - cell.arbitrage, min(most - cell.arbitrage, wish))
        cell.arbitrage += flow
        cell.arbitrage *= 1 - 1.0 / 1800
        return flow
    }

    /// n = density of triggers × impact × the chance that a sale is not made good before the next.
    private func branching(_ cell: Cell, _ group: Group) -> Double {
        let p = parameters
        let depth = depth(0, 0, cell.x - group.fundamental, group.presence)
        let rate =
            p.resilience * (p.resilienceWithoutMakers + (1 - p.resilienceWithoutMakers) * group.presence)
        let rho = p.openInterest[0][0] * populations[0][0].density(at: max(cell.x, 0))
        return rho / depth * p.executionPerSecond / (p.executionPerSecond + rate)
    }
}
