import InputFiles
import Primitives

/// One table of an event: every cell with the place it was set, checked against its column.
struct EventTable: Sendable {
    struct Row: Sendable {
        let path: String
        let line: Int
        /// By column.
        var cells: [String: Setting]

        func text(_ column: String) -> String { cells[column]!.text }
        /// Nil where the cell is empty.
        func number(_ column: String) -> Double? {
            let text = text(column)
            return text.isEmpty ? nil : SettingKey.number(text)!
        }
        func time(_ column: String) -> SimTime { SimTime(iso8601: text(column))! }

        /// A refusal of a cell at the place it was set.
        func refuse(_ column: String, _ allowed: String, nearest: String? = nil) -> InputError {
            let cell = cells[column]!
            return InputError(
                file: cell.file, line: cell.line, key: column,
                found: cell.text.isEmpty ? "nothing" : "`\(cell.text)`", allowed: allowed, nearest: nearest)
        }
    }

    let kind: EventTableKind
    let path: String
    private(set) var rows: [Row] = []

    /// - Parameter cells: settings in place of the file's cells, by `row.column`.
    /// - Throws: `InputError` for a column that is missing, unknown or there twice, a cell its column does not allow, two
    ///   rows of one name, and a setting that names no row.
    init(_ kind: EventTableKind, _ file: EventFiles.File, cells: [String: Setting] = [:]) throws {
        self.kind = kind
        path = file.path
        try read(file)
        try set(cells)
        for row in rows { try check(row) }
    }

    private mutating func read(_ file: EventFiles.File) throws {
        let table = TableRows(text: file.text, path: file.path, comments: .everywhere)
        guard let header = try table.next() else {
            throw InputError(
                file: file.path, found: "an empty file",
                allowed: "a header with the columns \(kind.columns.map(\.path).joined(separator: ","))")
        }
        let names = header.texts
        try checkHeader(names, header, table)
        var seen: [String: Int] = [:]
        while let row = try table.next() {
            let texts = row.texts
            guard texts.count == names.count else {
                throw table.error(
                    row, found: "\(texts.count) columns", allowed: "\(names.count), as in the header")
            }
            var cells: [String: Setting] = [:]
            for (name, text) in zip(names, texts) {
                cells[name] = Setting(text: text, file: file.path, line: row.line)
            }
            for column in kind.columns where cells[column.path] == nil {
                cells[column.path] = Setting(text: column.fallback!, file: file.path, line: row.line)
            }
            let found = Row(path: file.path, line: row.line, cells: cells)
            let name = kind.names.map { found.text($0) }.joined(separator: ",")
            if let before = seen.updateValue(row.line, forKey: name) {
                throw table.error(
                    row, kind.names.joined(separator: ","),
                    found: "`\(name)` a second time; the first is in line \(before)",
                    allowed: "one row for each")
            }
            rows.append(found)
        }
    }

    private func checkHeader(_ names: [String], _ header: TableRow, _ table: TableRows) throws {
        let known = kind.columns.map(\.path)
        let wanted = known.joined(separator: ",")
        for (i, name) in names.enumerated() {
            guard known.contains(name) else {
                var error = table.error(
                    header, name, found: "an unknown column", allowed: "the columns \(wanted)")
                error.nearest = nearestName(to: name, among: known.filter { !names.contains($0) })
                throw error
            }
            guard !names[..<i].contains(name) else {
                throw table.error(header, name, found: "a column there twice", allowed: "each column once")
            }
        }
        for column in kind.columns where column.fallback == nil && !names.contains(column.path) {
            throw table.error(
                header, column.path, found: "no such column", allowed: "the columns \(wanted)")
        }
    }

    private mutating func set(_ cells: [String: Setting]) throws {
        guard kind.names.count == 1, let key = kind.names.first else { return }
        for (path, setting) in cells.sorted(by: { $0.key < $1.key }) {
            let at = path.lastIndex(of: ".")!
            let (name, column) = (String(path[..<at]), String(path[path.index(after: at)...]))
            guard let i = rows.firstIndex(where: { $0.text(key) == name }) else {
                throw InputError(
                    file: setting.file, line: setting.line, key: "\(kind.rawValue).\(path)",
                    found: "no \(key) `\(name)`", allowed: "a row of \(self.path)",
                    nearest: nearestName(to: name, among: rows.map { $0.text(key) }))
            }
            rows[i].cells[column] = setting
        }
    }

    private func check(_ row: Row) throws {
        for column in kind.columns {
            let cell = row.cells[column.path]!
            if cell.text.isEmpty && column.fallback == "" { continue }
            try column.check(cell)
        }
    }
}
