import Checks
import Foundation
import Venues

// fuzz [commands] [seed]: random commands through books, clearing and venues against their twins, two sessions
// at a time. Prints the shrunken commands of the first failure and exits with 1.
// fuzz settings FIRST LAST [seed]: cases of scenario settings, see `SettingsFuzz`.

if CommandLine.arguments.count > 2, CommandLine.arguments[1] == "settings-case",
    let world = SettingsFuzz.World(rawValue: CommandLine.arguments[2])
{
    exit(try SettingsFuzz.run(world, Array(CommandLine.arguments.dropFirst(3))) ? 3 : 0)
}
if CommandLine.arguments.count > 3, CommandLine.arguments[1] == "settings",
    let first = Int(CommandLine.arguments[2]), let last = Int(CommandLine.arguments[3]), first < last
{
    let seed = CommandLine.arguments.count > 4 ? UInt64(CommandLine.arguments[4]) ?? 1 : 1
    let failures = [SettingsFuzz.World.market, .venue].flatMap {
        SettingsFuzz.failures($0, of: first..<last, seed: seed)
    }
    for failure in failures { print(failure) }
    exit(failures.isEmpty ? 0 : 1)
}

let total = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 0 : 1_000_000
let seed = CommandLine.arguments.count > 2 ? UInt64(CommandLine.arguments[2]) ?? 1 : 1
guard total > 0 else {
    FileHandle.standardError.write(Data("fuzz: usage: fuzz [commands] [seed]\n".utf8))
    exit(2)
}

/// Shares of the commands: the book is by far the fastest to check.
let parts: [(name: String, share: Double, run: @Sendable (Int, UInt64) -> Failure?)] = [
    ("order book against the naive book", 0.6, { BookFuzz.run(commands: $0, seed: $1) }),
    (
        "clearing against the reference ledger and the full scan", 0.25,
        { ClearingFuzz.run(commands: $0, seed: $1) }
    ),
    ("venue and waterfall under every checker", 0.15, { VenueFuzz.run(commands: $0, seed: $1) }),
]

nonisolated(unsafe) var failures: [String] = []
let lock = NSLock()
for part in parts {
    let count = Int(Double(total) * part.share)
    let start = ContinuousClock.now
    DispatchQueue.concurrentPerform(iterations: 2) { half in
        if let failure = part.run(count / 2, seed &+ UInt64(half) &* 1_000_000_007) {
            lock.withLock { failures.append("\(part.name): \(failure)") }
        }
    }
    let seconds = Double((ContinuousClock.now - start).components.seconds)
    print("\(part.name): \(count / 2 * 2) commands, \(Int(seconds)) s")
    if !failures.isEmpty { break }
}
if failures.isEmpty {
    // A tenth of the commands as accounts on every venue.
    let accounts = max(1, total / 10)
    DispatchQueue.concurrentPerform(iterations: Rulebook.builtInNames.count) { i in
        do {
            let rulebook = try LiquidationPriceFuzz.rulebook(Rulebook.builtInNames[i])
            let outcome = LiquidationPriceFuzz.run(rulebook, accounts: accounts, seed: seed)
            lock.withLock {
                print("liquidation price and trigger, \(rulebook.name): \(outcome.accounts) accounts")
                if let failure = outcome.failure { failures.append(failure) }
            }
        } catch {
            lock.withLock { failures.append("\(error)") }
        }
    }
}
for failure in failures { print(failure) }
exit(failures.isEmpty ? 0 : 1)
