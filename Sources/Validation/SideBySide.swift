import Recording

/// Headline figures of several runs, a column each.
public struct SideBySide {
    private let runs: [FinishedRun]

    public init(_ runs: [FinishedRun]) { self.runs = runs }

    private struct Row: Sendable {
        var name: String
        /// Whether it is in dollars, of which a row has one unit.
        var isDollars = false
        var value: @Sendable (MarketSummary) -> Double?

        static func usd(_ name: String, _ value: @escaping @Sendable (MarketSummary) -> Double?) -> Row {
            Row(name: name, isDollars: true, value: value)
        }
    }

    private static let rows: [Row] = [
        Row(name: "scale", value: { Double($0.scale) }),
        Row(name: "seed", value: { Double($0.seed) }),
        Row(name: "TOTAL3's fall %", value: { $0.fallPct["TOTAL3"] }),
        .usd("longs liquidated") { $0.liquidatedLongUsd },
        .usd("shorts liquidated") { $0.liquidatedShortUsd },
        .usd("reported by feeds") { ($0.reportedLongUsd + $0.reportedShortUsd) },
        Row(
            name: "accounts liquidated, million", value: { Double($0.accountsLiquidated) / 1e6 }),
        .usd("taken over by vaults") { $0.vaultTakeoverUsd },
        .usd("deleveraged") { $0.deleveragedUsd },
        .usd("funds paid") { $0.fundDrawUsd },
        .usd("bad debt") { $0.badDebtUsd },
        .usd("open interest before") { $0.openInterestBeforeUsd },
        .usd("open interest at its lowest") { $0.openInterestLowUsd },
        Row(name: "worst 40 minutes, share", value: { $0.worst40MinShare }),
        .usd("peak minute") { $0.peakMinuteUsd },
        .usd("lending liquidations") { $0.lendingLiquidatedUsd },
        Row(name: "lowest depth within 1 %, share", value: { $0.depth1pctMinShare }),
        Row(name: "wall seconds", value: { $0.wallSeconds }),
    ]

    /// Every figure that a run has, with a column of it for each run.
    private var columns: [(row: Row, values: [Double?])] {
        let majors = runs.flatMap { $0.summary.majors.prefix(2) }.reduce(into: [String]()) { names, name in
            if !names.contains(name) { names.append(name) }
        }
        let falls = majors.map { name in Row(name: "fall of \(name), %", value: { $0.fallPct[name] }) }
        return (falls + Self.rows).map { row in (row, runs.map { row.value($0.summary) }) }
            .filter { $0.values.contains { $0 != nil } }
    }

    /// A figure that no run has is left out; one that a run does not have is a dash.
    public var text: String {
        var lines: [[String]] = [
            ["run"] + runs.map { $0.folder.split(separator: "/").last.map(String.init) ?? "" }
        ]
        for (row, values) in columns {
            guard row.isDollars else {
                lines.append([row.name] + values.map { $0.map(rounded) ?? "–" })
                continue
            }
            let unit = DollarUnit(values.compactMap { $0.map(abs) }.max() ?? 0)
            lines.append(
                ["\(row.name), \(unit.name)"]
                    + values.map { $0.map { rounded($0 / unit.dollars) } ?? "–" })
        }
        return aligned(lines).joined(separator: "\n")
    }

    /// The same as `--json` prints it: unrounded, dollars as such.
    public struct Output: Encodable, Sendable {
        public struct Row: Encodable, Sendable {
            public var figure: String
            /// By run.
            public var values: [Double?]
        }
        public var runs: [String]
        public var rows: [Row]
    }

    public var output: Output {
        Output(
            runs: runs.map(\.folder),
            rows: columns.map {
                Output.Row(figure: $0.row.isDollars ? $0.row.name + ", USD" : $0.row.name, values: $0.values)
            })
    }
}
