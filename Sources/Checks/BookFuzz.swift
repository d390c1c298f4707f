import OrderBook
import Primitives

/// Random commands through the fast order book and its naive twin, every answer compared.
public enum BookFuzz {
    /// A command whose order is named by the number of the command that placed it.
    public enum Command: Sendable, CustomStringConvertible {
        case submit(NewOrder)
        case cancel(Int)
        case shrink(Int, to: Lots)
        case replace(Int, at: Ticks, Lots)

        public var description: String {
            switch self {
            case .submit(let o):
                "\(o.side) \(o.lots.count) at \(o.limit.count) account \(o.account) \(o.timeInForce) \(o.selfTrade)"
                    + (o.reduceOnly ? " reduce-only" : "")
            case .cancel(let n): "cancel order of command \(n)"
            case .shrink(let n, let lots): "shrink order of command \(n) to \(lots.count)"
            case .replace(let n, let price, let lots):
                "replace order of command \(n) by \(lots.count) at \(price.count)"
            }
        }
    }

    static let maxTicks: Int32 = 5000

    /// Runs sessions of random commands until `count` are done; the first disagreement, shrunk, or nil.
    public static func run(commands count: Int, seed: UInt64, fault: NaiveBook.Fault? = nil) -> Failure? {
        fuzzSessions(count, size: 2000, seed: seed, name: "fuzz/book") { size, random in
            (Array(generate(size, &random).enumerated()), { compare($0, fault) })
        }
    }

    private static func generate(_ count: Int, _ random: inout RandomStream) -> [Command] {
        let swarm = Swarm(kinds: 5, &random)
        let stp = SelfTradePrevention.allCases[random.integer(below: 5)]
        let accounts = 1 + random.integer(below: 5)
        // Some sessions trade near one price, some over the whole range, to empty sides and far levels.
        let width = [3, 20, 400, 4999][random.integer(below: 4)]
        let middle = 1 + random.integer(below: Int(maxTicks) - 1)
        func price() -> Ticks {
            // Now and then off the end: zero, negative, above the limit.
            if random.chance(0.01) { return Ticks([0, -5, Int(maxTicks) + 1][random.integer(below: 3)]) }
            return Ticks(min(Int(maxTicks), max(1, middle - width / 2 + random.integer(below: width))))
        }
        func lots() -> Lots {
            if random.chance(0.01) { return Lots([0, -3, Int64.max][random.integer(below: 3)]) }
            return Lots(Int64(1 + random.integer(below: 50)))
        }
        return (0..<count).map { n in
            let earlier = n == 0 ? 0 : random.integer(below: n)
            switch swarm.pick(&random) {
            case 0, 1:
                let tif = TimeInForce.allCases[random.chance(0.6) ? 0 : random.integer(below: 4)]
                return .submit(
                    NewOrder(
                        random.chance(0.5) ? .buy : .sell, lots(), at: price(),
                        account: AccountID(random.integer(below: accounts)), timeInForce: tif, selfTrade: stp,
                        reduceOnly: random.chance(0.05)))
            case 2: return .cancel(earlier)
            case 3: return .shrink(earlier, to: lots())
            default: return .replace(earlier, at: price(), lots())
            }
        }
    }

    /// What the two books disagree about, or nil. Commands keep their numbers when others are left out.
    static func compare(_ commands: [(offset: Int, element: Command)], _ fault: NaiveBook.Fault?) -> String? {
        let numbers = (commands.last?.offset ?? 0) + 1
        var fast = Driven(OrderBook(maxTicks: maxTicks, capacity: 4), numbers)
        var naive = Driven(NaiveBook(maxTicks: maxTicks, fault: fault), numbers)
        for (n, command) in commands {
            let a = fast.apply(command, n)
            let b = naive.apply(command, n)
            if a != b { return "command \(n), \(command): fast \(a), naive \(b)" }
            if fast.book.bestBid != naive.book.bestBid || fast.book.bestAsk != naive.book.bestAsk
                || fast.book.liveOrders != naive.book.liveOrders
            {
                return "command \(n), \(command): best prices or live orders differ"
            }
            if n % 64 == 0 || n == numbers - 1 {
                if fast.book.stateHash() != naive.book.stateHash() { return "command \(n): the books differ" }
                if let text = compareViews(fast.book, naive.book) { return "command \(n): \(text)" }
            }
        }
        return nil
    }

    private static func compareViews(_ fast: borrowing OrderBook, _ naive: borrowing NaiveBook) -> String? {
        for side in [Side.buy, .sell] {
            if fast.levels(side, limit: 5) != naive.levels(side, limit: 5) { return "\(side) levels differ" }
            for bp: Int64 in [10, 500, 9000]
            where fast.depth(side, withinBasisPoints: bp) != naive.depth(side, withinBasisPoints: bp) {
                return "\(side) depth within \(bp) bp differs"
            }
            let (a, b) = (fast.sweep(side, Lots(77)), naive.sweep(side, Lots(77)))
            if a != b { return "\(side) sweep differs" }
            // Filled short means the limit would have been walked to: worstPrice says so by the limit itself.
            let limit = Ticks(side == .buy ? Int(maxTicks) : 1)
            let worst = a.filled < Lots(77) && a.worst != nil ? limit : a.worst
            if fast.worstPrice(side, Lots(77), limit: limit) != worst { return "\(side) worst price differs" }
        }
        return nil
    }

    /// A book and the identities it gave to the commands' orders.
    private struct Driven<Book: MatchingBook & ~Copyable>: ~Copyable {
        var book: Book
        private var identities: [OrderID]
        private var placedBy: [OrderID: Int] = [:]
        private var events = Buffer<BookEvent>()

        init(_ book: consuming Book, _ commands: Int) {
            self.book = book
            identities = Array(repeating: .none, count: commands)
        }

        /// The answer in terms both books share: numbers of commands in place of identities.
        mutating func apply(_ command: Command, _ n: Int) -> [Int64] {
            switch command {
            case .submit(let order): return submit(order, n)
            case .cancel(let k): return [book.cancel(identities[k])?.count ?? -1]
            case .shrink(let k, let lots): return [book.shrink(identities[k], to: lots) ? 1 : 0]
            case .replace(let k, let price, let lots):
                guard let old = book.order(identities[k]) else { return [-1] }
                _ = book.cancel(identities[k])
                return submit(NewOrder(old.side, lots, at: price, account: old.account), n)
            }
        }

        private mutating func submit(_ order: NewOrder, _ n: Int) -> [Int64] {
            events.removeAll()
            var answer: [Int64] = []
            var next = order
            var confirmed = OrderID.none
            while true {
                let result = book.submit(next, confirmed: confirmed, events: &events)
                answer += [
                    result.filled.count, result.cancelled.count, result.pending.count,
                    result.restingLots.count,
                    Int64(result.rejection?.rawValue ?? 255), Int64(placedBy[result.stoppedAt] ?? -1),
                ]
                if result.stoppedAt == .none {
                    if result.resting != .none {
                        identities[n] = result.resting
                        placedBy[result.resting] = n
                    }
                    break
                }
                // The owner confirms half of them and withdraws the others.
                let k = placedBy[result.stoppedAt] ?? 0
                confirmed = k % 2 == 0 ? result.stoppedAt : .none
                if k % 2 == 1 { _ = book.cancel(result.stoppedAt) }
                next.lots = result.pending
                if next.timeInForce == .fillOrKill { next.timeInForce = .immediateOrCancel }
                if next.timeInForce == .postOnly { next.timeInForce = .goodTillCancel }
            }
            for i in 0..<events.count {
                let e = events[i]
                answer += [
                    Int64(e.kind.rawValue), Int64(placedBy[e.maker] ?? -1), Int64(e.makerAccount.rawValue),
                    e.lots.count,
                    Int64(e.price.count), e.makerDone ? 1 : 0,
                ]
            }
            return answer
        }
    }
}
