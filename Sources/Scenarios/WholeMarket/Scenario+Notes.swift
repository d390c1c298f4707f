import Primitives

/// What must be said beside the results of a whole-market run.
extension Scenario {
    /// The rows that were inputs, not results.
    public var imposedRows: [String] {
        var rows = [
            "prices, supplies, open interest and accounts at the start",
            "fundamentals: a random walk per asset",
        ]
        for item in news() {
            rows.append(
                "announcement at \(item.time): fundamentals of Bitcoin \(item.move * 100) %, others by beta")
        }
        if flag("contagion.outages"), !text("venues.outages").isEmpty {
            rows.append("venue outages at their recorded times")
        }
        return rows
    }

    /// What a run at `scale` does not keep: the rule of merging, and the rows measured outside the range of full-scale seeds
    /// at the next coarser scale that was measured (docs/scale.md).
    public func scaleNotes(_ scale: Int) -> [String] {
        guard scale > 1 else { return [] }
        var notes = [
            "scale \(scale): accounts alike in market, side, margin mode and leverage are merged by \(scale), the largest and the first of each market are not"
        ]
        let rows = BuiltIn.rows(PackageResources.scale_check_csv).filter { $0.count == 6 }
        let scales = Set(rows.compactMap { Int($0[0]) }).sorted()
        guard let measured = scales.first(where: { $0 >= scale }) ?? scales.last else { return notes }
        let outside = rows.filter { $0[0] == String(measured) }.map { cells in
            "\(cells[1]) \(cells[5]) (full scale \(cells[3]) to \(cells[4])) \(cells[2])"
        }
        notes.append(
            "not kept at scale \(measured), median over seeds of october-2025 (docs/scale.md): "
                + outside.joined(separator: "; "))
        return notes
    }
}
