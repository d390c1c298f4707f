/// One line of a capture file taken apart: when it was received, and which bytes are the message.
///
/// Two layouts: `<nanoseconds> <json>`; and `<seconds>: <json>`, `<address> -> <seconds>: <body>`, with what the client
/// sent as `<address> <- <seconds>: <json>` and the opening as `<address> <-> <seconds>`.
public struct CaptureLine: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case message
        /// What was asked for at this address.
        case reply(address: String)
        /// What the client sent, an opened connection, a note of the recorder's, an empty line.
        case aside
        /// Of none of the layouts.
        case unreadable
    }

    public var kind: Kind
    /// Nanoseconds since 1970; nil where the line has none.
    public var time: Int64?
    /// Where the message begins, in bytes from the line's first.
    public var body: Int

    static let longestHead = 4096

    public init(_ line: ArraySlice<UInt8>) {
        self = line.withUnsafeBytes { CaptureLine(bytes: $0) }
    }

    private init(kind: Kind, time: Int64? = nil, body: Int = 0) {
        self.kind = kind
        self.time = time
        self.body = body
    }

    init(bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first(where: { $0 != 0x20 && $0 != 0x09 }) else {
            self.init(kind: .aside)
            return
        }
        if first >= 0x30 && first <= 0x39 { self = Self.timed(bytes) } else { self = Self.addressed(bytes) }
    }

    private static func timed(_ bytes: UnsafeRawBufferPointer) -> CaptureLine {
        let unreadable = CaptureLine(kind: .unreadable)
        guard let end = bytes.prefix(40).firstIndex(where: { $0 == 0x20 || $0 == 0x3A }) else {
            return unreadable
        }
        let number = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        let isSeconds = bytes[end] == 0x3A
        guard let time = isSeconds ? nanoseconds(seconds: number) : nanoseconds(stamp: number) else {
            return unreadable
        }
        return CaptureLine(kind: .message, time: time, body: end + 1)
    }

    private static func addressed(_ bytes: UnsafeRawBufferPointer) -> CaptureLine {
        let head = String(decoding: bytes.prefix(longestHead), as: UTF8.self)
        if head.hasPrefix("configuration: ") { return CaptureLine(kind: .aside) }
        let words = head.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count >= 3, words[0].contains("://") else { return CaptureLine(kind: .unreadable) }
        var stamp = Array(words[2].utf8)
        if stamp.last == 0x3A { stamp.removeLast() }
        let time = stamp.withUnsafeBytes { nanoseconds(seconds: $0) }
        switch words[1] {
        case "<-", "<->": return CaptureLine(kind: .aside, time: time)
        case "->":
            guard let time else { return CaptureLine(kind: .unreadable) }
            let body = words[0].utf8.count + words[1].utf8.count + words[2].utf8.count + 3
            guard body <= bytes.count else { return CaptureLine(kind: .unreadable) }
            return CaptureLine(kind: .reply(address: String(words[0])), time: time, body: body)
        default: return CaptureLine(kind: .unreadable)
        }
    }

    /// Not below zero and not beyond the year 2262.
    private static func nanoseconds(stamp: UnsafeRawBufferPointer) -> Int64? {
        guard stamp.count <= 19 else { return nil }
        return Int64(String(decoding: stamp, as: UTF8.self)).flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func nanoseconds(seconds: UnsafeRawBufferPointer) -> Int64? {
        guard let number = FeedNumber(bytes: seconds) else { return nil }
        return Int64(exactly: number.scaled / 1_000_000_000).flatMap { $0 >= 0 ? $0 : nil }
    }
}
