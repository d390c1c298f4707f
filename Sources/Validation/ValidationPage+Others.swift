import Primitives
import Recording
import Scenarios

/// The event among other crashes, and who lost what.
extension ValidationPage {
    private func middle(_ value: (MarketSummary) -> Double?) -> String {
        quantile(runs.compactMap { value($0.summary) }, 0.5).map(rounded) ?? "–"
    }

    /// Ranked by what trackers reported; runs stand there with their feeds, and with the truth no tracker sees.
    var besideOthers: [String] {
        var rows = Comparator.all.map { c in
            (
                c.highBn,
                "| \(c.event) | \(c.lowBn == c.highBn ? rounded(c.lowBn) : "\(rounded(c.lowBn)) to \(rounded(c.highBn))") | \(c.bitcoinFallPct.map(rounded) ?? "–") | \(c.cause) | \(c.source) |"
            )
        }
        func add(_ name: String, _ bn: @escaping (MarketSummary) -> Double) {
            guard let median = quantile(runs.map { bn($0.summary) }, 0.5) else { return }
            rows.append(
                (
                    median,
                    "| **\(name)** | \(rounded(median)) | \(middle { $0.fallPct["BTC"] }) | | median of \(runs.count) seeds |"
                ))
        }
        add("these runs, public feeds") { ($0.reportedLongUsd + $0.reportedShortUsd) / 1e9 }
        add("these runs, in truth") { ($0.liquidatedLongUsd + $0.liquidatedShortUsd) / 1e9 }
        return [
            "", "## Among other crashes", "", "Ranked by the higher figure; bn USD in a day.", "",
            "| event | liquidated bn | BTC fall % | cause | source |", "|---|---|---|---|---|",
        ] + rows.sorted { $0.0 > $1.0 }.map(\.1)
    }

    /// Notional is not loss: margin that was lost, and what cohorts held before, at the low and after.
    var losses: [String] {
        var lines = [
            "", "## Losses and holdings, medians over the seeds", "", "| figure | value |", "|---|---|",
            "| longs over shorts liquidated | \(middle(\.longShortRatio)) |",
            "| margin lost by liquidated accounts, bn | \(middle { $0.marginLostUsd / 1e9 }) |",
            "| realised loss of forced closings, bn | \(middle { $0.realisedLossUsd / 1e9 }) |",
            "| paid by funds, bn | \(middle { $0.fundDrawUsd / 1e9 }) |",
            "| deleveraged notional, bn | \(middle { $0.deleveragedUsd / 1e9 }) |",
            "| coins beyond -90 % on some venue, % | \(middle { $0.assetsBeyond90Pct }) |",
            "| makers' capital at its lowest, share | \(middle { $0.makerCapitalLeftMinShare }) |",
            "", "| cohort | asset | coins before | at the low | at the end | marked loss at the low, % |",
            "|---|---|---|---|---|---|",
        ]
        for (name, cohort) in runs[0].summary.cohorts.sorted(by: { $0.key < $1.key }) {
            func coins(_ value: @escaping (MarketSummary.CohortHoldings) -> Double) -> String {
                middle { $0.cohorts[name].map(value) }
            }
            lines.append(
                "| \(cell(name)) | \(cell(cohort.asset)) | \(coins { $0.beforeCoins }) | \(coins { $0.lowCoins }) | \(coins { $0.afterCoins }) | \(middle { $0.fallPct[cohort.asset] }) |"
            )
        }
        return lines
    }
}
