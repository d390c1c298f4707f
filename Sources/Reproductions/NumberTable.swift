import Foundation
import Primitives

/// Some columns of a comma-separated table as numbers.
struct NumberTable {
    /// In the order the columns were asked for.
    private(set) var rows: [[Double]] = []

    init(_ path: String, columns: [String]) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw InputError(
                file: path, found: "no readable file",
                allowed: "a table with the columns \(columns.joined(separator: ", "))")
        }
        try self.init(text: text, file: path, columns: columns)
    }

    init(text: String, file: String, columns: [String]) throws {
        var places: [Int]?
        for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard let known = places else {
                places = try columns.map { name in
                    guard let place = cells.firstIndex(of: name) else {
                        throw InputError(
                            file: file, line: i + 1, key: name, found: "no such column",
                            allowed: cells.joined(separator: ", "),
                            nearest: nearestName(to: name, among: cells))
                    }
                    return place
                }
                continue
            }
            rows.append(
                try zip(known, columns).map { place, name in
                    guard place < cells.count, let value = Double(cells[place]) else {
                        throw InputError(
                            file: file, line: i + 1, key: name,
                            found: place < cells.count ? "`\(cells[place])`" : "\(cells.count) cells",
                            allowed: "a number")
                    }
                    return value
                })
        }
    }

    func sum(_ column: Int) -> Double { rows.reduce(0) { $0 + $1[column] } }
}
