import Foundation

/// A result as one JSON object with snake_case keys.
///
/// - Parameter nullable: promised keys that have no value in some runs; they are printed as null then.
public func json(_ result: some Encodable, nullable: [String], pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting =
        pretty
        ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
    var text = String(decoding: try encoder.encode(result), as: UTF8.self)
    for key in nullable where !text.contains("\"\(key)\"") {
        text = text.replacing("{", with: "{\"\(key)\":null,", maxReplacements: 1)
    }
    return text
}
