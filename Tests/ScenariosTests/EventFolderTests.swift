import Checks
import Events
import Foundation
import Market
import Primitives
import Testing

@testable import Scenarios

/// An event is a folder: its copy is the same run, and what is wrong with one is told with its place.
@Suite("Event folders")
struct EventFolderTests {
    /// A copy of a built-in event for `body`, gone afterwards.
    private static func copy<T>(_ name: String, _ body: (String) throws -> T) throws -> T {
        let folder = NSTemporaryDirectory() + "event-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Scenario(ScenarioFile(named: name)).export(to: folder)
        return try body(folder)
    }

    private static func edit(_ file: String, _ change: (String) -> String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let changed = change(text)
        #expect(changed != text, "nothing to change in \(file)")
        try changed.write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// Everything that decides the run is in the folder.
    @Test(arguments: BuiltInEvents.names)
    func aCopyIsTheSameEvent(_ name: String) throws {
        let own = try Scenario(ScenarioFile(named: name))
        try Self.copy(name) { folder in
            let copy = try Scenario(ScenarioFile(named: folder))
            #expect(copy.name == own.name)
            #expect(copy.file.settings.mapValues(\.text) == own.file.settings.mapValues(\.text))
            #expect(copy.event.files.contentHash == own.event.files.contentHash)
            #expect(copy.factFile?.text == own.factFile?.text)
        }
    }

    @Test func aCopyRunsToTheSameHash() throws {
        try Self.copy("textbook-waterfall") { folder in
            var hashes: [StateHash] = []
            for name in ["textbook-waterfall", folder] {
                let scenario = try Scenario(ScenarioFile(named: name, overrides: ["accounts.total=400"]))
                var world = try scenario.world(RunOptions(seed: 7))
                for _ in 0..<60 { world.step() }
                hashes.append(world.stateHash())
            }
            #expect(hashes[0] == hashes[1])
        }
    }

    /// What text files alone change: an asset removed, a venue added under an existing rulebook, an hour later.
    @Test func textAloneMakesAnotherEvent() throws {
        try Self.copy("october-2025") { folder in
            for file in ["assets.csv", "listings.csv"] {
                try Self.edit(folder + "/" + file) { text in
                    text.split(separator: "\n", omittingEmptySubsequences: false)
                        .filter { !$0.hasPrefix("DOGE,") && !$0.contains(",DOGE,") }.joined(separator: "\n")
                }
            }
            for file in ["pools.csv"] {
                try Self.edit(folder + "/" + file) { text in
                    text.split(separator: "\n", omittingEmptySubsequences: false)
                        .filter { !$0.hasPrefix("DOGE,") }.joined(separator: "\n")
                }
            }
            try Self.edit(folder + "/venues.csv") {
                $0.replacing(
                    "okx,perpetual,okx,,,0.095,0.12,0.1,0.095,0.08,",
                    with: "okx,perpetual,okx,,,0.045,0.06,0.05,0.045,0.04,")
                    + "newcomer,perpetual,bybit,,,0.05,0.06,0.05,0.05,0.04,3,1000000,,\n"
            }
            try Self.edit(folder + "/listings.csv") { $0 + "newcomer,BTC,,,360000,\nnewcomer,ETH,,,,\n" }
            try Self.edit(folder + "/scenario.yaml") {
                $0.replacing("time_utc: \"2025-10-10T20:50:00Z\"", with: "time_utc: \"2025-10-10T21:50:00Z\"")
            }
            let scenario = try Scenario(ScenarioFile(named: folder))
            #expect(scenario.event.asset("DOGE") == nil && scenario.event.asset("BTC") == 0)
            #expect(scenario.event.venue("newcomer")?.rulebook == "bybit")
            #expect(scenario.time("news.time_utc") == SimTime(iso8601: "2025-10-10T21:50:00Z"))
            try scenario.check(RunOptions(seed: 1))
        }
    }

    /// A rulebook of the folder's own takes over a built-in one's rules; a file is looked for from the one that names it.
    @Test func ownRulebooksAndNeighbours() throws {
        try Self.copy("textbook-waterfall") { folder in
            let yaml = "name: mine\ntitle: mine\nextends: textbook\nsources: {}\nrules: []\n"
            try yaml.write(toFile: folder + "/mine.yaml", atomically: true, encoding: .utf8)
            try Self.edit(folder + "/venues.csv") {
                $0.replacing(",perpetual,textbook,", with: ",perpetual,mine.yaml,")
            }
            try "extends: scenario.yaml\nscenario: other\n".write(
                toFile: folder + "/other.yaml", atomically: true, encoding: .utf8)
            #expect(throws: InputError.self) { try Scenario(ScenarioFile(named: folder)) }
            let missing = folder + "-missing.yaml"
            defer { try? FileManager.default.removeItem(atPath: missing) }
            try "scenario: other\nextends: october-2052\n".write(
                toFile: missing, atomically: true, encoding: .utf8)
            let error = #expect(throws: InputError.self) { try ScenarioFile(named: missing) }
            #expect(error?.file == missing && error?.line == 2 && error?.nearest == "october-2025")
            try FileManager.default.moveItem(atPath: folder + "/other.yaml", toPath: folder + "-other.yaml")
            try "extends: \(folder.split(separator: "/").last!)\nscenario: other\n".write(
                toFile: folder + "-other.yaml", atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(atPath: folder + "-other.yaml") }
            for name in [folder, folder + "/scenario.yaml", folder + "-other.yaml"] {
                try Scenario(ScenarioFile(named: name)).check(RunOptions(seed: 1))
            }
        }
    }

    /// A folder goes on from another: a table of its own takes the place of the other's, cells change single figures.
    @Test func aFolderGoesOnFromAnother() throws {
        let folder = NSTemporaryDirectory() + "event-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try "extends: october-2025\nscenario: mine\nvenues:\n  binance: {fund_usd: 2e9}\n".write(
            toFile: folder + "/scenario.yaml", atomically: true, encoding: .utf8)
        try "venue,kind,from_utc,until_utc\n".write(
            toFile: folder + "/outages.csv", atomically: true, encoding: .utf8)
        let scenario = try Scenario(ScenarioFile(named: folder))
        #expect(scenario.event.outages.isEmpty && !scenario.event.pools.isEmpty)
        #expect(scenario.event.venue("binance")?.fundUSD == 2e9)
        let own = try Scenario(ScenarioFile(named: "october-2025-btc"))
        #expect(
            own.event.outages.isEmpty && own.event.pools.isEmpty, "tables of its own, none of the other's")
    }

    /// Event, file, the text that goes, the text that comes, what the error says.
    static let faults: [(String, String, String, String, String)] = [
        ("october-2025", "venues.csv", "", "REMOVE", "venues.csv"),
        ("october-2025", "assets.csv", "", "REMOVE", "assets.csv"),
        ("october-2025", "scenario.yaml", "", "REMOVE", "a folder without scenario.yaml"),
        ("october-2025", "venues.csv", ",fund_usd,", ",fond_usd,", "nearest known: `fund_usd`"),
        ("october-2025", "venues.csv", ",fund_usd,", ",vault_usd,", "twice"),
        ("october-2025", "assets.csv", "asset,kind,rank,", "asset,kind,", "columns"),
        ("october-2025", "assets.csv", "ETH,coin,2,", "ETH,coyn,2,", "nearest known: `coin`"),
        ("october-2025", "assets.csv", "ETH,coin,2,", "BTC,coin,2,", "`BTC` a second time"),
        ("october-2025", "listings.csv", "binance,ETH,", "binance,ETHH,", "nearest known: `ETH`"),
        ("october-2025", "listings.csv", "binance,SHIB,1000SHIB", "binance,SHIB,1000SHIP", "1000SHIB"),
        ("october-2025", "listings.csv", "binance,ETH,", "binanze,ETH,", "nearest known: `binance`"),
        (
            "october-2025", "venues.csv", "okx,perpetual,okx,", "okx,perpetual,,",
            "a .yaml of the event's folder, or binance"
        ),
        (
            "october-2025", "venues.csv", "okx,perpetual,okx,", "okx,perpetual,own.yaml,",
            "a .yaml of the event"
        ),
        (
            "october-2025", "venues.csv", "binance,perpetual,binance,,,0.27,",
            "binance,perpetual,binance,,,0.28,", "sum to 1"
        ),
        (
            "october-2025", "venues.csv", ",0.24,0.227,", ",0.24,0.237,",
            "turnover_share"
        ),
        (
            "october-2025", "record-trading.csv", "bids_share,binance,BTC,", "bids_share,binance,BTCC,",
            "nearest known: `BTC`"
        ),
        (
            "october-2025", "record-trading.csv", "volume_times,", "volume_time,",
            "nearest known: `volume_times`"
        ),
        ("october-2025", "collateral.csv", "okx,BTC,", "okx,SOL,", "collateral of okx's rulebook"),
        (
            "october-2025", "outages.csv", "transfers,2025-10-10T21:18:00Z,2025-10-10T21:51:00Z",
            "transfers,2025-10-10T21:51:00Z,2025-10-10T21:18:00Z", "after from_utc"
        ),
        (
            "october-2025", "history.csv", "2025-09-20T01:00:00Z,BTC,", "2025-09-20T01:30:00Z,BTC,",
            "2025-09-20T01:00:00Z"
        ),
        ("october-2025", "pools.csv", "BTC,200000000.0,500", "BTC,free,500", "a number from"),
        ("october-2025", "lending.csv", "aave-v3,", "aave-v4,", "nearest known: `aave-v3`"),
        (
            "october-2025-btc", "index.csv", "2025-10-10T20:01:00Z,BTC,", "2025-10-10T20:00:00Z,BTC,",
            "a second time"
        ),
        (
            "october-2025-btc", "index.csv", "2025-10-10T20:01:00Z,BTC,", "2025-10-10T20:00:30Z,BTC,",
            "2025-10-10T20:01:00Z"
        ),
        ("october-2025-btc", "index.csv", "", "REMOVE", "index.csv"),
        ("october-2025-btc", "index.csv", ",close_usd", "", "close_usd"),
        (
            "october-2025-btc", "index.csv", "BTC,116684.1,116753.3,116620.6,",
            "BTC,116684.1,116620.6,116753.3,",
            "at most high_usd"
        ),
        (
            "october-2025", "history.csv", "115610.8,115723.7,115623.5", "115610.8,115723.7,115723.9",
            "from low_usd to high_usd"
        ),
        ("october-2025", "venues.csv", "coinbase,spot,,,", "coinbase,spot,okx,,", "for the other kind"),
        (
            "october-2025", "listings.csv", "binance,SHIB,1000SHIB", "binance,SHIB,ETH",
            "a market for each asset"
        ),
        ("october-2025", "scale-check.csv", "scale,name", "scale,nam", "nearest known: `name`"),
        ("october-2025", "scale-check.csv", "\n10,", "\nten,", "a whole number"),
        ("october-2025", "scale-check.csv", "", "", "an empty file"),
        ("october-2025", "control.yaml", "", "controls: []\n", "nearest known: `controls.yaml`"),
        (
            "october-2025", "mine.yaml", "",
            "name: mine\ntitle: x\nextends: okxx\nsources: {}\nrules: []\n",
            "nearest known: `okx`"
        ),
        (
            "october-2025", "scenario.yaml", "time_utc: \"2025-10-10T20:50", "time_utc: \"2025-10-12T20:50",
            "inside the window"
        ),
        (
            "october-2025", "scenario.yaml", "role: assumption", "role: guess",
            "input, imposed, assumption, fit"
        ),
        (
            "march-2020", "scenario.yaml", "2020-03-12T23:00:00Z", "2020-03-12T09:30:00Z",
            "after news.time_utc"
        ),
        ("october-2025-btc", "extra.csv", "", "a,b\n", "no file of an event"),
        ("october-2025-btc", "listing.csv", "", "a,b\n", "nearest known: `listings.csv`"),
    ]

    @Test(arguments: faults.indices)
    func faultsAreTold(_ i: Int) throws {
        let (event, file, old, new, says) = Self.faults[i]
        try Self.copy(event) { folder in
            let path = folder + "/" + file
            if new == "REMOVE" {
                try FileManager.default.removeItem(atPath: path)
            } else if old.isEmpty {
                try new.write(toFile: path, atomically: true, encoding: .utf8)
            } else {
                try Self.edit(path) { $0.replacing(old, with: new, maxReplacements: 1) }
            }
            let error = #expect(throws: InputError.self) {
                try Scenario(ScenarioFile(named: folder)).check(RunOptions(seed: 1))
            }
            let said = "\(try #require(error))"
            #expect(said.contains(says), "\(said)")
            #expect(said.contains(folder) || said.contains(event), "no place: \(said)")
        }
    }
}
