import Foundation
import InputFiles
import Primitives

/// One table of a book, read row by row by the names of its columns.
struct BookFile {
    let path: String
    private let rows: TableRows
    private let places: [Int]
    private let count: Int
    let columns: [String]

    struct Row {
        var line: Int
        var cells: [ArraySlice<UInt8>]
        var columns: [String]
        var file: String

        func text(_ column: Int) -> String { String(decoding: cells[column], as: UTF8.self) }
        func isEmpty(_ column: Int) -> Bool { cells[column].isEmpty }

        func refuse(_ column: Int, _ allowed: String, nearest: String? = nil) -> InputError {
            InputError(
                file: file, line: line, key: columns[column],
                found: cells[column].isEmpty ? "nothing" : quoted(cells[column]), allowed: allowed,
                nearest: nearest)
        }

        func name(_ column: Int) throws(InputError) -> String {
            let text = text(column)
            guard !text.isEmpty, text.utf8.count <= 200,
                !text.unicodeScalars.contains(where: { $0.value < 32 })
            else {
                throw refuse(column, "a name of at most 200 bytes without control characters")
            }
            return text
        }

        func number(_ column: Int, _ allowed: String = "a decimal number below 10^24") throws(InputError)
            -> Exact
        {
            guard let value = Exact(cells[column]) else { throw refuse(column, allowed) }
            return value
        }

        func positive(_ column: Int) throws(InputError) -> Exact {
            let value = try number(column, "a number above zero")
            guard !value.isNegative, !value.isZero else { throw refuse(column, "a number above zero") }
            return value
        }

        func optional(_ column: Int) throws(InputError) -> Exact? {
            isEmpty(column) ? nil : try number(column)
        }

        func choice<T: RawRepresentable & CaseIterable>(_ column: Int, _ type: T.Type) throws(InputError) -> T
        where T.RawValue == String {
            let text = text(column).lowercased()
            guard let value = T(rawValue: text) else {
                let names = T.allCases.map(\.rawValue)
                throw refuse(
                    column, names.joined(separator: ", "), nearest: nearestName(to: text, among: names))
            }
            return value
        }
    }

    /// - Parameters:
    ///   - needed: columns that must be there.
    ///   - optional: columns that read as empty where they are not.
    /// - Throws: `InputError` for a file that cannot be read or lacks a column.
    init(_ path: String, needed: [String], optional: [String] = []) throws(InputError) {
        self.path = path
        columns = needed + optional
        rows = try TableRows(path: path, comments: .aboveHeader)
        guard let header = try rows.next() else {
            throw InputError(
                file: path, found: "an empty file",
                allowed: "a header with the columns \(needed.joined(separator: ","))")
        }
        let names = header.texts
        var found = try columnPlaces(needed, in: header, of: rows)
        for name in optional { found.append(names.firstIndex(of: name) ?? -1) }
        places = found
        count = names.count
    }

    func next() throws(InputError) -> Row? {
        guard let row = try rows.next() else { return nil }
        guard row.cells.count == count else {
            throw rows.error(row, found: "\(row.cells.count) columns", allowed: "\(count), as in the header")
        }
        return Row(
            line: row.line, cells: places.map { $0 < 0 ? [] : row.cells[$0] }, columns: columns, file: path)
    }
}
