import Feeds
import Foundation
import Testing

struct LiquidationEstimateTests {
    /// Orders at a known rate with exponential quantities, of which the stream shows one a second.
    @Test(arguments: [0.2, 1.0, 2.5], [LiquidationThrottle.largestEachSecond, .newestEachSecond])
    func comesNearAKnownTruth(_ rate: Double, _ throttle: LiquidationThrottle) throws {
        var state: UInt64 = 42
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Double(state >> 11) + 0.5) / Double(1 << 53)
        }
        var (estimator, orders, quantity) = (LiquidationEstimator(), 0.0, 0.0)
        let seconds = 60 * 200
        for second in 0..<seconds {
            var (left, sizes) = (-log(uniform()) / rate, [Double]())
            while left < 1 {
                sizes.append((-log(uniform()) * 1e6).rounded())
                left += -log(uniform()) / rate
            }
            orders += Double(sizes.count)
            quantity += sizes.reduce(0, +)
            guard let shown = throttle == .largestEachSecond ? sizes.max() : sizes.last else { continue }
            estimator.add(order(second, shown, throttle), receivedAt: 0)
        }
        let found = estimator.estimates(first: 0, last: Int64(seconds) * 1_000_000_000 - 1)
        let estimate = try #require(found.first)
        #expect(abs(estimate.orders / orders - 1) < 0.06, "\(estimate.orders) of \(orders)")
        #expect(abs(estimate.quantity / quantity - 1) < 0.08, "\(estimate.quantity) of \(quantity)")
        #expect(Double(estimate.shown) < orders)
    }

    private func order(_ second: Int, _ quantity: Double, _ throttle: LiquidationThrottle) -> FeedLiquidation
    {
        FeedLiquidation(
            instrument: "X", position: .long, price: FeedNumber("0")!,
            quantity: FeedNumber("\(Int(quantity))")!,
            time: Int64(second) * 1_000_000_000, shown: throttle)
    }

    @Test func saysNothingWhereThereIsNothingToSay() {
        var estimator = LiquidationEstimator()
        #expect(estimator.estimates(first: 0, last: 60_000_000_000).isEmpty)
        estimator.add(order(1, 1, .every), receivedAt: 0)
        #expect(estimator.estimates(first: 0, last: 60_000_000_000).isEmpty)
        estimator.add(order(1, 1, .newestEachSecond), receivedAt: 0)
        #expect(estimator.estimates(first: 0, last: 60_000_000_000).count == 1)
        // Two in one second: this stream is not what the estimate takes it for.
        estimator.add(order(1, 1, .newestEachSecond), receivedAt: 0)
        #expect(estimator.estimates(first: 0, last: 60_000_000_000).isEmpty)
    }
}
