import Recording

/// Headline figures of several runs, a column each.
public struct SideBySide {
    private let runs: [FinishedRun]

    public init(_ runs: [FinishedRun]) { self.runs = runs }

    private struct Row: Sendable {
        var name: String
        var value: @Sendable (MarketSummary) -> Double?
    }

    private static let rows: [Row] = [
        Row(name: "scale", value: { Double($0.scale) }),
        Row(name: "seed", value: { Double($0.seed) }),
        Row(name: "TOTAL3's fall %", value: { $0.fallPct["TOTAL3"] }),
        Row(
            name: "longs liquidated, USD bn", value: { $0.liquidatedLongUsd / 1e9 }),
        Row(
            name: "shorts liquidated, USD bn", value: { $0.liquidatedShortUsd / 1e9 }),
        Row(
            name: "reported by feeds, USD bn", value: { ($0.reportedLongUsd + $0.reportedShortUsd) / 1e9 }),
        Row(
            name: "accounts liquidated, million", value: { Double($0.accountsLiquidated) / 1e6 }),
        Row(
            name: "taken over by vaults, USD bn", value: { $0.vaultTakeoverUsd / 1e9 }),
        Row(
            name: "deleveraged, USD bn", value: { $0.deleveragedUsd / 1e9 }),
        Row(name: "funds paid, USD bn", value: { $0.fundDrawUsd / 1e9 }),
        Row(name: "bad debt, USD bn", value: { $0.badDebtUsd / 1e9 }),
        Row(
            name: "open interest before, USD bn", value: { $0.openInterestBeforeUsd / 1e9 }),
        Row(
            name: "open interest at its lowest, USD bn", value: { $0.openInterestLowUsd / 1e9 }),
        Row(name: "worst 40 minutes, share", value: { $0.worst40MinShare }),
        Row(
            name: "peak minute, USD bn", value: { $0.peakMinuteUsd / 1e9 }),
        Row(
            name: "lending liquidations, USD M", value: { $0.lendingLiquidatedUsd / 1e6 }),
        Row(name: "lowest depth within 1 %, share", value: { $0.depth1pctMinShare }),
        Row(name: "wall seconds", value: { $0.wallSeconds }),
    ]

    /// A figure that no run has is left out; one that a run does not have is a dash.
    public var text: String {
        var lines: [[String]] = [
            ["run"] + runs.map { $0.folder.split(separator: "/").last.map(String.init) ?? "" }
        ]
        let majors = runs.flatMap { $0.summary.majors.prefix(2) }.reduce(into: [String]()) { names, name in
            if !names.contains(name) { names.append(name) }
        }
        for row in majors.map({ name in Row(name: "fall of \(name), %") { $0.fallPct[name] } }) + Self.rows {
            let values = runs.map { run in
                row.value(run.summary)
            }
            guard values.contains(where: { $0 != nil }) else { continue }
            lines.append([row.name] + values.map { $0.map(rounded) ?? "–" })
        }
        return aligned(lines).joined(separator: "\n")
    }
}
