import Recording

/// Headline figures of several runs, a column each.
public struct SideBySide {
    private let runs: [RunRecord]

    public init(_ runs: [RunRecord]) { self.runs = runs }

    private static let rows: [(name: String, value: @Sendable (MarketSummary) -> Double?)] = [
        ("scale", { Double($0.scale) }), ("seed", { Double($0.seed) }),
        ("Bitcoin's fall %", { $0.fallPct["BTC"] }), ("Ether's fall %", { $0.fallPct["ETH"] }),
        ("TOTAL3's fall %", { $0.fallPct["TOTAL3"] }),
        ("longs liquidated, USD bn", { $0.liquidatedLongUsd / 1e9 }),
        ("shorts liquidated, USD bn", { $0.liquidatedShortUsd / 1e9 }),
        ("reported by feeds, USD bn", { ($0.reportedLongUsd + $0.reportedShortUsd) / 1e9 }),
        ("accounts liquidated, million", { Double($0.accountsLiquidated) / 1e6 }),
        ("deleveraged, USD bn", { $0.deleveragedUsd / 1e9 }),
        ("funds paid, USD bn", { $0.fundDrawUsd / 1e9 }),
        ("open interest before, USD bn", { $0.openInterestBeforeUsd / 1e9 }),
        ("open interest at its lowest, USD bn", { $0.openInterestLowUsd / 1e9 }),
        ("worst 40 minutes, share", { $0.worst40MinShare }),
        ("peak minute, USD bn", { $0.peakMinuteUsd / 1e9 }),
        ("lending liquidations, USD M", { $0.lendingLiquidatedUsd / 1e6 }),
        ("lowest depth within 1 %, share", { $0.depth1pctMinShare }),
        ("wall seconds", { $0.wallSeconds }),
    ]

    public var text: String {
        var lines: [[String]] = [
            ["run"] + runs.map { $0.folder.split(separator: "/").last.map(String.init) ?? "" }
        ]
        for row in Self.rows {
            lines.append([row.name] + runs.map { row.value($0.summary).map(rounded) ?? "–" })
        }
        return aligned(lines).joined(separator: "\n")
    }
}
