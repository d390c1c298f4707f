import Foundation
import InputFiles
import Primitives

/// A result as one JSON object: keys in snake_case and sorted, null for what `OrNull` promises and a run does not have.
///
/// - Throws: `InputError` for a figure that JSON cannot hold.
public func json(_ result: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .custom { PlainKey(stringValue: JSONKeys.written($0.last!.stringValue)) }
    encoder.outputFormatting =
        pretty
        ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
    do {
        return String(decoding: try encoder.encode(result), as: UTF8.self)
    } catch EncodingError.invalidValue(let value, let context) {
        throw InputError(
            file: "the result",
            key: String(context.codingPath.map(\.stringValue).joined(separator: ".").prefix(120)),
            found: String("\(value)".prefix(40)), allowed: "a figure that JSON can hold: finite")
    }
}

/// What `json` wrote, read back.
///
/// - Parameters:
///   - file: what errors name.
///   - allowed: what the file should have been, in words.
/// - Throws: `InputError` naming file and key.
func fromJSON<T: Decodable>(
    _ type: T.Type, _ data: Data, file: String, allowed: String
) throws -> T {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { PlainKey(stringValue: JSONKeys.read($0.last!.stringValue)) }
    return try decoder.decode(type, from: data, file: file, allowed: allowed)
}

/// Names of properties as keys of JSON, and back.
enum JSONKeys {
    /// Figures in names that were promised as words of their own; elsewhere a figure belongs to the word before it.
    private static let promised = [
        "worst40MinShare": "worst_40_min_share", "assetsBeyond90Pct": "assets_beyond_90_pct",
        "depth1pctMinShare": "depth_1pct_min_share", "deleveragedTop1pctShare": "deleveraged_top_1pct_share",
    ]
    private static let made = Dictionary(uniqueKeysWithValues: promised.map { ($0.value, $0.key) })

    static func written(_ name: String) -> String { promised[name] ?? snakeCase(name) }

    /// Foundation's own way back from snake_case capitalises after a figure, too: `Top1Pct`.
    static func read(_ key: String) -> String {
        if let name = made[key] { return name }
        let words = key.split(separator: "_")
        let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return ([String(words.first ?? "")] + rest).joined()
    }

    /// A word begins at a capital behind a small letter or a figure, and at the last of several capitals.
    private static func snakeCase(_ name: String) -> String {
        let letters = Array(name)
        var key = ""
        for (i, letter) in letters.enumerated() {
            if i > 0, letter.isUppercase {
                let isFirst = !letters[i - 1].isUppercase
                let isLast = i + 1 < letters.count && letters[i + 1].isLowercase
                if (isFirst || isLast) && letters[i - 1] != "_" { key += "_" }
            }
            key += letter.lowercased()
        }
        return key
    }
}

/// A key of any name.
private struct PlainKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
