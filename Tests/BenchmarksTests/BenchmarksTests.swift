import Benchmarks
import Foundation
import Primitives
import Testing

@Suite("Workloads with a checked answer")
struct BenchmarksTests {
    private func record(
        _ kind: UInt8, _ side: UInt8, _ number: Int32, _ price: Int32, _ lots: Int32
    ) -> Data {
        var data = Data([kind, side, 0, 0])
        for word in [number, price, lots] {
            withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// Two resting sells, a buy that takes one and half of the other: the same answer of the book and of a venue.
    @Test func ordersGiveTheSameAnswerOnBothPaths() throws {
        let records =
            record(0, 1, 1, 1000, 10) + record(0, 1, 2, 1001, 10) + record(0, 0, 3, 1001, 15)
        let workload = try OrderWorkload(records: records, prefill: 2, file: "orders.bin")
        for result in [workload.runBook(), try workload.runVenue()] {
            #expect(result.trades == 2 && result.volume == 15, "\(result.path)")
            #expect(result.notional == 10 * 1000 + 5 * 1001, "\(result.path)")
            #expect(
                result.liveAtEnd == 1 && result.bestBid == nil && result.bestAsk == 1001, "\(result.path)")
        }
    }

    @Test func recordsThatAreNoneAreNamed() {
        func key(_ records: Data) -> String? {
            do { _ = try OrderWorkload(records: records, prefill: 0, file: "orders.bin") } catch {
                return (error as? InputError).map { $0.key ?? $0.found }
            }
            return nil
        }
        #expect(key(Data(count: 15)) == "15 bytes")
        #expect(key(record(0, 1, 1, 1000, 1) + record(7, 0, 2, 1000, 1)) == "record 2")
        #expect(key(record(0, 1, 9, 1000, 1)) == "record 1")
    }

    @Test func indicesMissNobody() throws {
        let lending = LendingSweep(positions: 500, updates: 20)
        #expect(lending.differences == 0 && lending.unsafeFound == lending.unsafeFoundByScan)
        var cross = try CrossSweep(accounts: 500, markets: 10, seed: 2)
        let answer = cross.run(steps: 60, scanEvery: 1)
        #expect(answer.missed == 0 && answer.spurious == 0 && answer.scansCompared > 0)
        #expect(answer.liquidated > 0)
        let marks = try MarkSweep.all(accounts: 500, updates: 40, repeats: 1)
        #expect(marks.wrong == 0 && marks.venues.count > 4)
    }

    @Test func anAnswerFileIsHeldAgainst() throws {
        let file = NSTemporaryDirectory() + "answer-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try #"{"trades": 3, "closed_qty": 0.1, "prefill": 2.5}"#.write(
            toFile: file, atomically: true, encoding: .utf8)
        let answer = try ExpectedAnswer(file)
        #expect(
            answer.matches("trades", 3) && !answer.matches("trades", 4) && answer.matches("best_bid", nil))
        #expect(answer.isNear("closed_qty", 0.1 + 1e-12) && !answer.isNear("closed_qty", 0.2))
        #expect(throws: InputError.self) { try answer.whole("prefill") }
        try "[1]".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: InputError.self) { try ExpectedAnswer(file) }
    }
}
