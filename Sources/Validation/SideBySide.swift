import Recording

/// Headline figures of several runs, a column each: of the whole market, of one venue, or of both kinds.
public struct SideBySide {
    private let runs: [FinishedRun]

    public init(_ runs: [FinishedRun]) { self.runs = runs }

    private struct Row: Sendable {
        var name: String
        var market: @Sendable (MarketSummary) -> Double?
        /// Nil where a run of one venue has no such figure.
        var venue: @Sendable (RunSummary) -> Double?
    }

    private static let rows: [Row] = [
        Row(name: "scale", market: { Double($0.scale) }, venue: { Double($0.scale) }),
        Row(name: "seed", market: { Double($0.seed) }, venue: { Double($0.seed) }),
        Row(name: "Bitcoin's fall %", market: { $0.fallPct["BTC"] }, venue: { $0.fallPct["BTC"] }),
        Row(name: "Ether's fall %", market: { $0.fallPct["ETH"] }, venue: { $0.fallPct["ETH"] }),
        Row(name: "TOTAL3's fall %", market: { $0.fallPct["TOTAL3"] }, venue: { _ in nil }),
        Row(
            name: "longs liquidated, USD bn", market: { $0.liquidatedLongUsd / 1e9 },
            venue: { $0.liquidatedLongUsd / 1e9 }),
        Row(
            name: "shorts liquidated, USD bn", market: { $0.liquidatedShortUsd / 1e9 },
            venue: { $0.liquidatedShortUsd / 1e9 }),
        Row(
            name: "reported by feeds, USD bn", market: { ($0.reportedLongUsd + $0.reportedShortUsd) / 1e9 },
            venue: { ($0.reportedLongUsd + $0.reportedShortUsd) / 1e9 }),
        Row(
            name: "accounts liquidated, million", market: { Double($0.accountsLiquidated) / 1e6 },
            venue: { Double($0.accountsLiquidated) / 1e6 }),
        Row(
            name: "taken over by vaults, USD bn", market: { $0.vaultTakeoverUsd / 1e9 },
            venue: { $0.vaultTakeoverUsd / 1e9 }),
        Row(
            name: "deleveraged, USD bn", market: { $0.deleveragedUsd / 1e9 },
            venue: { $0.deleveragedUsd / 1e9 }),
        Row(name: "funds paid, USD bn", market: { $0.fundDrawUsd / 1e9 }, venue: { $0.fundDrawUsd / 1e9 }),
        Row(name: "bad debt, USD bn", market: { $0.badDebtUsd / 1e9 }, venue: { $0.badDebtUsd / 1e9 }),
        Row(
            name: "open interest before, USD bn", market: { $0.openInterestBeforeUsd / 1e9 },
            venue: { $0.openInterestBeforeUsd / 1e9 }),
        Row(
            name: "open interest at its lowest, USD bn", market: { $0.openInterestLowUsd / 1e9 },
            venue: { $0.openInterestLowUsd / 1e9 }),
        Row(name: "worst 40 minutes, share", market: { $0.worst40MinShare }, venue: { _ in nil }),
        Row(
            name: "peak minute, USD bn", market: { $0.peakMinuteUsd / 1e9 }, venue: { $0.peakMinuteUsd / 1e9 }
        ),
        Row(
            name: "lending liquidations, USD M", market: { $0.lendingLiquidatedUsd / 1e6 },
            venue: { _ in nil }),
        Row(name: "lowest depth within 1 %, share", market: { $0.depth1pctMinShare }, venue: { _ in nil }),
        Row(name: "wall seconds", market: { $0.wallSeconds }, venue: { $0.wallSeconds }),
    ]

    /// A figure that no run has is left out; one that a run does not have is a dash.
    public var text: String {
        var lines: [[String]] = [
            ["run"] + runs.map { $0.folder.split(separator: "/").last.map(String.init) ?? "" }
        ]
        for row in Self.rows {
            let values = runs.map { run in
                switch run.figures {
                case .market(let summary): row.market(summary)
                case .venue(let summary): row.venue(summary)
                }
            }
            guard values.contains(where: { $0 != nil }) else { continue }
            lines.append([row.name] + values.map { $0.map(rounded) ?? "–" })
        }
        return aligned(lines).joined(separator: "\n")
    }
}
