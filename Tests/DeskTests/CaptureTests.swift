import Foundation
import Primitives
import Testing

@testable import Desk

@Suite("Recorded connections")
struct CaptureTests {
    private static let snapshot =
        "https://fapi.binance.com/fapi/v1/depth?symbol=AUSDT&limit=1000 -> 1626992741.3: {\"lastUpdateId\":10,\"bids\":[[\"9\",\"1\"]],\"asks\":[[\"11\",\"2\"]]}\n"
    private static func change(_ from: Int, _ to: Int, _ before: Int, _ bids: String) -> String {
        "1626992742.5: {\"stream\":\"ausdt@depth\",\"data\":{\"e\":\"depthUpdate\",\"s\":\"AUSDT\",\"U\":\(from),\"u\":\(to),\"pu\":\(before),\"b\":\(bids),\"a\":[]}}\n"
    }

    @Test func changesGoOnASnapshotOfAnotherFile() throws {
        let socket =
            "wss://fstream.binance.com/stream?streams=ausdt@depth <-> 1626992741.0\nwss://fstream.binance.com <- 1626992741.0: {\"subscribe\":1}\n"
            + Self.change(5, 9, 4, "[[\"8\",\"7\"]]")
            + Self.change(10, 12, 9, "[[\"9\",\"0\"],[\"8.5\",\"3\"]]")
            + Self.change(13, 14, 12, "[[\"8.6\",\"1\"]]") + Self.change(20, 21, 19, "[]")
            + "1626992743.0: {\"e\":\"aggTrade\"}\n1626992744.0: {\"e\":\n"
        let all = try imported([Self.snapshot, socket])
        // What the snapshot has already is left out; 8.6 and 8.5 have come, 9 has gone.
        #expect(
            all.book.depth.map(\.price) == [Exact("8.6")!, Exact("8.5")!, Exact(11)]
                && all.book.depth.allSatisfy { $0.venue == "binance" })
        #expect(
            all.health.dropped == [
                "line of the connection": 2, "change older than the snapshot": 1,
                "message that is no book": 1, "line that is no JSON": 1,
            ])
        #expect(all.health.counts["sequence break"] == 1)
        let alone = try imported([socket])
        #expect(alone.book.depth.isEmpty && alone.health.dropped["change before the first snapshot"] == 4)
    }

    @Test(arguments: [
        (
            "wss://ws-feed.pro.coinbase.com <-> 1.0\n1618677817.1: {\"type\":\"snapshot\",\"product_id\":\"A-USD\",\"bids\":[[\"9\",\"1\"]],\"asks\":[[\"11\",\"1\"]]}\n1618677817.2: {\"type\":\"l2update\",\"product_id\":\"A-USD\",\"changes\":[[\"buy\",\"10\",\"2\"]]}\n",
            ["10", "9", "11"]
        ),
        (
            "wss://futures.kraken.com/ws/v1 <-> 1.0\n1626994927.1: {\"feed\":\"book_snapshot\",\"product_id\":\"PI_A\",\"seq\":1,\"bids\":[{\"price\":9,\"qty\":1}],\"asks\":[{\"price\":11,\"qty\":1}]}\n1626994927.2: {\"feed\":\"book\",\"product_id\":\"PI_A\",\"side\":\"sell\",\"seq\":2,\"price\":11,\"qty\":0}\n",
            ["9"]
        ),
        (
            "https://www.bitstamp.net/api/v2/order_book/ausd -> 1641343696.2: {\"microtimestamp\":\"5\",\"bids\":[[\"9\",\"1\"]],\"asks\":[[\"11\",\"1\"]]}\n1641343697.0: {\"channel\":\"diff_order_book_ausd\",\"data\":{\"microtimestamp\":\"4\",\"bids\":[[\"8\",\"1\"]],\"asks\":[]}}\n1641343697.1: {\"channel\":\"diff_order_book_ausd\",\"data\":{\"microtimestamp\":\"6\",\"bids\":[[\"9.5\",\"1\"]],\"asks\":[]}}\n",
            ["9.5", "9", "11"]
        ),
        (
            "wss://stream.bybit.com/realtime_public <-> 1.0\n1618677786.1: {\"topic\":\"orderBook_200.100ms.A\",\"type\":\"snapshot\",\"data\":{\"order_book\":[{\"price\":\"9\",\"side\":\"Buy\",\"size\":1},{\"price\":\"11\",\"side\":\"Sell\",\"size\":1}]}}\n1618677786.2: {\"topic\":\"orderBook_200.100ms.A\",\"type\":\"delta\",\"data\":{\"delete\":[{\"price\":\"9\",\"side\":\"Buy\"}],\"update\":[],\"insert\":[{\"price\":\"10\",\"side\":\"Buy\",\"size\":3}]}}\n",
            ["10", "11"]
        ),
    ])
    func everyVenueBuildsItsBook(_ text: String, _ prices: [String]) throws {
        let all = try imported([text])
        #expect(
            all.book.depth.map(\.price.description) == prices
                && all.read.map(\.format) == ["capture of a connection"])
    }

    @Test func aDamagedLevelIsRefused() {
        #expect(throws: InputError.self) {
            try imported([
                "https://x/depth?symbol=AUSDT -> 1.5: {\"lastUpdateId\":10,\"bids\":[[\"9\"]],\"asks\":[]}\n"
            ])
        }
    }
}
