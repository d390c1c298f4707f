import Foundation
import Primitives
import Recording

/// Rows that Python has as values: a small table of a result.
final class RowsSource: TableSource {
    let fields: [RecordedField]
    private let rows: [[Any]]
    private var place = 0

    /// - Parameter json: `{"columns": [{"name": …, "kind": time|text|whole|flag|number, "unit": …}], "rows": [[…]]}`; a row has a value
    ///   a column, null for none, a time as milliseconds since 1970.
    /// - Throws: `InputError` for anything else.
    init(json: String) throws {
        let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        guard let columns = object?["columns"] as? [[String: String]], let rows = object?["rows"] as? [[Any]],
            rows.allSatisfy({ $0.count == columns.count })
        else {
            throw InputError(
                file: "table", found: "no columns and rows", allowed: "as many values a row as columns")
        }
        self.rows = rows
        let kinds: [String: RecordedField.Kind] = [
            "time": .time, "text": .text, "whole": .whole, "flag": .flag, "number": .number,
        ]
        fields = try columns.indices.map { i in
            guard let name = columns[i]["name"], let kind = kinds[columns[i]["kind"] ?? ""] else {
                throw InputError(
                    file: "table", key: columns[i]["name"], found: "`\(columns[i]["kind"] ?? "nothing")`",
                    allowed: kinds.keys.sorted().joined(separator: ", "))
            }
            return RecordedField(
                name: name, kind: kind, unit: columns[i]["unit"] ?? "", meaning: columns[i]["meaning"] ?? "",
                hasMissing: rows.contains { $0[i] is NSNull })
        }
    }

    func read(atMost most: Int, into batch: inout Batch) throws -> Int {
        let end = min(rows.count, place + most)
        defer { place = end }
        for row in rows[place..<end] {
            for (i, field) in fields.enumerated() {
                switch (field.kind, row[i]) {
                case (_, is NSNull): batch.addMissing(column: i)
                case (.time, let value as NSNumber), (.whole, let value as NSNumber),
                    (.flag, let value as NSNumber):
                    batch.add(whole: value.int64Value, column: i)
                case (.number, let value as NSNumber): batch.add(number: value.doubleValue, column: i)
                case (.text, var text as String):
                    text.withUTF8 { batch.add(text: UnsafeRawBufferPointer($0), column: i) }
                default:
                    throw InputError(
                        file: "table", key: field.name, found: "`\(row[i])`", allowed: "values of one kind")
                }
            }
        }
        return end - place
    }
}
