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

    /// What a run at `scale` does not keep.
    public func scaleNotes(_ scale: Int) -> [String] {
        guard scale > 1 else { return [] }
        return [
            "scale \(scale): accounts alike in market, side, margin mode and leverage are merged by \(scale), the largest and the first of each market are not",
            "scale \(scale): forced orders come in lumps of \(scale) accounts, so lows of thin books, deleveraging and fund draws are deeper than at full scale",
        ]
    }
}
