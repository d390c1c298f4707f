import Agents
import Analysis
import Clearing
import Commands
import Exchanges
import Foundation
import Looks
import Market
import OrderBook
import Primitives
import Recording
import Running
import Scenarios
import Synchronization
import Venues

/// A world that Python holds. One thread at a time is in it; others wait.
final class WorldBox: @unchecked Sendable {
    private let lock = Mutex(())
    private var world: World
    let run: ScenarioRun
    /// By venue: ledger units that accounts of outside have been given.
    private var given: [VenueID: Double]

    init(_ world: consuming World, _ run: ScenarioRun, given: [VenueID: Double] = [:]) {
        self.world = world
        self.run = run
        self.given = given
    }

    /// Opens an account with dollars, where the venue's ledger can hold them beside all that it was given before: a tenth of
    /// 64 bits, the rest is the market's own.
    func openAccount(on venue: VenueID, usd: Double) throws -> AccountID {
        try lock.withLock { _ in
            let units = usd * (world.exchanges.isSpot(venue) ? 1e6 : world.exchanges.settlementUnits(venue))
            guard units.isFinite, units + given[venue, default: 0] <= 1e18 else {
                throw InputError(
                    file: "world", key: "usd", found: "\(usd)",
                    allowed: "a trillion dollars in all on a venue, and what its ledger can count")
            }
            given[venue, default: 0] += units
            return world.openOutsideAccount(on: venue, usd: usd)
        }
    }

    func with<R: Sendable>(_ body: (inout World) throws -> R) rethrows -> R {
        try lock.withLock { _ in try body(&world) }
    }

    func copy() -> WorldBox {
        lock.withLock { _ in WorldBox(world.copy(), run, given: given) }
    }

    static func of(_ handle: UnsafeMutableRawPointer) -> WorldBox {
        Unmanaged<WorldBox>.fromOpaque(handle).takeUnretainedValue()
    }

    var handle: UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }
}

/// What a world is asked in JSON: `{"ask": "book", "number": 3}`. What is asked every step has a function of its own.
struct WorldQuestion: Decodable {
    var ask: String
    var number: Int?
    var levels: Int?
    var account: String?
    var asset: String?
    var change: String?
    var venue: String?
    var usd: Double?

    static let known = [
        "about", "account", "book", "cascade", "change", "hash", "lending", "open_account", "summary",
        "triggers",
    ]

    func answer(_ box: WorldBox) throws -> String {
        if ask == "open_account" { return try openAccount(box) }
        return try box.with { world in
            switch ask {
            case "about": return try json(WorldAbout(world))
            case "hash":
                guard world.isFinished else { return world.stateHash().hex }
                // As a run's summary has it: with the last minute completed.
                var end = world.copy()
                end.finish()
                return end.stateHash().hex
            case "summary": return try summary(world, box.run)
            case "book":
                guard let look = BookLook(number ?? -1, of: world, levels: max(0, min(levels ?? 25, 100_000)))
                else {
                    throw InputError(
                        file: "world", key: "book", found: "\(number ?? -1)",
                        allowed: "a book from 0 to \(world.exchanges.books.count - 1)")
                }
                return try json(look)
            case "account": return try json(try AccountLook(account ?? "", of: world))
            case "triggers":
                guard let look = TriggerLook(asset ?? "", of: world) else {
                    throw InputError(
                        file: "world", key: "asset", found: "`\(asset ?? "")`",
                        allowed: "an asset of the world",
                        nearest: nearestName(to: asset ?? "", among: world.exchanges.assets))
                }
                return try json(look)
            case "cascade": return try json(CascadeLook(world))
            case "lending": return try json(LendingLook(world))
            case "change":
                let change = try RunChange(change ?? "")
                for one in try box.run.scenario.changes([change], for: world) { world.schedule(one) }
                return change.text
            default:
                throw InputError(
                    file: "world", key: "ask", found: "`\(ask)`",
                    allowed: Self.known.joined(separator: ", "),
                    nearest: nearestName(to: ask, among: Self.known))
            }
        }
    }

    /// Of a copy: the world itself has not come to its end.
    private func summary(_ world: borrowing World, _ run: ScenarioRun) throws -> String {
        var end = world.copy()
        end.finish()
        var summary = MarketSummary(of: end)
        run.sign(&summary)
        summary.status = end.isFinished ? "finished" : "running"
        summary.simulatedUntilUtc = end.now.description
        return try summary.json()
    }

    private func openAccount(_ box: WorldBox) throws -> String {
        let name = venue ?? ""
        let found = try box.with { world in
            let labels = labels(world.exchanges)
            guard let place = labels.firstIndex(of: name) else {
                throw InputError(
                    file: "world", key: "venue", found: "`\(name)`", allowed: labels.joined(separator: ", "),
                    nearest: nearestName(to: name, among: labels))
            }
            return VenueID(place)
        }
        guard let usd, usd >= 1, usd <= 1e10 else {
            throw InputError(
                file: "world", key: "usd", found: "\(usd ?? 0)", allowed: "1 to 10 billion dollars")
        }
        let account = try box.openAccount(on: found, usd: usd)
        return "{\"account\":\(account.rawValue)}"
    }
}

/// By venue: its name, of a coin-margined one with its coin.
func labels(_ exchanges: borrowing Exchanges) -> [String] {
    var labels: [String] = []
    for v in exchanges.venueIDs {
        labels.append(exchanges.isSpot(v) ? exchanges.names[v] : ToldStory.label(v, exchanges))
    }
    return labels
}

/// What never changes of a world.
struct WorldAbout: Encodable {
    struct Book: Encodable {
        var number: Int
        var venue: String
        var asset: String
        var isSpot: Bool
        var isInverse: Bool
    }
    var startUtc: String
    var endUtc: String
    var stepSeconds: Double
    var venues: [String]
    var assets: [String]
    var books: [Book]

    init(_ world: borrowing World) {
        startUtc = world.start.description
        endUtc = world.end.description
        stepSeconds = world.stepSeconds
        venues = labels(world.exchanges)
        assets = world.exchanges.assets
        books = []
        for b in world.exchanges.bookIDs {
            let place = world.exchanges.place(b)
            books.append(
                Book(
                    number: Int(b.rawValue), venue: venues[place.exchange.index],
                    asset: world.exchanges.assets[place.asset], isSpot: place.isSpot,
                    isInverse: place.isInverse
                ))
        }
    }
}
