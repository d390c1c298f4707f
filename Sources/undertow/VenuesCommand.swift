import ArgumentParser
import Clearing
import MarketData
import Primitives
import Venues

struct VenuesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "venues",
        abstract: "The rulebooks as tables, each rule with its source, date and confidence.",
        subcommands: [List.self, Show.self])

    static func rulebooks() throws -> [Rulebook] {
        [try .hyperliquid(assets: HyperliquidAsset.all), try .textbook()]
    }

    struct List: ParsableCommand {
        func run() throws {
            for book in try VenuesCommand.rulebooks() {
                print(
                    "\(book.name.padded(16))\(book.revision)  \(book.markets.map(\.spec.name).joined(separator: " "))"
                )
            }
        }
    }

    struct Show: ParsableCommand {
        @Argument var name: String
        func run() throws {
            let books = try VenuesCommand.rulebooks()
            guard let book = books.first(where: { $0.name == name }) else {
                let names = books.map(\.name)
                throw InputError(
                    file: "venues show", found: "`\(name)`", allowed: names.joined(separator: ", "),
                    nearest: nearestName(to: name, among: names))
            }
            print("\(book.name), rules as of \(book.revision)\n\nWaterfall:")
            for (i, stage) in book.waterfall.stages.enumerated() { print("  \(i + 1). \(stage.name)") }
            print("\nMargin tiers (from USD, initial, maintenance, deduction USD):")
            for market in book.markets {
                for (k, tier) in market.spec.schedule.tiers.enumerated() {
                    print(
                        "  \(market.spec.name.padded(6))\("\(tier.floor)".padded(20))\("\(tier.initialRate.value)".padded(18))"
                            + "\("\(tier.maintenanceRate.value)".padded(18))\(market.spec.schedule.maintenanceDeduction(row: k))"
                    )
                }
            }
            print("\nRules (A official, B secondary, C our choice):")
            for note in book.notes {
                print(
                    "  [\(note.confidence.rawValue)] \(note.rule): \(note.value)\n      \(note.source), \(note.date)"
                )
            }
        }
    }
}
