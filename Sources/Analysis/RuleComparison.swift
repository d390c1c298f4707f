import Ensembles
import Foundation
import Market
import Primitives
import Recording
import Scenarios
import Validation

/// One rule against another over the same seeds: a folder of runs, `comparison.csv`, a table.
public struct RuleComparison {
    public struct Row: Codable, Sendable {
        public var rule: String
        /// The keys it sets, `key=value` with spaces between.
        public var set: String
        /// What `--by` calls the figure: the key of the summary it comes from, or `losses_of=GROUP`.
        public var key: String
        public var figure: String
        public var unit: String
        /// In the row's unit.
        public var result: PairedDifference
    }
    public struct Output: Codable, Sendable {
        public var scenario: String
        public var scale: Int
        public var seeds: [String]
        /// Rule by rule; a figure that fewer than two pairs of runs tell has none.
        public var rows: [Row]
        /// Why, by the number of the run.
        public var failures: [String: String]
        /// Runs not done when it was interrupted.
        public var left: Int
    }

    /// A figure of a run and the power of ten it is shown in.
    private struct Figure: Sendable {
        var key: String
        var name: String
        var unit: String
        var divisor: Double
        var value: @Sendable ([String: Any]) -> Double?
    }

    private static func number(_ result: [String: Any], _ path: String...) -> Double? {
        var at: Any? = result
        for key in path { at = (at as? [String: Any])?[key] }
        return (at as? NSNumber)?.doubleValue
    }

    /// - Parameter reference: the event's reference asset.
    private static func figures(_ reference: String) -> [Figure] {
        [
            Figure(key: "fall_pct", name: "fall of \(reference)", unit: "%", divisor: 1) {
                number($0, "fall_pct", reference)
            },
            Figure(key: "news_share", name: "part of it that fundamentals are", unit: "%", divisor: 0.01) {
                result in
                guard let fall = number(result, "anatomy", "falls", reference, "fall_log"), fall > 0 else {
                    return nil
                }
                return number(result, "anatomy", "falls", reference, "news_log").map { $0 / fall }
            },
            Figure(key: "total3_fall_pct", name: "fall of TOTAL3", unit: "%", divisor: 1) {
                number($0, "fall_pct", "TOTAL3")
            },
            Figure(key: "liquidated_usd", name: "liquidated", unit: "bn USD", divisor: 1e9) { result in
                number(result, "liquidated_long_usd").map {
                    $0 + (number(result, "liquidated_short_usd") ?? 0)
                }
            },
            Figure(key: "accounts_liquidated", name: "accounts liquidated", unit: "thousand", divisor: 1e3) {
                number($0, "accounts_liquidated")
            },
            Figure(key: "deleveraged_usd", name: "deleveraged", unit: "bn USD", divisor: 1e9) {
                number($0, "deleveraged_usd")
            },
            Figure(key: "deleveraged_accounts", name: "accounts deleveraged", unit: "thousand", divisor: 1e3)
            {
                number($0, "deleveraged_accounts")
            },
            Figure(
                key: "deleveraged_forgone_usd", name: "given up by them against the mark", unit: "bn USD",
                divisor: 1e9
            ) {
                number($0, "deleveraged_forgone_usd")
            },
            Figure(
                key: "deleveraged_top_1pct_share", name: "share of the top 1 % of them", unit: "%",
                divisor: 0.01
            ) {
                number($0, "deleveraged_top_1pct_share")
            },
            Figure(key: "fund_draw_usd", name: "paid by insurance funds", unit: "bn USD", divisor: 1e9) {
                number($0, "fund_draw_usd")
            },
            Figure(
                key: "bad_debt_usd", name: "bad debt and socialised losses of venues", unit: "bn USD",
                divisor: 1e9
            ) { result in
                number(result, "bad_debt_usd").map { $0 + (number(result, "socialised_loss_usd") ?? 0) }
            },
            Figure(
                key: "lending_bad_debt_usd", name: "bad debt of lending", unit: "million USD", divisor: 1e6
            ) {
                number($0, "lending_bad_debt_usd")
            },
            Figure(key: "amplification", name: "amplification of \(reference)", unit: "×", divisor: 1) {
                number($0, "anatomy", "falls", reference, "amplification")
            },
        ]
            + (Gains.Group.allCases.map(\.name) + [Gains.rest]).map { group in
                Figure(key: "losses_of=\(group)", name: "gain of " + group, unit: "bn USD", divisor: 1e9) {
                    number($0, "gains_usd", group)
                }
            }
    }

    public let plan: ComparisonPlan
    public let output: Output

    /// Runs what is not done yet and writes `comparison.csv`. Interrupted, the same call goes on.
    ///
    /// - Parameters:
    ///   - file: the plan (YAML).
    ///   - out: the folder of its runs.
    /// - Throws: `InputError` for a plan that cannot run, or a folder that cannot be written.
    public init(plan file: String, out: String, _ runs: PointRuns) throws {
        let plan = try ComparisonPlan(file: file)
        self.plan = plan
        let points = plan.points
        let scenario = try plan.run.check(points, file: file)
        let folder = try EnsembleFolder(out, plan: file)
        let all = points.enumerated().map { i, point in
            PointRuns.Point(folder: folder.folder(i + 1), arguments: plan.run.arguments(point))
        }
        var output = Self.output(plan, runs.run(all), all.map { EnsembleFolder.result($0.folder) })
        output.scenario = scenario.name
        self.output = output
        try folder.write(csv, to: "comparison.csv")
    }

    /// - Parameters:
    ///   - outcomes: in the order of the plan's points.
    ///   - results: what each run printed; nil where it printed nothing.
    static func output(
        _ plan: ComparisonPlan, _ outcomes: [PointRuns.Outcome], _ results: [[String: Any]?]
    ) -> Output {
        var output = Output(
            scenario: plan.run.scenario, scale: plan.run.scale, seeds: plan.seeds, rows: [], failures: [:],
            left: 0)
        for (i, outcome) in outcomes.enumerated() {
            switch outcome {
            case .done: break
            case .failed(let reason): output.failures["\(i + 1)"] = reason
            case .interrupted: output.left += 1
            }
        }
        let majors = results.lazy.compactMap { $0?["majors"] as? [String] }.first ?? []
        let figures = figures(majors.first ?? "")
        for (r, rule) in plan.rules.enumerated() {
            for figure in figures {
                let pairs: [(base: Double, changed: Double)] = plan.seeds.indices.compactMap { s in
                    guard let base = results[s].flatMap(figure.value),
                        let changed = results[(r + 1) * plan.seeds.count + s].flatMap(figure.value)
                    else { return nil }
                    return (base / figure.divisor, changed / figure.divisor)
                }
                guard pairs.count >= 2 else { continue }
                output.rows.append(
                    Row(
                        rule: rule.name, set: rule.set.map { "\($0.key)=\($0.value)" }.joined(separator: " "),
                        key: figure.key, figure: figure.name, unit: figure.unit,
                        result: PairedDifference(pairs)))
            }
        }
        return output
    }

    private var csv: String {
        EnsembleFolder.csv(
            [
                "rule", "set", "figure", "unit", "base_mean", "changed_mean", "difference_mean",
                "difference_p5", "difference_p95", "pairs",
            ],
            output.rows.map { row in
                let r = row.result
                return [.text(row.rule), .text(row.set), .text(row.figure), .text(row.unit)]
                    + [r.base, r.changed, r.difference, r.low, r.high, Double(r.pairs)].map { .number($0) }
            })
    }

    /// The rules by what they do to one loss, the least first.
    ///
    /// - Throws: `InputError` for a loss that is none of `losses`.
    public func ranked(by loss: String) throws -> [Row] {
        let key = try Self.key(of: loss)
        // What a group gains it does not lose.
        let sign = key.hasPrefix(Self.lossesOf) ? -1.0 : 1.0
        return output.rows.filter { $0.key == key }.sorted {
            ($0.result.difference * sign, $0.rule) < ($1.result.difference * sign, $1.rule)
        }
    }

    private static let lossesOf = "losses_of="
    /// What rules can be ranked by.
    public static var losses: [String] { figures("").map(\.key) }

    /// The figure meant by a loss: its key, or `losses_of=` and a word of a group's name.
    ///
    /// - Throws: `InputError` for a loss that is none.
    public static func key(of loss: String) throws -> String {
        let words = loss.hasPrefix(lossesOf) ? loss.dropFirst(lossesOf.count) : ""
        let meant = losses.filter { key in
            key == loss
                || (!words.isEmpty && key.hasPrefix(lossesOf)
                    && key.dropFirst(lossesOf.count).split(separator: " ").contains(words))
        }
        guard
            let key = meant.first(where: { $0 == loss }) ?? (meant.count == 1 ? meant[0] : nil)
                ?? plain(meant)
        else {
            throw InputError(
                file: "--by", found: "`\(loss)`", allowed: losses.joined(separator: ", "),
                nearest: nearestName(to: loss, among: losses))
        }
        return key
    }

    /// Of several groups with the word the leveraged one: `shorts` are not the hedged.
    private static func plain(_ keys: [String]) -> String? {
        let leveraged = keys.filter { $0.hasPrefix("losses_of=leveraged ") }
        return leveraged.count == 1 ? leveraged[0] : nil
    }

    /// The ranking as a table; the base is where the difference is none.
    ///
    /// - Throws: `InputError` for a loss that is none of `losses`.
    public func text(rankedBy loss: String) throws -> String {
        let rows = try ranked(by: loss)
        guard let first = rows.first else { return "" }
        let isGain = first.key.hasPrefix("losses_of=")
        var lines = [
            "By \(first.figure), best first (\(isGain ? "a larger gain" : "less") is better); the base has \(Self.short(first.shown.result.base)) \(first.shown.unit)"
        ]
        for (place, row) in rows.enumerated() { lines.append("  \(place + 1). \(Self.line(row.rule, row))") }
        return lines.joined(separator: "\n")
    }

    private static func line(_ name: String, _ row: Row) -> String {
        let (unit, r) = row.shown
        return
            "\(name.padded(58)) \(short(r.base)) → \(short(r.changed)) \(unit)   \(signed(r.difference)) [\(signed(r.low)), \(signed(r.high))]\(r.isClear ? "" : "   no clear change")"
    }

    /// As a table: every figure of a rule with its interval; what is no clear change says so beside its figures.
    public var text: String {
        var lines = [
            "\(output.scenario) at scale \(output.scale), \(output.seeds.count) seeds; difference: mean of the pairs with its 5-95 % interval"
        ]
        for rule in plan.rules {
            let rows = output.rows.filter { $0.rule == rule.name }
            lines.append(
                "\n\(rule.name)  (\(rule.set.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")))")
            for row in rows { lines.append("  " + Self.line(row.figure, row)) }
        }
        for (number, reason) in output.failures.sorted(by: { Int($0.key)! < Int($1.key)! }).prefix(5) {
            lines.append("run \(number) failed: \(reason)")
        }
        if output.left > 0 { lines.append("\(output.left) runs left. The same command goes on.") }
        return lines.joined(separator: "\n")
    }

    /// A Markdown page: a table a rule, every figure.
    public var markdown: String {
        var text =
            "# Rule against rule: \(output.scenario)\n\nEvery rule ran on the same \(output.seeds.count) seeds (\(output.seeds.joined(separator: ", "))) at scale \(output.scale)"
            + (plan.run.until.map { " to \($0)" } ?? "")
            + " as the base. Differences are means of the pairs with the 5-95 % Student interval; **bold** where it excludes no change. Gains are changes of equity on perpetual venues, less what was paid in, by the side held at the start. Written by `undertow compare PLAN --write`; the figures mean what docs/run-folder.md says.\n"
        for rule in plan.rules {
            text +=
                "\n## \(rule.name)\n\n`\(rule.set.map { "\($0.key): \($0.value)" }.joined(separator: "`, `"))`\n\n"
            text += "| figure | base | with the rule | difference |\n| --- | ---: | ---: | ---: |\n"
            for row in output.rows where row.rule == rule.name {
                let (unit, r) = row.shown
                let change = "\(Self.signed(r.difference)) [\(Self.signed(r.low)), \(Self.signed(r.high))]"
                text +=
                    "| \(row.figure), \(unit) | \(Self.short(r.base)) | \(Self.short(r.changed)) | \(r.isClear ? "**\(change)**" : change) |\n"
            }
        }
        return text
    }

    private static func short(_ x: Double) -> String {
        let size = abs(x)
        return String(format: size >= 1000 ? "%.0f" : size >= 100 ? "%.1f" : "%.2f", x)
    }
    private static func signed(_ x: Double) -> String { (x >= 0 ? "+" : "") + short(x) }
}

extension RuleComparison.Row {
    /// Billions of dollars in the unit of their size; the table of figures and JSON keep theirs.
    var shown: (unit: String, result: PairedDifference) {
        guard unit == "bn USD" else { return (unit, result) }
        let size = DollarUnit(max(abs(result.base), abs(result.changed), abs(result.difference)) * 1e9)
        let factor = 1e9 / size.dollars
        var r = result
        (r.base, r.changed, r.difference) = (r.base * factor, r.changed * factor, r.difference * factor)
        (r.low, r.high) = (r.low * factor, r.high * factor)
        return (size.name, r)
    }
}
