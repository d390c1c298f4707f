import OrderBook
import Primitives
import RealModule

/// Daniels, Farmer, Gillemot, Iori and Smith: orders without intelligence in the book itself. Limit orders of `size` shares
/// arrive at every price with density α a second on each side (α / size orders, uniformly below the best ask or above the best
/// bid), market orders take μ shares a second of each side, every resting order is cancelled with rate δ.
///
///     spread = (μ / α) f(ε),  f(ε) = 0.28 + 1.86 ε^(3/4),  ε = size δ / μ
struct ZeroIntelligence: Reproduction {
    let name = "zero-intelligence"
    let title = "Spread and diffusion of a book of random orders (Daniels, Farmer and others)"
    let parameters = [
        ReproductionParameter("epsilon", .number(0.05, 0.005...1), "size × δ / μ"),
        ReproductionParameter(
            "events", .count(4_000_000, 10_000...50_000_000), "orders and cancellations for each spread"),
        ReproductionParameter("seed", .count(1, 0...Int.max), "of the orders"),
    ]
    /// Ticks on each side of the start that orders come to.
    private static let reach = 6000
    /// Ticks of the book: far more than the price wanders.
    private static let range = 4_000_000

    static func law(_ epsilon: Double) -> Double { 0.28 + 1.86 * Double.pow(epsilon, 0.75) }

    func run(_ settings: ReproductionSettings) -> ReproductionResult {
        var result = ReproductionResult()
        let epsilon = settings.number("epsilon")
        let events = settings.count("events")
        let seed = UInt64(settings.count("seed"))
        // μ / α in ticks; the law is for a tick of nothing.
        let scales = [80.0, 160, 320]
        var spreads: [Double] = []
        var diffusions: [(String, Double)] = []
        for (k, scale) in scales.enumerated() {
            let run = Self.simulate(epsilon: epsilon, scale: scale, events: events, seed: seed &+ UInt64(k))
            spreads.append(run.spread)
            diffusions.append(("\(Int(scale))", run.diffusion))
            result.compare(
                "spread over (μ/α) f(ε), μ/α = \(Int(scale)) ticks", run.spread / (scale * Self.law(epsilon)),
                1,
                within: 0.2)
        }
        result.quantities.append(("spread_ticks", .map(zip(scales, spreads).map { ("\(Int($0))", $1) })))
        result.quantities.append(("diffusion_ticks2_per_second", .map(diffusions)))
        result.add("f_epsilon", Self.law(epsilon))
        result.add(
            "spread_over_law", zip(scales, spreads).reduce(0) { $0 + $1.1 / $1.0 } / 3 / Self.law(epsilon))
        let slope = Double.log(spreads[2] / spreads[0]) / Double.log(scales[2] / scales[0])
        result.add("spread_slope", slope)
        result.compare("slope of ln spread against ln(μ/α)", slope, 1, within: 0.1)
        result.notes.append(
            "Time unit: μ = 1 share a second on each side, size 1 (with μ for both sides together the simulated spread would be two thirds of the law). Spreads are weighted by time, the first tenth of events is left out."
        )
        return result
    }

    /// Mean spread in ticks and variance of the mid per second.
    static func simulate(epsilon: Double, scale: Double, events: Int, seed: UInt64) -> (
        spread: Double, diffusion: Double
    ) {
        // μ = 1 on each side, size 1: α = 1 / scale per tick and side, δ = ε.
        let alpha = 1 / scale
        let centre = range / 2
        var book = OrderBook(maxTicks: Int32(range))
        var output = Buffer<BookEvent>()
        var draws = RandomStream(seed: seed, name: "zero intelligence")
        var orders: [OrderID] = []
        func limit(_ side: Side, _ price: Int) {
            let placed = book.submit(
                NewOrder(side, Lots(1), at: Ticks(price)), confirmed: .none, events: &output)
            if placed.resting != .none { orders.append(placed.resting) }
        }
        // The stationary density far from the touch is α / δ.
        for distance in 1...reach {
            for side in [Side.buy, .sell] {
                let count = draws.poisson(mean: alpha / epsilon)
                for _ in 0..<count { limit(side, side == .buy ? centre - distance : centre + distance) }
            }
        }
        let limitRate = alpha * Double(reach)
        var time = 0.0
        var (spreadTime, measured) = (0.0, 0.0)
        var (lastMid, lastTime) = (0.0, 0.0)
        var squares = 0.0
        for event in 0..<events {
            let bid = book.bestBid.map { Int($0.count) } ?? centre - reach
            let ask = book.bestAsk.map { Int($0.count) } ?? centre + reach
            let rate = 2 * limitRate + 2 + epsilon * Double(orders.count)
            let wait = draws.exponential(mean: 1 / rate)
            time += wait
            if event > events / 10 {
                spreadTime += Double(ask - bid) * wait
                measured += wait
                let mid = Double(ask + bid) / 2
                if lastTime == 0 { (lastMid, lastTime) = (mid, time) }
                squares += (mid - lastMid) * (mid - lastMid)
                lastMid = mid
            }
            var x = draws.uniform() * rate
            if x < 2 * limitRate {
                let isBuy = x < limitRate
                let distance = 1 + draws.integer(below: reach)
                let price = isBuy ? ask - distance : bid + distance
                if price >= 1 && price <= range { limit(isBuy ? .buy : .sell, price) }
                continue
            }
            x -= 2 * limitRate
            if x < 2 {
                let side: Side = x < 1 ? .buy : .sell
                _ = book.submit(
                    NewOrder(
                        side, Lots(1), at: Ticks(side == .buy ? range : 1), account: AccountID(1),
                        timeInForce: .immediateOrCancel), confirmed: .none, events: &output)
            } else if !orders.isEmpty {
                // Orders that were filled meanwhile are met here and dropped: the draw is taken again.
                while !orders.isEmpty {
                    let i = draws.integer(below: orders.count)
                    let id = orders[i]
                    orders.swapAt(i, orders.count - 1)
                    orders.removeLast()
                    if book.cancel(id) != nil { break }
                }
            }
            output.removeAll()
        }
        return (spreadTime / measured, squares / max(measured, 1e-12))
    }
}
