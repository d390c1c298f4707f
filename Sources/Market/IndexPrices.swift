@_spi(World) import Exchanges
import Primitives
import RealModule
import Venues

/// The index of every asset: imposed, or the weighted median of its spot books' mids, each spot venue weighing what it trades.
///
/// A halted venue and one whose feed is stalled do not count; without any source the last index stays. It is what agents
/// look at, and the index of every venue unless a world is told to use the venues' own rules (`VenueIndices`): their
/// weightings differ by less than the books do.
struct IndexPrices {
    /// By exchange.
    let weights: [Double]
    /// By asset and step: prices that are given in place of the books'.
    private let imposed: [[Double]]?
    let stepSeconds: Double
    /// By asset: the logarithm of the last index; and the same with every step's move cut to fifteen times the usual.
    private var last: [Double]
    private var level: [Double]
    /// By asset and step, the last ten seconds of `level` in a ring: volatility is that of ten-second returns, as records measure
    /// it, so that a middle which flickers between two orders counts little.
    private var recent: [Double]
    private let lag: Int
    private static let lagSeconds = 10.0

    init(
        _ exchanges: borrowing Exchanges, weights: [Double], imposed: [[Double]]? = nil, stepSeconds: Double
    ) {
        self.imposed = imposed
        self.weights = weights
        self.stepSeconds = stepSeconds
        lag = max(1, Int(Self.lagSeconds / stepSeconds))
        (last, recent) = ([], [])
        for a in exchanges.assetIDs {
            let price = Double.log(max(exchanges.views[a].index, 1e-300))
            last.append(price)
            recent += Array(repeating: price, count: lag)
        }
        level = last
    }

    func combine(into hash: inout StateHash) {
        for values in [last, level, recent] { hash.combine(each: values) { $0.combine($1) } }
    }

    mutating func update(_ exchanges: inout Exchanges, step: Int) {
        let fast = Double.exp(-stepSeconds / 60)
        let slow = Double.exp(-stepSeconds / 600)
        let five = Double.exp(-stepSeconds / 300)
        for a in exchanges.assetIDs {
            let price = imposed.map { $0[a][min(step, $0[a].count - 1)] } ?? median(a, exchanges)
            var view = exchanges.views[a]
            // Without a source the last index stays, and that is a price like any other.
            if price > 0 { view.index = price }
            guard view.index > 0 else { continue }
            let oldest = a.index * lag + step % lag
            let seconds = Double(lag) * stepSeconds
            // One print is one print: what it moved counts as at most fifteen times what is usual in a step.
            let usual = 15 * view.volatility * stepSeconds.squareRoot()
            let moved = Double.log(view.index) - last[a]
            last[a] += moved
            level[a] += max(-usual, min(usual, moved))
            let squared = (level[a] - recent[oldest]) * (level[a] - recent[oldest]) / seconds
            view.volatility = (fast * view.volatility * view.volatility + (1 - fast) * squared).squareRoot()
            view.slowVolatility =
                (slow * view.slowVolatility * view.slowVolatility + (1 - slow) * squared).squareRoot()
            // The mean moves by (1 - k) of the gap to the price: what is left of the gap is k of it.
            view.trend = five * (view.trend + moved)
            exchanges.worldViews[a] = view
            recent[oldest] = level[a]
        }
    }

    /// 0 when no source counts.
    private func median(_ asset: AssetID, _ exchanges: borrowing Exchanges) -> Double {
        withUnsafeTemporaryAllocation(of: (price: Double, weight: Double).self, capacity: 8) { sources in
            let isPegged = exchanges.views[asset].isPegged
            var count = 0
            var sum = 0.0
            for book in exchanges.booksOfAsset[asset] {
                let place = exchanges.place(book)
                guard place.isSpot, count < 8 else { continue }
                let exchange = place.exchange
                let spot = exchanges.spot(exchange)
                if exchanges.spots[spot].isHalted || exchanges.isOut(.oracle, exchange) { continue }
                let market = place.market
                let ticks: Double
                if let bid = exchanges.spots[spot].bestBid(market),
                    let ask = exchanges.spots[spot].bestAsk(market)
                {
                    ticks = Double(bid.count + ask.count) / 2
                } else if let trade = exchanges.spots[spot].lastTrade(market) {
                    ticks = Double(trade.count)
                } else {
                    continue
                }
                let price = ticks / exchanges.spots[spot].markets[Int(market)].unit.ticksPerUSD
                var i = count
                while i > 0 && sources[i - 1].price > price {
                    sources[i] = sources[i - 1]
                    i -= 1
                }
                // What can be redeemed elsewhere is priced by every source alike, the on-chain pool among them.
                let weight = isPegged ? 1 : weights[exchange]
                sources[i] = (price, weight)
                sum += weight
                count += 1
            }
            if isPegged,
                let book = exchanges.booksOfAsset[asset].first(where: { exchanges.place($0).isSpot }),
                let price = exchanges.poolPriceUSD(asset, exchanges.unit(book)), count < 8
            {
                var i = count
                while i > 0 && sources[i - 1].price > price {
                    sources[i] = sources[i - 1]
                    i -= 1
                }
                sources[i] = (price, 1)
                sum += 1
                count += 1
            }
            var passed = 0.0
            for i in 0..<count {
                passed += sources[i].weight
                if passed * 2 == sum && i + 1 < count { return (sources[i].price + sources[i + 1].price) / 2 }
                if passed * 2 >= sum { return sources[i].price }
            }
            return 0
        }
    }
}
