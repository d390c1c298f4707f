import Primitives
import Testing

@testable import MarketData

struct PricePathTests {
    private let t0: Int64 = 1_760_054_400_000
    private let header =
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
        + "taker_buy_quote_volume,ignore"
    private let tail = ",0,0,0,60,0,0,0"

    private func time(_ second: Int64) -> SimTime { SimTime(milliseconds: t0 + second * 1000) }

    private func kline(_ minute: Int64, _ prices: String = "100,120,90,110") -> String {
        "\(t0 + minute * 60_000),\(prices)\(tail)"
    }

    private func refusal(_ text: String) throws -> InputError? {
        try withFile(text) { path in inputError { _ = try readPricePath(path) } }
    }

    @Test func pathIsLinearAndConstantOutside() throws {
        let path = try #require(PricePath(anchors: [(time(0), 100), (time(10), 200), (time(11), 50)]))
        #expect(path.price(at: time(-5)) == 100)
        #expect(path.price(at: time(5)) == 150)
        #expect(path.price(at: time(10)) == 200)
        #expect(path.price(at: time(99)) == 50)
        #expect(PricePath(anchors: []) == nil)
        #expect(PricePath(anchors: [(time(1), 1), (time(1), 2)]) == nil)
        #expect(PricePath(anchors: [(time(1), 0)]) == nil)
    }

    @Test func extremesOfACandleComeInTheStatedOrder() throws {
        let up = Candle(time: time(0), open: 100, high: 120, low: 90, close: 110)
        let down = Candle(time: time(60), open: 110, high: 130, low: 80, close: 90)
        let path = try #require(PricePath(candles: [up, down]))
        #expect(path.anchors.map(\.price) == [100, 90, 120, 110, 110, 130, 80, 90])
        #expect(path.anchors.map(\.time) == [0, 20, 40, 59, 60, 80, 100, 119].map(time))
    }

    @Test func klinesReadWithAndWithoutHeader() throws {
        let rows = kline(0) + "\n" + kline(1, "110,130,80,90") + "\n"
        for text in [rows, header + "\n" + rows] {
            let file = try withFile(text) { try readPricePath($0) }
            #expect(file.kind == .binanceKlines && file.rows == 2 && file.path.anchorCount == 8)
            #expect(file.path.start == time(0) && file.path.end == time(119))
        }
        let mixed = kline(0) + "\n" + "\(t0 + 60_000)000,110,130,80,90\(tail)\n"
        #expect(try withFile(mixed) { try readPricePath($0) }.path.end == time(119))
        let micros = "\(t0)000,1,1,1,1\n\(t0 + 60_000)000,1,1,1,1\n"
        #expect(try withFile(micros) { try readPricePath($0) }.path.start == time(0))
    }

    @Test(
        arguments: [
            (0, 2, "100,120,90,110"), (0, 0, "100,120,90,110"), (1, 0, "100,120,90,110"),
            (0, 1, "-1,120,-2,110"),
            (0, 1, "0,120,0,110"), (0, 1, "100,90,120,110"), (0, 1, "130,120,90,110"),
            (0, 1, "100,120,90,80"),
            (0, 1, "nan,120,90,110"), (0, 1, "1e999,120,90,110"), (0, 1, "100,120,90"),
        ] as [(Int64, Int64, String)])
    func badCandlesAreRefusedWithTheirLine(_ first: Int64, _ second: Int64, _ prices: String) throws {
        #expect(try refusal(header + "\n" + kline(first) + "\n" + kline(second, prices) + "\n")?.line == 3)
    }

    @Test func otherLayoutsAreRefused() throws {
        for text in [
            "", "a,b,c\n", header, header + "\n", "{}", "1,2\n", "99999999999999999999,1,1,1,1",
            "exchange,symbol\n",
        ] {
            #expect(try refusal(text) != nil, "\(text)")
        }
        #expect(try refusal("a,b\n")?.allowed.contains("Tardis") == true)
        #expect(try refusal("9223372036854775807,1,1,1,1\n") != nil)
    }

    // MARK: Tardis

    private let trades = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n"
    private func trade(_ second: Double, _ price: String, symbol: String = "BTCUSD") -> String {
        let micros = t0 * 1000 + Int64(second * 1e6)
        return "gemini,\(symbol),\(micros),\(micros),1,buy,\(price),0.1\n"
    }

    @Test func lastTradeOfEachSecondIsAnAnchor() throws {
        let text = trades + trade(0.1, "100") + trade(0.9, "101") + trade(0.5, "999") + trade(2.5, "103")
        let file = try withFile(gzip(text)) { try readPricePath($0) }
        #expect(file.kind == .tardisTrades && file.rows == 4 && file.outOfOrder == 1)
        #expect(file.path.anchors.map(\.price) == [101, 103])
        #expect(file.path.start == SimTime(milliseconds: t0 + 900))
        #expect(abs(file.largestGapSeconds - 1.6) < 1e-9)
    }

    @Test func badTradesAreRefusedWithTheirLine() throws {
        for second in [
            trade(61, "100"), trade(-1.5, "100"), trade(1, "0"), trade(1, "-3"), trade(1, "nan"),
            trade(1, "1", symbol: "ETHUSD"), "gemini,BTCUSD\n",
        ] {
            #expect(try refusal(trades + trade(0, "100") + second)?.line == 3, "\(second)")
        }
        let apart = trades + trade(0, "100") + trade(100, "101")
        #expect(try withFile(apart) { try readPricePath($0, longestSilence: 120) }.rows == 2)
        #expect(try refusal(trades) != nil)
    }

    @Test(.enabled(if: isHere(candles), "needs ../shared/data beside the package"))
    func candlesOfOctober2025Read() throws {
        let file = try readPricePath(candles)
        #expect(file.rows == 1440)
        let lowest = try #require(file.path.anchors.map(\.price).min())
        #expect(Int(lowest) == 102_497)
        #expect(file.path.price(at: SimTime(milliseconds: t0)) == 121_662)
    }
}
