import Primitives
import Testing

@testable import Exchanges

@Suite("Circuit breaker")
struct CircuitBreakerTests {
    private func halts(_ prices: [Double], every seconds: Double = 30) -> [Bool] {
        var breaker = CircuitBreaker(fall: 0.05, windowSeconds: 300, haltSeconds: 60)
        return prices.enumerated().map { i, price in
            let now = SimTime(seconds: 0).adding(seconds: Double(i) * seconds)
            breaker.see(price, at: now)
            return breaker.isHalting(at: now)
        }
    }

    @Test("A fall of more than its share within the window halts, for as long as stated")
    func halts() {
        #expect(halts([100, 99, 95.1, 94.9, 94.9, 94.9]) == [false, false, false, true, true, false])
    }

    @Test("The same fall over more than the window does not")
    func slow() {
        let prices = (0..<40).map { 100 * (1 - 0.004 * Double($0)) }
        #expect(!halts(prices).contains(true))
    }

    @Test("What came before a halt does not start the next")
    func again() {
        #expect(halts([100, 94, 94, 94, 94, 94, 94]) == [false, true, true, false, false, false, false])
        #expect(halts([100, 94, 94, 94, 94, 89]).last == true)
    }
}
