import Exchanges
import OrderBook
import Primitives
import RealModule

/// What the makers of an asset think of it in one step: everything its books have in common, reckoned once.
struct MakerOutlook: BitwiseCopyable {
    /// The logarithm of the price that quotes lie around where a book's own flow has moved nothing.
    let centre: Double
    /// What is left of a book's answer to its own flow after this step.
    let fade: Double
    let presence: Double
    /// The same on coin-margined books.
    let inversePresence: Double
    /// The least half-spread that volatility allows, and by how much spreads are wider for want of makers.
    let leastHalf: Double
    let widening: Double
    let index: Double

    init(_ desk: MakerDesk, _ view: AssetView, _ p: MakerParameters, seconds: Double) {
        centre = desk.reference + desk.answer
        fade = Double.exp(-desk.rate(p) * seconds)
        presence = desk.presence
        inversePresence = max(p.leastPresence, desk.presence * desk.coinCollateral(view.index, p))
        leastHalf = 0.7 * view.volatility
        widening = min(4, Double.pow(desk.presence, -0.25))
        index = view.index
    }
}

/// One step's quoting on all venues: what every thread may read, and of each book what the thread that has its venue changes.
struct MakerRound: @unchecked Sendable {
    let parameters: MakerParameters
    let places: [BookPlace]
    /// By asset.
    let outlooks: [MakerOutlook]
    /// By book, in memory of the makers'; a book belongs to one venue and so to one thread.
    let ladders: UnsafeMutablePointer<MakerLadder>
    let quotes: UnsafeMutablePointer<MakerQuote>

    /// Brings the ladders of one venue's books to where they should be.
    func quote<Host: BookHost & ~Copyable>(_ books: [BookID], on host: inout Host) {
        for book in books {
            let place = places[book]
            quote(book, place.market, outlooks[place.asset], &ladders[book.index], &host)
        }
    }

    private func quote<Host: BookHost & ~Copyable>(
        _ book: BookID, _ market: Int32, _ outlook: MakerOutlook, _ ladder: inout MakerLadder,
        _ host: inout Host
    ) {
        if ladder.answer != 0 { ladder.answer *= outlook.fade }
        let half = max(ladder.halfSpread, outlook.leastHalf) * outlook.widening
        var centre = outlook.centre + ladder.answer
        var isUntouched = !ladder.isStruck
        if ladder.isStruck || abs(centre - ladder.centre) > half {
            if takeOthers(book, market, outlook, centre, half, &ladder, &host) { isUntouched = false }
            centre += heed(book, market, centre, &ladder, host)
        }
        let presence = ladder.isInverse ? outlook.inversePresence : outlook.presence
        let isAway =
            abs(centre - ladder.centre) > 0.4 * half
            || abs(presence - ladder.presence) > 0.15 * ladder.presence
        if isUntouched && !isAway && ladder.isQuoted { return }
        if !isUntouched { ladder.look(host.holding(market, ladder.account)) }
        ladder.isStruck = false
        ladder.centre = centre
        ladder.presence = presence
        requote(
            book, market, &ladder, outlook.index, half: half, isFresh: isUntouched && ladder.isQuoted, &host)
        ladder.isQuoted = true
    }

    /// Makers do not quote through others: where somebody's bid rests above (or offer below) the centre, flow has found its
    /// other side there and the answer to it ends. Returns the correction of the centre.
    private func heed<Host: BookHost & ~Copyable>(
        _ book: BookID, _ market: Int32, _ centre: Double, _ ladder: inout MakerLadder, _ host: borrowing Host
    ) -> Double {
        let unit = host.unit(market)
        var correction = 0.0
        let (ownBid, ownAsk) = ownTouch(book)
        if let bid = host.bestBid(market), bid.count > ownBid {
            correction = max(0, Double.log(unit.usd(bid)) - centre)
        }
        if correction == 0, let ask = host.bestAsk(market), ask.count < ownAsk {
            correction = min(0, Double.log(unit.usd(ask)) - centre)
        }
        ladder.answer += correction
        return correction
    }

    /// Where other books' flow has moved the makers' centre through somebody's orders here, they trade with them first: so
    /// a fall of perpetuals reaches spot books at once, as far as the makers' capital goes. Returns whether they tried.
    private func takeOthers<Host: BookHost & ~Copyable>(
        _ book: BookID, _ market: Int32, _ outlook: MakerOutlook, _ centre: Double, _ half: Double,
        _ ladder: inout MakerLadder, _ host: inout Host
    ) -> Bool {
        let unit = host.unit(market)
        let (ownBid, ownAsk) = ownTouch(book)
        let fair = Double.exp(max(-80, min(80, centre)))
        let limitUSD = max(ladder.depthUSD * parameters.inventoryLimit, 1)
        let load = max(-1, min(1, ladder.inventory(outlook.index) / limitUSD))
        let size = ladder.depthUSD * 0.5 * (ladder.isInverse ? outlook.inversePresence : outlook.presence)
        let fee = 0.0006
        if let bid = host.bestBid(market), bid.count > ownBid, unit.usd(bid) > fair * (1 + half + fee) {
            return take(market, .sell, size * (1 + load), fair * (1 + half + fee), &ladder, unit, fair, &host)
        }
        if let ask = host.bestAsk(market), ask.count < ownAsk, unit.usd(ask) < fair * (1 - half - fee) {
            return take(market, .buy, size * (1 - load), fair * (1 - half - fee), &ladder, unit, fair, &host)
        }
        return false
    }

    private func take<Host: BookHost & ~Copyable>(
        _ market: Int32, _ side: Side, _ usd: Double, _ limit: Double, _ ladder: inout MakerLadder,
        _ unit: ContractUnit, _ fair: Double, _ host: inout Host
    ) -> Bool {
        let lots = Int64(min(usd / max(ladder.usdPerLot(fair), 1e-300), 1e12))
        guard lots > 0 else { return false }
        let tick = Ticks(
            Int(min(max((limit * unit.ticksPerUSD).rounded(), 1), Double(host.maxTicks(market)))))
        _ = host.place(
            market,
            NewOrder(
                side, Lots(lots), at: tick, account: ladder.account, timeInForce: .immediateOrCancel,
                selfTrade: .cancelMaker))
        // Its own trades are no news to a maker, but its inventory is to be counted.
        ladder.tape = host.tape(market)
        return true
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

    private func requote<Host: BookHost & ~Copyable>(
        _ book: BookID, _ market: Int32, _ ladder: inout MakerLadder, _ index: Double, half: Double,
        isFresh: Bool, _ host: inout Host
    ) {
        let unit = host.unit(market)
        let centreUSD = Double.exp(max(-80, min(80, ladder.centre)))
        let top = Double(host.maxTicks(market) - 1)
        let limit = max(ladder.depthUSD * parameters.inventoryLimit, 1)
        let load = max(-1, min(1, ladder.inventory(index) / limit))
        let perLot = max(ladder.usdPerLot(centreUSD), 1e-300)
        let scale = max(1, half / 0.002)
        for level in 0..<MakerLadder.levels {
            let beyond = MakerLadder.distances[level] * scale
            let distance = half + beyond
            // Far levels may be off by a twelfth of their distance, near ones by less than half the spread.
            let tolerance = 0.3 * half + 0.08 * beyond
            let size = ladder.depthUSD * MakerLadder.weights[level] * ladder.presence * parameters.lateFriday
            for side in [Side.buy, .sell] {
                let sign = side == .buy ? -1.0 : 1.0
                let room = max(0, 1 - max(0, -sign * load))
                let price = centreUSD * max(0.02, 1 + sign * distance)
                let tick = Ticks(Int(min(max((price * unit.ticksPerUSD).rounded(), 1), top)))
                let wanted = host.onGrid(market, tick, side)
                let i = book.index * MakerLadder.quotes + level * 2 + Int(side.rawValue)
                let lots = Int64(min(size * room / perLot, 1e12))
                set(i, market, side, lots, wanted, &ladder, tolerance, isFresh, &host)
            }
        }
    }

    /// Keeps a quote that is near enough, replaces one that is not.
    @inline(__always)
    private func set<Host: BookHost & ~Copyable>(
        _ i: Int, _ market: Int32, _ side: Side, _ lots: Int64, _ price: Ticks, _ ladder: inout MakerLadder,
        _ tolerance: Double, _ isFresh: Bool, _ host: inout Host
    ) {
        let quote = quotes[i]
        if quote.lots > 0 {
            // Nothing traded since: what was put there is there.
            let left =
                isFresh ? quote.lots : host.order(market, OrderID(raw: quote.id))?.lots.count ?? 0
            if left > 0 {
                let off = abs(Double(price.count - quote.price))
                if off <= tolerance * Double(price.count) && abs(lots - left) * 5 <= lots {
                    quotes[i].lots = left
                    return
                }
                host.remove(market, OrderID(raw: quote.id), of: ladder.account)
            }
            quotes[i].lots = 0
        }
        guard lots > 0 else { return }
        let result = host.place(
            market,
            NewOrder(
                side, Lots(lots), at: price, account: ladder.account, timeInForce: .postOnly,
                selfTrade: .cancelMaker))
        if result.resting != .none {
            quotes[i] = MakerQuote(id: result.resting.raw, lots: lots, price: price.count)
        } else {
            ladder.refusals += 1
        }
    }
}
