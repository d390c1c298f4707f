/// One value of a line that was read into a tape; lives as long as the line's bytes.
struct JSONValue {
    private let bytes: UnsafeRawBufferPointer
    private let tokens: UnsafeBufferPointer<JSONToken>
    private let index: Int

    /// Of the whole line; the tape is not empty.
    init(bytes: UnsafeRawBufferPointer, tokens: UnsafeBufferPointer<JSONToken>) {
        self.init(bytes, tokens, 0)
    }

    private init(_ bytes: UnsafeRawBufferPointer, _ tokens: UnsafeBufferPointer<JSONToken>, _ index: Int) {
        self.bytes = bytes
        self.tokens = tokens
        self.index = index
    }

    private var token: JSONToken { tokens[index] }
    var isObject: Bool { token.kind == .object }
    var isArray: Bool { token.kind == .array }

    /// What a text, number or word is written with.
    private var content: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[Int(token.start)..<Int(token.end)])
    }

    /// The first member of an object with this key.
    subscript(key: StaticString) -> JSONValue? {
        guard isObject else { return nil }
        var i = index + 1
        let end = Int(token.next)
        while i < end {
            let found = tokens[i]
            let length = Int(found.end - found.start)
            if length == key.utf8CodeUnitCount, same(Int(found.start), key, length) {
                return JSONValue(bytes, tokens, i + 1)
            }
            i = Int(tokens[i + 1].next)
        }
        return nil
    }

    private func same(_ start: Int, _ key: StaticString, _ length: Int) -> Bool {
        for k in 0..<length where bytes[start + k] != key.utf8Start[k] { return false }
        return true
    }

    /// The elements of an array; none of another value.
    var elements: Elements {
        Elements(bytes: bytes, tokens: tokens, index: index + 1, end: isArray ? Int(token.next) : 0)
    }

    struct Elements: Sequence, IteratorProtocol {
        fileprivate let bytes: UnsafeRawBufferPointer
        fileprivate let tokens: UnsafeBufferPointer<JSONToken>
        fileprivate var index: Int
        fileprivate let end: Int

        mutating func next() -> JSONValue? {
            guard index < end else { return nil }
            defer { index = Int(tokens[index].next) }
            return JSONValue(bytes, tokens, index)
        }
    }

    /// A text, or a number as written. Escapes stay as they are: no name or number of these feeds has one.
    var text: String? {
        guard token.kind == .text || token.kind == .number else { return nil }
        return String(decoding: content, as: UTF8.self)
    }

    func equals(_ word: StaticString) -> Bool {
        let length = Int(token.end - token.start)
        guard token.kind == .text || token.kind == .word, length == word.utf8CodeUnitCount else {
            return false
        }
        return same(Int(token.start), word, length)
    }

    /// Of a number, or a text that is one.
    var number: FeedNumber? {
        guard token.kind == .text || token.kind == .number else { return nil }
        return FeedNumber(bytes: content)
    }

    /// Of a whole number below 10^18 in magnitude, or a text that is one.
    var integer: Int64? {
        guard token.kind == .text || token.kind == .number else { return nil }
        return wholeNumber(content)
    }
}

/// Digits with an optional minus, at most 18.
func wholeNumber(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    let negative = bytes.first == 0x2D
    let digits = bytes.dropFirst(negative ? 1 : 0)
    guard !digits.isEmpty, digits.count <= 18 else { return nil }
    var value: Int64 = 0
    for c in digits {
        guard c >= 0x30 && c <= 0x39 else { return nil }
        value = value * 10 + Int64(c - 0x30)
    }
    return negative ? -value : value
}
