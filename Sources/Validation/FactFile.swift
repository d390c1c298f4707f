import Foundation
import Primitives
import Scenarios

/// A table of facts in the layout of our own: `fact,key,low,high,unit,role,source`, comment lines starting with #.
public enum FactFile {
    private static let header = "fact,key,low,high,unit,role,source"
    /// Of the whole market and of one venue.
    private static var keys: [String] {
        Measures.keys + VenueMeasures.keys.filter { !Measures.keys.contains($0) }
    }

    public static func read(_ file: String) throws -> [Fact] {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw InputError(file: file, found: "no readable file", allowed: "a table of facts (CSV)")
        }
        var facts: [Fact] = []
        var isHeaderSeen = false
        for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where !line.hasPrefix("#") && !line.isEmpty {
            if !isHeaderSeen {
                guard line.trimmingCharacters(in: .whitespaces) == header else {
                    throw InputError(
                        file: file, line: i + 1, key: "header", found: "`\(line)`", allowed: header)
                }
                isHeaderSeen = true
                continue
            }
            facts.append(try fact(String(line), file, i + 1))
        }
        guard !facts.isEmpty else {
            throw InputError(file: file, found: "no fact", allowed: "the line `\(header)` and a row a fact")
        }
        return facts
    }

    private static func fact(_ line: String, _ file: String, _ number: Int) throws -> Fact {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard cells.count >= 7 else {
            throw InputError(
                file: file, line: number, found: "\(cells.count) columns", allowed: "7: \(header)")
        }
        guard keys.contains(cells[1]) else {
            throw InputError(
                file: file, line: number, key: "key", found: "`\(cells[1])`",
                allowed: keys.joined(separator: ", "), nearest: nearestName(to: cells[1], among: keys))
        }
        guard let low = Double(cells[2]), let high = Double(cells[3]), low <= high, low.isFinite,
            high.isFinite
        else {
            throw InputError(
                file: file, line: number, key: "low, high", found: "`\(cells[2])`, `\(cells[3])`",
                allowed: "two numbers, the first not above the second")
        }
        guard FactRow.roles.contains(cells[5]) else {
            throw InputError(
                file: file, line: number, key: "role", found: "`\(cells[5])`",
                allowed: FactRow.roles.joined(separator: ", "),
                nearest: nearestName(to: cells[5], among: FactRow.roles))
        }
        return Fact(
            name: cells[0], key: cells[1], low: low, high: high, unit: cells[4], role: cells[5],
            source: cells[6...].joined(separator: ", ").trimmingCharacters(in: ["\""]))
    }
}
