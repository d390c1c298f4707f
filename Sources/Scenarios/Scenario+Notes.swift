import Primitives

/// What must be said beside the results of a run.
extension Scenario {
    /// The rows that were inputs, not results, of a run that came to this moment.
    public func imposedRows(until end: SimTime) -> [String] {
        var rows = [
            "prices, supplies, open interest and accounts at the start"
        ]
        rows.append(
            isIndexImposed
                ? "the index of every asset: \(text("index.kind") == "model" ? "a model's path" : "a recorded path")"
                : "fundamentals: a random walk per asset")
        for item in news() {
            let percent = (item.move * 1e8).rounded() / 1e6
            if isIndexImposed {
                rows.append("announcement at \(item.time): makers take it in; what it moved is in the index")
                continue
            }
            rows.append(
                item.time <= end
                    ? "announcement at \(item.time): fundamentals of \(event.assets[referenceAsset].name == "BTC" ? "Bitcoin" : event.assets[referenceAsset].name) \(percent) %, others by beta"
                    : "announcement at \(item.time): after the end of this run, which does not have it")
        }
        let isGiven = !text("venues.outages").isEmpty
        if flag("contagion.outages"), isGiven || !event.outages.isEmpty {
            rows.append("venue outages at their \(isGiven ? "given" : "recorded") times")
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
        let scales = Set(event.scaleChecks.map { $0.number("scale")! }).sorted()
        guard let measured = scales.first(where: { $0 >= Double(scale) }) ?? scales.last else { return notes }
        let outside = event.scaleChecks.filter { $0.number("scale") == measured }.map { row in
            "\(row.text("name")) \(row.text("median")) (full scale \(row.text("full_low")) to \(row.text("full_high"))) \(row.text("unit"))"
        }
        notes.append(
            "not kept at scale \(Int(measured)), medians over seeds of the event's scale-check.csv (docs/scale.md): "
                + outside.joined(separator: "; "))
        return notes
    }
}
