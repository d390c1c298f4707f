import GRDB

/// The table `minutes` of a whole-market recording in the order of time, a list of values a column.
public struct RecordedMinutes: Sendable {
    /// Unix seconds of the minutes' starts.
    public let seconds: [Int64]
    private let values: [String: [Double?]]

    /// To be called where `readRecording` has looked at the table.
    ///
    /// - Throws: what SQLite says of a table that cannot be read.
    public init(_ db: Database) throws {
        let columns = MinuteTables.minutes.definitions.filter { $0.kind != .text }.map(\.name)
        var values = [[Double?]](repeating: [], count: columns.count)
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(columns.joined(separator: ", ")) FROM minutes ORDER BY time_ms")
        while let row = try rows.next() {
            for i in columns.indices { values[i].append(row[i]) }
        }
        self.values = Dictionary(uniqueKeysWithValues: zip(columns, values))
        seconds = self.values["time_ms"]!.map { Int64($0!) / 1000 }
    }

    /// - Parameter column: one of the list, which a test of the caller will find out if it is not.
    public subscript(_ column: String) -> [Double?] {
        guard let found = values[column] else { preconditionFailure("no column `\(column)` in `minutes`") }
        return found
    }

    /// Of a column that always has a value.
    public func all(_ column: String) -> [Double] {
        let values = self[column]
        precondition(
            MinuteTables.minutes.definitions.contains { $0.name == column && $0.null == nil },
            "`minutes.\(column)` may be NULL")
        return values.map { $0! }
    }
}
