import Feeds
import Testing

struct ShapeTests {
    private func events(_ format: FeedFormat, _ line: String) -> [FeedEvent] {
        FeedSession(format: format).consume(line, receivedAt: 1_700_000_000_000_000_000)
    }

    @Test(arguments: [
        (
            FeedFormat.binance,
            #"{"e":"forceOrder","E":1,"o":{"s":"X","S":"SELL","q":"3","p":"9.9","ap":"10","z":"2","T":5}}"#,
            "long", "10", "2"
        ),
        (
            .bybit,
            #"{"topic":"allLiquidation.X","type":"snapshot","ts":1,"data":[{"T":5,"s":"X","S":"Buy","v":"2","p":"10"}]}"#,
            "long", "10", "2"
        ),
        (
            .bybit,
            #"{"topic":"allLiquidation.X","type":"snapshot","ts":1,"data":{"T":5,"s":"X","S":"Sell","v":"2","p":"10"}}"#,
            "short", "10", "2"
        ),
        (
            .okx,
            #"{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"instId":"X","details":[{"side":"sell","posSide":"long","bkPx":"10","sz":"2","ts":"1700000000000"}]}]}"#,
            "long", "10", "2"
        ),
        (
            .okx,
            #"{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"instId":"X","details":[{"side":"buy","posSide":"net","bkPx":"10","sz":"2","ts":"1700000000000"}]}]}"#,
            "short", "10", "2"
        ),
        (
            .kraken,
            #"{"feed":"trade","product_id":"X","side":"sell","type":"liquidation","seq":1,"time":5,"qty":2.0,"price":10.0}"#,
            "long", "10", "2"
        ),
    ])
    func liquidations(
        _ format: FeedFormat, _ line: String, _ position: String, _ price: String, _ quantity: String
    ) {
        let found = events(format, line).compactMap {
            if case .liquidation(let order) = $0 { order } else { nil }
        }
        #expect(found.count == 1)
        #expect(found.first?.position.rawValue == position)
        #expect(found.first?.price.description == price)
        #expect(found.first?.quantity.description == quantity)
    }

    @Test(arguments: [
        (
            FeedFormat.binance,
            #"{"stream":"x@trade","data":{"e":"trade","s":"X","p":"10","q":"2","T":5,"m":true}}"#,
            FeedSide.sell
        ),
        (.bybit, #"{"topic":"publicTrade.X","data":[{"T":5,"s":"X","S":"Buy","v":"2","p":"10"}]}"#, .buy),
        (
            .bybit,
            #"{"topic":"trade.X","data":[{"symbol":"X","price":"10","size":2,"trade_time_ms":"5","side":"Sell"}]}"#,
            .sell
        ),
        (
            .okx,
            #"{"arg":{"channel":"trades","instId":"X"},"data":[{"instId":"X","px":"10","sz":"2","side":"buy","ts":"5"}]}"#,
            .buy
        ),
        (
            .hyperliquid,
            #"{"channel":"trades","data":[{"coin":"X","px":"10","sz":"2","side":"A","time":5}]}"#, .sell
        ),
        (
            .coinbase,
            #"{"type":"match","product_id":"X","price":"10","size":"2","side":"sell","time":"1970-01-01T00:00:00.005000Z"}"#,
            .buy
        ),
        (
            .bitstamp,
            #"{"event":"trade","channel":"live_trades_X","data":{"price_str":"10","amount_str":"2","type":1,"microtimestamp":"5000"}}"#,
            .sell
        ),
        (
            .kraken,
            #"{"feed":"trade","product_id":"X","side":"buy","type":"fill","seq":1,"time":5,"qty":2.0,"price":10.0}"#,
            .buy
        ),
    ])
    func trades(_ format: FeedFormat, _ line: String, _ taker: FeedSide) throws {
        let price = try #require(FeedNumber("10"))
        let quantity = try #require(FeedNumber("2"))
        let trade = FeedTrade(
            instrument: "X", price: price, quantity: quantity, taker: taker, time: 5_000_000)
        #expect(events(format, line) == [.trade(trade)])
    }

    @Test(arguments: [
        (FeedFormat.binance, #"{"e":"markPriceUpdate","s":"X","p":"10","i":"11","r":"-0.0001","T":5}"#),
        (
            .bybit,
            #"{"topic":"tickers.X","type":"snapshot","data":{"symbol":"X","markPrice":"10","fundingRate":"-0.0001"}}"#
        ),
        (
            .okx,
            #"{"arg":{"channel":"funding-rate","instId":"X"},"data":[{"instId":"X","fundingRate":"-0.0001","fundingTime":"5"}]}"#
        ),
        (
            .hyperliquid,
            #"{"channel":"activeAssetCtx","data":{"coin":"X","ctx":{"funding":"-0.0001","markPx":"10"}}}"#
        ),
    ])
    func funding(_ format: FeedFormat, _ line: String) {
        guard case .funding(let facts) = events(format, line).first else {
            Issue.record("no funding in \(line)")
            return
        }
        #expect(facts.rate?.description == "-0.0001")
    }

    @Test(arguments: [
        ("wss://ws.okx.com:8443/ws/v5/public <-> 1.0", FeedFormat.okx),
        ("https://fapi.binance.com/fapi/v1/depth?symbol=X -> 1.0: {}", .binance),
        (#"1 {"stream":"x@depth","data":{"e":"depthUpdate","E":1}}"#, .binance),
        (#"1 {"channel":"l2Book","data":{}}"#, .hyperliquid),
        (#"1.5: {"topic":"orderbook.50.X"}"#, .bybit),
        (#"1.5: {"type":"l2update","product_id":"X"}"#, .coinbase),
        (#"1.5: {"feed":"book","product_id":"X"}"#, .kraken),
        (#"1.5: {"channel":"live_trades_x"}"#, .bitstamp),
    ])
    func recognises(_ line: String, _ format: FeedFormat) {
        #expect(FeedFormat(recognising: [line]) == format)
    }

    @Test func layoutsOfLines() {
        let bytes = { (text: String) in CaptureLine(Array(text.utf8)[...]) }
        #expect(bytes("17 {}").time == 17)
        #expect(bytes("1.5: {}").time == 1_500_000_000)
        #expect(bytes("https://a/b -> 2: {}").kind == .reply(address: "https://a/b"))
        #expect(bytes("wss://a <- 2: {}").kind == .aside)
        #expect(bytes("").kind == .aside)
        #expect(bytes("hello").kind == .unreadable)
        #expect(bytes("99999999999999999999 {}").kind == .unreadable)
    }

    @Test func unknownTypesAreCountedAndNoError() {
        let session = FeedSession(format: .binance)
        session.consume(#"{"e":"kline","s":"X"}"#, receivedAt: 1)
        session.consume(#"{"result":null,"id":1}"#, receivedAt: 2)
        #expect(session.counts.unknown == 2 && session.counts.malformed == 0)
        #expect(session.unknownTypes["kline"] == 1)
    }
}
