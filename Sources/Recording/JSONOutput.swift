import Foundation
import Primitives

/// A result as one JSON object with snake_case keys.
///
/// - Parameter nullable: promised keys that have no value in some runs; they are printed as null then.
public func json(_ result: some Encodable, nullable: [String], pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting =
        pretty
        ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
    let data: Data
    do { data = try encoder.encode(result) } catch EncodingError.invalidValue(let value, let context) {
        throw InputError(
            file: "the result",
            key: String(context.codingPath.map(\.stringValue).joined(separator: ".").prefix(120)),
            found: String("\(value)".prefix(40)), allowed: "a figure that JSON can hold: finite")
    }
    var text = String(decoding: data, as: UTF8.self)
    for key in nullable where !text.contains("\"\(key)\"") {
        text = text.replacing("{", with: "{\"\(key)\":null,", maxReplacements: 1)
    }
    return text
}
