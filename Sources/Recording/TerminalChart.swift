import Foundation
import Market
import Primitives

/// The reference asset's index and what was liquidated, per minute, in characters.
public struct TerminalChart {
    private let rows: [MarketMinute]
    private let height = 9
    private let columns = 90

    public init(_ minutes: [MarketMinute]) { rows = minutes }

    /// Empty for a run of less than two minutes.
    public var text: String {
        guard rows.count > 1 else { return "" }
        let group = max(1, (rows.count + columns - 1) / columns)
        let groups = stride(from: 0, to: rows.count, by: group).map {
            Array(rows[$0..<min($0 + group, rows.count)])
        }
        let lows = groups.map { $0.map(\.referenceUSD).min()! }
        let highs = groups.map { $0.map(\.referenceUSD).max()! }
        let forced = groups.map { $0.reduce(0) { $0 + $1.liquidatedUSD } }
        var lines = ["index, USD (\(group) min a column)"]
        lines += panel(lows, highs)
        lines.append("liquidated, USD")
        lines += bars(forced)
        let first = rows.first!.time.description.dropFirst(11).prefix(5)
        let last = rows.last!.time.description.dropFirst(11).prefix(5)
        let gap = String(repeating: " ", count: max(1, groups.count - first.count - last.count))
        lines.append(String(repeating: " ", count: 12) + first + gap + last + " UTC")
        return lines.joined(separator: "\n")
    }

    private func panel(_ lows: [Double], _ highs: [Double]) -> [String] {
        let bottom = lows.min()!
        let top = max(highs.max()!, bottom + 1e-9)
        return (0..<height).map { line in
            let upper = top - (top - bottom) * Double(line) / Double(height)
            let lower = top - (top - bottom) * Double(line + 1) / Double(height)
            let cells = zip(lows, highs).map { low, high in
                high >= lower && low <= upper
                    ? (high - low > (top - bottom) / Double(height) ? "│" : "─") : " "
            }
            let label = line == 0 ? top : line == height - 1 ? bottom : nil
            return (label.map { String(format: "%11.0f ", $0) } ?? String(repeating: " ", count: 12))
                + cells.joined()
        }
    }

    private func bars(_ values: [Double]) -> [String] {
        let top = max(values.max()!, 1)
        let glyphs = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        let lines = 5
        return (0..<lines).map { line in
            let floor = Double(lines - 1 - line)
            let cells = values.map { value -> String in
                let eighths = (value / top * Double(lines) - floor) * 8
                return glyphs[min(8, max(0, Int(eighths.rounded(.up))))]
            }
            let label = line == 0 ? String(format: "%9.1f M ", top / 1e6) : String(repeating: " ", count: 12)
            return label + cells.joined()
        }
    }
}
