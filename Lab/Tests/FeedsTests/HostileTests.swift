import Feeds
import Foundation
import Testing

/// A fixed sequence of numbers for a seed.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    }
}

struct HostileTests {
    private static let samples = [
        #"{"e":"depthUpdate","s":"X","U":1,"u":2,"pu":0,"b":[["1","1"]],"a":[["2","1"]]}"#,
        #"{"topic":"orderBookL2_25.X","type":"delta","cross_seq":"2","data":{"delete":[],"update":[],"insert":[]}}"#,
        #"{"arg":{"channel":"books","instId":"X"},"action":"snapshot","data":[{"bids":[],"asks":[],"seqId":1}]}"#,
        #"{"type":"match","product_id":"X","price":"1","size":"2","side":"sell","time":"2021-04-17T16:43:30.2Z"}"#,
        #"{"feed":"book","product_id":"X","side":"buy","seq":1,"price":1e-5,"qty":1.0}"#,
        #"{"channel":"l2Book","data":{"coin":"X","time":1,"levels":[[{"px":"1","sz":"1"}],[]]}}"#,
        #"{"data":{"microtimestamp":"1","bids":[["1","1"]],"asks":[]},"channel":"diff_order_book_x","event":"data"}"#,
    ]

    @Test(arguments: FeedFormat.allCases)
    func randomBytesDoNoHarm(_ format: FeedFormat) {
        var numbers = Numbers(state: 7)
        let session = FeedSession(format: format)
        for _ in 0..<3000 {
            var bytes = Array((Self.samples.randomElement(using: &numbers) ?? "").utf8)
            for _ in 0..<Int.random(in: 0...6, using: &numbers) {
                let place = Int.random(in: 0..<bytes.count, using: &numbers)
                switch Int.random(in: 0...2, using: &numbers) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
                case 1 where bytes.count > 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &numbers), at: place)
                }
            }
            session.consume(captureLine: bytes[...], origin: .live)
            session.consume(
                String(decoding: bytes, as: UTF8.self), receivedAt: .random(in: 0 ... .max, using: &numbers))
        }
        #expect(session.counts.messages + session.counts.asides == 6000)
        #expect(session.malformed.count <= session.limits.malformed)
        #expect(session.gaps.count <= session.limits.gaps)
        _ = session.state()
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000), "{", "[]]",
        "nul", "\"x", "{\"a\" 1}",
        #"{"e":"depthUpdate","s":"X","U":1,"u":2,"b":[["1","-1"]],"a":[]}"#,
        #"{"e":"depthUpdate","s":"X","U":1,"u":2,"b":[["NaN","1"]],"a":[]}"#,
        #"{"e":"depthUpdate","s":"X","U":99999999999999999999,"u":2,"b":[],"a":[]}"#,
    ])
    func isCountedAsMalformed(_ line: String) {
        let session = FeedSession(format: .binance)
        session.consume(line, receivedAt: 1)
        #expect(session.counts.malformed == 1)
        #expect(session.state().instruments.isEmpty)
    }

    @Test func aLongLineAndOneThatIsTooLong() {
        var limits = FeedLimits()
        let session = FeedSession(format: .binance, limits: limits)
        session.consume("{\"e\":\"" + String(repeating: "x", count: 10_000_000) + "\"}", receivedAt: 1)
        #expect(session.counts.unknown == 1)
        #expect(session.unknownTypes.keys.allSatisfy { $0.count <= 60 })
        limits.message = 100
        let strict = FeedSession(format: .binance, limits: limits)
        strict.consume("{\"e\":\"" + String(repeating: "x", count: 200) + "\"}", receivedAt: 1)
        #expect(strict.counts.malformed == 1)
    }

    @Test func boundsAreMetAndSaid() {
        var limits = FeedLimits()
        (limits.instruments, limits.levels) = (2, 4)
        let session = FeedSession(format: .coinbase, limits: limits)
        for name in ["A", "B", "C"] {
            session.consume(
                "{\"type\":\"snapshot\",\"product_id\":\"\(name)\",\"bids\":[[\"3\",\"1\"],[\"2\",\"1\"],[\"1\",\"1\"]],\"asks\":[]}",
                receivedAt: 1)
        }
        #expect(session.counts.instrumentsRefused == 1)
        #expect(session.counts.booksOverflowed == 2)
        #expect(session.state().instruments.map(\.status) == [.stale, .stale])
    }

    @Test func aFileWithBytesThatAreNoTextGoesOn() throws {
        let path = NSTemporaryDirectory() + "feeds-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var data = Data(#"1 {"e":"kline","E":1}"#.utf8 + [10, 0xFF, 0xFE, 10])
        data.append(Data(#"2 {"e":"kline","E":1}"#.utf8))
        try data.write(to: URL(fileURLWithPath: path))
        let player = try CapturePlayer(paths: [path])
        let session = FeedSession(format: player.format)
        player.play(into: session)
        #expect(session.counts.unknown == 2)
        #expect(session.malformed.map(\.line) == [2])
    }
}
