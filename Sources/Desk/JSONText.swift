import Primitives

/// JSON whose numbers keep the text they were written with: a balance never passes through a double. Every value knows its line.
public struct JSONText: Sendable {
    public enum Value: Sendable {
        case object([(key: String, value: JSONText)])
        case array([JSONText])
        case string(String)
        case number(String)
        case bool(Bool)
        case null
    }
    public var value: Value
    public var line: Int

    public subscript(key: String) -> JSONText? {
        guard case .object(let members) = value else { return nil }
        return members.first { $0.key == key }?.value
    }
    public var list: [JSONText]? { if case .array(let list) = value { list } else { nil } }
    public var members: [(key: String, value: JSONText)]? {
        if case .object(let members) = value { members } else { nil }
    }
    /// A string, or a number as it was written; nil for anything else.
    public var text: String? {
        switch value {
        case .string(let text), .number(let text): text
        default: nil
        }
    }
    public var isNull: Bool { if case .null = value { true } else { false } }
    public var keys: [String] { members?.map(\.key) ?? [] }

    /// What it is, in words.
    public var kind: String {
        switch value {
        case .object: "an object"
        case .array: "a list"
        case .string: "a text"
        case .number: "a number"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}

/// Reads one JSON document after another from bytes.
struct JSONReader {
    private let bytes: [UInt8]
    private let file: String
    private var at = 0
    private var line = 1
    private var depth = 0

    /// - Parameter file: what errors name.
    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { at = 3 }
    }

    /// The only document of a file; several where each line is one.
    ///
    /// - Throws: `InputError` at the line where it is no JSON.
    mutating func documents() throws(InputError) -> [JSONText] {
        var all: [JSONText] = []
        skip()
        while at < bytes.count {
            all.append(try value())
            skip()
        }
        if all.isEmpty { throw refuse("an empty file", "JSON") }
        return all
    }

    private func refuse(_ found: String, _ allowed: String) -> InputError {
        InputError(file: file, line: line, found: found, allowed: allowed)
    }

    private mutating func skip() {
        while at < bytes.count {
            switch bytes[at] {
            case 10: line += 1
            case 32, 9, 13: break
            default: return
            }
            at += 1
        }
    }

    private mutating func value() throws(InputError) -> JSONText {
        skip()
        guard at < bytes.count else {
            throw refuse("the end of the file inside a document", "a whole document: the file is cut off")
        }
        let start = line
        depth += 1
        defer { depth -= 1 }
        guard depth < 200 else { throw refuse("lists within lists, 200 deep", "an answer of a venue") }
        switch bytes[at] {
        case UInt8(ascii: "{"):
            at += 1
            var members: [(key: String, value: JSONText)] = []
            skip()
            if at < bytes.count, bytes[at] == UInt8(ascii: "}") {
                at += 1
                return JSONText(value: .object([]), line: start)
            }
            while true {
                skip()
                let key = try string()
                skip()
                try expect(":")
                members.append((key, try value()))
                skip()
                if try endsOrGoesOn("}") { return JSONText(value: .object(members), line: start) }
            }
        case UInt8(ascii: "["):
            at += 1
            var list: [JSONText] = []
            skip()
            if at < bytes.count, bytes[at] == UInt8(ascii: "]") {
                at += 1
                return JSONText(value: .array([]), line: start)
            }
            while true {
                list.append(try value())
                skip()
                if try endsOrGoesOn("]") { return JSONText(value: .array(list), line: start) }
            }
        case UInt8(ascii: "\""): return JSONText(value: .string(try string()), line: start)
        default: return JSONText(value: try scalar(), line: start)
        }
    }

    private mutating func expect(_ character: Character) throws(InputError) {
        guard at < bytes.count else {
            throw refuse("the end of the file inside a document", "a whole document: the file is cut off")
        }
        guard bytes[at] == character.asciiValue else {
            throw refuse("`\(Character(UnicodeScalar(bytes[at])))` where `\(character)` belongs", "JSON")
        }
        at += 1
    }

    /// True at the end of a list or object, false where a comma goes on.
    private mutating func endsOrGoesOn(_ end: Character) throws(InputError) -> Bool {
        if at < bytes.count, bytes[at] == UInt8(ascii: ",") {
            at += 1
            return false
        }
        try expect(end)
        return true
    }

    private mutating func scalar() throws(InputError) -> JSONText.Value {
        let start = at
        while at < bytes.count, !",]} \n\r\t:".utf8.contains(bytes[at]) { at += 1 }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        // Python writes these where JSON has no number.
        case "null", "NaN", "Infinity", "-Infinity": return .null
        default:
            guard let first = text.utf8.first, first == 45 || (48...57).contains(first) else {
                throw refuse("`\(text.prefix(40))`", "JSON")
            }
            return .number(text)
        }
    }

    private mutating func string() throws(InputError) -> String {
        try expect("\"")
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"),
            bytes[at] >= 32
        { at += 1 }
        var text = String(decoding: bytes[start..<at], as: UTF8.self)
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            guard bytes[at] >= 32 else { throw refuse("a line end inside a text", "JSON") }
            if bytes[at] != UInt8(ascii: "\\") {
                let from = at
                while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"),
                    bytes[at] >= 32
                { at += 1 }
                text += String(decoding: bytes[from..<at], as: UTF8.self)
                continue
            }
            at += 1
            guard at < bytes.count else { break }
            switch bytes[at] {
            case UInt8(ascii: "n"): text += "\n"
            case UInt8(ascii: "t"): text += "\t"
            case UInt8(ascii: "r"): text += "\r"
            case UInt8(ascii: "b"): text += "\u{8}"
            case UInt8(ascii: "f"): text += "\u{c}"
            case UInt8(ascii: "u"):
                text += String(unicode(try hex()))
                continue
            default: text += String(UnicodeScalar(bytes[at]))
            }
            at += 1
        }
        try expect("\"")
        return text
    }

    private mutating func hex() throws(InputError) -> UInt32 {
        let code = try unit()
        guard (0xd800..<0xdc00).contains(code), at + 5 < bytes.count, bytes[at] == 92, bytes[at + 1] == 117
        else { return code }
        let before = at
        at += 1
        let low = try unit()
        guard (0xdc00..<0xe000).contains(low) else {
            // Half a character, and then another.
            at = before
            return code
        }
        return 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }

    /// The four digits behind a `u`.
    private mutating func unit() throws(InputError) -> UInt32 {
        let digits = bytes[min(at + 1, bytes.count)..<min(at + 5, bytes.count)]
        guard digits.count == 4, let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw refuse("a `\\u` without four hexadecimal digits", "JSON")
        }
        at += 5
        return code
    }

    private func unicode(_ code: UInt32) -> Character { Character(UnicodeScalar(code) ?? "\u{fffd}") }
}
