import Primitives
import Recording
import Scenarios

/// Runs of one scenario at several scales beside those at full scale: what `--scale` keeps and what not.
///
/// A row holds at a scale when the median over its seeds lies within the range of the full-scale seeds.
public struct ScalePage {
    public struct Row: Codable, Sendable {
        public var fact: String
        public var name: String
        public var unit: String
        public var scale: Int
        public var fullLow: Double
        public var fullHigh: Double
        public var median: Double
        public var holds: Bool
    }

    private let scenario: String
    private let seeds: [Int: Int]
    private let facts: [Fact]
    private let ranges: [String: ClosedRange<Double>]
    private let medians: [Int: [String: Double]]

    /// - Throws: without two runs at full scale and one at another.
    public init(_ runs: [RunRecord], _ facts: [Fact]) throws {
        let groups = Dictionary(grouping: runs, by: \.summary.scale)
        guard let full = groups[1], full.count > 1, groups.count > 1 else {
            throw InputError(
                file: "--scales",
                found: groups.sorted { $0.key < $1.key }.map { "\($0.value.count) of scale \($0.key)" }
                    .joined(separator: ", "),
                allowed: "at least two runs of scale 1, whose range is asked, and runs of another scale")
        }
        scenario = runs[0].summary.scenario
        seeds = groups.mapValues(\.count)
        var ranges: [String: ClosedRange<Double>] = [:]
        for fact in facts {
            let values = try full.compactMap { try fact.seen($0).value(upTo: fact.high) }
            // The range of one is none.
            if values.count > 1 { ranges[fact.measure.text] = values.min()!...values.max()! }
        }
        self.ranges = ranges
        self.facts = facts.filter { ranges[$0.measure.text] != nil }
        medians = try groups.filter { $0.key != 1 }.mapValues { group in
            var found: [String: Double] = [:]
            for row in try FactRow.rows(facts, group) where row.runs > 0 {
                found[row.fact] = row.simulatedMedian
            }
            return found
        }
    }

    public var rows: [Row] {
        medians.keys.sorted().flatMap { scale in
            facts.compactMap { fact in
                guard let range = ranges[fact.measure.text], let median = medians[scale]?[fact.measure.text]
                else { return nil }
                return Row(
                    fact: fact.measure.text, name: fact.name, unit: fact.unit, scale: scale,
                    fullLow: range.lowerBound, fullHigh: range.upperBound, median: median,
                    holds: range.contains(median))
            }
        }
    }

    public var markdown: String {
        let scales = medians.keys.sorted()
        var lines = [
            "# What `--scale` keeps", "",
            "Written by `undertow compare RUN… --scales`; do not edit. \(cell(scenario)): the range over \(seeds[1] ?? 0) seeds at full scale, and the median at other scales over "
                + scales.map { "\(seeds[$0] ?? 0) seeds (scale \($0))" }.joined(separator: ", ")
                + ". Bold: outside the range; `run --scale` prints those.", "",
            "| | unit | full scale | " + scales.map { "scale \($0)" }.joined(separator: " | ") + " |",
            "|---|---|---|" + String(repeating: "---|", count: scales.count),
        ]
        for fact in facts {
            let range = ranges[fact.measure.text]!
            let cells = scales.map { scale -> String in
                guard let median = medians[scale]?[fact.measure.text] else { return "–" }
                return range.contains(median) ? rounded(median) : "**\(rounded(median))**"
            }
            lines.append(
                "| \(fact.name) | \(fact.unit) | \(rounded(range.lowerBound)) to \(rounded(range.upperBound)) | \(cells.joined(separator: " | ")) |"
            )
        }
        let held = scales.map { scale in
            let all = rows.filter { $0.scale == scale }
            return "\(all.filter(\.holds).count) of \(all.count) at scale \(scale)"
        }
        lines += ["", "Within the range: \(held.joined(separator: ", "))."]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The rows that do not hold, as the table that `run --scale` reads.
    public var table: String {
        var lines = [
            "# Medians outside the range of the full-scale seeds, by scale: written by `undertow compare RUN... --scales --table`.",
            "scale,name,unit,full_low,full_high,median",
        ]
        for row in rows where !row.holds {
            lines.append(
                "\(row.scale),\(row.name.replacing(",", with: ";")),\(row.unit),\(rounded(row.fullLow)),\(rounded(row.fullHigh)),\(rounded(row.median))"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
