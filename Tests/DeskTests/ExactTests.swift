import Testing

@testable import Desk

@Suite("Exact decimals")
struct ExactTests {
    @Test(arguments: [
        ("0", "0"), ("-0.0", "0"), ("12.50", "12.5"), ("+3", "3"), (".5", "0.5"), ("1e-7", "0.0000001"),
        ("1E3", "1000"), ("-1.25e2", "-125"),
        ("123456789012345678.123456789", "123456789012345678.123456789"),
        ("9.223372036854776e+18", "9223372036854776000"),
    ])
    func textsAreReadExactly(text: String, expected: String) { #expect(Exact(text)?.description == expected) }

    @Test(arguments: [
        "", "-", ".", "1.2.3", "1e", "e5", "0x10", "1,5", "NaN", "inf", " 1", "1 ", "--1", "1-", "1e30",
        "1e999", "12345678901234567890123456789012345",
    ])
    func whatIsNoNumberIsNil(text: String) { #expect(Exact(text) == nil) }

    @Test func unitsRoundToTheNearest() throws {
        func units(_ text: String, _ places: Int) throws -> (Int64, Bool) {
            let found = try #require(Exact(text)?.units(places))
            return (found.value, found.isExact)
        }
        #expect(try units("1.25", 1) == (13, false))
        #expect(try units("-1.25", 1) == (-13, false))
        #expect(try units("1.249999", 1) == (12, false))
        #expect(try units("1.25", 2) == (125, true))
        #expect(try units("1200", -2) == (12, true))
        #expect(Exact("1e20")?.units(6) == nil)
    }

    @Test func arithmeticIsThatOfWholeNumbers() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let (a, b) = (
                Int64.random(in: -1_000_000_000...1_000_000_000, using: &random),
                Int64.random(in: -1_000_000_000...1_000_000_000, using: &random)
            )
            let (p, q) = (Int.random(in: 0...8, using: &random), Int.random(in: 0...8, using: &random))
            let (x, y) = (Exact(digits: Int128(a), places: p), Exact(digits: Int128(b), places: q))
            func whole(_ v: Int128, _ places: Int) -> Int128 { (places..<8).reduce(v) { v, _ in v * 10 } }
            #expect((x + y) == Exact(digits: whole(Int128(a), p) + whole(Int128(b), q), places: 8))
            #expect((x - y) == Exact(digits: whole(Int128(a), p) - whole(Int128(b), q), places: 8))
            #expect((x * y) == Exact(digits: Int128(a) * Int128(b), places: p + q))
            #expect((x < y) == (whole(Int128(a), p) < whole(Int128(b), q)))
            #expect(Exact(x.description) == x)
        }
    }

    @Test(arguments: [
        ("BTCUSDT", "BTC"), ("BTC/USDT:USDT", "BTC"), ("BTC-USDT-SWAP", "BTC"), ("BTCUSD_PERP", "BTC"),
        ("XBTUSD", "BTC"), ("BTC-PERPETUAL", "BTC"),
        ("BTC", "BTC"), ("BTC-PERP", "BTC"), ("1000PEPEUSDT", "PEPE"), ("kPEPE", "PEPE"),
        ("xyz:TSLA", "TSLA"), ("ETH-USD", "ETH"), ("BTC-25DEC26", "BTC"),
        ("USDCUSDT", "USDC"), ("DOGEUSD", "DOGE"),
    ])
    func coinsHaveOneSpelling(symbol: String, coin: String) { #expect(CoinNames.coin(of: symbol) == coin) }
}
