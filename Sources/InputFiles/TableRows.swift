import Primitives

/// One row of a table.
public struct TableRow: Sendable {
    /// Of the line it begins in, from 1.
    public var line: Int
    /// In the file's order, empty ones included.
    public var cells: [ArraySlice<UInt8>]

    /// The cells as text.
    public var texts: [String] { cells.map { String(decoding: $0, as: UTF8.self) } }
}

/// Streams the rows of a comma-separated table (RFC 4180): cells may be quoted and then hold commas, line ends and doubled
/// quotes. Lines end with LF or CR LF, blank lines are no rows, a byte-order mark is dropped, spaces around a cell that is
/// not quoted are no part of it.
public final class TableRows {
    /// Which lines that begin with `#` are comments.
    public enum Comments: Sendable { case none, aboveHeader, everywhere }

    public let path: String
    private let lines: LineReader
    private var first: Line?
    private let comments: Comments
    private var isHeaderSeen = false

    /// - Throws: `InputError` for a file that cannot be read.
    public init(path: String, comments: Comments = .none) throws(InputError) {
        self.path = path
        self.comments = comments
        lines = try LineReader(path: path)
    }

    /// Text in memory.
    ///
    /// - Parameter path: what errors name.
    public init(text: String, path: String, comments: Comments = .none) {
        self.path = path
        self.comments = comments
        lines = LineReader(text: text, path: path)
    }

    /// Goes on after a line that was read to see what the file is.
    public init(_ lines: LineReader, first: Line) {
        path = lines.path
        comments = .none
        self.lines = lines
        self.first = first
    }

    /// The next row, or nil after the last.
    ///
    /// - Throws: `InputError` for a line that cannot be read or is too long, and quotes that do not end.
    public func next() throws(InputError) -> TableRow? {
        while let line = try nextLine() {
            if line.bytes.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
            if line.bytes.first == UInt8(ascii: "#"),
                comments == .everywhere || comments == .aboveHeader && !isHeaderSeen
            {
                continue
            }
            isHeaderSeen = true
            return try row(line)
        }
        return nil
    }

    private func nextLine() throws(InputError) -> Line? {
        if let line = first {
            first = nil
            return line
        }
        return try lines.next()
    }

    private func row(_ line: Line) throws(InputError) -> TableRow {
        guard line.bytes.contains(UInt8(ascii: "\"")) else {
            return TableRow(
                line: line.number,
                cells: line.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(
                    trimmed))
        }
        var text = Array(line.bytes)
        while true {
            switch Self.cells(text) {
            case .whole(let cells): return TableRow(line: line.number, cells: cells)
            case .textAfterQuote:
                throw lines.error(
                    line, found: "text after the closing quote of a cell",
                    allowed: "a comma there; a quote inside a quoted cell is doubled")
            case .open:
                guard text.count <= LineReader.longestLine, let more = try lines.next() else {
                    throw lines.error(line, found: "a quoted cell without an end", allowed: "\" at its end")
                }
                text.append(10)
                text += more.bytes
            }
        }
    }

    private enum Parse { case whole([ArraySlice<UInt8>]), open, textAfterQuote }

    private static func cells(_ text: [UInt8]) -> Parse {
        var cells: [ArraySlice<UInt8>] = []
        var at = 0
        while true {
            var start = at
            while start < text.count, text[start] == 32 || text[start] == 9 { start += 1 }
            if start < text.count, text[start] == UInt8(ascii: "\"") {
                var cell: [UInt8] = []
                at = start + 1
                while true {
                    guard at < text.count else { return .open }
                    if text[at] != UInt8(ascii: "\"") {
                        cell.append(text[at])
                        at += 1
                    } else if at + 1 < text.count, text[at + 1] == UInt8(ascii: "\"") {
                        cell.append(text[at])
                        at += 2
                    } else {
                        at += 1
                        break
                    }
                }
                while at < text.count, text[at] == 32 || text[at] == 9 { at += 1 }
                guard at == text.count || text[at] == UInt8(ascii: ",") else { return .textAfterQuote }
                cells.append(cell[...])
            } else {
                while at < text.count, text[at] != UInt8(ascii: ",") { at += 1 }
                cells.append(trimmed(text[start..<max(start, at)]))
            }
            if at == text.count { return .whole(cells) }
            at += 1
        }
    }

    /// An error about a row of this table.
    public func error(_ row: TableRow, _ key: String? = nil, found: String, allowed: String) -> InputError {
        InputError(file: path, line: row.line, key: key, found: found, allowed: allowed)
    }

    /// An error about one cell, quoting it.
    public func error(_ row: TableRow, _ key: String, _ cell: ArraySlice<UInt8>, allowed: String)
        -> InputError
    {
        error(row, key, found: quoted(cell), allowed: allowed)
    }
}

private func trimmed(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var cell = cell
    while let c = cell.first, c == 32 || c == 9 { cell.removeFirst() }
    while let c = cell.last, c == 32 || c == 9 { cell.removeLast() }
    return cell
}

/// Every row of a table in memory, its header among them, as text.
///
/// - Parameter file: what errors name.
/// - Throws: `InputError` for a line that is too long, and quotes that do not end.
public func tableRows(_ text: String, file: String) throws(InputError) -> [(cells: [String], line: Int)] {
    let table = TableRows(text: text, path: file)
    var rows: [(cells: [String], line: Int)] = []
    while let row = try table.next() { rows.append((row.texts, row.line)) }
    return rows
}
