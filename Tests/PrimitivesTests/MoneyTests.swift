import Primitives
import Testing

@Suite struct MoneyTests {
    @Test(
        arguments: [
            (7, 1, 2, 3, 4, 3), (-7, 1, 2, -4, -3, -3), (7, 1, -2, -4, -3, -3), (6, 1, 2, 3, 3, 3),
            (0, 5, 3, 0, 0, 0),
            // Beyond 64 bits in the product.
            (Int64.max, 1_000_000_007, 1_000_000_007, Int64.max, Int64.max, Int64.max),
            (
                Int64.max, 3, 11, 2_515_465_100_960_393_401, 2_515_465_100_960_393_402,
                2_515_465_100_960_393_401
            ),
            (
                Int64.min + 1, 3, 11, -2_515_465_100_960_393_402, -2_515_465_100_960_393_401,
                -2_515_465_100_960_393_401
            ),
        ] as [(Int64, Int64, Int64, Int64, Int64, Int64)])
    func rounding(_ a: Int64, _ b: Int64, _ d: Int64, _ down: Int64, _ up: Int64, _ zero: Int64) {
        #expect(mulDivDown(a, b, d) == down)
        #expect(mulDivUp(a, b, d) == up)
        #expect(mulDivTowardsZero(a, b, d) == zero)
    }

    @Test func ratesAndText() {
        #expect(Rate(basisPoints: 45, per: 10).value == 0.00045)
        #expect(Rate(1, over: 3).pico == 333_333_333_334)
        #expect(Money(usd: 100).timesUp(Rate(1, over: 3)).micros == 33_333_334)
        #expect("\(Money(micros: -12_345_678))" == "-12.345678")
        #expect("\(Money(micros: 5))" == "0.000005")
    }

    @Test(
        arguments: [
            ("2025-10-10T21:16:04Z", 1_760_130_964), ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29T12:00Z", 1_709_208_000),
        ] as [(String, Int64)])
    func times(_ text: String, _ seconds: Int64) {
        #expect(SimTime(iso8601: text)?.seconds == seconds)
        if text.count == 20 { #expect("\(SimTime(seconds: seconds))" == text) }
    }

    @Test(arguments: [
        "", "2025-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2025-10-10 21:16:04", "2025-10-10T24:00:00Z",
        "x",
    ])
    func timesThatDoNotExist(_ text: String) { #expect(SimTime(iso8601: text) == nil) }

    @Test func poolsGrowAndStartAtZero() {
        var pool = Pool<Int64>(zeroed: 3)
        pool[2] = 9
        pool.grow(toAtLeast: 1_000_000)
        #expect(pool[2] == 9)
        #expect(pool[999_999] == 0)
        var buffer = Buffer<Int32>(capacity: 1)
        for i in 0..<100 { buffer.append(Int32(99 - i)) }
        buffer.sort { $0 }
        #expect(buffer.elements == (0..<100).map { Int32($0) })
    }
}
