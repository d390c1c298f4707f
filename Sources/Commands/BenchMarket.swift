import ArgumentParser
import Clearing
import Foundation
import Market
import Primitives
import Recording
import Running
import Scenarios
import Synchronization

/// The whole market at full scale: speed and memory, by part.
struct BenchMarket: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "market",
        abstract:
            "The whole market: speed, memory and where both go; the state hash is the answer, on any number of threads."
    )
    @Option(
        parsing: .unconditional, help: "Leveraged accounts; without it the scenario's.",
        transform: Allowed.whole("--accounts", 1...20_000_000))
    var accounts: Int?
    @Option(
        parsing: .unconditional, help: "Replace so many similar accounts by one.",
        transform: Allowed.whole("--scale", 1...10_000))
    var scale: Int = 1
    @Option(help: "Stop at this UTC time.") var until = "2025-10-10T21:30:00Z"
    @Option(help: "What is recorded meanwhile, in a folder removed afterwards: off, minute or full.")
    var record: String = "off"
    @Option(parsing: .unconditional, help: "Seed of the world.", transform: Allowed.seed)
    var seed: UInt64 = 1
    @Option(
        parsing: .unconditional, help: "How many venues are cleared side by side.",
        transform: Allowed.threads)
    var threads: Int = 1
    @Option(help: "The state hash the run must end with.") var expect: String?
    @Flag(help: "Print one JSON object.") var json = false

    private struct Part: Encodable {
        var part: String
        var value: Double
    }

    private struct Output: Encodable {
        var accounts: Int
        var books: Int
        var steps: Int
        var buildSeconds: Double
        var wallSeconds: Double
        var cpuSeconds: Double
        var simulatedSecondsPerSecond: Double
        var messages: Int
        var fills: Int
        var accountsLiquidated: Int
        var marginChecks: Int
        var checksPerLiquidation: Double
        /// Of failing accounts that waited.
        var wakes: WakeCounts
        var bytesPerAccount: Double
        var peakMemoryMb: Double
        var worstStepMs: Double
        var stepsOver100Ms: Int
        var secondsByPart: [Part]
        var megabytesByPart: [Part]
        var zeroSumMicroUsd: Int64
        var stateHash: String
    }

    private final class Memory: Sendable {
        private let state = Mutex((last: residentMegabytes() ?? 0, parts: [Part]()))
        func note(_ part: String) {
            let now = residentMegabytes() ?? 0
            state.withLock {
                $0.parts.append(Part(part: part, value: now - $0.last))
                $0.last = now
            }
        }
        var parts: [Part] { state.withLock { $0.parts } }
    }

    func run() throws {
        let sets = accounts.map { ["accounts.total=\($0)"] } ?? []
        let scenario = try Scenario(ScenarioFile(named: "october-2025", overrides: sets))
        guard let end = SimTime(iso8601: until), end > scenario.start else {
            throw InputError(
                file: "--until", found: until, allowed: "a UTC time after \(scenario.start)")
        }
        guard let level = RecordLevel(rawValue: record) else {
            throw InputError(
                file: "--record", found: record,
                allowed: RecordLevel.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let memory = Memory()
        var options = RunOptions(seed: seed, scale: scale, threads: threads, until: end)
        options.onBuilt = memory.note
        let begun = ContinuousClock.now
        var world = try scenario.world(options)
        let built = ContinuousClock.now
        let folder = NSTemporaryDirectory() + "undertow-bench-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var recorder: MarketRecorder?
        if level != .off {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            recorder = try MarketRecorder(folder: folder, level: level, limitBytes: 4_096_000_000, world)
        }
        world.parts = StepParts()
        var (worst, over) = (0.0, 0)
        while !world.isFinished {
            let before = ContinuousClock.now
            world.step()
            let seconds = (ContinuousClock.now - before).seconds
            worst = max(worst, seconds)
            if seconds > 0.1 { over += 1 }
            recorder?.observe(world)
        }
        world.finish()
        recorder?.close(world)
        if let failure = recorder?.finish().failure {
            throw InputError(
                file: folder, found: "a recording that failed: \(failure)",
                allowed: "a temporary folder with free space, or --record off")
        }
        memory.note("the run: books that grow, queues, what is recorded")
        let now = ContinuousClock.now
        let summary = MarketSummary(of: world)
        let perAccount = memory.parts.first { $0.part.hasPrefix("accounts") }?.value ?? 0
        let simulated = Double(world.steps) * world.stepSeconds
        let output = Output(
            accounts: summary.accounts, books: summary.books, steps: world.steps,
            buildSeconds: (built - begun).seconds, wallSeconds: (now - begun).seconds,
            cpuSeconds: processorSeconds(),
            simulatedSecondsPerSecond: simulated / (now - built).seconds, messages: summary.messages,
            fills: summary.fills, accountsLiquidated: summary.accountsLiquidated,
            marginChecks: summary.marginChecks,
            checksPerLiquidation: Double(summary.marginChecks) / Double(max(1, summary.accountsLiquidated)),
            wakes: world.wakes, bytesPerAccount: perAccount * 1e6 / Double(max(1, summary.accounts)),
            peakMemoryMb: peakMemoryMegabytes(), worstStepMs: worst * 1000, stepsOver100Ms: over,
            secondsByPart: (world.parts?.parts ?? []).map { Part(part: $0.name, value: $0.seconds) },
            megabytesByPart: memory.parts, zeroSumMicroUsd: summary.zeroSumMicroUsd,
            stateHash: summary.stateHash)
        if json { print(try Recording.json(output)) } else { print(Self.text(output)) }
        if let expect, expect != output.stateHash {
            throw InputError(file: "--expect", found: output.stateHash, allowed: expect)
        }
        if output.zeroSumMicroUsd != 0 { throw ExitCode(1) }
    }

    private static func text(_ o: Output) -> String {
        var lines = [
            "\(o.accounts) accounts, \(o.books) books, \(o.steps) steps: build "
                + String(
                    format: "%.1f s, all %.1f s (processor %.1f s), %.0f simulated seconds a second",
                    o.buildSeconds, o.wallSeconds, o.cpuSeconds, o.simulatedSecondsPerSecond),
            "\(o.messages) messages, \(o.fills) fills, \(o.accountsLiquidated) accounts liquidated, "
                + String(format: "%.2f margin checks each", o.checksPerLiquidation),
            "waiting accounts slept \(o.wakes.slept) times, woken by mark \(o.wakes.byMark), time \(o.wakes.byTime), book \(o.wakes.byBook), fund \(o.wakes.byFund), otherwise \(o.wakes.otherwise); failing no more \(o.wakes.recovered)",
            String(
                format: "peak %.0f MB, %.0f bytes an account; longest step %.0f ms, %d over 100 ms",
                o.peakMemoryMb, o.bytesPerAccount, o.worstStepMs, o.stepsOver100Ms),
            "seconds: "
                + o.secondsByPart.map { String(format: "%@ %.1f", $0.part, $0.value) }.joined(
                    separator: ", "),
            "MB: "
                + o.megabytesByPart.map { String(format: "%@ %.0f", $0.part, $0.value) }.joined(
                    separator: ", "),
            "off zero by \(o.zeroSumMicroUsd) micro USD, state hash \(o.stateHash)",
        ]
        if o.zeroSumMicroUsd != 0 { lines.append("THE LEDGERS ARE OFF ZERO") }
        return lines.joined(separator: "\n")
    }
}
