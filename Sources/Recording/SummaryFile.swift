import Foundation
import InputFiles
import Primitives

/// `summary.json` of a run folder, whose keys are those of `run --json`.
enum SummaryFile {
    static let allowed = "a folder written by `undertow run` of this version"

    static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        // Foundation's own way back from snake_case capitalises after a figure, too: `Top1Pct`.
        decoder.keyDecodingStrategy = .custom { path in
            let words = path.last!.stringValue.split(separator: "_")
            let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
            return Key(stringValue: ([String(words.first ?? "")] + rest).joined())
        }
        return decoder
    }()

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    static func text(_ file: String) throws -> String {
        guard let data = try? readData(file) else {
            throw InputError(file: file, found: "no readable file", allowed: allowed)
        }
        return String(decoding: data, as: UTF8.self)
    }
}
