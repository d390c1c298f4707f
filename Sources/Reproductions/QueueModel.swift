import OrderBook
import Primitives

/// Cont, Stoikov and Talreja 2010: the two queues at the touch as birth and death processes, spread of one tick. The chance
/// that the mid rises first, by a linear solve and by the order book itself.
struct QueueModel: Reproduction {
    let name = "queue-model"
    let title = "Chance that the mid price rises, by the queues at the touch (Cont, Stoikov, Talreja 2010)"
    let parameters = [
        ReproductionParameter(
            "limit_rate", .number(1.85, 0...100), "limit orders a second at each touch, λ(1)"),
        ReproductionParameter(
            "market_rate", .number(0.94, 1e-3...100), "market orders a second on each side, μ"),
        ReproductionParameter(
            "cancel_rate", .number(0.71, 0...100), "cancellations a second of each order, θ(1)"),
        ReproductionParameter("paths", .count(20_000, 100...10_000_000), "simulated for each pair of queues"),
        ReproductionParameter("seed", .count(1, 0...Int.max), "of the simulation"),
    ]
    /// Longer queues are not reached: where departures outrun arrivals many times.
    private static let longest = 80
    /// From the paper's table: bid queue, ask queue, chance.
    private static let published: [(Int, Int, Double)] = [(1, 2, 0.335), (2, 1, 0.665), (5, 1, 0.812)]

    /// Events that a pair of queues may take to the end of one, on average: more would not end in our lifetime.
    private static let mostEvents = 10_000.0

    func run(_ settings: ReproductionSettings) throws -> ReproductionResult {
        let rates = Rates(
            limit: settings.number("limit_rate"), market: settings.number("market_rate"),
            cancel: settings.number("cancel_rate"))
        let events = rates.eventsToEmpty(5, longest: Self.longest)
        guard events <= Self.mostEvents else {
            throw InputError(
                file: "--set", key: "cancel_rate",
                found:
                    "rates at which a queue of five orders empties after more than \(Int(Self.mostEvents)) events",
                allowed: "more cancellations or market orders, or fewer limit orders")
        }
        let exact = Self.solve(rates)
        let paths = settings.count("paths")
        var draws = RandomStream(seed: UInt64(settings.count("seed")), name: "queue model")
        var simulated = Array(repeating: Array(repeating: 0.0, count: 5), count: 5)
        var errors = simulated
        var farthest = 0.0
        for bid in 1...5 {
            for ask in 1...5 {
                let share = Self.simulate(bid, ask, rates, paths, &draws)
                simulated[bid - 1][ask - 1] = share
                let error = (exact[bid - 1][ask - 1] * (1 - exact[bid - 1][ask - 1]) / Double(paths))
                    .squareRoot()
                errors[bid - 1][ask - 1] = error
                farthest = max(farthest, abs(share - exact[bid - 1][ask - 1]) / error)
            }
        }
        var result = ReproductionResult()
        result.quantities = [
            ("probability_mid_up", .table(exact)), ("simulated", .table(simulated)),
            ("standard_error", .table(errors)), ("largest_distance_in_standard_errors", .number(farthest)),
        ]
        if rates == Rates(limit: 1.85, market: 0.94, cancel: 0.71) {
            for (bid, ask, chance) in Self.published {
                result.compare("bid \(bid), ask \(ask)", exact[bid - 1][ask - 1], chance, within: 0.001)
            }
            // The largest of 25: three standard errors are passed once in fifteen tables, 3.6 once in a hundred and twenty.
            result.compare(
                "simulated against solved, largest of 25 in standard errors", farthest, 0, within: 3.6)
        }
        return result
    }

    struct Rates: Equatable {
        var limit: Double
        var market: Double
        var cancel: Double
        func departures(_ queue: Int) -> Double { market + Double(queue) * cancel }

        /// How many arrivals and departures one queue sees on average until it is gone; nobody joins the longest.
        ///
        /// From n orders to n - 1 takes e(n) = 1 + p e(n + 1) + p e(n) with p the chance that the next event is an arrival.
        func eventsToEmpty(_ queue: Int, longest: Int) -> Double {
            var steps = 0.0
            var sum = 0.0
            for n in (1...longest).reversed() {
                let joins = n < longest ? limit : 0
                let leaves = departures(n)
                steps = ((joins + leaves) + joins * steps) / leaves
                if n <= queue { sum += steps }
            }
            return sum
        }
    }

    /// P(b, a) = Σ rate × P(neighbour) / Σ rate, with P = 1 once the ask queue is gone and 0 once the bid's is; solved by
    /// sweeps until nothing changes by 1e-13.
    static func solve(_ rates: Rates) -> [[Double]] {
        let n = longest
        var p = Array(repeating: Array(repeating: 0.5, count: n + 2), count: n + 2)
        for k in 0...n + 1 {
            p[0][k] = 0
            p[k][0] = 1
        }
        var change = 1.0
        while change > 1e-13 {
            change = 0
            for b in 1...n {
                for a in 1...n {
                    let leavesBid = rates.departures(b)
                    let leavesAsk = rates.departures(a)
                    let joins = rates.limit
                    // At the longest queue nobody joins.
                    let up = (b < n ? joins * p[b + 1][a] : 0) + (a < n ? joins * p[b][a + 1] : 0)
                    let all = leavesBid + leavesAsk + (b < n ? joins : 0) + (a < n ? joins : 0)
                    let next = (up + leavesBid * p[b - 1][a] + leavesAsk * p[b][a - 1]) / all
                    change = max(change, abs(next - p[b][a]))
                    p[b][a] = next
                }
            }
        }
        return (1...5).map { b in (1...5).map { p[b][$0] } }
    }

    /// The share of paths on which the ask queue is gone first, every order in a book of its own.
    static func simulate(_ bids: Int, _ asks: Int, _ rates: Rates, _ paths: Int, _ draws: inout RandomStream)
        -> Double
    {
        var book = OrderBook(maxTicks: 3)
        var events = Buffer<BookEvent>()
        var rises = 0
        for _ in 0..<paths {
            var queues: (bid: [OrderID], ask: [OrderID]) = ([], [])
            func join(_ side: Side) -> OrderID {
                book.submit(
                    NewOrder(side, Lots(1), at: Ticks(side == .buy ? 1 : 2), account: AccountID(0)),
                    confirmed: .none,
                    events: &events
                ).resting
            }
            for _ in 0..<bids { queues.bid.append(join(.buy)) }
            for _ in 0..<asks { queues.ask.append(join(.sell)) }
            while book.bestBid != nil && book.bestAsk != nil {
                let b = book.lots(at: Ticks(1)).count
                let a = book.lots(at: Ticks(2)).count
                // At the longest queue nobody joins, as in the solved equations.
                let weights = [
                    b < longest ? rates.limit : 0, a < longest ? rates.limit : 0, rates.market, rates.market,
                    rates.cancel * Double(b),
                    rates.cancel * Double(a),
                ]
                var x = draws.uniform() * weights.reduce(0, +)
                var kind = 0
                while kind < 5 && x >= weights[kind] {
                    x -= weights[kind]
                    kind += 1
                }
                switch kind {
                case 0: queues.bid.append(join(.buy))
                case 1: queues.ask.append(join(.sell))
                case 2, 3:
                    let side: Side = kind == 2 ? .sell : .buy
                    _ = book.submit(
                        NewOrder(
                            side, Lots(1), at: Ticks(side == .buy ? 2 : 1), account: AccountID(1),
                            timeInForce: .immediateOrCancel), confirmed: .none, events: &events)
                case 4: Self.leave(&queues.bid, &book, &draws)
                default: Self.leave(&queues.ask, &book, &draws)
                }
                events.removeAll()
            }
            if book.bestAsk == nil { rises += 1 }
            for id in queues.bid + queues.ask { _ = book.cancel(id) }
        }
        return Double(rises) / Double(paths)
    }

    /// One of the orders still in the queue, each as likely as the other.
    private static func leave(_ queue: inout [OrderID], _ book: inout OrderBook, _ draws: inout RandomStream)
    {
        queue.removeAll { book.order($0) == nil }
        let i = draws.integer(below: queue.count)
        _ = book.cancel(queue.remove(at: i))
    }
}
