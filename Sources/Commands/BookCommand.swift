import ArgumentParser
import MarketData
import Primitives
import Recording

struct BookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "book", abstract: "Order books from recorded streams.",
        discussion: HelpExamples.text(
            "book replay --format lobster --messages messages.csv.gz --expect book.csv.gz --align value"),
        subcommands: [Replay.self])

    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Feeds a recorded stream to the order book; with --expect compares best prices and sizes.")
        @Option(help: "lobster or bitstamp.") var format: String
        @Option(help: "The recorded messages, gz accepted.") var messages: String
        @Option(help: "Orders resting before the first message.") var snapshot: String?
        @Option(help: "Recorded best prices and sizes.") var expect: String?
        @Option(help: "row: state k after message k; value: the sequences of distinct states.") var align:
            String = "row"
        @Flag(help: "Print one JSON object.") var json = false

        func run() throws {
            let formats = ReplayFormat.allCases.map(\.rawValue)
            guard let format = ReplayFormat(rawValue: format) else {
                throw InputError(
                    file: "--format", found: "`\(self.format)`", allowed: formats.joined(separator: ", "),
                    nearest: nearestName(to: self.format, among: formats))
            }
            guard let align = ReplayAlignment(rawValue: align) else {
                throw InputError(file: "--align", found: "`\(self.align)`", allowed: "row, value")
            }
            let report = try replayBook(
                format: format, messages: messages, snapshot: snapshot, expect: expect, align: align)
            if json {
                let answer = Answer(
                    messages: report.messages, accepted: report.accepted,
                    refused: Dictionary(uniqueKeysWithValues: report.refused.map { ($0.reason, $0.count) }),
                    statesCompared: report.statesCompared, statesDiffering: report.statesDiffering)
                print(try Recording.json(answer))
            } else {
                print(
                    "\(report.messages) messages: \(report.accepted) accepted, \(report.messages - report.accepted) refused"
                )
                for (reason, count) in report.refused { print("  refused, \(reason): \(count)") }
                for line in report.differences { print("  differs: \(line)") }
                if let note = report.note { print("  \(note)") }
                print("\(report.statesCompared) states compared, \(report.statesDiffering) differ")
            }
            if report.statesDiffering > 0 { throw ExitCode(1) }
        }

        private struct Answer: Encodable {
            var messages: Int
            var accepted: Int
            var refused: [String: Int]
            var statesCompared: Int
            var statesDiffering: Int
        }
    }
}
