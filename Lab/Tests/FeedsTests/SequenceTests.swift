import Feeds
import Testing

struct SequenceTests {
    private func futures(
        _ previous: Int, _ first: Int, _ last: Int, bid: String = "100", quantity: String = "1"
    ) -> String {
        """
        {"e":"depthUpdate","s":"X","U":\(first),"u":\(last),"pu":\(previous),"b":[["\(bid)","\(quantity)"]],"a":[["101","2"]]}
        """
    }
    private func snapshot(_ id: Int) -> String {
        "{\"lastUpdateId\":\(id),\"symbol\":\"X\",\"bids\":[[\"99\",\"1\"]],\"asks\":[[\"102\",\"1\"]]}"
    }
    private func play(_ lines: [String], _ format: FeedFormat = .binance) -> FeedState {
        let session = FeedSession(format: format)
        for (i, line) in lines.enumerated() { session.consume(line, receivedAt: Int64(i) * 1_000_000_000) }
        return session.state()
    }

    @Test func changesBeforeTheSnapshotWaitForIt() {
        let state = play([futures(0, 1, 5), futures(5, 6, 9, bid: "100.5"), snapshot(7), futures(9, 12, 14)])
        #expect(state.instruments.first?.status == .live)
        #expect(state.counts.applied == 2)
        #expect(state.counts.older == 1)
        #expect(state.instruments.first?.id == 14)
    }

    @Test func aMissingMessageMakesTheBookStaleUntilASnapshot() throws {
        let broken = [snapshot(5), futures(5, 6, 9), futures(12, 13, 14), futures(14, 15, 16)]
        let stale = play(broken)
        #expect(stale.instruments.first?.status == .stale)
        #expect(stale.instruments.first?.id == 9)
        #expect(stale.counts.unplaced == 2)
        let gap = try #require(stale.gaps.first)
        #expect(gap.kind == .sequence && gap.expected == 9 && gap.found == 12 && gap.missing == 3)
        let healed = play(broken + [snapshot(15)])
        #expect(healed.instruments.first?.status == .live)
        #expect(healed.instruments.first?.id == 16)
        #expect(healed.counts.gaps == 1)
    }

    @Test func aSnapshotOlderThanTheStreamLeavesAGap() {
        let state = play([snapshot(5), futures(8, 9, 10)])
        #expect(state.instruments.first?.status == .stale)
        #expect(state.counts.sequenceGaps == 1)
    }

    @Test func twiceAndLate() {
        let state = play([
            snapshot(5), futures(5, 6, 9), futures(5, 6, 9), futures(12, 13, 14), futures(9, 10, 12),
        ])
        #expect(state.counts.older == 2)
        #expect(state.counts.sequenceGaps == 1)
    }

    @Test func crossedBooksAreCounted() {
        let state = play([
            snapshot(5), futures(5, 6, 7, bid: "101"), futures(7, 8, 9, bid: "101", quantity: "0"),
        ])
        #expect(state.counts.crossed == 1)
        #expect(state.instruments.first?.isCrossed == false)
    }

    @Test func timesGoingBackAndSilences() {
        let session = FeedSession(format: .binance)
        for time in [100, 99, 130] as [Int64] {
            session.consume(snapshot(5), receivedAt: time * 1_000_000_000)
        }
        #expect(session.counts.outOfOrder == 1)
        #expect(session.counts.silences == 1)
        #expect(session.gaps.first?.missing == 30_000_000_000)
    }

    @Test func spotFollowsByOne() {
        func spot(_ first: Int, _ last: Int) -> String {
            "{\"e\":\"depthUpdate\",\"s\":\"X\",\"U\":\(first),\"u\":\(last),\"b\":[],\"a\":[]}"
        }
        #expect(play([snapshot(5), spot(4, 7), spot(8, 8)]).counts.gaps == 0)
        #expect(play([snapshot(5), spot(4, 7), spot(9, 9)]).counts.gaps == 1)
        #expect(play([snapshot(5), spot(2, 5), spot(7, 9)]).counts.gaps == 1)
    }

    @Test func okxNamesTheMessageBefore() {
        func book(_ action: String, _ previous: Int, _ id: Int) -> String {
            """
            {"arg":{"channel":"books","instId":"X"},"action":"\(action)","data":[{"bids":[["99","1","0","1"]],\
            "asks":[["101","1","0","1"]],"ts":"1","prevSeqId":\(previous),"seqId":\(id)}]}
            """
        }
        let start = [
            book("snapshot", -1, 10), book("update", 10, 15), book("update", 15, 15), book("update", 15, 3),
        ]
        #expect(play(start, .okx).counts.applied == 3)
        let broken = play(start + [book("update", 9, 12)], .okx)
        #expect(broken.instruments.first?.status == .stale)
        #expect(
            play(start + [book("update", 9, 12), book("snapshot", -1, 20)], .okx).instruments.first?.status
                == .live)
    }

    @Test func bybitAndKrakenCountByOne() {
        func bybit(_ type: String, _ id: Int) -> String {
            """
            {"topic":"orderbook.50.X","type":"\(type)","ts":1,"data":{"s":"X","b":[["99","1"]],"a":[],"u":\(id),"seq":1}}
            """
        }
        #expect(
            play([bybit("snapshot", 5), bybit("delta", 6), bybit("delta", 8)], .bybit).counts.sequenceGaps
                == 1)
        #expect(
            play([bybit("snapshot", 5), bybit("delta", 1), bybit("delta", 2)], .bybit).counts.applied == 1)
        func kraken(_ id: Int) -> String {
            "{\"feed\":\"book\",\"product_id\":\"X\",\"side\":\"buy\",\"seq\":\(id),\"price\":99.5,\"qty\":1.0}"
        }
        let first = "{\"feed\":\"book_snapshot\",\"product_id\":\"X\",\"seq\":1,\"bids\":[],\"asks\":[]}"
        #expect(play([first, kraken(2), kraken(4)], .kraken).gaps.first?.missing == 1)
    }

    @Test func anUnreadableChangeWithoutNumbersMakesTheBookStale() {
        let start = "{\"type\":\"snapshot\",\"product_id\":\"X\",\"bids\":[[\"1\",\"1\"]],\"asks\":[]}"
        let change = "{\"type\":\"l2update\",\"product_id\":\"X\",\"changes\":[[\"buy\",\"1\",\"2\"]]}"
        let state = play(
            [start, change, "{\"type\":\"l2update\",\"product_id\":\"X\",\"changes\":[[\"buy\",\"-1\"]]}"],
            .coinbase)
        #expect(state.instruments.first?.status == .stale)
        #expect(state.gaps.first?.kind == .unreadable)
        #expect(state.counts.malformed == 1)
    }
}
