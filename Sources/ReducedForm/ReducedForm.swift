import Primitives
import RealModule

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

    public func run(seed: UInt64, hours: Double = 3) -> Result {
        var path = Path(self, seed: seed)
        for t in 1...Int(hours * 3600) { step(&path, second: Double(t)) }
        return path.result(parameters)
    }

    private func step(_ path: inout Path, second: Double) {
        let p = parameters
        // News, digested; noise of the fundamental, a part of it common.
        let digested = p.shock * (1 - Double.exp(-second / p.digestionSeconds))
        let news = digested - path.digested
        path.digested = digested
        let common = path.draws.normal()
        let cut = p.newsCut * (1 - Double.exp(-second / p.newsCutSeconds))
        let left = p.capital.isInfinite ? 1 : max(0, 1 - path.capitalLost / p.capital)
        var surprise = 0.0
        var hedge = 0.0
        for g in 0..<2 {
            let beta = g == 0 ? 1 : p.altBeta
            let dm = beta * news + p.noise * p.volatility[g] * (0.8 * common + 0.6 * path.draws.normal())
            // What quotes move by without a trade.
            let requote = dm + (g == 1 ? p.crossQuoting * p.altBeta * surprise : 0)
            path.groups[g].fundamental += dm
            updatePresence(g, &path, capital: left, cut: cut)
            let taken = trade(g, &path, requote)
            let move = settle(g, &path, requote, taken, second)
            if g == 0 { surprise = move - dm } else { hedge = p.hedgeShare * taken * path.groups[g].presence }
        }
        path.hedge = hedge
        path.branchingMax = max(path.branchingMax, branching(path.cells[0][0], path.groups[0]))
    }

    private func updatePresence(_ g: Int, _ path: inout Path, capital: Double, cut: Double) {
        let p = parameters
        let calm = 1.6 * p.noise * p.volatility[g] / path.groups[g].variance.squareRoot()
        let calmShare = min(1, Double.power(calm, p.volatilityExponent))
        let target = max(p.leastPresence, calmShare * Double.power(capital, p.capitalExponent) * (1 - cut))
        path.groups[g].presence += (target - path.groups[g].presence) / p.presenceSeconds
    }

    /// All flow of a group and its answer on each venue; dollars that makers and bids took.
    private func trade(_ g: Int, _ path: inout Path, _ requote: Double) -> Double {
        let group = path.groups[g]
        let rate = recovery(group.presence)
        let mean = weighted(path.cells[g])
        let own = path.cells[g][0].x - mean
        var taken = 0.0
        for v in 0..<3 {
            let depth = depth(g, v, path.cells[g][v].x - group.fundamental, group.presence)
            var flow = forced(g, v, &path, depth, own)
            if v == 1 { flow += hedgeSale(g, &path) }
            if g == 0 && v == 0 { flow += path.hedge }
            flow += arbitrage(g, &path.cells[g][v], mean, depth)
            taken += flow
            path.cells[g][v].x += flow / depth - rate * (path.cells[g][v].x - group.reference) + requote
            path.cells[g][v].lowest = max(path.cells[g][v].lowest, path.cells[g][v].x)
        }
        return taken
    }

    /// Hedges of winners who were deleveraged, over about a minute, in proportion to what is held.
    private func hedgeSale(_ g: Int, _ path: inout Path) -> Double {
        let sale = path.hedgeSales * (g == 0 ? 0.35 : 0.65) / 60
        path.hedgeSales -= sale
        return sale
    }

    /// What the group's new price means for volatility, the makers' reference and their losses; the move.
    private func settle(_ g: Int, _ path: inout Path, _ requote: Double, _ taken: Double, _ second: Double)
        -> Double
    {
        let p = parameters
        let x = weighted(path.cells[g])
        var group = path.groups[g]
        let move = x - group.last
        group.last = x
        group.variance += (move * move - group.variance) / p.volatilitySeconds
        group.reference += (x - group.reference) / p.referenceSeconds
        group.reference -= (group.reference - group.fundamental) / p.anchorSeconds
        group.reference += requote
        // Makers hold what they took for a while and lose on it as the price goes on.
        group.inventory += taken * group.presence - group.inventory / p.inventorySeconds
        if move > 0 { path.capitalLost += max(0, group.inventory) * move }
        if x > group.deepest { (group.deepest, group.deepestAt) = (x, second) }
        path.groups[g] = group
        return move
    }

    /// 1 / s at which a displacement is made good, with this presence of the makers.
    func recovery(_ presence: Double) -> Double {
        let p = parameters
        return p.resilience * (p.resilienceWithoutMakers + (1 - p.resilienceWithoutMakers) * presence)
    }

    /// Depth-weighted drawdown of a group; the coin-margined books are too small to count.
    private func weighted(_ cells: [Path.Cell]) -> Double {
        let w = parameters.depthShares
        return (w[0] * cells[0].x + w[1] * cells[1].x) / (w[0] + w[1])
    }

    /// Dollars per unit log price: makers who are there, and bids at this displacement.
    private func depth(_ g: Int, _ v: Int, _ displacement: Double, _ psi: Double) -> Double {
        let p = parameters
        let scale = 0.1 * p.volatility[g]
        let d = max(0, displacement)
        // Cumulative bids grow as (d / scale)^power; their density is its derivative.
        let bids = p.bids[g] * p.bidShares[v] * p.bidPower / scale * Double.pow(d / scale, p.bidPower - 1)
        return p.depth[g] * p.depthShares[v] * psi + bids + 1e5
    }

    private func forced(
        _ g: Int, _ v: Int, _ path: inout Path, _ depth: Double, _ own: Double
    ) -> Double {
        let p = parameters
        let openInterest = p.openInterest[g][v]
        guard openInterest > 0 else { return 0 }
        var cell = path.cells[g][v]
        defer { path.cells[g][v] = cell }
        // Collateral valued at the venue's own book falls with it; a coin-margined account loses twice.
        var reach = cell.x
        if g == 1 && v == 0 { reach += p.ownBookCollateral * max(0, own) }
        if v == 2 { reach += p.coinCollateral * cell.x }
        if reach > cell.peak {
            cell.backlog +=
                openInterest * (populations[g][v].share(at: reach) - populations[g][v].share(at: cell.peak))
                * Double.exp(-cell.x)
            cell.peak = reach
        }
        if cell.x > cell.stopPeak {
            func stopped(_ x: Double) -> Double {
                let over = x / p.volatility[g] - p.stopStart
                return over > 0 ? 1 - Double.exp(-over / p.stopMean) : 0
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
        let cost = min(path.fundLeft, over / 25)
        path.fundLeft -= cost
        let deleveraged = over - cost * 25
        path.liquidated += liquidation + over
        path.deleveraged += deleveraged
        path.hedgeSales += p.hedgedWinners * deleveraged
        return liquidation + stop
    }

    /// Buys where a book lies below the others and sells elsewhere, while capital lasts.
    private func arbitrage(_ g: Int, _ cell: inout Path.Cell, _ mean: Double, _ depth: Double) -> Double {
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
    private func branching(_ cell: Path.Cell, _ group: Path.Group) -> Double {
        let p = parameters
        let depth = depth(0, 0, cell.x - group.fundamental, group.presence)
        let rho = p.openInterest[0][0] * populations[0][0].density(at: max(cell.x, 0))
        return rho / depth * p.executionPerSecond / (p.executionPerSecond + recovery(group.presence))
    }
}
