import ArgumentParser
import Foundation
import Primitives
import Recording
import Reproductions
import Validation

struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Published results from this code, next to the published numbers.",
        discussion:
            "`reproduce list` names them with their parameters. The exit code is 1 if a number misses its tolerance."
            + HelpExamples.text("reproduce list"))

    @Argument(help: "`list`, or the name of a result.") var name: String
    @Option(parsing: .upToNextOption, help: "key=value; several, or again.")
    var set: [String] = []
    @Flag(help: "One JSON object on standard output.") var json = false

    func run() throws {
        if name == "list" {
            list()
            return
        }
        guard let reproduction = Reproductions.all.first(where: { $0.name == name }) else {
            let names = Reproductions.all.map(\.name)
            throw InputError(
                file: "reproduce", found: "`\(name)`", allowed: "list, " + names.joined(separator: ", "),
                nearest: nearestName(to: name, among: names + ["list"]))
        }
        let settings = try ReproductionSettings(reproduction, given: set)
        let result = try reproduction.run(settings)
        if json {
            print(try Recording.json(Output(reproduction, result)))
        } else {
            show(reproduction, result)
        }
        if result.comparisons.contains(where: { !$0.holds }) { throw ExitCode(1) }
    }

    private func list() {
        for reproduction in Reproductions.all {
            print("\(reproduction.name)\n    \(reproduction.title)")
            for parameter in reproduction.parameters {
                let value = parameter.defaultText.isEmpty ? "" : "=\(parameter.defaultText)"
                print("    --set \(parameter.name)\(value)   \(parameter.meaning) (\(parameter.allowedText))")
            }
        }
    }

    private func show(_ reproduction: any Reproduction, _ result: ReproductionResult) {
        print(reproduction.title)
        for (name, value) in result.quantities {
            switch value {
            case .number(let x): print("\(name): \(text(x))")
            case .table(let rows):
                print("\(name):")
                print(aligned(rows.map { $0.map(text) }).map { "    " + $0 }.joined(separator: "\n"))
            case .map(let pairs):
                print("\(name): \(pairs.map { "\($0.0) \(text($0.1))" }.joined(separator: ", "))")
            }
        }
        if !result.comparisons.isEmpty {
            print("")
            print(
                aligned(
                    [["compared", "computed", "published", "tolerance", ""]]
                        + result.comparisons.map {
                            [
                                $0.name, text($0.computed), text($0.published), text($0.tolerance),
                                $0.holds ? "" : "MISSED",
                            ]
                        }
                ).joined(separator: "\n"))
        }
        for note in result.notes { print("\n\(note)") }
    }

    private func text(_ x: Double) -> String {
        abs(x) >= 1e6 ? String(format: "%.2f", x) : String(format: "%.6g", x)
    }

    /// The quantities by name, then what was compared.
    private struct Output: Encodable {
        var name: String
        var result: ReproductionResult

        init(_ reproduction: any Reproduction, _ result: ReproductionResult) {
            name = reproduction.name
            self.result = result
        }

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        private struct Row: Encodable {
            var name: String
            var computed: Double
            var published: Double
            var tolerance: Double
            var holds: Bool
        }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(name, forKey: Key(stringValue: "reproduction"))
            for (name, value) in result.quantities {
                let key = Key(stringValue: name)
                switch value {
                case .number(let x): try object.encode(x, forKey: key)
                case .table(let rows): try object.encode(rows, forKey: key)
                case .map(let pairs):
                    var inner = object.nestedContainer(keyedBy: Key.self, forKey: key)
                    for (name, x) in pairs { try inner.encode(x, forKey: Key(stringValue: name)) }
                }
            }
            try object.encode(
                result.comparisons.map {
                    Row(
                        name: $0.name, computed: $0.computed, published: $0.published,
                        tolerance: $0.tolerance,
                        holds: $0.holds)
                }, forKey: Key(stringValue: "compared"))
            try object.encode(result.notes, forKey: Key(stringValue: "notes"))
        }
    }
}
