import InputFiles
import Primitives

/// Reads the files of one capture, plain or packed, as one stream of lines in the order they were received.
///
/// Only the first lines of the files are compared: within a file lines stay as they stand, so that a clock that went
/// back shows in the counts. Not for use by two threads at once.
public final class CapturePlayer {
    public let paths: [String]
    public let format: FeedFormat
    /// Files that could not be read to their end: what follows the place is missing from the capture.
    public private(set) var troubles: [InputError] = []
    /// Lines yielded since the beginning.
    public private(set) var position = 0
    private var sources: [Source]

    /// One line of one file.
    public struct Line: Sendable {
        public var head: CaptureLine
        /// With the head; empty for a line that could not be read as text.
        public var bytes: ArraySlice<UInt8>
        public var origin: FeedSession.Origin
    }

    /// - Parameter format: whose stream it is; nil to recognise it from the first lines.
    /// - Throws: `InputError` for no files, for one that cannot be opened, and for a stream that is not recognised.
    public init(paths: [String], format: FeedFormat? = nil) throws(InputError) {
        guard let first = paths.first else {
            throw InputError(
                file: "capture", found: "no files", allowed: "one file or several of one capture")
        }
        self.paths = paths
        var known = format
        if known == nil { known = try Self.recognise(paths) }
        guard let known else {
            throw InputError(
                file: first, found: "a stream of no known exchange",
                allowed: FeedFormat.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self.format = known
        sources = try Self.open(paths)
    }

    private static func open(_ paths: [String]) throws(InputError) -> [Source] {
        var sources: [Source] = []
        for path in paths { sources.append(Source(try LineReader(path: path))) }
        return sources
    }

    private static func recognise(_ paths: [String]) throws(InputError) -> FeedFormat? {
        for path in paths {
            let head = String(decoding: try firstBytes(of: path, 1 << 16), as: UTF8.self)
            if let format = FeedFormat(recognising: head.split(separator: "\n").prefix(100).map(String.init))
            {
                return format
            }
        }
        return nil
    }

    /// When the next line was received, in nanoseconds since 1970; nil at the end, and for a line without a time.
    public var nextTime: Int64? { earliest().flatMap { sources[$0].line?.head.time } }
    public var isAtEnd: Bool { earliest() == nil }

    /// The next line, or nil after the last of all files.
    public func next() -> Line? {
        guard let index = earliest() else { return nil }
        let line = sources[index].line
        sources[index].advance(&troubles)
        position += 1
        return line
    }

    /// The file whose line is next: one without a time follows its neighbour at once.
    private func earliest() -> Int? {
        var best: (index: Int, time: Int64)?
        for i in sources.indices {
            if !sources[i].begun { sources[i].advance(&troubles) }
            guard let line = sources[i].line else { continue }
            guard let time = line.head.time else { return i }
            if best.map({ time < $0.time }) ?? true { best = (i, time) }
        }
        return best?.index
    }

    /// Back to the beginning.
    ///
    /// - Throws: `InputError` if a file cannot be opened any more; the player is then as it was.
    public func restart() throws(InputError) {
        sources = try Self.open(paths)
        troubles = []
        position = 0
    }

    /// Plays into a session while lines were received not later than `time`, and at most `most` of them.
    ///
    /// - Parameter each: what each line did.
    /// - Returns: the lines played.
    @discardableResult
    public func play(
        into session: FeedSession, to time: Int64 = .max, most: Int = .max,
        each: ([FeedEvent]) -> Void = { _ in }
    ) -> Int {
        var played = 0
        while played < most, let index = earliest() {
            if let next = sources[index].line?.head.time, next > time { break }
            guard let line = next() else { break }
            each(session.consume(line))
            played += 1
        }
        return played
    }
}

extension FeedSession {
    /// Takes one line a player yields.
    @discardableResult
    public func consume(_ line: CapturePlayer.Line) -> [FeedEvent] {
        line.bytes.withUnsafeBytes { consume(line.head, of: $0, origin: line.origin) }
    }
}

/// A file with its next line read.
private struct Source {
    let reader: LineReader
    var line: CapturePlayer.Line?
    var begun = false
    private var number = 0
    private var failedAt: Int?
    private var ended = false

    init(_ reader: LineReader) { self.reader = reader }

    mutating func advance(_ troubles: inout [InputError]) {
        begun = true
        line = nil
        guard !ended else { return }
        do {
            guard let read = try reader.next() else {
                ended = true
                return
            }
            number = read.number
            line = CapturePlayer.Line(
                head: CaptureLine(read.bytes), bytes: read.bytes, origin: origin(read.number))
        } catch {
            fail(error, &troubles)
        }
    }

    /// A line that is no text is passed over once; where the reader stands still, the file ends there.
    private mutating func fail(_ error: InputError, _ troubles: inout [InputError]) {
        if let at = error.line, at != failedAt {
            failedAt = at
            line = CapturePlayer.Line(head: CaptureLine([]), bytes: [], origin: origin(at))
            line?.head.kind = .unreadable
            return
        }
        ended = true
        if troubles.count < 100 { troubles.append(error) }
    }

    private func origin(_ line: Int) -> FeedSession.Origin {
        FeedSession.Origin(file: reader.path, line: line)
    }
}
