import ArgumentParser
import Desk
import Foundation
import InputFiles
import Page
import Primitives
import Recording
import Rules
import Scenarios
import Stress
import Venues

struct StressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stress",
        abstract: "What breaks in a book of your own accounts at which move, and who pays.",
        discussion: """
            A book is a folder of tables (docs/books.md). Each shock is cleared from the same state, by the venues' own rules. What
            every figure means: docs/stress.md.
            """
                + HelpExamples.text(
                    "stress examples/desk --shock -10,-20,-30",
                    "stress BOOK --shock BTC=-10,alts=-30 --impact linear:1e9",
                    "stress BOOK --reverse fund_left_usd=0",
                    "stress BOOK --event october-2025",
                    "stress BOOK --bootstrap BTCUSDT_1h.csv.gz --paths 1000 --horizon-hours 48",
                    "stress BOOK --rules own:margin_call_ratios=3/2 --json"))

    @Argument(help: "A book's folder.", completion: .directory) var book: String
    @Option(
        parsing: .unconditionalSingleValue,
        help:
            "Moves in per cent: -10,-20,-30 are three shocks; BTC=-10,alts=-30 is one (all, alts or a coin).")
    var shock: [String] = []
    @Option(help: "A table of shocks with the columns name,coin,move_pct; coin may be all or alts.")
    var shocks: String?
    @Option(
        help: "How forced sales move prices: none, book (depth.csv), linear:DEPTH, sqrt:Y,SIGMA,V[,CHILD].")
    var impact: String = "none"
    @Option(help: "The smallest move that breaks a limit, as fund_left_usd=0 (repeatable).") var reverse:
        [String] = []
    @Flag(help: "Every shock beside losses of depth, with an --impact.") var grid = false
    @Option(
        help:
            "Candles of a coin (repeatable): coins that a shock does not name follow BTC by their betas.")
    var beta: [String] = []
    @Option(
        help:
            "A limit, as bad_debt_usd=0: the fund, the margin table and the open interest with which it holds in 99 % of the paths of --bootstrap."
    )
    var recommend: String?
    @Option(
        help:
            "A path of prices, cleared at each of its times: time,coin,price, or candles of one coin (repeatable)."
    )
    var path: [String] = []
    @Option(
        help: "A path: the recorded prices of a built-in event, or the indices of a run's folder, by minute.")
    var event: String?
    @Option(
        help:
            "Hourly candles of a coin that paths are drawn from (repeatable): intervals of what deficits come to."
    )
    var bootstrap: [String] = []
    @Option(
        parsing: .unconditional, help: "Paths to draw.", transform: Allowed.whole("--paths", 10...100_000))
    var paths: Int = 200
    @Option(
        help:
            "Works out only the K-th of N shares of the paths of --bootstrap and prints it, K/N: other machines take the others."
    )
    var part: String?
    @Option(
        name: .customLong("parts"), parsing: .upToNextOption,
        help: "What --part printed, all shares: taken in place of working the paths out.")
    var parts: [String] = []
    @Option(
        parsing: .unconditional,
        help: "Minutes between failing and being closed along paths: the margin period of risk.",
        transform: Allowed.whole("--margin-period-minutes", 0...100_000))
    var marginPeriodMinutes: Int = 0
    @Option(
        parsing: .unconditional, help: "Hours of a drawn path.",
        transform: Allowed.whole("--horizon-hours", 1...8760))
    var horizonHours: Int = 48
    @Option(parsing: .unconditional, help: "Seed of the draws.", transform: Allowed.seed) var seed: UInt64 = 1
    @Option(help: "A setting in place of a rulebook's, VENUE:key=value (repeatable).") var rules: [String] =
        []
    @Option(help: "The day whose rules hold, YYYY-MM-DD.") var day: String = Rulebook.defaultDay
    @Flag(help: "Every account at every shock, too.") var accounts = false
    @Option(
        parsing: .unconditional,
        help:
            "Shocks and paths worked on side by side, each on a copy of the book; the result does not depend on it.",
        transform: Allowed.threads)
    var threads: Int = 2
    @Option(
        parsing: .unconditional, help: "Folder that the results are made in.",
        transform: Allowed.path("--out"))
    var out: String = "runs"
    @Flag(help: "Refuse a book with any warning but those of --allow.") var strict = false
    @Option(help: "A kind of warning that --strict lets pass (repeatable).") var allow: [String] = []
    @Flag(help: "Print one JSON object.") var json = false
    @Flag(help: "No table: only the folder.") var quiet = false

    func run() throws {
        _ = try RuleDay.parse(day)
        var health = Health()
        let book = try AccountBook(folder: trimmed(self.book), health: &health)
        let settings = try Self.overrides(rules)
        var asked = try readShocks(book)
        let betas = beta.isEmpty ? nil : try Betas(StressPath(candles: beta))
        if let betas { asked = asked.map(betas.follow) }
        let names = path.map { URL(fileURLWithPath: $0).lastPathComponent }
        if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
            throw InputError(
                file: "--path", found: "`\(names[twice])` twice", allowed: "files of different names")
        }
        let law = try Impact(impact, book: book)
        let limits = try reverse.map { try ReverseStress.parse($0) }
        var walked = try path.map { try StressPath(file: $0) }
        if let event { walked.append(try eventPath(event)) }
        let watch = StressWatch(shown: "stress", isQuiet: quiet || json)
        let drawn = try drawPaths(watch)
        if grid && law == .none {
            throw InputError(
                file: "--grid", found: "no impact: depth plays no part",
                allowed: "an --impact, as linear:1e9 or book")
        }
        let room = StressedBook.room(
            for: asked, impact: law, paths: walked, reverses: !limits.isEmpty, draws: drawn != nil)
        var stressed = try StressedBook(book, health: health, overrides: settings, day: day, room: room)
        stressed.marginPeriod = Int64(marginPeriodMinutes) * 60
        stressed.watch = watch
        if strict { try stressed.health.refuse(allowing: allow) }
        if let part {
            guard let drawn else {
                throw InputError(file: "--part", found: "no paths", allowed: "--bootstrap, too")
            }
            print(try Recording.json(BootstrapPart(part, of: drawn, stressed, threads: threads)))
            return
        }
        let map = stressed.liquidationMap()
        var result = try StressResult(
            stressed, shocks: asked, impact: law, impactText: impact, day: day, keepsAccounts: accounts,
            reverse: limits, paths: walked, map: map, threads: threads)
        result.betas = betas
        if grid { result.grid = try StressGrid(stressed, shocks: asked, impact: law, threads: threads) }
        if let drawn {
            result.intervals =
                parts.isEmpty
                ? try Bootstrap(stressed, drawn, threads: threads)
                : Bootstrap(stressed, drawn, try BootstrapPart.join(parts, of: drawn))
            if let recommend {
                let limit = try ReverseStress.parse(recommend)
                result.recommendations = try Recommendation.Lever.allCases.map {
                    try Recommendation($0, limit: limit, along: drawn.paths, stressed, threads: threads) {
                        (change) throws(InputError) in
                        var changed = try StressedBook(
                            book, health: Health(), overrides: settings, day: day, room: room, change: change)
                        changed.marginPeriod = stressed.marginPeriod
                        changed.watch = stressed.watch
                        return changed
                    }
                }
            }
        }
        try write(&result, of: book, asked: asked)
        if result.scenarios.contains(where: { $0.zeroSumMicroUsd != 0 }) { throw ExitCode(1) }
    }

    /// Leaves the folder and prints.
    private func write(_ result: inout StressResult, of book: AccountBook, asked: [Shock]) throws {
        let folder = try StressFolder.make(
            out: out, name: URL(fileURLWithPath: book.folder).lastPathComponent)
        result.folder = folder
        try StressFolder.write(result, to: folder)
        let kept = StressAsked(
            book: book.folder, shocks: asked.map(\.name), shockFile: shocks, betas: beta, impact: impact,
            rules: rules,
            day: day,
            result)
        try writePage(Recording.json(kept), to: folder + "/" + StressAsked.file)
        try writePage(StressPage(result).html, to: folder + "/report.html")
        if json {
            print(try Recording.json(result))
        } else if quiet {
            print(folder)
        } else {
            print(result.text)
        }
    }

    private func drawPaths(_ watch: StressWatch) throws -> DrawnPaths? {
        guard !bootstrap.isEmpty else {
            if !parts.isEmpty {
                throw InputError(file: "--parts", found: "no paths", allowed: "--bootstrap, too")
            }
            if recommend == nil { return nil }
            throw InputError(
                file: "--recommend", found: "no paths", allowed: "--bootstrap with hourly candles, too")
        }
        return try DrawnPaths(
            StressPath(candles: bootstrap), files: bootstrap, paths: paths, horizonHours: horizonHours,
            seed: seed, watch: watch)
    }

    private func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// - Parameter rules: `VENUE:key=value` each.
    static func overrides(_ rules: [String]) throws -> [String: [(key: String, text: String)]] {
        var all: [String: [(key: String, text: String)]] = [:]
        for text in rules {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            let setting =
                parts.count == 2 ? parts[1].split(separator: "=", maxSplits: 1).map(String.init) : []
            guard setting.count == 2 else {
                throw InputError(
                    file: "--rules", found: "`\(text)`",
                    allowed: "VENUE:key=value, as own:margin_call_ratios=3/2")
            }
            all[parts[0], default: []].append((setting[0], setting[1]))
        }
        return all
    }

    /// The recorded prices of an event, or every coin's index of a run, by minute.
    private func eventPath(_ name: String) throws -> StressPath {
        var prices: [String: [(time: SimTime, usd: Double)]] = [:]
        let marks = name + "/own_marks.csv"
        if FileManager.default.fileExists(atPath: marks) {
            // The marks that a run's own accounts were margined at, whenever one moved.
            var path = try StressPath(file: marks)
            path.name = URL(fileURLWithPath: name).lastPathComponent
            path.others = path.coins.contains("BTC") ? "BTC" : path.coins.first
            return path
        }
        if FileManager.default.fileExists(atPath: name + "/run.sqlite") {
            let series = try RunSeries(database: name + "/run.sqlite", reference: "BTC")
            for (coin, values) in series.index {
                prices[coin] = zip(series.times, values).compactMap { time, usd in
                    usd.map { (SimTime(seconds: time + 60), $0) }
                }
            }
        } else {
            let event = try Scenario(ScenarioFile(named: name)).event
            prices = event.record
        }
        guard var path = StressPath(name: URL(fileURLWithPath: name).lastPathComponent, prices: prices) else {
            throw InputError(
                file: "--event", found: "`\(name)`, which has no recorded prices",
                allowed: "an event with record.csv, as october-2025, or the folder of a run with a recording")
        }
        path.others = path.coins.contains("BTC") ? "BTC" : path.coins.first
        return path
    }

    private func readShocks(_ book: AccountBook) throws -> [Shock] {
        let (coins, assets) = (book.coins, book.loanAssets)
        var all: [Shock] = []
        for text in shock { all += try Stress.shocks(text, coins: coins, assets: assets) }
        if let shocks { all += try Shock.read(shocks, coins: coins, assets: assets) }
        if all.isEmpty && path.isEmpty && event == nil {
            all = try Stress.shocks("-5,-10,-20,-30", coins: coins)
        }
        var seen: Set<String> = []
        for one in all where !seen.insert(one.name).inserted {
            throw InputError(file: "--shock", found: "`\(one.name)` twice", allowed: "each shock once")
        }
        return all
    }
}
