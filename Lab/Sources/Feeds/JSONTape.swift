/// One JSON value's place in a `JSONTape`.
struct JSONToken {
    enum Kind: UInt8 { case object, array, key, text, number, word }

    var kind: Kind
    /// In bytes of the line; text without its quotes.
    var start: UInt32
    var end: UInt32
    /// The token behind this value and all that is in it.
    var next: UInt32
}

/// A line of JSON read once, without recursion, into a flat list of tokens that point into the bytes.
///
/// Not `JSONSerialization`: it would turn the numbers that some exchanges write without quotes into doubles, which are
/// not exact. It is slower, too, but that alone would not forbid it.
struct JSONTape {
    /// Deeper lines are refused.
    static let deepest = 32
    /// Longer lists are refused: four for each of the levels a book may have.
    static let mostTokens = 4_000_000

    private(set) var tokens: [JSONToken] = []
    private var open: [Int] = []

    /// False for bytes that are not one JSON object or array.
    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Bool {
        tokens.removeAll(keepingCapacity: true)
        open.removeAll(keepingCapacity: true)
        guard bytes.count < Int(Int32.max) else { return false }
        var i = 0
        var state = State.value
        while true {
            while i < bytes.count, Self.isSpace(bytes[i]) { i += 1 }
            guard i < bytes.count else { return state == .done }
            guard tokens.count < Self.mostTokens, step(bytes, &i, &state) else { return false }
        }
    }

    private enum State { case value, firstValue, key, firstKey, colon, afterValue, done }

    private mutating func step(_ bytes: UnsafeRawBufferPointer, _ i: inout Int, _ state: inout State) -> Bool
    {
        let c = bytes[i]
        switch state {
        case .value, .firstValue:
            if c == 0x5D && state == .firstValue { return close(.array, &i, &state) }
            return value(bytes, &i, &state)
        case .key, .firstKey:
            if c == 0x7D && state == .firstKey { return close(.object, &i, &state) }
            guard c == 0x22, text(bytes, &i, .key) else { return false }
            state = .colon
            return true
        case .colon:
            guard c == 0x3A else { return false }
            i += 1
            state = .value
            return true
        case .afterValue:
            guard let container = open.last else { return false }
            let isObject = tokens[container].kind == .object
            if c == 0x2C {
                i += 1
                state = isObject ? .key : .value
                return true
            }
            guard c == (isObject ? 0x7D : 0x5D) else { return false }
            return close(isObject ? .object : .array, &i, &state)
        case .done: return false
        }
    }

    private mutating func close(_ kind: JSONToken.Kind, _ i: inout Int, _ state: inout State) -> Bool {
        guard let container = open.popLast(), tokens[container].kind == kind else { return false }
        i += 1
        tokens[container].end = UInt32(i)
        tokens[container].next = UInt32(tokens.count)
        state = open.isEmpty ? .done : .afterValue
        return true
    }

    private mutating func value(_ bytes: UnsafeRawBufferPointer, _ i: inout Int, _ state: inout State) -> Bool
    {
        let c = bytes[i]
        if c == 0x7B || c == 0x5B {
            guard open.count < Self.deepest else { return false }
            open.append(tokens.count)
            tokens.append(
                JSONToken(kind: c == 0x7B ? .object : .array, start: UInt32(i), end: 0, next: 0))
            i += 1
            state = c == 0x7B ? .firstKey : .firstValue
            return true
        }
        guard !open.isEmpty else { return false }
        state = .afterValue
        if c == 0x22 { return text(bytes, &i, .text) }
        let start = i
        while i < bytes.count, Self.isWord(bytes[i]) { i += 1 }
        guard i > start else { return false }
        let kind: JSONToken.Kind
        if c == 0x2D || (c >= 0x30 && c <= 0x39) {
            kind = .number
        } else {
            let word = bytes[start..<i]
            guard
                word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8)
                    || word.elementsEqual("null".utf8)
            else { return false }
            kind = .word
        }
        tokens.append(
            JSONToken(kind: kind, start: UInt32(start), end: UInt32(i), next: UInt32(tokens.count + 1)))
        return true
    }

    private mutating func text(_ bytes: UnsafeRawBufferPointer, _ i: inout Int, _ kind: JSONToken.Kind)
        -> Bool
    {
        let start = i + 1
        i = start
        while i < bytes.count {
            let c = bytes[i]
            if c == 0x22 {
                tokens.append(
                    JSONToken(
                        kind: kind, start: UInt32(start), end: UInt32(i), next: UInt32(tokens.count + 1)))
                i += 1
                return true
            }
            guard c >= 0x20 else { return false }
            i += c == 0x5C ? 2 : 1
        }
        return false
    }

    private static func isSpace(_ c: UInt8) -> Bool { c == 0x20 || c == 0x09 || c == 0x0D || c == 0x0A }

    /// Letters, digits, and the signs and the point of numbers.
    private static func isWord(_ c: UInt8) -> Bool {
        (c >= 0x30 && c <= 0x39) || (c | 0x20 >= 0x61 && c | 0x20 <= 0x7A) || c == 0x2D || c == 0x2B
            || c == 0x2E
    }
}
