import Agents
import Exchanges
import Foundation
import Primitives

/// A checked scenario: typed access to its settings and its event's tables.
public struct Scenario: Settings {
    public let file: ScenarioFile
    public let event: Event

    /// - Throws: `InputError` for what no single key or table can say.
    public init(_ file: ScenarioFile) throws {
        self.file = file
        var cells: [EventTableKind: [String: Setting]] = [:]
        for (path, setting) in file.settings {
            if let (kind, name) = ScenarioKeys.cell(path) { cells[kind, default: [:]][name] = setting }
        }
        event = try Event(file.files, cells: cells)
        try checkTogether()
    }

    public var name: String { text("scenario") }
    public var start: SimTime { time("window.start_utc") }
    public var end: SimTime { time("window.end_utc") }
    public var reference: SimTime { time("window.reference_utc") }
    public var stepSeconds: Double { number("window.step_seconds") }
    public var steps: Int { Int((end.seconds(since: start) / stepSeconds).rounded()) }
    /// Whether prices are given rather than made by the world's own books.
    public var isIndexImposed: Bool { ["imposed", "model"].contains(text("index.kind")) }
    /// The day whose rules hold, ISO.
    var rulesDay: String {
        let day = text("venues.rules_day")
        return day.isEmpty ? "\(start)".prefix(10).description : day
    }

    /// The places of the largest assets, the reference asset first.
    public var majors: [AssetID] { majorNames.map { event.asset($0)! } }
    /// The asset that all betas and shocks mean: its place in the event's.
    public var referenceAsset: AssetID { majors[0] }
    private var majorNames: [String] {
        text("universe.majors").split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// The recorded facts; nil where nothing is recorded.
    public var factFile: EventFiles.File? { event.files[text("facts")] }

    /// One of its settings, with the place it was set.
    public func setting(_ path: String) -> Setting {
        guard let setting = file.settings[path] else {
            preconditionFailure("no setting \(path): not in ScenarioKeys")
        }
        return setting
    }

    private func checkTogether() throws {
        try checkWindow()
        try checkMajors()
        try checkAccounts()
        try checkHolders()
        guard factFile != nil || text("facts") == "facts.csv" else {
            throw refuse(
                "facts", "a table of the event",
                nearest: nearestName(to: text("facts"), among: event.files.files.keys.sorted()))
        }
        _ = try outages()
        let perpetuals = event.perpetuals.map(\.name)
        let venue = text("accounts.large_short_venue")
        guard number("accounts.large_short_usd") == 0 || perpetuals.contains(venue) else {
            throw refuse(
                "accounts.large_short_venue", "a perpetual venue of the event",
                nearest: nearestName(to: venue, among: perpetuals))
        }
        try checkNews()
        for agent in AgentList.registered.agents { try agent.check(self) }
        if !isIndexImposed && event.spots.allSatisfy({ $0.indexWeight == 0 }) {
            throw refuse(
                "index.kind", "imposed or model: no spot venue of the event has an index_weight")
        }
    }

    private func checkWindow() throws {
        if end <= start { throw refuse("window.end_utc", "a time after window.start_utc") }
        if steps > 2_000_000 { throw refuse("window.end_utc", "at most 2,000,000 steps in the window") }
        if reference < start || reference >= end {
            throw refuse("window.reference_utc", "a time inside the window")
        }
    }

    private func checkNews() throws {
        let again = SimTime(iso8601: text("news.again_utc"))
        if !text("news.again_utc").isEmpty && again == nil {
            throw refuse("news.again_utc", "a UTC time like 2025-10-10T20:50:00Z, or nothing")
        }
        let window = "a time inside the window, \(start) to \(end)"
        if flag("news.happens") {
            let first = time("news.time_utc")
            if first < start || first >= end { throw refuse("news.time_utc", window) }
            if let again, again <= first {
                throw refuse("news.again_utc", "a time after news.time_utc, \(first)")
            }
        }
        if let again, again < start || again >= end { throw refuse("news.again_utc", window) }
    }

    private func checkMajors() throws {
        let names = majorNames
        for name in names where event.asset(name) == nil {
            throw refuse(
                "universe.majors", "assets of assets.csv",
                nearest: nearestName(to: name, among: event.assets.map(\.name)))
        }
        guard !names.isEmpty, Set(names).count == names.count else {
            throw refuse("universe.majors", "at least one asset, each once")
        }
        let named = event.assets.reduce(0) { $0 + ($1.openInterestUSD ?? 0) }
        if named > number("universe.open_interest_usd") {
            throw refuse(
                "universe.open_interest_usd", "at least that of the assets with one of their own, \(named)")
        }
    }

    private func checkAccounts() throws {
        let shorts = number("accounts.short_notional_share") + number("accounts.hedged_notional_share")
        if shorts > 1 {
            throw refuse(
                "accounts.short_notional_share",
                "at most 1 together with accounts.hedged_notional_share: longs and shorts cannot net to zero")
        }
        if number("accounts.adds_share") + number("accounts.reduces_share") > 1 {
            throw refuse("accounts.reduces_share", "at most 1 together with accounts.adds_share")
        }
        let reference = event.assets[referenceAsset]
        let open = reference.openInterestUSD ?? number("universe.open_interest_usd")
        if number("accounts.large_short_usd") > 0.5 * open {
            throw refuse(
                "accounts.large_short_usd", "at most half of \(reference.name)'s open interest, \(open)")
        }
    }

    private func checkHolders() throws {
        let venue = text("holders.venue")
        let spots = event.spots.map(\.name)
        guard venue.isEmpty || spots.contains(venue) else {
            throw refuse(
                "holders.venue", "a spot venue of the event, or nothing",
                nearest: nearestName(to: venue, among: spots))
        }
        for (name, _) in try figures("holders.assets") where event.asset(name) == nil {
            throw refuse(
                "holders.assets", "assets of assets.csv",
                nearest: nearestName(to: name, among: event.assets.map(\.name)))
        }
    }

    /// Those this scenario's world has: none with `contagion.outages=false`.
    ///
    /// - Throws: `InputError` for a row of `venues.outages` that does not read.
    public func outagesInForce() throws -> [OutageRow] { flag("contagion.outages") ? try outages() : [] }

    /// Those of outages.csv and of `venues.outages`.
    func outages() throws -> [OutageRow] {
        let venues = event.venues.map(\.name)
        return try event.outages
            + text("venues.outages").split(separator: ";").compactMap { part in
                let words = part.split(whereSeparator: \.isWhitespace).map(String.init)
                if words.isEmpty { return nil }
                guard words.count == 4, Outage.Kind(rawValue: words[1]) != nil,
                    let from = SimTime(iso8601: words[2]), let until = SimTime(iso8601: words[3]),
                    from < until
                else {
                    throw refuse(
                        "venues.outages",
                        "`venue kind from until`, kind orders, transfers or oracle, not `\(part)`")
                }
                let known = venues + (words[1] == "oracle" ? event.lending.keys.sorted() : [])
                guard known.contains(words[0]) else {
                    throw refuse(
                        "venues.outages", known.joined(separator: ", "),
                        nearest: nearestName(to: words[0], among: known))
                }
                return OutageRow(venue: words[0], kind: words[1], from: from, until: until)
            }
    }

    /// The announcements of the window.
    func news() -> [(time: SimTime, move: Double)] {
        var all: [(SimTime, Double)] = []
        if flag("news.happens") { all.append((time("news.time_utc"), number("news.move_pct") / 100)) }
        if let again = SimTime(iso8601: text("news.again_utc")) {
            all.append((again, number("news.move_pct") / 100))
        }
        return all
    }
}
