import Foundation
import Primitives

/// One line of a file without its line ending.
public struct Line: Sendable {
    /// From 1.
    public var number: Int
    /// Valid UTF-8.
    public var bytes: ArraySlice<UInt8>

    /// The line as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Streams the lines of a plain, gzip or zip file with little memory, however large the file.
///
/// Line endings LF and CR LF; a byte-order mark is dropped; the last line may lack its ending.
public final class LineReader {
    /// The longest line accepted, in bytes.
    public static let longestLine = 1 << 20

    public let path: String
    private let source: InputBytes
    private var buffer: [UInt8] = []
    /// Where the next line begins in `buffer`, and how far beyond it no line ending was found.
    private var start = 0
    private var searched = 0
    private var atEnd = false
    private var number = 0

    /// - Throws: `InputError` if there is no such file, it is none (a folder, a pipe, a device), or it cannot be read.
    public init(path: String) throws(InputError) {
        self.path = path
        source = try InputBytes(path: path)
    }

    /// Text in memory.
    ///
    /// - Parameter path: what errors name.
    public init(text: String, path: String) {
        self.path = path
        source = InputBytes(bytes: Array(text.utf8), path: path)
    }

    /// The next line, or nil after the last.
    ///
    /// - Throws: `InputError` for a line longer than `longestLine`, bytes that are not UTF-8, or a damaged or
    ///   truncated gzip file.
    public func next() throws(InputError) -> Line? {
        while true {
            if let end = lineEnd() { return try line(upTo: end, next: end + 1) }
            if buffer.count - start > Self.longestLine { throw tooLong() }
            searched = buffer.count
            if atEnd {
                guard start < buffer.count else { return nil }
                return try line(upTo: buffer.count, next: buffer.count)
            }
            try refill()
        }
    }

    private func lineEnd() -> Int? {
        guard searched < buffer.count else { return nil }
        return buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = memchr(base + searched, 10, bytes.count - searched)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private func refill() throws(InputError) {
        guard let more = try source.next() else {
            atEnd = true
            return
        }
        if start == buffer.count {
            buffer = more
        } else {
            buffer.removeFirst(start)
            buffer.append(contentsOf: more)
        }
        searched -= start
        start = 0
    }

    private func line(upTo end: Int, next: Int) throws(InputError) -> Line {
        guard end - start <= Self.longestLine else { throw tooLong() }
        number += 1
        var bytes = buffer[start..<end]
        start = next
        searched = next
        if bytes.last == 13 { bytes.removeLast() }
        if number == 1 && bytes.starts(with: byteOrderMark) { bytes.removeFirst(3) }
        guard isUTF8(bytes) else {
            throw InputError(
                file: path, line: number, found: "bytes that are not UTF-8", allowed: "UTF-8 text")
        }
        return Line(number: number, bytes: bytes)
    }

    private func tooLong() -> InputError {
        InputError(
            file: path, line: number + 1, found: "a line longer than \(Self.longestLine) bytes",
            allowed: "lines of at most \(Self.longestLine) bytes")
    }

    /// An error about a cell or the whole of a line of this file.
    public func error(_ line: Line, _ key: String? = nil, found: String, allowed: String) -> InputError {
        InputError(file: path, line: line.number, key: key, found: found, allowed: allowed)
    }
}

/// Text for an error message: in back quotes, shortened.
public func quoted(_ bytes: ArraySlice<UInt8>) -> String {
    "`" + String(decoding: bytes.prefix(60), as: UTF8.self) + (bytes.count > 60 ? "…`" : "`")
}

/// Decoding replaces what is not UTF-8, so that the text differs from the bytes; ASCII needs no decoding.
private func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
    if bytes.allSatisfy({ $0 < 0x80 }) { return true }
    return String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(bytes)
}
