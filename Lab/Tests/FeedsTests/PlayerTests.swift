import Feeds
import Foundation
import Testing

struct PlayerTests {
    private func capture(_ times: [Int]) throws -> String {
        try temporaryFile(times.map { "\($0) {\"e\":\"kline\",\"E\":\($0)}" }.joined(separator: "\n"))
    }

    @Test func mergesByTimeAndGoesBack() throws {
        let paths = try [capture([1, 4, 5]), capture([2, 3, 9])]
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        let player = try CapturePlayer(paths: paths)
        func times() -> [Int64] {
            var found: [Int64] = []
            while let line = player.next() { found.append(line.head.time ?? -1) }
            return found
        }
        #expect(times() == [1, 2, 3, 4, 5, 9])
        #expect(player.isAtEnd)
        try player.restart()
        let session = FeedSession(format: player.format)
        #expect(player.play(into: session, to: 3) == 3)
        #expect(player.nextTime == 4)
        #expect(player.play(into: session, most: 1) == 1)
        #expect(times() == [5, 9])
    }

    @Test func saysWhatItCannotPlay() throws {
        let path = try temporaryFile("nothing of the kind\n")
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: (any Error).self) { try CapturePlayer(paths: []) }
        #expect(throws: (any Error).self) { try CapturePlayer(paths: [path]) }
        #expect(throws: (any Error).self) { try CapturePlayer(paths: [path + ".absent"], format: .okx) }
    }
}
