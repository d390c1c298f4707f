import ArgumentParser
import Desk
import Foundation
import InputFiles
import Primitives
import Recording
import Stress

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Puts answers of venues and tables of your own into one book.",
        discussion: """
            What a file is, its content says; several files make one book. Formats, and what is computed where a venue says nothing:
            docs/books.md. Every import leaves health.md: nothing is repaired in silence.
            """
                + HelpExamples.text(
                    "import clearinghouseState.json metaAndAssetCtxs.json --out BOOK",
                    "import positionRisk.json account.json leverageBracket.json --account desk-1 --out BOOK",
                    "import positions.json --venue binance --out BOOK"))

    @Argument(help: "JSON or CSV, plain, gzip or zip.", completion: .file()) var files: [String]
    @Option(
        parsing: .unconditional, help: "The book's folder to make; it must not exist.",
        transform: Allowed.path("--out")) var out: String
    @Option(name: .customLong("as"), help: "What the files are, in place of what their content says.")
    var format: String?
    @Option(help: "Whose an answer is that does not say it; without it the file's name.") var account: String?
    @Option(help: "Of what a book is that does not say it.") var symbol: String?
    @Option(help: "The venue of answers that several venues shape alike (CCXT).") var venue: String?
    @Flag(help: "Refuse files with any warning but those of --allow.") var strict = false
    @Option(help: "A kind of warning that --strict lets pass (repeatable).") var allow: [String] = []
    @Flag(help: "Print one JSON object.") var json = false

    private struct Output: Encodable {
        struct File: Encodable {
            var file: String
            var format: String
        }
        struct Price: Encodable {
            var account: String
            var venue: String
            var symbol: String
            var side: String
            var line: Int
            @OrNull var printed: Double?
            @OrNull var ours: Double?
        }
        struct Factor: Encodable {
            var account: String
            var printed: Double
            @OrNull var ours: Double?
        }
        var book: String
        var files: [File]
        var accounts: Int
        var positions: Int
        var loans: Int
        var coins: [String: String]
        var liquidationPrices: [Price]
        var healthFactors: [Factor]
        var health: Health

        enum CodingKeys: String, CodingKey {
            case book, files, accounts, positions, loans, coins, health
            case healthFactors = "health_factors"
            case liquidationPrices = "liquidation_prices"
        }
    }

    func run() throws {
        guard !FileManager.default.fileExists(atPath: out) else {
            throw InputError(file: "--out", found: "`\(out)`, which exists", allowed: "a new folder")
        }
        var all = Import(account: account, symbol: symbol, venue: venue)
        for file in files { try all.add(file, as: format) }
        all.finish()
        try makeFolder(out)
        try all.book.write(to: out)
        var health = all.health
        let (prices, factors) = compare(all, &health)
        let read = all.read.map { Output.File(file: $0.file, format: $0.format) }
        let page =
            ["# Health of the import", ""] + read.map { "- \($0.file): \($0.format)" } + [
                "", health.text, "",
            ]
            + [
                "Symbols read as coins: "
                    + all.spelling.sorted { $0.key < $1.key }.map { "\($0.key) is \($0.value)" }.joined(
                        separator: ", ")
            ] + priceLines(prices) + factorLines(factors)
        try (page.joined(separator: "\n") + "\n").write(
            toFile: out + "/health.md", atomically: true, encoding: .utf8)
        let output = Output(
            book: out, files: read,
            accounts: Set(all.book.accounts.map(\.name) + all.book.loans.map(\.account)).count,
            positions: all.book.positions.count, loans: all.book.loans.count, coins: all.spelling,
            liquidationPrices: prices.count <= Self.mostInJSON ? prices : [], healthFactors: factors,
            health: health)
        try Recording.json(output).write(toFile: out + "/health.json", atomically: true, encoding: .utf8)
        if prices.count > Self.mostInJSON {
            let rows = prices.map { p in
                "\(p.account.spreadsheetCell),\(p.venue.spreadsheetCell),\(p.symbol.spreadsheetCell),\(p.side),\(p.printed.map { "\($0)" } ?? ""),\(p.ours.map { "\($0)" } ?? "")"
            }
            try (["account,venue,symbol,side,printed,ours"] + rows + [""]).joined(separator: "\n").write(
                toFile: out + "/liquidation_prices.txt", atomically: true, encoding: .utf8)
        }
        // The book and its health lie there to be looked at, refused or not.
        if strict { try health.refuse(allowing: allow) }
        if json { return print(try Recording.json(output)) }
        for file in read { print("\(file.file): \(file.format)") }
        print(health.text)
        for line in priceLines(prices) + factorLines(factors) { print(line) }
        let loans = output.loans > 0 ? ", \(output.loans) rows of loans" : ""
        print(
            "\(out): \(output.accounts) accounts, \(output.positions) positions\(loans); undertow stress \(out)"
        )
    }

    /// Rows of liquidation prices in health.json; more are a table of their own.
    private static let mostInJSON = 10_000

    /// Looks at the book as a stress test will, and sets our liquidation prices beside those that venues printed.
    private func compare(_ all: Import, _ health: inout Health) -> ([Output.Price], [Output.Factor]) {
        var found = Health()
        defer { health.add(warningsOf: found) }
        do throws(InputError) {
            let book = try AccountBook(folder: out, health: &found)
            if book.positions.isEmpty && book.loans.isEmpty { return ([], []) }
            var stressed = try StressedBook(book, health: found, room: 4)
            found = stressed.health
            // Tables of one's own print none.
            let ours = all.hasAnswers ? stressed.liquidationPrices() : [:]
            let factors = stressed.healthFactors()
            let prices = (all.hasAnswers ? all.book.positions : []).enumerated().map { i, p in
                Output.Price(
                    account: p.account, venue: p.venue, symbol: p.symbol, side: p.side.rawValue, line: p.line,
                    printed: all.printed[i]?.double, ours: ours[i] ?? nil)
            }
            return (
                prices,
                all.printedHealth.filter { factors[$0.account] != nil }.map {
                    Output.Factor(
                        account: $0.account, printed: $0.factor.double, ours: factors[$0.account] ?? nil)
                }
            )
        } catch {
            found.warn(
                "not a whole book yet", error.file, error.line ?? 0,
                "\(error.key ?? ""): \(error.found); allowed: \(error.allowed)")
            return ([], [])
        }
    }

    private func factorLines(_ factors: [Output.Factor]) -> [String] {
        guard !factors.isEmpty else { return [] }
        return ["", "health factor, printed and ours (prices and other collateral make the difference):"]
            + factors.prefix(50).map {
                "  \($0.account): \($0.printed), \($0.ours.map { String(format: "%.4f", $0) } ?? "no debt")"
            }
    }

    private func priceLines(_ prices: [Output.Price]) -> [String] {
        let both = prices.filter { $0.printed != nil }
        guard !both.isEmpty else { return [] }
        return [
            "",
            "liquidation price, printed and ours (fees, tiers and other positions of the account make the difference):",
        ]
            + both.prefix(50).map { p in
                let off =
                    p.ours.map { String(format: "%+.4f %%", ($0 / p.printed! - 1) * 100) } ?? "none here"
                return
                    "  \(p.venue) \(p.symbol) \(p.side): \(p.printed!), \(p.ours.map { "\($0)" } ?? "–"), \(off)"
            }
    }
}
