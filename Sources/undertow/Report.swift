import Foundation
import Market
import Primitives
import Recording
import Scenarios
import Validation

/// The result of a run as a table a risk officer can read, with recorded facts beside it and a chart.
struct Report {
    let summary: RunSummary
    let minutes: [SeriesRow]
    let title: String
    /// What must be said above the figures; nil where nothing.
    let warning: String?
    private let facts: [Fact]

    init(_ summary: RunSummary, minutes: [SeriesRow], title: String, warning: String?) {
        self.summary = summary
        self.minutes = minutes
        self.title = title
        self.warning = warning
        facts = EventRecord.of(scenario: summary.scenario).facts
    }

    private var results: [(String, String)] {
        let s = summary
        let venue = s.byVenue.keys.sorted().first ?? ""
        let asset = s.fallPct.keys.sorted().first ?? ""
        func fall(_ value: Double?) -> String { value.map(Self.percent) ?? Self.notSeen }
        let imposed = s.imposed.contains("index_path") ? " (imposed)" : ""
        var rows: [(String, String)] = [
            ("fall of the index from the reference minute\(imposed)", fall(s.fallPct[asset])),
            ("fall of the mark", fall(s.byVenue[venue]?.markFallPct[asset])),
            ("fall of this venue's own trades", fall(s.byVenue[venue]?.fallPct[asset])),
            ("longs liquidated (notional)", Self.usd(s.liquidatedLongUsd)),
            ("shorts liquidated (notional)", Self.usd(s.liquidatedShortUsd)),
            ("accounts liquidated", "\(s.accountsLiquidated) of \(s.accounts)"),
            ("margin calls", "\(s.marginCalls)"),
            (
                "peak minute",
                s.peakMinuteUtc.isEmpty ? "none" : "\(s.peakMinuteUtc), \(Self.usd(s.peakMinuteUsd))"
            ),
            (
                "open interest before → lowest",
                "\(Self.usd(s.openInterestBeforeUsd)) → \(Self.usd(s.openInterestLowUsd))"
            ),
            ("taken over by the vault (notional)", Self.usd(s.vaultTakeoverUsd)),
            (
                "vault equity: start, lowest at a minute's end, end",
                "\(Self.usd(s.vaultEquityStartUsd)), \(Self.usd(s.vaultEquityLowUsd)), \(Self.usd(s.vaultEquityEndUsd))"
            ),
            ("insurance fund paid", Self.usd(s.fundDrawUsd)),
            (
                "deleveraged (notional), of it the vault's",
                "\(Self.usd(s.deleveragedUsd)), \(Self.usd(s.deleveragedOfVaultUsd))"
            ),
            (
                "deleveraged accounts, fills, largest wave",
                "\(s.deleveragedAccounts), \(s.deleveragingFills), \(s.largestDeleveragingWaveFills)"
            ),
            (
                "first deleveraging after takeovers reach 1 %",
                s.firstDeleveragingSeconds.map { "\(Int($0)) s" } ?? "none"
            ),
            ("loss realised by forced closing (against cost)", Self.usd(s.realisedLossUsd)),
            ("collateral lost by liquidated accounts", Self.usd(s.marginLostUsd)),
            ("collateral added after margin calls", Self.usd(s.topUpsUsd)),
            ("loss socialised", Self.usd(s.socialisedLossUsd)),
            ("deficits of closed accounts the vault paid", Self.usd(s.vaultPaidDeficitsUsd)),
            ("bad debt: left to nobody", Self.usd(s.badDebtUsd)),
            ("zero-sum line, every one of \(s.zeroSumStepsChecked) steps", "\(s.zeroSumMicroUsd) micro-USD"),
            ("wall time, peak memory", String(format: "%.2f s, %.0f MB", s.wallSeconds, s.peakMemoryMb)),
            ("state hash", s.stateHash),
        ]
        if !s.capsHit.isEmpty { rows.append(("caps hit", s.capsHit.joined(separator: "; "))) }
        return rows
    }

    private var comparison: [[String]] {
        let end = minutes.last.map { $0.time.seconds + 60 }
        return VenueMeasures.rows(facts, [(summary, end)]).map { row in
            let recorded =
                row.recordedLow == row.recordedHigh
                ? Self.figure(row.recordedLow, row.unit)
                : "\(Self.figure(row.recordedLow, row.unit)) to \(Self.figure(row.recordedHigh, row.unit))"
            let verdict =
                switch row.role {
                case "imposed": "imposed"
                case "anchor": "set by it"
                default: row.inside.map { $0 ? "inside" : "outside" } ?? row.verdict
                }
            return [
                row.name, row.simulatedMedian.map { Self.figure($0, row.unit) } ?? "none", recorded, verdict,
                row.role, row.source,
            ]
        }
    }

    /// For the terminal.
    var text: String {
        var lines = [title] + (warning.map { [$0] } ?? []) + [""]
        let width = results.map(\.0.count).max() ?? 0
        for (name, value) in results { lines.append("  " + name.padded(width) + "  " + value) }
        if !comparison.isEmpty {
            lines += [
                "",
                "Beside the record (held_out: nothing was set by it; anchor: assumptions were set to agree with it):",
            ]
            let heads = ["fact", "this run", "recorded", "", "role"]
            let widths = heads.indices.map { c in
                max(heads[c].count, comparison.map { $0[c].count }.max() ?? 0)
            }
            for row in [heads] + comparison {
                lines.append("  " + heads.indices.map { row[$0].padded(widths[$0]) }.joined(separator: "  "))
            }
        }
        lines += ["", TerminalChart(minutes).text, ""]
        if !summary.run.isEmpty { lines.append("Run folder: \(summary.run)") }
        lines.append(summary.notice)
        return lines.joined(separator: "\n")
    }

    /// For `summary.md`.
    var markdown: String {
        var lines = [
            "# \(summary.scenario), seed \(summary.seed)", "", title + ".", "",
            (warning.map { "**\($0)**" } ?? "Status: \(summary.status).") + " " + summary.notice, "",
        ]
        lines += ["| quantity | result |", "| --- | --- |"]
        for (name, value) in results { lines.append("| \(name) | \(value) |") }
        if !comparison.isEmpty {
            lines += [
                "", "| fact | this run | recorded | | role | source |",
                "| --- | --- | --- | --- | --- | --- |",
            ]
            for row in comparison { lines.append("| " + row.joined(separator: " | ") + " |") }
        }
        lines += ["", "```", TerminalChart(minutes).text, "```", ""]
        return lines.joined(separator: "\n")
    }

    static let notSeen = "not seen: the run ended before the reference minute had passed"

    static func percent(_ value: Double) -> String { String(format: "%.2f %%", value) }

    static func usd(_ value: Double) -> String {
        let size = abs(value)
        if size >= 1e9 { return String(format: "%.3f bn USD", value / 1e9) }
        if size >= 1e6 { return String(format: "%.2f M USD", value / 1e6) }
        return String(format: "%.0f USD", value)
    }

    private static func figure(_ value: Double, _ unit: String) -> String {
        switch unit {
        case "USD": usd(value)
        case "pct": percent(value)
        case "count": String(format: "%.0f", value)
        default: String(format: "%.1f %@", value, unit as NSString)
        }
    }
}

extension String {
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
