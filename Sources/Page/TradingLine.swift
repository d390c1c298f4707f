import GRDB
import Primitives
import Recording
import Scenarios
import Validation

/// What a run traded, or what rested, on some books of a venue, with the record behind it.
struct TradingLine {
    let record: RecordedTrading
    let times: [Int64]
    /// By minute, in the units of the record.
    let simulated: [Double?]

    /// - Throws: `InputError` if the file is not a recording of the whole market.
    static func read(
        database path: String, behind records: [RecordedTrading], times: [Int64], reference: Int64
    ) throws -> [TradingLine] {
        let records = records.filter { record in times.contains { record.value(at: $0) != nil } }
        guard !records.isEmpty else { return [] }
        return try readRecording(path, tables: ["books", "book_minutes", "venues", "assets"]) { db in
            try records.map { record in
                let books = try minutes(db, record, times)
                let simulated: [Double?]
                switch record.measure {
                case .volumeTimes: simulated = overOrdinary(books, times, reference)
                case .bidsShare: simulated = overReference(books, times, reference)
                }
                return TradingLine(record: record, times: times, simulated: simulated)
            }
        }
    }

    /// By book, what each minute has; nil where the recording has no row.
    private static func minutes(_ db: Database, _ record: RecordedTrading, _ times: [Int64]) throws
        -> [[Double?]]
    {
        let place = Dictionary(times.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })
        let figure = record.measure == .volumeTimes ? "bought_usd + sold_usd" : "bids_1pct_usd"
        var books: [Int64: [Double?]] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT book_id, time_ms / 1000, \(figure) FROM book_minutes
                    JOIN books ON books.id = book_id JOIN venues ON venues.id = venue_id
                    JOIN assets ON assets.id = asset_id
                WHERE venue = ? AND asset IN (\(record.assets.map { _ in "?" }.joined(separator: ",")))
                """, arguments: StatementArguments([record.venue] + record.assets))
        while let row = try rows.next() {
            guard let at = place[row[1]] else { continue }
            books[row[0], default: Array(repeating: nil, count: times.count)][at] = row[2]
        }
        return books.keys.sorted().map { books[$0]! }
    }

    /// Each book's minute over its mean minute up to the reference, the median book.
    private static func overOrdinary(_ books: [[Double?]], _ times: [Int64], _ reference: Int64) -> [Double?]
    {
        let ordinary = books.map { book in
            let before = zip(times, book).filter { $0.0 < reference }.compactMap(\.1)
            return before.reduce(0, +) / Double(max(1, before.count))
        }
        return times.indices.map { i in
            quantile(
                zip(books, ordinary).compactMap { book, mean in mean > 0 ? book[i].map { $0 / mean } : nil },
                0.5)
        }
    }

    /// All books together over what they had in the last minute that began by the reference.
    private static func overReference(_ books: [[Double?]], _ times: [Int64], _ reference: Int64) -> [Double?]
    {
        let sums = times.indices.map { i in books.compactMap { $0[i] }.reduce(0, +) }
        guard let start = times.lastIndex(where: { $0 <= reference }), sums[start] > 0 else {
            return times.map { _ in nil }
        }
        return sums.map { $0 / sums[start] }
    }

    var chart: Chart {
        let isVolume = record.measure == .volumeTimes
        let assets = record.assets.joined(separator: ", ")
        return Chart(
            title: "\(isVolume ? "Traded on" : "Bids within 1 % on") \(record.venue): \(assets)",
            unit: isVolume ? "times an ordinary minute, median book" : "over the reference minute",
            times: times,
            series: [
                .init(name: "simulated", values: simulated, color: PageFrame.blue),
                .init(
                    name: "recorded", values: times.map { record.value(at: $0) }, color: PageFrame.grey,
                    isDashed: true),
            ],
            note: "Dashed: as recorded (record-trading.csv of the event names its source).")
    }
}
