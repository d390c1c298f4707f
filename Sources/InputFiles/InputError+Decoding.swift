import Foundation
import Primitives

extension InputError {
    /// A file of JSON that is not what it must be: the key at fault and what stands there, never what Foundation says.
    public init(file: String, decoding error: DecodingError, allowed: String) {
        let path: [any CodingKey]
        let found: String
        switch error {
        case .keyNotFound(let key, let context):
            path = context.codingPath + [key]
            found = "no such key"
        case .valueNotFound(let type, let context):
            path = context.codingPath
            found = "null where \(Self.name(of: type)) is needed"
        case .typeMismatch(let type, let context):
            path = context.codingPath
            found = "a value that is not \(Self.name(of: type))"
        case .dataCorrupted(let context):
            path = context.codingPath
            found = path.isEmpty ? "no JSON, or JSON that is cut off" : "a value out of range"
        @unknown default:
            path = []
            found = "JSON that cannot be read"
        }
        var key = ""
        for part in path {
            if let index = part.intValue {
                key += "[\(index)]"
            } else {
                key += (key.isEmpty ? "" : ".") + Self.snakeCase(part.stringValue)
            }
        }
        self.init(
            file: file, key: key.isEmpty ? nil : String(key.prefix(120)), found: found, allowed: allowed)
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is Double.Type: "a number"
        case is any FixedWidthInteger.Type: "a whole number in range"
        case is any Collection.Type: "a list or map"
        default: "an object"
        }
    }

    /// As the file spells it: `stateHash` is `state_hash` there.
    private static func snakeCase(_ key: String) -> String {
        var text = ""
        for character in key {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }
}

extension JSONDecoder {
    /// Decodes what a file of our own holds.
    ///
    /// - Throws: `InputError` naming file and key.
    public func decode<T: Decodable>(_ type: T.Type, from data: Data, file: String, allowed: String) throws
        -> T
    {
        do { return try decode(type, from: data) } catch let error as DecodingError {
            throw InputError(file: file, decoding: error, allowed: allowed)
        }
    }
}
