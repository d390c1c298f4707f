import Exchanges
import OrderBook
import Primitives
import RealModule

/// One resting order of a ladder.
struct MakerQuote: BitwiseCopyable {
    var id: UInt64 = 0
    var lots: Int64 = 0
    var price: Int32 = 0

    func combine(into hash: inout StateHash) { hash.combine(Int64(bitPattern: id), lots, Int64(price)) }
}

/// The makers' orders on one book.
struct MakerLadder: BitwiseCopyable {
    static let levels = 6
    static let quotes = levels * 2
    /// Beyond the half-spread, as fractions of the price; and each level's share of the 1 % depth.
    static let distances: [Double] = [0, 0.001, 0.0025, 0.005, 0.0095, 0.03]
    static let weights: [Double] = [0.06, 0.12, 0.2, 0.3, 0.32, 0.8]

    let account: AccountID
    let firm: Int16
    let isInverse: Bool
    /// Looked at whatever the turn: there was a trade.
    var isStruck = true
    var isQuoted = false
    /// Flow seen so far.
    var tape: Int64 = 0
    /// Within 1 % a side when calm: what is shown, or what net flow of 1 % meets where that is more (hidden and at once
    /// renewed orders: the hidden multiple of large coins).
    let depthUSD: Double
    let absorptionUSD: Double
    let halfSpread: Double
    /// The log displacement that this book's own flow has caused.
    var answer = 0.0
    /// Where and how large it was last quoted.
    var centre = 0.0
    var presence = 0.0
    /// Equity last counted, in dollars; the start's is set at the first look.
    var equity = Double.nan
    var price = 0.0
    /// Position, dollars at the last price.
    var inventory = 0.0
    /// Coins (linear) or dollars (inverse) in a lot.
    private let lotSize: Double
    /// The decay of `answer` is applied when the ladder is looked at.
    var lastLook: Int64 = 0

    init(
        account: AccountID, firm: Int16, depthUSD: Double, absorptionUSD: Double, halfSpread: Double,
        unit: ContractUnit
    ) {
        self.account = account
        self.firm = firm
        self.depthUSD = max(depthUSD, absorptionUSD * 0.01)
        self.absorptionUSD = absorptionUSD
        self.halfSpread = halfSpread
        isInverse = unit.isInverse
        lotSize = 1 / unit.lotsPerCoin
    }

    func combine(into hash: inout StateHash) {
        hash.combine(isStruck)
        hash.combine(isQuoted)
        hash.combine(tape)
        hash.combine(answer)
        hash.combine(centre)
        hash.combine(presence)
        hash.combine(equity)
        hash.combine(price)
        hash.combine(inventory)
        hash.combine(lastLook)
    }

    @inline(__always)
    func usdPerLot(_ price: Double) -> Double { isInverse ? lotSize : lotSize * price }
}

extension MarketMakers {
    /// Brings one book's ladder to where it should be.
    mutating func quote(_ book: BookID, _ asset: AssetID, _ exchanges: inout Exchanges) {
        var ladder = ladders[book]
        let view = exchanges.views[asset]
        let desk = desks[asset]
        let now = exchanges.now.nanoseconds
        let dt = Double(now - ladder.lastLook) * 1e-9
        ladder.lastLook = now
        if ladder.answer != 0 { ladder.answer *= Double.exp(-desk.rate(parameters) * min(dt, 60)) }
        let half = max(ladder.halfSpread, 0.7 * view.volatility) * min(4, Double.pow(desk.presence, -0.25))
        var centre = desk.reference + desk.answer + ladder.answer
        if ladder.isStruck || abs(centre - ladder.centre) > half {
            takeOthers(book, asset, centre, half, ladder, &exchanges)
            centre += heed(book, centre, &ladder, exchanges)
        }
        let struck = ladder.isStruck
        let moved = abs(centre - ladder.centre)
        let isAway = moved > 0.4 * half || abs(desk.presence - ladder.presence) > 0.15 * ladder.presence
        if !struck && !isAway && ladder.isQuoted {
            ladders[book] = ladder
            return
        }
        ladder.isStruck = false
        if struck { count(&ladder, book, asset, exchanges) }
        ladder.centre = centre
        ladder.presence = desk.presence
        requote(book, &ladder, half: half, isFresh: !struck && ladder.isQuoted, &exchanges)
        ladder.isQuoted = true
        ladders[book] = ladder
    }

    /// Makers do not quote through others: where somebody's bid rests above (or offer below) the centre, flow has found its
    /// other side there and the answer to it ends. Returns the correction of the centre.
    private mutating func heed(
        _ book: BookID, _ centre: Double, _ ladder: inout MakerLadder, _ exchanges: borrowing Exchanges
    ) -> Double {
        let unit = exchanges.unit(book)
        var correction = 0.0
        let (ownBid, ownAsk) = ownTouch(book)
        if let bid = exchanges.bestBid(book), bid.count > ownBid {
            correction = max(0, Double.log(unit.usd(bid)) - centre)
        }
        if correction == 0, let ask = exchanges.bestAsk(book), ask.count < ownAsk {
            correction = min(0, Double.log(unit.usd(ask)) - centre)
        }
        ladder.answer += correction
        return correction
    }

    /// Where other books' flow has moved the makers' centre through somebody's orders here, they trade with them first: so
    /// a fall of perpetuals reaches spot books at once, as far as the makers' capital goes.
    private mutating func takeOthers(
        _ book: BookID, _ asset: AssetID, _ centre: Double, _ half: Double, _ ladder: MakerLadder,
        _ exchanges: inout Exchanges
    ) {
        let unit = exchanges.unit(book)
        let (ownBid, ownAsk) = ownTouch(book)
        let fair = Double.exp(max(-80, min(80, centre)))
        let limitUSD = max(ladder.depthUSD * parameters.inventoryLimit, 1)
        let load = max(-1, min(1, ladder.inventory / limitUSD))
        let size = ladder.depthUSD * 0.5 * desks[asset].presence
        let fee = 0.0006
        if let bid = exchanges.bestBid(book), bid.count > ownBid, unit.usd(bid) > fair * (1 + half + fee) {
            take(book, .sell, size * (1 + load), fair * (1 + half + fee), ladder, unit, fair, &exchanges)
        } else if let ask = exchanges.bestAsk(book), ask.count < ownAsk,
            unit.usd(ask) < fair * (1 - half - fee)
        {
            take(book, .buy, size * (1 - load), fair * (1 - half - fee), ladder, unit, fair, &exchanges)
        }
    }

    private mutating func take(
        _ book: BookID, _ side: Side, _ usd: Double, _ limit: Double, _ ladder: MakerLadder,
        _ unit: ContractUnit,
        _ fair: Double, _ exchanges: inout Exchanges
    ) {
        let lots = Int64(min(usd / max(ladder.usdPerLot(fair), 1e-300), 1e12))
        guard lots > 0 else { return }
        let tick = Ticks(
            Int(min(max((limit * unit.ticksPerUSD).rounded(), 1), Double(exchanges.maxTicks(book)))))
        exchanges.submit(
            book,
            NewOrder(
                side, Lots(lots), at: tick, account: ladder.account, timeInForce: .immediateOrCancel,
                selfTrade: .cancelMaker))
        // Its own trades are no news to a maker.
        ladders[book].tape = exchanges.tape(book)
    }

    /// The best prices the ladder has quoted, filled or not; 0 and the highest price where it has none.
    private func ownTouch(_ book: BookID) -> (bid: Int32, ask: Int32) {
        var touch: (bid: Int32, ask: Int32) = (0, .max)
        for i in 0..<MakerLadder.levels {
            let (bid, ask) = (
                quotes[book.index * MakerLadder.quotes + i * 2],
                quotes[book.index * MakerLadder.quotes + i * 2 + 1]
            )
            if bid.lots > 0 { touch.bid = max(touch.bid, bid.price) }
            if ask.lots > 0 { touch.ask = min(touch.ask, ask.price) }
        }
        return touch
    }

    /// Counts what the book's account has earned since it was last looked at.
    private mutating func count(
        _ ladder: inout MakerLadder, _ book: BookID, _ asset: AssetID, _ exchanges: borrowing Exchanges
    ) {
        let price = exchanges.views[asset].index
        let held = Double(exchanges.holding(book, ladder.account).count) * ladder.usdPerLot(price)
        // What changed hands since then is marked at the index: the half-spreads earned are left out, losses are not.
        if ladder.price > 0 {
            let gained = ladder.inventory * (price / ladder.price - 1)
            firms[Int(ladder.firm)].profit += gained
            desks[asset].profit += gained
        }
        // A spot wallet starts with coins of its own: only what was bought or sold since is inventory.
        if ladder.equity.isNaN { ladder.equity = held }
        let before = ladder.inventory
        ladder.inventory = held - ladder.equity
        if asset != exchanges.reference {
            otherInventoryUSD += (ladder.inventory - before) * exchanges.views[asset].beta
        }
        ladder.price = price
    }

    private mutating func requote(
        _ book: BookID, _ ladder: inout MakerLadder, half: Double, isFresh: Bool, _ exchanges: inout Exchanges
    ) {
        let unit = exchanges.unit(book)
        let centreUSD = Double.exp(max(-80, min(80, ladder.centre)))
        let top = Double(exchanges.maxTicks(book) - 1)
        let limit = max(ladder.depthUSD * parameters.inventoryLimit, 1)
        let load = max(-1, min(1, ladder.inventory / limit))
        let friday = parameters.lateFriday
        for level in 0..<MakerLadder.levels {
            let distance = half + MakerLadder.distances[level] * max(1, half / 0.002)
            let size = ladder.depthUSD * MakerLadder.weights[level] * ladder.presence * friday
            for side in [Side.buy, .sell] {
                let sign = side == .buy ? -1.0 : 1.0
                let room = max(0, 1 - max(0, -sign * load))
                let price = centreUSD * max(0.02, 1 + sign * distance)
                let tick = Ticks(Int(min(max((price * unit.ticksPerUSD).rounded(), 1), top)))
                let wanted = exchanges.onGrid(book, tick, side)
                let i = book.index * MakerLadder.quotes + level * 2 + Int(side.rawValue)
                let lots = Int64(min(size * room / max(ladder.usdPerLot(centreUSD), 1e-300), 1e12))
                set(i, book, side, lots, wanted, ladder.account, half, isFresh, &exchanges)
            }
        }
    }

    /// Keeps a quote that is near enough, replaces one that is not.
    @inline(__always)
    private mutating func set(
        _ i: Int, _ book: BookID, _ side: Side, _ lots: Int64, _ price: Ticks, _ account: AccountID,
        _ half: Double,
        _ isFresh: Bool, _ exchanges: inout Exchanges
    ) {
        let quote = quotes[i]
        if quote.lots > 0 {
            // Nothing traded since: what was put there is there.
            let left =
                isFresh ? quote.lots : exchanges.remaining(book, OrderID(raw: quote.id)).count
            if left > 0 {
                // Far levels may be off by a twelfth of their distance, near ones by less than half the spread.
                let off = abs(Double(price.count - quote.price))
                let level = (i % MakerLadder.quotes) / 2
                let slack = (0.3 * half + 0.08 * MakerLadder.distances[level]) * Double(price.count)
                if off <= slack && abs(lots - left) * 5 <= lots {
                    quotes[i].lots = left
                    return
                }
                exchanges.cancel(book, OrderID(raw: quote.id), account: account)
            }
            quotes[i].lots = 0
        }
        guard lots > 0 else { return }
        let result = exchanges.submit(
            book,
            NewOrder(
                side, Lots(lots), at: price, account: account, timeInForce: .postOnly, selfTrade: .cancelMaker
            ))
        if result.resting != .none {
            quotes[i] = MakerQuote(id: result.resting.raw, lots: lots, price: price.count)
        } else {
            refusals += 1
        }
    }
}
