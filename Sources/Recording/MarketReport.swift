import Foundation
import Primitives

/// The result of a run as tables a risk officer can read: `summary.md` of a run folder, and the same for a
/// terminal.
public struct MarketReport: Sendable {
    public var summary: MarketSummary
    /// One line for people, true of this run.
    public let title: String
    /// What must be said above the figures; nil where nothing.
    public let warning: String?
    /// Drawn below the tables; empty for none.
    public var chart = ""

    public init(_ summary: MarketSummary, title: String, warning: String?) {
        self.summary = summary
        self.title = title
        self.warning = warning
    }

    private static func usd(_ value: Double) -> String { DollarUnit.words(value) }
    private static func percent(_ value: Double) -> String { String(format: "%.2f %%", value) }
    /// Of what the run ended before.
    private static let unseen = "not seen"

    private static func short(_ value: Double?) -> String {
        value.map { String(format: "%.1f", $0) } ?? "–"
    }

    /// Every figure of the run: what it is with its unit in words, and its value as people read it; what the run did not come
    /// to is said to be not seen.
    public var results: [(String, String)] {
        let s = summary
        func fall(_ name: String) -> String { s.fallPct[name].map(Self.percent) ?? Self.unseen }
        func share(_ part: Double, _ whole: Double) -> Double { whole > 0 ? part / whole * 100 : 0 }
        let liquidated = s.liquidatedLongUsd + s.liquidatedShortUsd
        var rows: [(String, String)] = [
            (
                "fall from the reference minute: \(s.majors.joined(separator: ", "))",
                s.majors.map(fall).joined(separator: ", ")
            ),
            ("TOTAL, TOTAL2, TOTAL3", "\(fall("TOTAL")), \(fall("TOTAL2")), \(fall("TOTAL3"))"),
            (
                "\(reference) lowest at, regained by midnight UTC",
                lowAndRegained
            ),
            (
                "longs, shorts liquidated (notional)",
                "\(Self.usd(s.liquidatedLongUsd)), \(Self.usd(s.liquidatedShortUsd))"
            ),
            (
                "longs over shorts",
                s.longShortRatio.map { String(format: "%.1f", $0) } ?? "no short liquidated"
            ),
            (
                "reported by the public feeds",
                "\(Self.usd(s.reportedLongUsd + s.reportedShortUsd)), \(Self.percent(share(s.reportedLongUsd + s.reportedShortUsd, liquidated)))"
            ),
            (
                "an outsider's estimate from the feeds",
                "\(Self.usd(s.estimatedLiquidatedUsd)) (\(Self.usd(s.estimatedLiquidatedLowUsd)) to \(Self.usd(s.estimatedLiquidatedHighUsd)))"
            ),
            ("accounts liquidated", "\(s.accountsLiquidated) of \(s.accounts)"),
            ("margin calls", "\(s.marginCalls)"),
            (
                "peak minute",
                s.peakMinuteUtc.isEmpty ? "none" : "\(s.peakMinuteUtc), \(Self.usd(s.peakMinuteUsd))"
            ),
            (
                "share of the worst 40 minutes",
                liquidated > 0 ? Self.percent(s.worst40MinShare * 100) : "nothing liquidated"
            ),
            (
                "open interest before, lowest, at the end",
                "\(Self.usd(s.openInterestBeforeUsd)), \(Self.usd(s.openInterestLowUsd)), \(Self.usd(s.openInterestAfterUsd))"
            ),
            (
                "\(reference) open interest to its lowest minute: dollars, coins",
                "\(Self.percent(s.btcOpenInterestFallPct)), \(Self.percent(s.btcOpenInterestCoinsFallPct))"
            ),
            (
                "gross leverage of traders before, at the end",
                String(format: "%.2f, %.2f", s.leverageBefore, s.leverageAfter)
            ),
            (
                "\(reference) depth within 1 %: lowest over before; half back",
                s.fallPct.isEmpty
                    ? "\(Self.unseen); \(Self.unseen)"
                    : String(format: "%.3f; ", s.depth1pctMinShare) + (s.depthHalfBackUtc ?? "not by the end")
            ),
            (
                "makers' capital left at worst, highest withdrawal for fear",
                String(format: "%.2f, %.2f", s.makerCapitalLeftMinShare, s.makerCautionMax)
            ),
            (
                "taken over by vaults, by funds (notional)",
                "\(Self.usd(s.vaultTakeoverUsd)), \(Self.usd(s.fundTakeoverUsd))"
            ),
            ("insurance funds paid", Self.usd(s.fundDrawUsd)),
            ("deleveraged (notional), accounts", "\(Self.usd(s.deleveragedUsd)), \(s.deleveragedAccounts)"),
            (
                "share of the top 1 % of deleveraged accounts",
                s.deleveragedAccounts > 0
                    ? Self.percent(s.deleveragedTop1pctShare * 100) : "nobody deleveraged"
            ),
            ("sold because a hedge was lost", Self.usd(s.hedgeLossSalesUsd)),
            ("loss realised by forced closing", Self.usd(s.realisedLossUsd)),
            ("bad debt, loss socialised", "\(Self.usd(s.badDebtUsd)), \(Self.usd(s.socialisedLossUsd))"),
            (
                "lending: liquidated, bad debt",
                "\(Self.usd(s.lendingLiquidatedUsd)), \(Self.usd(s.lendingBadDebtUsd))"
            ),
            (
                "books whose asset fell more than 90 % somewhere",
                s.fallPct.isEmpty ? "not seen" : Self.percent(s.assetsBeyond90Pct)
            ),
            ("orders refused", "\(s.ordersRefused)"),
            ("zero-sum line, every one of \(s.zeroSumStepsChecked) steps", "\(s.zeroSumMicroUsd)"),
            ("state hash", s.stateHash),
            ("accounts, books, messages, fills", "\(s.accounts), \(s.books), \(s.messages), \(s.fills)"),
            (
                "wall, of it building; longest step, steps over 100 ms; memory",
                String(format: "%.1f s, %.1f s; %.0f ms", s.wallSeconds, s.buildSeconds, s.worstStepMs)
                    + " at \(s.worstStepUtc), \(s.stepsOver100Ms); "
                    + String(format: "%.0f MB", s.peakMemoryMb)
            ),
        ]
        rows += again
        rows += (summary.measures ?? []).map { ($0.measure, $0.words) }
        return rows
    }

    /// When the reference asset was lowest, and how much of that midnight saw regained; what the run did not come to is said as such.
    private var lowAndRegained: String {
        guard let low = summary.fallTimeUtc[reference] else {
            return "not seen: the run ended before the reference minute had passed"
        }
        return "\(low), \(summary.regainedByMidnightPct[reference].map(Self.percent) ?? "midnight not seen")"
    }

    /// The answer of `--fragility`, where it was asked for.
    private var again: [(String, String)] {
        let f = summary.fragility
        if f.isEmpty { return [] }
        func three(_ key: String, _ text: (Double) -> String) -> String {
            ["start", "low", "end"].map { f["\(key)_at_\($0)"].map(text) ?? "not seen" }.joined(
                separator: ", ")
        }
        return [
            (
                "the same announcement at the start, the low, the end: \(reference) falls",
                three("btc_fall_pct", Self.percent)
            ),
            ("TOTAL3 falls", three("total3_fall_pct", Self.percent)),
            ("liquidated in that fork of the run", three("liquidated_usd_total_with_shock", Self.usd)),
        ]
    }

    /// What is told of a venue in dollars, and what it is called above its column.
    private static let venueDollars: [(name: String, value: @Sendable (MarketVenueResult) -> Double)] = [
        ("long", { $0.liquidatedLongUsd }), ("short", { $0.liquidatedShortUsd }),
        ("reported", { $0.reportedLongUsd + $0.reportedShortUsd }),
        ("OI before", { $0.openInterestBeforeUsd }),
        ("OI low", { $0.openInterestLowUsd }), ("deleveraged", { $0.deleveragedUsd }),
    ]

    /// A column's unit, in which its largest figure is read.
    private func unit(_ value: (MarketVenueResult) -> Double) -> DollarUnit {
        DollarUnit(summary.byVenue.values.map(value).map(abs).max() ?? 0)
    }

    /// A row a venue, by name, in the order of `venueHeader`: dollars in the unit of the column and per cent.
    public var venueRows: [[String]] {
        summary.byVenue.keys.sorted().map { name in
            let v = summary.byVenue[name]!
            let falls = v.fallPct.values.sorted()
            return [name] + Self.venueDollars.map { unit($0.value).figure($0.value(v)) } + [
                Self.short(v.fallPct[reference]), Self.short(falls.isEmpty ? nil : falls[falls.count / 2]),
            ]
        }
    }

    public var venueHeader: [String] {
        ["venue"] + Self.venueDollars.map { "\($0.name) \(unit($0.value).short)" }
            + ["\(reference) fall %", "median fall %"]
    }

    /// The asset that betas and shocks mean.
    private var reference: String { summary.majors.first ?? "" }

    /// Caps that were hit, what the scale does not keep, what was imposed.
    public var notes: [String] {
        var notes = summary.capsHit.map { "cap: \($0)" } + summary.scaleNotes
        notes.append("Imposed (inputs, not results): " + summary.imposed.joined(separator: "; "))
        notes.append(
            "Behaviour that no source fixes was set by a calibration (docs/calibration.md). Nothing here is investment advice."
        )
        return notes
    }

    /// For a terminal.
    public var text: String {
        let width = results.map(\.0.count).max() ?? 0
        var lines = [title] + (warning.map { [$0] } ?? []) + [""]
        lines += results.map { "  " + $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }
        lines.append("")
        let rows = [venueHeader] + venueRows
        let widths = venueHeader.indices.map { c in rows.map { $0[c].count }.max() ?? 0 }
        lines += rows.map { row in
            "  "
                + row.indices.map { c in
                    c == 0
                        ? row[c].padding(toLength: widths[c], withPad: " ", startingAt: 0)
                        : String(repeating: " ", count: widths[c] - row[c].count) + row[c]
                }.joined(separator: "  ")
        }
        if !chart.isEmpty { lines += ["", chart] }
        lines.append("")
        lines += notes.map { "  " + $0 }
        if !summary.run.isEmpty { lines.append("  " + summary.run) }
        return lines.joined(separator: "\n")
    }

    /// `summary.md`.
    public var markdown: String {
        var lines = ["# \(title)", ""]
        lines += ["Scenario \(summary.scenario), seed \(summary.seed), scale \(summary.scale).", ""]
        if let warning { lines += ["**\(warning)**", ""] }
        lines += ["| | |", "| --- | --- |"]
        lines += results.map { "| \($0.0) | \($0.1) |" }
        lines += ["", "| " + venueHeader.joined(separator: " | ") + " |"]
        lines.append("|" + String(repeating: " --- |", count: venueHeader.count))
        lines += venueRows.map { "| " + $0.joined(separator: " | ") + " |" }
        if !chart.isEmpty { lines += ["", "```", chart, "```"] }
        lines += [""] + notes.map { "- \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
