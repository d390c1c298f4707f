import ArgumentParser
import Benchmarks
import Foundation
import InputFiles
import Primitives
import Recording

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Common workloads with a checked answer.",
        discussion: HelpExamples.text(
            "bench market --until 2025-10-10T21:30:00Z", "bench orders orders.bin --expect orders.json"),
        subcommands: [
            Orders.self, Accounts.self, Cross.self, Marks.self, Lending.self, Impact.self, BenchMarket.self,
            BenchCopy.self, BenchBook.self,
        ])

    struct Impact: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "A large sale of Bitcoin into a calm market: impact and recovery beside the reduced form's law (R² over .9)."
        )
        @Option(parsing: .unconditional, help: "Seed of the world.", transform: Allowed.seed)
        var seed: UInt64 = 1
        @Flag(help: "Print one JSON object.") var json = false

        private struct Output: Encodable { var rows: [ImpactResult] }

        func run() throws {
            let rows = try ImpactProbe(seed: seed).run()
            if json {
                print(try Recording.json(Output(rows: rows)))
            } else {
                for row in rows {
                    print(
                        String(
                            format:
                                "%@: depth %.3g USD per unit log price (R2 %.3f), recovery %.4f a second, half-life %.0f s (R2 %.3f)",
                            row.presence, row.depthUsdPerLog, row.impactR2, row.recoveryPerSecond,
                            row.halfLifeSeconds,
                            row.recoveryR2))
                    for sale in row.sales {
                        print(
                            String(
                                format: "    %.1f M USD sold in a second: %.3f %%", sale.soldUsd / 1e6,
                                100 * sale.peakLog))
                    }
                }
            }
            // The gate is for makers who are there; without them the book is no longer linear, and that is shown.
            if rows[0].impactR2 < 0.9 || rows[0].recoveryR2 < 0.9 { throw ExitCode(1) }
        }
    }

    struct Marks: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A mark update with a million resting accounts, on every rulebook.")
        @Option(
            parsing: .unconditional, help: "Accounts with a position.",
            transform: Allowed.whole("--accounts", 1...1_000_000_000))
        var accounts: Int = 1_000_000
        @Option(
            parsing: .unconditional, help: "Mark updates.",
            transform: Allowed.whole("--updates", 1...1_000_000_000))
        var updates: Int = 2000
        @Option(
            parsing: .unconditional, help: "Repetitions; the fastest of each rulebook is printed.",
            transform: Allowed.whole("--repeats", 1...1_000_000_000))
        var repeats: Int = 3
        @Flag(help: "Print one JSON object.") var json = false

        func run() throws {
            let result = try MarkSweep.all(accounts: accounts, updates: updates, repeats: repeats)
            try show(result, json)
            if result.wrong > 0 { throw ExitCode(1) }
        }
    }

    struct Lending: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Re-checks lending positions per oracle update through the index, compared with a full scan.")
        @Option(
            parsing: .unconditional, help: "Borrowers.",
            transform: Allowed.whole("--positions", 1...1_000_000_000))
        var positions: Int = 10_000
        @Option(
            parsing: .unconditional, help: "Oracle updates.",
            transform: Allowed.whole("--updates", 1...1_000_000_000))
        var updates: Int = 1000
        @Flag(help: "Print one JSON object.") var json = false

        func run() throws {
            let result = LendingSweep(positions: positions, updates: updates)
            try show(result, json)
            if result.differences > 0 { throw ExitCode(1) }
        }
    }

    struct Orders: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Replays an order-flow workload.")
        @Argument(help: "orders.bin") var file: String
        @Option(help: "The right answer, orders.json; also says how many records build the book.") var expect:
            String?
        @Option(help: "book: the order book alone; venue: accounts, margin, settlement and events.")
        var path: String = "book"
        @Option(
            parsing: .unconditional, help: "Repetitions; the median by time is printed.",
            transform: Allowed.whole("--repeats", 1...1_000_000_000))
        var repeats: Int = 5
        @Flag(help: "Print one JSON object.") var json = false

        func run() throws {
            guard ["book", "venue"].contains(path) else {
                throw InputError(
                    file: "--path", found: "`\(path)`", allowed: "book or venue")
            }
            let expected = try expect.map { try ExpectedAnswer($0) }
            let workload = try OrderWorkload(
                records: try readData(file), prefill: try expected?.whole("prefill") ?? 0, file: file)
            var results = try (0..<repeats).map { _ in
                path == "book" ? workload.runBook() : try workload.runVenue()
            }
            results.sort { $0.seconds < $1.seconds }
            var result = results[results.count / 2]
            if let expected {
                result.asExpected =
                    expected.matches("trades", Double(result.trades))
                    && expected.matches("volume", Double(result.volume))
                    && expected.matches("notional", Double(result.notional))
                    && expected.matches("live_at_end", Double(result.liveAtEnd))
                    && expected.matches("best_bid", result.bestBid.map(Double.init))
                    && expected.matches("best_ask", result.bestAsk.map(Double.init))
            }
            try show(result, json)
            if result.asExpected == false { throw ExitCode(1) }
        }
    }

    struct Accounts: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Liquidates an isolated population on a falling mark.")
        @Argument(help: "accounts.bin") var file: String
        @Option(help: "The right answer, accounts.json; also gives steps and margin rate.") var expect:
            String?
        @Option(
            parsing: .unconditional, help: "Steps of the fall, if no answer is given.",
            transform: Allowed.whole("--steps", 1...1_000_000_000))
        var steps: Int = 1000
        @Option(
            parsing: .unconditional, help: "Repetitions; the median by time is printed.",
            transform: Allowed.whole("--repeats", 1...1_000_000_000))
        var repeats: Int = 5
        @Flag(help: "Print one JSON object.") var json = false

        func run() throws {
            let expected = try expect.map { try ExpectedAnswer($0) }
            let data = try readData(file)
            let steps = try expected?.whole("steps") ?? steps
            guard data.count % 16 == 0, data.count > 0, steps > 0, repeats >= 1 else {
                throw InputError(
                    file: file, found: "\(data.count) bytes, \(steps) steps",
                    allowed: "N quantities and N equities as float64, at least one step")
            }
            let rate = expected?.number("mmr") ?? 0.005
            var results = (0..<repeats).map { _ in sweepAccounts(data, steps: steps, maintenanceRate: rate) }
            results.sort { $0.buildSeconds + $0.advanceSeconds < $1.buildSeconds + $1.advanceSeconds }
            var result = results[results.count / 2]
            if let expected {
                result.asExpected =
                    expected.matches("liquidated", Double(result.liquidated))
                    && expected.matches("step_sum", Double(result.stepSum))
                    && expected.isNear("closed_qty", result.closed)
            }
            try show(result, json)
            if result.asExpected == false { throw ExitCode(1) }
        }
    }

    struct Cross: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cross-margined accounts over many markets: the trigger index against the full scan.")
        @Option(parsing: .unconditional, transform: Allowed.whole("--accounts", 1...1_000_000_000))
        var accounts: Int = 1_000_000
        @Option(parsing: .unconditional, transform: Allowed.whole("--markets", 5...500)) var markets: Int =
            200
        @Option(parsing: .unconditional, transform: Allowed.whole("--steps", 1...1_000_000_000)) var steps:
            Int = 3000
        @Option(
            parsing: .unconditional, help: "A full scan every so many steps; 1 checks every step.",
            transform: Allowed.whole("--scan-every", 1...1_000_000_000))
        var scanEvery: Int = 100
        @Option(parsing: .unconditional, transform: Allowed.seed) var seed: UInt64 = 1
        @Flag(help: "Print one JSON object.") var json = false

        func run() throws {
            var sweep = try CrossSweep(accounts: accounts, markets: markets, seed: seed)
            let result = sweep.run(steps: steps, scanEvery: scanEvery)
            try show(result, json)
            if result.missed > 0 || result.spurious > 0 { throw ExitCode(1) }
        }
    }
}

func show(_ result: some Encodable, _ compact: Bool) throws { print(try json(result, pretty: !compact)) }
