import InputFiles
import Primitives

/// A table of claims: `claim,evidence,measure,low,high,verdict,source`, comment lines starting with #.
///
/// A claim may ask several measures, with `;` between, and has as many bands, empty where one has none. Without a band the
/// record alone decides, and `verdict` says what; with one `verdict` may give the words for both outcomes, `|` between.
public enum ClaimFile {
    private static let columns = ["claim", "evidence", "measure", "low", "high", "verdict", "source"]

    /// - Parameters:
    ///   - file: what errors name.
    ///   - names: what the measures may name.
    /// - Throws: `InputError` naming file, line and column.
    public static func read(text: String, file: String, names: MeasureNames) throws(InputError) -> [Claim] {
        let table = try ColumnTable(text: text, file: file, columns: columns)
        var claims: [Claim] = []
        for row in table.rows {
            let claim = try ClaimRow(row, file: file).claim(names)
            if claims.contains(where: { $0.statement == claim.statement }) {
                throw InputError(
                    file: file, line: row.line, key: "claim", found: "`\(claim.statement)` a second time",
                    allowed: "each once")
            }
            claims.append(claim)
        }
        guard !claims.isEmpty else {
            throw InputError(
                file: file, found: "no claim",
                allowed: "the line `\(columns.joined(separator: ","))` and a row a claim")
        }
        return claims
    }
}

private struct ClaimRow {
    let file: String
    let line: Int
    let cells: [String]

    init(_ row: ColumnTable.Row, file: String) {
        (self.file, line, cells) = (file, row.line, row.texts)
    }

    private func refuse(_ key: String, _ found: String, _ allowed: String) -> InputError {
        InputError(file: file, line: line, key: key, found: found, allowed: allowed)
    }

    func claim(_ names: MeasureNames) throws(InputError) -> Claim {
        guard !cells[0].isEmpty else { throw refuse("claim", "nothing", "what was said") }
        var asked: [(measure: MeasureCall, band: ClosedRange<Double>?)] = []
        let texts = cells[2].isEmpty ? [] : parts(cells[2], ";")
        let lows = try bounds("low", cells[3], texts.count)
        let highs = try bounds("high", cells[4], texts.count)
        for (i, text) in texts.enumerated() {
            let measure = try MeasureCall(text, file: file, line: line, names: names)
            switch (lows[i], highs[i]) {
            case (nil, nil): asked.append((measure, nil))
            case (let low?, let high?) where low <= high: asked.append((measure, low...high))
            default:
                throw refuse(
                    "low, high", "`\(cells[3])`, `\(cells[4])`",
                    "two numbers for each measure or none, the first not above the second")
            }
        }
        return Claim(
            statement: cells[0], evidence: cells[1], asked: asked,
            verdict: try verdict(hasBand: asked.contains { $0.band != nil }), source: cells[6])
    }

    private func verdict(hasBand: Bool) throws(InputError) -> Claim.Verdict {
        let words = cells[5].isEmpty ? [] : parts(cells[5], "|")
        switch (hasBand, words.count) {
        case (false, 1): return .recorded(words[0])
        case (true, 0): return Claim.usual
        case (true, 2): return .ofRun(agrees: words[0], disagrees: words[1])
        default:
            throw refuse(
                "verdict", cells[5].isEmpty ? "nothing" : "`\(cells[5])`",
                hasBand
                    ? "nothing, or the words for a run that agrees and one that does not, | between"
                    : "what the record alone decides, or a band for a measure")
        }
    }

    /// As many as there are measures; all nil for an empty cell.
    private func bounds(_ key: String, _ cell: String, _ count: Int) throws(InputError) -> [Double?] {
        if cell.isEmpty { return Array(repeating: nil, count: count) }
        let texts = parts(cell, ";")
        guard texts.count == count else {
            throw refuse(key, "\(texts.count) for \(count) measures", "as many as measures, ; between")
        }
        var all: [Double?] = []
        for text in texts {
            if text.isEmpty {
                all.append(nil)
            } else {
                guard let x = Double(text), x.isFinite else { throw refuse(key, "`\(text)`", "a number") }
                all.append(x)
            }
        }
        return all
    }

    private func parts(_ text: String, _ separator: Character) -> [String] {
        text.split(separator: separator, omittingEmptySubsequences: false).map {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
