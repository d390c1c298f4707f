import Desk
import Foundation
import Primitives
import Synchronization
import Testing

@testable import Stress

/// Whoever looks on may end any kind of work at any look, and is told how far it is.
@Suite("Who looks on while a book is stressed")
struct StressWatchTests {
    /// Asked how often, and until which look it says no.
    private final class Looks: Sendable {
        let count = Mutex(0)
        let most: Int
        init(_ most: Int) { self.most = most }

        var watch: StressWatch {
            StressWatch(isInterrupted: {
                self.count.withLock {
                    $0 += 1
                    return $0 > self.most
                }
            })
        }
    }

    private func candles() throws -> DrawnPaths {
        let prices = (0..<200).map {
            (SimTime(seconds: Int64($0) * 3600), 100 * (1 + 0.1 * sin(Double($0) / 7)))
        }
        let history = try #require(StressPath(name: "h", prices: ["BTC": prices]))
        return try DrawnPaths(history, files: ["h"], paths: 6, horizonHours: 24, seed: 1)
    }

    @Test(arguments: ["shocks", "reverse", "grid", "drawn paths", "share", "recommendation", "comparison"])
    func anyWorkEndsAtAnyLook(_ work: String) throws {
        let drawn = try candles()
        let tables = try writtenBook(threeLongs)
        let impact = try Impact("linear:1000", book: tables)
        func book(_ watch: StressWatch) throws -> StressedBook {
            var book = try StressedBook(tables, health: Health())
            book.watch = watch
            return book
        }
        func run(_ watch: StressWatch) throws {
            var book = try book(watch)
            let shocks = try ["-9", "-25"].map { try Shock($0, coins: book.coins) }
            switch work {
            case "shocks", "reverse":
                _ = try StressResult(
                    book, shocks: work == "shocks" ? shocks : [], impact: impact, impactText: "", day: "",
                    keepsAccounts: true, reverse: work == "shocks" ? [] : [("fund_left_usd", 0)],
                    paths: work == "shocks" ? [drawn.paths[0]] : [], map: book.liquidationMap())
            case "grid": _ = try StressGrid(book, shocks: shocks, impact: impact)
            case "drawn paths": _ = try Bootstrap(book, drawn)
            case "share": _ = try BootstrapPart("1/2", of: drawn, book, threads: 1)
            case "recommendation":
                _ = try Recommendation(
                    .maintenance, limit: ("bad_debt_usd", 0), along: drawn.paths, book
                ) { (change) throws(InputError) in
                    var changed = try StressedBook(tables, health: Health(), change: change)
                    changed.watch = watch
                    return changed
                }
            default:
                var comparison = BookComparison(book: "", impact: "")
                try comparison.add("same", base: book, changed: book, shocks: shocks, impact: .none)
            }
        }
        let looks = Looks(.max)
        try run(looks.watch)
        let all = looks.count.withLock { $0 }
        #expect(all >= 2)
        for most in 0..<min(all - 1, 6) {
            #expect(throws: CancellationError.self) { try run(Looks(most).watch) }
        }
    }

    @Test func howFarItIsIsTold() throws {
        let told = Mutex<[String]>([])
        var book = try StressedBook(try writtenBook(threeLongs), health: Health())
        book.watch = StressWatch(onProgress: { part, done, total in
            told.withLock { $0.append("\(part) \(done)/\(total)") }
        })
        _ = try StressGrid(book, shocks: [try Shock("-9", coins: book.coins)], impact: .none, threads: 2)
        #expect(told.withLock { $0 } == (1...5).map { "grid \($0)/5" })
    }
}
