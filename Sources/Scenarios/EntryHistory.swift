import Primitives
import RealModule

/// Where an asset traded before the start, by the hour, relative to its price at the start.
///
/// An asset without rows of its own in history.csv moves with the reference asset, times its beta (a stated rule); an
/// event without a history has every position entered at the price of the start.
struct EntryHistory: Sendable {
    /// By hours before the start (0: the last hour): close, and the lowest and highest since then.
    let close: [Double]
    let lowestSince: [Double]
    let highestSince: [Double]

    private typealias Hours = (lows: [Double], highs: [Double], closes: [Double])

    /// By asset of the event.
    ///
    /// - Throws: `InputError` for hours that do not follow one another.
    static func all(_ event: Event, reference: AssetID) throws -> [EntryHistory] {
        guard let file = event.files[EventTableKind.history.file] else {
            return event.assets.map { _ in EntryHistory(([1], [1], [1]), beta: 1) }
        }
        let rows = try EventTable(.history, file).rows
        let byAsset = try event.split(rows, everySeconds: 3600)
        let recorded = byAsset.mapValues { rows -> Hours in
            (
                rows.map { $0.number("low_usd")! }, rows.map { $0.number("high_usd")! },
                rows.map { $0.number("close_usd")! }
            )
        }
        guard let common = recorded[reference] else {
            throw InputError(
                file: file.path, key: "asset", found: "no hour of \(event.assets[reference].name)",
                allowed:
                    "the history of the reference asset at least: the others follow it where they have none")
        }
        return event.assetIDs.map { a in
            if let own = recorded[a] { return EntryHistory(own, beta: 1) }
            return EntryHistory(common, beta: event.assets[a].beta)
        }
    }

    private init(_ hours: Hours, beta: Double) {
        let last = hours.closes.last!
        func relative(_ price: Double) -> Double { Double.power(price / last, beta) }
        var (low, high) = (1.0, 1.0)
        var (close, lowest, highest): ([Double], [Double], [Double]) = ([], [], [])
        for i in hours.closes.indices.reversed() {
            close.append(relative(hours.closes[i]))
            lowest.append(low)
            highest.append(high)
            low = min(low, relative(hours.lows[i]))
            high = max(high, relative(hours.highs[i]))
        }
        (self.close, lowestSince, highestSince) = (close, lowest, highest)
    }

    @inline(__always)
    func hour(_ hoursBack: Double) -> Int { min(close.count - 1, max(0, Int(hoursBack))) }
}

extension Event {
    /// The rows of a table of prices by asset, each asset's times following one another without a gap.
    ///
    /// - Throws: `InputError` at the row that does not fit.
    func split(_ rows: [EventTable.Row], everySeconds step: Int64) throws -> [AssetID: [EventTable.Row]] {
        var found: [AssetID: [EventTable.Row]] = [:]
        for row in rows {
            try checkCandle(row)
            guard let asset = asset(row.text("asset")) else {
                throw row.refuse(
                    "asset", "an asset of assets.csv",
                    nearest: nearestName(to: row.text("asset"), among: assets.map(\.name)))
            }
            if let last = found[asset]?.last {
                let wanted = last.time("time_utc").adding(seconds: Double(step))
                guard row.time("time_utc") == wanted else {
                    throw row.refuse(
                        "time_utc",
                        "\(wanted), \(step == 60 ? "the minute" : "the hour") after the row of \(row.text("asset")) before it"
                    )
                }
            }
            found[asset, default: []].append(row)
        }
        return found
    }

    /// What was traded lies between the lowest and the highest.
    private func checkCandle(_ row: EventTable.Row) throws {
        let (low, high) = (row.number("low_usd")!, row.number("high_usd")!)
        guard low <= high else { throw row.refuse("low_usd", "at most high_usd, \(high)") }
        for column in ["open_usd", "close_usd"] where row.cells[column] != nil {
            guard (low...high).contains(row.number(column)!) else {
                throw row.refuse(column, "from low_usd to high_usd, \(low) to \(high)")
            }
        }
    }
}
