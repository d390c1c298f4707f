import Anatomy
import InputFiles
import Primitives

/// What the deleveraging of 10 October 2025 on Hyperliquid took from winners beside what was needed, wave by wave: recomputed
/// from the tables released with the study of Chitra and others, or from our own table of their figures.
struct DeleveragingOctober2025: Reproduction {
    let name = "deleveraging-october-2025"
    let title =
        "Deleveraging on Hyperliquid, 10 October 2025: needed, taken, and under other rules (Chitra and others)"
    let parameters = [
        ReproductionParameter(
            "data", .path, "the folder of the study's tables; without it our own table of its figures")
    ]

    private static let rules = [
        ("production", "budget_prod"), ("pro_rata", "budget_pr"), ("pro_rata_of_profit", "budget_pnl_pr"),
        ("pro_rata_of_equity", "budget_eq_pr"), ("vector", "budget_vector"),
        ("pro_rata_in_contracts", "budget_contract_pr"), ("integer", "budget_fixed_point_ilp_integer"),
    ]

    func run(_ settings: ReproductionSettings) throws -> ReproductionResult {
        let folder = settings.text("data")
        var result = ReproductionResult()
        func table(_ released: String, _ columns: [String]) throws -> [[Double]] {
            if !folder.isEmpty { return try ColumnTable("\(folder)/\(released)", columns: columns).numbers() }
            let own = "deleveraging-waves-2025-10-10.csv"
            return try ColumnTable(text: EmbeddedFiles.text(own)!, file: own, columns: columns).numbers()
        }
        let waves = try table("policy_per_wave_metrics.csv", ["budget_needed"] + Self.rules.map(\.1))
        let losers = try table("bad_debt_loser_waves.csv", ["deficit_usd", "max_loss_usd"])
        let needed = sum(waves, 0)
        result.add("waves", Double(waves.count))
        result.add("needed_usd", needed)
        var removed: [(String, Double)] = []
        var overshoot: [(String, Double)] = []
        var distance: [(String, Double)] = []
        for (k, rule) in Self.rules.enumerated() {
            removed.append((rule.0, sum(waves, k + 1)))
            overshoot.append((rule.0, sum(waves, k + 1) - needed))
            distance.append((rule.0, waves.reduce(0) { $0 + abs($1[k + 1] - $1[0]) }))
        }
        result.quantities += [
            ("removed_usd", .map(removed)), ("overshoot_usd", .map(overshoot)),
            ("overshoot_by_wave_usd", .map(distance)),
        ]
        let raw = sum(losers, 0)
        let single = raw - repeated(losers.map { $0[1] })
        result.add("deficit_raw_usd", raw)
        result.add("deficit_deduplicated_usd", single)
        if !folder.isEmpty { try addReleased(folder, &result) }
        result.compare("needed, USD", needed, 15_079_669.61, within: 1)
        result.compare("taken by the venue at once, USD", removed[0].1, 60_108_335.33, within: 1)
        result.compare("overshoot at once, USD", overshoot[0].1, 45_028_665.72, within: 1)
        for rule in overshoot.dropFirst().prefix(3) {
            result.compare("overshoot, \(rule.0), USD", rule.1, 0, within: folder.isEmpty ? 0.5 : 1e-6)
        }
        result.notes += [
            "overshoot_usd is taken less needed over all waves, overshoot_by_wave_usd the sum of its size wave by wave: the venue took less than needed in some waves.",
            "One account with a loss of 10,925,707 USD is counted in nine of the sixteen waves: the raw deficit adds it up nine times. deficit_deduplicated_usd counts each account that is a wave's largest loser once; others that recur cannot be told from this table, so it is an upper bound.",
            "653.6 M USD of overshoot, as published, is measured on equity (wealth_space_overshoot_usd, only with data=), 45.0 M on profits; the two are never to be shown without the numeraire. First versions of the paper print other figures (630 M and 8 times, 653 M and 28 times).",
        ]
        return result
    }

    private func sum(_ rows: [[Double]], _ column: Int) -> Double { rows.reduce(0) { $0 + $1[column] } }

    /// What is counted again: the same largest loss, to the cent, in a later wave.
    private func repeated(_ losses: [Double]) -> Double {
        var seen: Set<Int64> = []
        return losses.reduce(0) { seen.insert(Int64(($1 * 100).rounded())).inserted ? $0 : $0 + $1 }
    }

    private func addReleased(_ folder: String, _ result: inout ReproductionResult) throws {
        let shocks = try ColumnTable(
            "\(folder)/per_shock_metrics_queue.csv",
            columns: ["deficit_usd", "budget_queue_usd", "overshoot_queue_usd", "residual_queue_usd"]
        ).numbers()
        result.add("wealth_space_overshoot_usd", sum(shocks, 2))
        result.add("wealth_space_budget_usd", sum(shocks, 1))
        result.add("wealth_space_residual_usd", sum(shocks, 3))
        result.add("per_shock_deficit_usd", sum(shocks, 0))
        result.compare("overshoot on equity, USD", sum(shocks, 2), 653_552_663.51, within: 1)
        result.notes.append(
            "The release's per-shock table adds deficits up to \(Int(sum(shocks, 0))) USD, its per-wave table to another figure: they cut time differently."
        )
    }
}
