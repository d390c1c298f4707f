import Ensembles
import Foundation

/// The points of a sweep as a table: a row a point, its keys, how it went, and every figure that its run printed.
public struct SweepTable: Sendable {
    public let columns: [String]
    public let rows: [[EnsembleFolder.Cell]]

    /// What differs from one machine or moment to the next, and what other columns say.
    private static let left = [
        "wall_seconds", "build_seconds", "peak_memory_mb", "worst_step_ms", "steps_over100_ms", "threads",
        "seed", "scale",
    ]

    /// - Parameters:
    ///   - outcomes: in the order of the plan's points.
    ///   - results: what each point's run printed; nil where it printed nothing.
    public init(_ plan: SweepPlan, _ outcomes: [PointRuns.Outcome], _ results: [[String: Any]?]) {
        var keys: Set<String> = []
        for result in results {
            for (key, value) in result ?? [:] where value is NSNumber && !Self.left.contains(key) {
                keys.insert(key)
            }
        }
        let majors = results.lazy.compactMap { $0?["majors"] as? [String] }.first ?? []
        let falls = (majors + ["TOTAL", "TOTAL2", "TOTAL3"]).filter { name in
            results.contains { ($0?["fall_pct"] as? [String: Any])?[name] != nil }
        }
        let metrics = keys.sorted()
        columns =
            ["point"] + plan.axes.map(\.key) + ["status", "error", "state_hash"] + metrics
            + falls.map { "fall_pct_\($0.lowercased())" }
        rows = results.indices.map { i in
            let result = results[i]
            var row: [EnsembleFolder.Cell] = [.number(Double(i + 1))]
            row += plan.points[i].map { .init(typed: $0.value) }
            switch outcomes[i] {
            case .done: row += [.text("done"), .none]
            case .failed(let reason): row += [.text("failed"), .text(reason)]
            case .interrupted: row += [.text("left"), .none]
            }
            row.append((result?["state_hash"] as? String).map(EnsembleFolder.Cell.text) ?? .none)
            func cell(_ value: Any?) -> EnsembleFolder.Cell {
                (value as? NSNumber).map { .number($0.doubleValue) } ?? .none
            }
            row += metrics.map { cell(result?[$0]) }
            let map = result?["fall_pct"] as? [String: Any]
            return row + falls.map { cell(map?[$0]) }
        }
    }
}
