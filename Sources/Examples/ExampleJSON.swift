/// JSON whose numbers keep the text they are written with. `NaN` and `Infinity`, which many programs write, are numbers that
/// no rule takes.
struct ExampleJSON {
    /// What is wrong, and after how many bytes.
    struct Fault: Error {
        var what: String
        var place: Int
    }

    private let bytes: [UInt8]
    private var i = 0

    static func object(_ text: String) throws(Fault) -> [String: ExampleValue] {
        var reader = ExampleJSON(bytes: Array(text.utf8))
        guard case .map(let map) = try reader.value(depth: 0) else {
            throw Fault(what: "no object", place: 0)
        }
        reader.skipSpace()
        guard reader.i == reader.bytes.count else { throw reader.fault("more after its end") }
        return map
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func fault(_ what: String) -> Fault { Fault(what: what, place: i) }

    private mutating func skipSpace() {
        while i < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[i]) { i += 1 }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let end = i + word.utf8CodeUnitCount
        guard end <= bytes.count,
            zip(bytes[i..<end], UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
                .allSatisfy({ $0 == $1 })
        else { return false }
        i = end
        return true
    }

    private mutating func value(depth: Int) throws(Fault) -> ExampleValue {
        guard depth < 32 else { throw fault("lists or objects 32 deep") }
        skipSpace()
        guard i < bytes.count else { throw fault("an end too early") }
        switch bytes[i] {
        case UInt8(ascii: "{"): return .map(try map(depth))
        case UInt8(ascii: "["): return .list(try list(depth))
        case UInt8(ascii: "\""): return .text(try text())
        default: break
        }
        if take("true") { return .flag(true) }
        if take("false") { return .flag(false) }
        if take("null") { return .null }
        for word in ["NaN", "Infinity", "-Infinity"] as [StaticString] where take(word) {
            return .number(ExampleNumber(written: "\(word)"))
        }
        return .number(try number())
    }

    private mutating func map(_ depth: Int) throws(Fault) -> [String: ExampleValue] {
        i += 1
        var map: [String: ExampleValue] = [:]
        skipSpace()
        if take("}") { return map }
        while true {
            skipSpace()
            guard i < bytes.count, bytes[i] == UInt8(ascii: "\"") else { throw fault("a key without quotes") }
            let key = try text()
            skipSpace()
            guard take(":") else { throw fault("no colon after a key") }
            guard map.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw fault("`\(excerpt(key))` twice")
            }
            skipSpace()
            if take("}") { return map }
            guard take(",") else { throw fault("no comma or closing brace") }
        }
    }

    private mutating func list(_ depth: Int) throws(Fault) -> [ExampleValue] {
        i += 1
        var list: [ExampleValue] = []
        skipSpace()
        if take("]") { return list }
        while true {
            list.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return list }
            guard take(",") else { throw fault("no comma or closing bracket") }
        }
    }

    private mutating func number() throws(Fault) -> ExampleNumber {
        let start = i
        func digits() -> Int {
            let from = i
            while i < bytes.count, bytes[i] >= 48, bytes[i] <= 57 { i += 1 }
            return i - from
        }
        _ = take("-")
        let first = i
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[first] != 48 else { throw fault("no value") }
        if take("."), digits() == 0 { throw fault("no digit after the point") }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            if digits() == 0 { throw fault("no digit after the e") }
        }
        return ExampleNumber(written: String(decoding: bytes[start..<i], as: UTF8.self))
    }

    private mutating func text() throws(Fault) -> String {
        i += 1
        var text: [UInt8] = []
        while i < bytes.count {
            let c = bytes[i]
            i += 1
            if c == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard c >= 32 else { throw fault("a control character in a text") }
            if c != UInt8(ascii: "\\") {
                text.append(c)
                continue
            }
            guard i < bytes.count else { break }
            let escaped = bytes[i]
            i += 1
            switch escaped {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "u"): text += Array(String(try scalar()).utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escaped)
            default: throw fault("an unknown escape")
            }
        }
        throw fault("a text without an end")
    }

    /// After `\u`: four digits, or a pair of surrogates.
    private mutating func scalar() throws(Fault) -> Unicode.Scalar {
        func unit() -> UInt32? {
            guard i + 4 <= bytes.count else { return nil }
            defer { i += 4 }
            return UInt32(String(decoding: bytes[i..<i + 4], as: UTF8.self), radix: 16)
        }
        guard let high = unit() else { throw fault("no four digits after \\u") }
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, take("\\u"), let low = unit(), (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw fault("half a character after \\u") }
        return scalar
    }
}
