import Primitives

/// What was recorded of trading on one venue: a line of `record-trading.csv` to be drawn behind a run's. It decides nothing.
public struct RecordedTrading: Sendable {
    public enum Measure: String, CaseIterable, Sendable {
        /// What was traded in a minute over an ordinary minute, the median of the assets' books.
        case volumeTimes = "volume_times"
        /// Bids within 1 % over those at the reference minute.
        case bidsShare = "bids_share"
    }

    public let measure: Measure
    public let venue: String
    public let assets: [String]
    /// In the order of time; a value holds until the next.
    public private(set) var values: [(time: SimTime, value: Double)] = []

    /// The lines in the order of their first rows.
    ///
    /// - Parameter venue: the name in a row, checked.
    /// - Throws: `InputError` for a venue that the event does not have, and for a line of whose assets it has none.
    static func read(
        _ rows: [EventTable.Row], assets known: Set<String>, venue: (EventTable.Row) throws -> String
    ) throws -> [RecordedTrading] {
        var lines: [RecordedTrading] = []
        var places: [String: Int] = [:]
        for row in rows {
            let (name, text, measure) = (try venue(row), row.text("assets"), row.text("measure"))
            let key = [measure, name, text].joined(separator: " ")
            if places[key] == nil {
                let named = text.split(separator: "+").map(String.init)
                // Whoever takes an asset out of an event need not take it out here.
                let assets = named.filter { known.contains($0) }
                if assets.isEmpty {
                    throw row.refuse(
                        "assets", "assets of assets.csv with + between",
                        nearest: nearestName(to: named.first ?? "", among: known.sorted()))
                }
                places[key] = lines.count
                lines.append(
                    RecordedTrading(measure: Measure(rawValue: measure)!, venue: name, assets: assets))
            }
            lines[places[key]!].values.append((row.time("time_utc"), row.number("value")!))
        }
        for i in lines.indices { lines[i].values.sort { $0.time < $1.time } }
        return lines
    }

    /// The value that held at a moment; nil before the first and one step after the last.
    public func value(at seconds: Int64) -> Double? {
        guard let i = values.lastIndex(where: { $0.time.seconds <= seconds }) else { return nil }
        let step = values.count > 1 ? values[1].time.seconds - values[0].time.seconds : 60
        let end = i + 1 < values.count ? values[i + 1].time.seconds : values[i].time.seconds + step
        return seconds < min(end, values[i].time.seconds + step) ? values[i].value : nil
    }
}
