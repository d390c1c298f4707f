import Feeds
import Foundation
import Testing

/// Every capture of the shared folder against the counts of another program.
@Suite(.enabled(if: sharedFolder != nil, "the folder `shared` is not there"))
struct CaptureTests {
    private struct Counted: Decodable {
        var messages, snapshots, updates, applied, older, trades, history, gaps, crossed: Int
        var equal, different, tickers: Int
        var best: [String: [String]]
        var files: [String]
    }

    @Test(.enabled(if: output(of: ["python3", "--version"]) != nil, "python3 is not there"))
    func equalsAnIndependentCount() throws {
        let shared = try #require(sharedFolder)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/count_captures.py"
        let printed = try #require(output(of: ["python3", script, shared]))
        let all = try JSONDecoder().decode([String: Counted].self, from: printed)
        #expect(!all.isEmpty)
        for (name, theirs) in all {
            let player = try CapturePlayer(paths: theirs.files.map { "\(shared)/data/\($0)" })
            let session = FeedSession(format: player.format)
            player.play(into: session)
            let ours = session.counts
            #expect(ours.messages == theirs.messages, "\(name)")
            #expect(ours.snapshots == theirs.snapshots, "\(name)")
            #expect(ours.updates == theirs.updates, "\(name)")
            #expect(ours.applied == theirs.applied, "\(name)")
            #expect(ours.older == theirs.older, "\(name)")
            #expect(ours.trades == theirs.trades, "\(name)")
            #expect(ours.history == theirs.history, "\(name)")
            #expect(ours.sequenceGaps == theirs.gaps, "\(name)")
            #expect(ours.crossed == theirs.crossed, "\(name)")
            #expect(ours.tickers == theirs.tickers, "\(name)")
            #expect(ours.tickersEqual == theirs.equal, "\(name)")
            #expect(ours.tickersDifferent == theirs.different && theirs.different == 0, "\(name)")
            #expect(ours.malformed == 0 && player.troubles.isEmpty, "\(name)")
            var best: [String: [String]] = [:]
            for one in session.state(levels: 1).instruments {
                guard let bid = one.bids.first, let ask = one.asks.first else { continue }
                best[one.name] = [bid.price, bid.quantity, ask.price, ask.quantity].map(\.description)
            }
            #expect(best == theirs.best, "\(name)")
        }
    }

    @Test func aDroppedLineShowsAsAGap() throws {
        let shared = try #require(sharedFolder)
        let player = try CapturePlayer(paths: [
            "\(shared)/data/binance-raw-feed-2024-08/usdm_btcusdt_20240808.gz"
        ])
        let session = FeedSession(format: player.format)
        var depth = 0
        while let line = player.next() {
            let text = String(decoding: line.bytes, as: UTF8.self)
            if text.contains("depthUpdate") {
                depth += 1
                if depth == 1000 { continue }
            }
            session.consume(line)
        }
        let state = session.state()
        #expect(state.counts.sequenceGaps == 1)
        #expect(state.instruments.first?.status == .stale)
        #expect(state.counts.applied == 1000 - 1 - 4)
        #expect(state.counts.tickersDifferent == 0)
    }
}
