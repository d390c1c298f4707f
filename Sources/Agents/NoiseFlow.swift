import Clearing
import OrderBook
import Primitives
import Venues

/// Market orders that know nothing: Poisson arrivals, lognormal sizes, either side alike, from accounts of
/// their own. Half of the orders close what their account holds, so positions do not drift.
public struct NoiseFlow {
    public struct Parameters: Sendable {
        public var ordersPerSecond: Double
        public var medianUSD: Double
        public var logSD: Double
        /// Orders are immediate with a limit this far through the touch.
        public var limitBp: Double
        public init(ordersPerSecond: Double, medianUSD: Double, logSD: Double, limitBp: Double) {
            self.ordersPerSecond = ordersPerSecond
            self.medianUSD = medianUSD
            self.logSD = logSD
            self.limitBp = limitBp
        }
    }

    let parameters: Parameters
    let accounts: Range<Int32>
    let market: Int32
    private var random: RandomStream

    public init(_ parameters: Parameters, accounts: Range<Int32>, market: Int32, random: RandomStream) {
        self.parameters = parameters
        self.accounts = accounts
        self.market = market
        self.random = random
    }

    public mutating func act(_ index: IndexView, seconds dt: Double, _ venue: inout Venue) {
        guard !accounts.isEmpty else { return }
        let unit = venue.rulebook.markets[Int(market)].spec.unit
        for _ in 0..<random.poisson(mean: parameters.ordersPerSecond * dt) {
            let account = accounts.lowerBound + Int32(random.integer(below: accounts.count))
            let size = random.logNormal(median: parameters.medianUSD, logSD: parameters.logSD)
            let coin = random.chance(0.5)
            let closes = random.chance(0.5)
            let held = venue.house.find(account, market).map { venue.house.position($0).lots } ?? .zero
            var side: Side = coin ? .buy : .sell
            var lots = unit.lots(worth: size, at: unit.nearestTick(index.price))
            if closes && held != .zero {
                side = held > .zero ? .sell : .buy
                lots = min(lots, held.magnitude)
            }
            guard lots > .zero, let touch = side == .buy ? venue.bestAsk(market) : venue.bestBid(market)
            else {
                continue
            }
            let through = 1 + (side == .buy ? 1 : -1) * parameters.limitBp * 1e-4
            let limit = Ticks(max(1, Int(Double(touch.count) * through)))
            _ = venue.submit(
                market,
                NewOrder(
                    side, lots, at: limit, account: account, timeInForce: .immediateOrCancel,
                    selfTrade: .cancelMaker))
        }
    }
}
