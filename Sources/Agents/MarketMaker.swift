import Clearing
import OrderBook
import Primitives
import RealModule
import Venues

/// A market maker with bounded capital: a ladder on both sides whose size falls with volatility, losses and
/// inventory and which refills more slowly the more it has withdrawn.
public struct MarketMaker {
    public struct Parameters: Sendable {
        /// Notional quoted within 1 % of the mid on each side when calm.
        public var depth1PctUSD: Double
        public var halfSpreadBp: Double
        public var levels: Int
        /// Depth scales with (calm volatility / volatility)^exponent.
        public var volatilityExponent: Double
        public var calmVolatility: Double
        /// Time constant of refilling a consumed quote when calm; divided by the presence.
        public var refillSeconds: Double
        /// The most notional held, as a multiple of equity.
        public var inventoryLimit: Double
        /// How far quotes are shifted at full inventory.
        public var skewBp: Double

        public init(
            depth1PctUSD: Double, halfSpreadBp: Double, levels: Int, volatilityExponent: Double,
            calmVolatility: Double, refillSeconds: Double, inventoryLimit: Double, skewBp: Double
        ) {
            self.depth1PctUSD = depth1PctUSD
            self.halfSpreadBp = halfSpreadBp
            self.levels = levels
            self.volatilityExponent = volatilityExponent
            self.calmVolatility = calmVolatility
            self.refillSeconds = refillSeconds
            self.inventoryLimit = inventoryLimit
            self.skewBp = skewBp
        }
    }

    public let account: Int32
    let market: Int32
    let parameters: Parameters
    private let startEquity: Double
    private var quotes: Quotes
    /// Share of the calm depth quoted now, 0 to 1.
    public private(set) var presence = 1.0

    public init(_ parameters: Parameters, account: Int32, market: Int32, equity: Money) {
        self.parameters = parameters
        self.account = account
        self.market = market
        startEquity = max(equity.dollars, 1)
        quotes = Quotes(count: parameters.levels * 2, account: account, market: market)
    }

    /// Moves the ladder to the index as it is now.
    public mutating func act(_ index: IndexView, seconds dt: Double, _ venue: inout Venue) {
        let p = parameters
        let unit = venue.rulebook.markets[Int(market)].spec.unit
        let equity = max(0, venue.house.margin(.cross(account)).equity.dollars)
        let held = venue.house.find(account, market).map { venue.house.value($0).dollars } ?? 0
        let limit = max(1, p.inventoryLimit * equity)
        let load = min(1, max(-1, held / limit))
        presence =
            min(1, Double.power(p.calmVolatility / max(index.volatility, 1e-9), p.volatilityExponent))
            * min(1, equity / startEquity)
        // Wider when volatile: a quote must survive about a second of index moves.
        let halfSpread = max(p.halfSpreadBp * 1e-4, index.volatility)
        let centre = index.price * (1 - load * p.skewBp * 1e-4)
        let share = 1 - Double.exp(-dt * presence / p.refillSeconds)
        let perLevel = p.depth1PctUSD / Double(p.levels) * presence
        for side in [Side.buy, .sell] {
            let direction = side == .buy ? -1.0 : 1.0
            // A side that would add to the inventory shrinks with it and stops at the limit.
            let room = max(0, 1 - max(0, -direction * load))
            for level in 0..<p.levels {
                let distance = halfSpread + 0.01 * Double(level) / Double(p.levels)
                let price = unit.nearestTick(centre * (1 + direction * distance))
                let target = unit.lots(worth: perLevel * room, at: price)
                let i = level * 2 + Int(side.rawValue)
                let remaining = quotes.remaining(i, venue)
                var lots = target
                if remaining < target && isStarted {
                    lots = remaining + Lots(Int64(Double((target - remaining).count) * share))
                }
                quotes.set(i, side, lots, at: price, remaining: remaining, &venue)
            }
        }
        isStarted = true
    }

    private var isStarted = false
}
