import Analysis
import ArgumentParser
import Clearing
import InputFiles
import Lending
import Primitives
import Recording
import Rules
import Validation
import Venues

struct VenuesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "venues",
        abstract: "The rulebooks as tables, each rule with its source, date and confidence.",
        discussion: HelpExamples.text("venues list", "venues show binance", "venues conformance"),
        subcommands: [List.self, Show.self, Conformance.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Names, kinds and what they carry.")
        @Flag(help: "Print one JSON object.") var json = false

        private struct Output: Encodable {
            struct Venue: Encodable {
                var name: String
                var title: String
                var isLending: Bool
                var markets: Int?
                var revisions: [String]
            }
            var venues: [Venue]
        }

        func run() throws {
            if json {
                var output = Output(venues: [])
                func add(_ file: RuleFile, markets: Int?) {
                    output.venues.append(
                        Output.Venue(
                            name: file.name, title: file.title, isLending: markets == nil, markets: markets,
                            revisions: Set(file.entries.compactMap(\.since)).sorted()))
                }
                for name in Rulebook.builtInNames {
                    add(try Rulebook.file(name), markets: try Rulebook.named(name).markets.count)
                }
                for name in LendingRulebooks.names { add(try LendingRulebooks.file(name), markets: nil) }
                print(try Recording.json(output))
                return
            }
            func row(_ file: RuleFile, _ carries: String) {
                let revisions = Set(file.entries.compactMap(\.since)).sorted()
                print(
                    "\(file.name.padded(16))\(carries.padded(14))\(file.title.padded(46))"
                        + (revisions.isEmpty ? "" : "revisions \(revisions.joined(separator: ", "))"))
            }
            for name in Rulebook.builtInNames {
                row(try Rulebook.file(name), "\(try Rulebook.named(name).markets.count) markets")
            }
            for name in LendingRulebooks.names { row(try LendingRulebooks.file(name), "lending") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A rulebook: rules in words with sources, choices, plan of liquidation, margin tiers.")
        @Argument(help: "A name from `venues list`, or a rulebook's .yaml.") var name: String
        @Option(help: "The day whose rules hold, YYYY-MM-DD.") var on = Rulebook.defaultDay
        @Option(name: .customLong("set"), help: "A setting in place of the file's, key=value (repeatable).")
        var settings: [String] = []
        @Option(help: "Only this market's tiers.") var market: String?
        @Flag(help: "Print the rules as one JSON object, without tiers.") var json = false

        func run() throws {
            let day = try RuleDay.parse(on)
            let overrides = try settings.map { try RuleDay.override($0) }
            if json {
                let file = try LendingRulebooks.names.contains(name) ? LendingRulebooks.file(name) : file()
                print(try Recording.json(RulesOutput(RuleSet(file, on: day, overrides: overrides))))
                return
            }
            if LendingRulebooks.names.contains(name) {
                print(
                    RulePages.rules(
                        try RuleSet(try LendingRulebooks.file(name), on: day, overrides: overrides)))
                print(RulePages.lendingFigures(name))
                return
            }
            let book = try Rulebook(
                try file(), assets: market.map { [$0] }, on: day, overrides: overrides)
            print(RulePages.rules(book.rules))
            print("\nPlan of liquidation")
            for (i, stage) in book.waterfall.stages.enumerated() { print("  \(i + 1). \(stage.name)") }
            print(RulePages.tiers(book))
        }

        private func file() throws -> RuleFile {
            if name.hasSuffix(".yaml") {
                let text = try readText(name, atMost: 1 << 20, "a rulebook")
                return try RuleFile(yaml: text, file: name, extending: Rulebook.file)
            }
            let names = Rulebook.builtInNames + LendingRulebooks.names
            guard names.contains(name) else {
                throw InputError(
                    file: "venues show", found: "`\(name)`",
                    allowed: names.joined(separator: ", ") + ", or a file that ends in .yaml",
                    nearest: nearestName(to: name, among: names))
            }
            return try Rulebook.file(name)
        }
    }

    struct Conformance: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every rule of every rulebook as a page: built or not, source, confidence, examples.")
        func run() throws { print(try RulePages.conformance(), terminator: "") }
    }
}

/// The rules in force as data.
private struct RulesOutput: Encodable {
    struct Rule: Encodable {
        var rule: String
        var words: String
        var since: String?
        /// A official text or code read, B seen in part or republished, C our choice.
        var confidence: String
        var notBuilt: String?
        var settings: [String: String]
        var sources: [String]
    }
    var name: String
    var title: String
    var day: String
    var rules: [Rule]

    init(_ set: RuleSet) {
        (name, title, day) = (set.file.name, set.file.title, set.day)
        rules = set.entries.map { entry in
            Rule(
                rule: entry.rule, words: entry.words, since: entry.since,
                confidence: entry.confidence.rawValue, notBuilt: entry.missing,
                settings: Dictionary(
                    entry.settings.map { ($0.key, set.printed($0.key)) }, uniquingKeysWith: { $1 }),
                sources: entry.sources.compactMap { key in
                    set.file.sources.first { $0.key == key }.map { "\($0.title), \($0.url)" }
                })
        }
    }
}

/// Days and settings as the command line takes them.
enum RuleDay {
    /// The first day that any rulebook has a dated rule for: of days before, nothing is known.
    static func earliest() throws -> String {
        let files = try Rulebook.builtInNames.map { try Rulebook.file($0) }
        return files.flatMap { $0.entries.compactMap(\.since) }.min() ?? Rulebook.defaultDay
    }

    static func parse(_ text: String) throws -> String {
        guard SimTime(iso8601: text + "T00:00Z") != nil else {
            throw InputError(
                file: "venues show", key: "--on", found: "`\(text)`", allowed: "a day that exists, YYYY-MM-DD"
            )
        }
        let earliest = try earliest()
        guard text >= earliest else {
            throw InputError(
                file: "venues show", key: "--on", found: "`\(text)`, of whose rules nothing is known",
                allowed: "a day from \(earliest)")
        }
        return text
    }

    static func override(_ text: String) throws -> (key: String, text: String) {
        guard let equals = text.firstIndex(of: "=") else {
            throw InputError(
                file: "venues show", key: "--set", found: "`\(text)`", allowed: "key=value")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
