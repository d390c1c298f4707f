import InputFiles
import Primitives

/// Recorded prices by minute that alerts may be tried on: any table with a time and a close.
public enum PriceHistory {
    private static let times = ["time_utc", "timestamp", "open_time", "time"]
    private static let closes = ["close", "close_usd", "price"]

    /// - Parameter path: csv, gzip allowed. Times are `2025-10-10T20:00:00Z`, `2025-10-10 20:00:00`, or seconds, milli-, micro-
    ///   or nanoseconds since 1970; the last row of a minute counts.
    /// - Throws: `InputError` naming line and column of what cannot be read.
    public static func read(_ path: String) throws -> [Observation] {
        let rows = try TableRows(path: path, comments: .aboveHeader)
        guard let header = try rows.next() else {
            throw InputError(file: path, found: "an empty file", allowed: "a table with a time and a close")
        }
        func place(_ names: [String]) throws -> Int {
            guard let found = header.texts.firstIndex(where: { names.contains($0.lowercased()) }) else {
                throw rows.error(
                    header, found: "columns \(header.texts.prefix(12).joined(separator: ", "))",
                    allowed: "one of " + names.joined(separator: ", "))
            }
            return found
        }
        let (time, close) = (try place(times), try place(closes))
        var all: [Observation] = []
        while let row = try rows.next() {
            let texts = row.texts
            guard texts.count > max(time, close) else {
                throw rows.error(row, found: "\(texts.count) cells", allowed: "\(header.texts.count)")
            }
            guard let seconds = seconds(texts[time]) else {
                throw rows.error(
                    row, header.texts[time], found: "`\(texts[time].prefix(40))`", allowed: "a UTC time")
            }
            guard let price = Double(texts[close]), price.isFinite, price > 0 else {
                throw rows.error(
                    row, header.texts[close], found: "`\(texts[close].prefix(40))`",
                    allowed: "a price above 0")
            }
            let end = seconds / 60 * 60 + 60
            if let last = all.last, end < last.seconds {
                throw rows.error(
                    row, header.texts[time], found: "a time before the row above", allowed: "rows in order")
            }
            if all.last?.seconds == end { all.removeLast() }
            all.append(Observation(seconds: end, price: price))
        }
        return all
    }

    private static func seconds(_ text: String) -> Int64? {
        if let number = Int64(text) {
            // By size: seconds reach 2286, and the finer units lie a thousand times higher each.
            switch number {
            case ..<10_000_000_000: return number
            case ..<10_000_000_000_000: return number / 1000
            case ..<10_000_000_000_000_000: return number / 1_000_000
            default: return number / 1_000_000_000
            }
        }
        let first = text.prefix(19).replacing(" ", with: "T")
        return SimTime(iso8601: first.hasSuffix("Z") ? first : first + "Z")?.seconds
    }
}
