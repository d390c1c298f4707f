import Clearing
import Exchanges
import HeapModule
import OrderBook
import Primitives
import RealModule

/// Traders without a position at the start who take one during the run: shorts that follow a fall, longs that buy it when it
/// turns. From then on they are accounts like any other: they stop out, are called, liquidated, deleveraged, and leave after
/// some hours.
///
///     short: hazard = short rate × clamp((-(trend in calm five minutes) - 2) / 8, 0, 1)                    a minute
///     long:  hazard = long rate × clamp(fall from the hour's high / (2 calm days' volatility), 0, 1)         a minute, while
///                     the last two minutes rose
public struct PositionOpeners: Strategy {
    public struct Parameters: Sendable {
        /// A minute, at most.
        public var shortRate = 0.1
        public var longRate = 0.06
        public var exitMinutes = 120.0
        public var stopShare = 0.1
        public var stopStart = 0.045
        public var stopMean = 0.04
        public init() {}
    }

    /// The flat accounts of one market and side: numbers `first..<first + count`, used up in their order.
    struct Queue: Sendable {
        let book: BookID
        let isLong: Bool
        let first: AccountID
        /// The place of its first among all of them.
        let place: Int
        let count: Int32
        var next: Int32 = 0
    }

    /// Who wants in and found nothing to trade with yet.
    struct Entry {
        var queue: Int32
        var number: Int32
        var until: SimTime
        func combine(into hash: inout StateHash) {
            hash.combine(until.nanoseconds, Int64(queue), Int64(number))
        }
    }

    struct Exit: Comparable {
        var due: SimTime
        var queue: Int32
        var number: Int32
        static func < (a: Exit, b: Exit) -> Bool {
            (a.due, a.queue, a.number) < (b.due, b.queue, b.number)
        }
        func combine(into hash: inout StateHash) {
            hash.combine(due.nanoseconds, Int64(queue), Int64(number))
        }
    }

    public let name = "position openers"
    private static let everySeconds = 10.0
    /// How far from the touch an order may fill, and how long somebody tries.
    private static let protection = PriceProtection(fraction: 0.01)
    private static let patienceSeconds = 60.0
    private var parameters: Parameters
    var queues: [Queue]
    /// By account, dollars.
    private let notionals: [Float]
    private let stepSeconds: Double
    /// By asset: logarithms of the index at the ends of the last sixty minutes, the newest last.
    var hours: [[Double]]
    var entering: [Entry] = []
    var exits = Heap<Exit>()
    var step = 0
    var random: RandomStream
    /// Notional of positions opened, dollars, by side.
    public internal(set) var openedLongUSD = 0.0
    public internal(set) var openedShortUSD = 0.0

    init(
        _ parameters: Parameters, queues: [Queue], notionals: [Float], assets: Int, stepSeconds: Double,
        random: RandomStream
    ) {
        self.parameters = parameters
        self.queues = queues
        self.notionals = notionals
        self.stepSeconds = stepSeconds
        self.random = random
        hours = Array(repeating: [], count: assets)
    }

    /// Their accounts by perpetual venue; an account there stands for as many as one of the population.
    public func accounts(on exchange: VenueID, _ exchanges: borrowing Exchanges) -> Identifiers<AccountID>? {
        let own = queues.filter { exchanges.place($0.book).exchange == exchange }
        guard let first = own.first, let last = own.last else { return nil }
        return Identifiers(from: first.first, count: last.first.index + Int(last.count) - first.first.index)
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        step += 1
        if step % max(1, Int(60 / stepSeconds)) == 0 { keepHour(exchanges) }
        let every = max(1, Int(Self.everySeconds / stepSeconds))
        guard step % every == 0 else { return }
        leave(&exchanges)
        for q in queues.indices where queues[q].next < queues[q].count {
            // Nobody comes to a venue that takes no orders.
            guard !exchanges.isHalted(exchanges.place(queues[q].book).exchange) else { continue }
            let hazard = self.hazard(queues[q], exchanges)
            guard hazard > 0 else { continue }
            let left = Double(queues[q].count - queues[q].next)
            let many = min(
                Int32(random.poisson(mean: hazard * Double(every) * stepSeconds / 60 * left)),
                queues[q].count - queues[q].next)
            for _ in 0..<many {
                let until = exchanges.now.adding(seconds: Self.patienceSeconds)
                entering.append(Entry(queue: Int32(q), number: queues[q].next, until: until))
                queues[q].next += 1
            }
        }
        enter(&exchanges)
    }

    public mutating func take(_ settings: any Settings) {
        parameters.shortRate = settings.number("openers.short_rate")
        parameters.longRate = settings.number("openers.long_rate")
        parameters.exitMinutes = settings.number("openers.exit_minutes")
    }

    private mutating func keepHour(_ exchanges: borrowing Exchanges) {
        for a in exchanges.assetIDs {
            if hours[a].count == 60 { hours[a].removeFirst() }
            hours[a].append(Double.log(max(exchanges.views[a].index, 1e-12)))
        }
    }

    /// A minute's.
    private func hazard(_ queue: Queue, _ exchanges: borrowing Exchanges) -> Double {
        let a = exchanges.place(queue.book).asset
        let view = exchanges.views[a]
        guard view.calmVolatility > 0, let newest = hours[a].last else { return 0 }
        if queue.isLong {
            guard hours[a].count > 2, newest > hours[a][hours[a].count - 3] else { return 0 }
            let fall = hours[a].max()! - newest
            let days = fall / (2 * view.calmVolatility * 86_400.0.squareRoot())
            return parameters.longRate * min(1, max(0, days))
        }
        let moves = -view.trend / (view.calmVolatility * 300.0.squareRoot())
        return parameters.shortRate * min(1, max(0, (moves - 2) / 8))
    }

    private mutating func enter(_ exchanges: inout Exchanges) {
        var waiting: [Entry] = []
        for entry in entering {
            if open(entry, &exchanges) { continue }
            if entry.until > exchanges.now { waiting.append(entry) }
        }
        entering = waiting
    }

    /// False if nothing was traded.
    private mutating func open(_ entry: Entry, _ exchanges: inout Exchanges) -> Bool {
        let queue = queues[Int(entry.queue)]
        let side: Side = queue.isLong ? .buy : .sell
        let touch = side == .buy ? exchanges.bestAsk(queue.book) : exchanges.bestBid(queue.book)
        guard let touch else { return false }
        let usd = Double(notionals[queue.place + Int(entry.number)])
        let lots = exchanges.unit(queue.book).lots(worth: usd, at: touch)
        guard lots > .zero else { return true }
        let account = AccountID(queue.first.index + Int(entry.number))
        let filled = trade(side, lots, account, queue.book, touch, reduceOnly: false, &exchanges)
        guard filled > .zero else { return false }
        let worth = usd * Double(filled.count) / Double(lots.count)
        if queue.isLong { openedLongUSD += worth } else { openedShortUSD += worth }
        let minutes = random.exponential(mean: parameters.exitMinutes)
        exits.insert(
            Exit(due: exchanges.now.adding(seconds: minutes * 60), queue: entry.queue, number: entry.number))
        if random.chance(parameters.stopShare) { placeStop(queue, account, touch, filled, &exchanges) }
        return true
    }

    private func trade(
        _ side: Side, _ lots: Lots, _ account: AccountID, _ book: BookID, _ touch: Ticks, reduceOnly: Bool,
        _ exchanges: inout Exchanges
    ) -> Lots {
        let extreme = side == .sell ? Ticks(1) : Ticks(Int(exchanges.maxTicks(book)))
        return exchanges.submit(
            book,
            NewOrder(
                side, lots, at: Self.protection.limit(side, touch, extreme), account: account,
                timeInForce: .immediateOrCancel, selfTrade: .cancelMaker, reduceOnly: reduceOnly)
        ).filled
    }

    /// The stops of the population's law: at a distance that grows with the coin's volatility.
    private mutating func placeStop(
        _ queue: Queue, _ account: AccountID, _ touch: Ticks, _ lots: Lots, _ exchanges: inout Exchanges
    ) {
        let place = exchanges.place(queue.book)
        let reference = exchanges.views[exchanges.reference].calmVolatility
        let times = max(0.3, exchanges.views[place.asset].calmVolatility / max(reference, 1e-12))
        let far = min(0.9, (parameters.stopStart + random.exponential(mean: parameters.stopMean)) * times)
        let top = Double(exchanges.maxTicks(queue.book))
        let trigger = (Double(touch.count) * (queue.isLong ? 1 - far : 1 + far)).rounded()
        // Venues protect market orders: none fills further than fifteen per cent from where it was set off.
        let worst = trigger * (queue.isLong ? 0.85 : 1.15)
        let order = NewOrder(
            queue.isLong ? .sell : .buy, lots, at: Ticks(Int(min(max(1, worst), top))), account: account,
            timeInForce: .immediateOrCancel, selfTrade: .cancelMaker, reduceOnly: true)
        exchanges.submit(
            place.exchange, market: place.market,
            TriggerOrder(
                order, when: .mark, queue.isLong ? .falling : .rising,
                to: Ticks(Int(min(max(1, trigger), top)))))
    }

    private mutating func leave(_ exchanges: inout Exchanges) {
        while let exit = exits.min, exit.due <= exchanges.now {
            exits.removeMin()
            let queue = queues[Int(exit.queue)]
            let account = AccountID(queue.first.index + Int(exit.number))
            let held = exchanges.holding(queue.book, account)
            guard held != .zero else { continue }
            let side: Side = held > .zero ? .sell : .buy
            if let touch = side == .buy ? exchanges.bestAsk(queue.book) : exchanges.bestBid(queue.book) {
                let filled = trade(
                    side, held.magnitude, account, queue.book, touch, reduceOnly: true, &exchanges)
                if filled == held.magnitude { continue }
            }
            var again = exit
            again.due = exchanges.now.adding(seconds: Self.patienceSeconds)
            exits.insert(again)
        }
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(each: queues) { $0.combine(Int64($1.next), 0, 0) }
        for minutes in hours { hash.combine(each: minutes) { $0.combine($1) } }
        hash.combine(each: entering) { $1.combine(into: &$0) }
        hash.combine(each: exits.unordered) { $1.combine(into: &$0) }
        hash.combine(step)
        hash.combine(random)
        hash.combine(openedLongUSD)
        hash.combine(openedShortUSD)
    }
}
