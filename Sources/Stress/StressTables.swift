import Desk
import Foundation
import Primitives

extension StressResult {
    /// For the terminal.
    public var text: String {
        func usd(_ value: Double) -> String { shortFigure(value) }
        var rows = [
            [
                "shock", "called", "liquidated", "longs", "shorts", "margin lost", "deficit", "fund paid",
                "fund left", "deleveraged", "bad debt", "fall x",
            ]
        ]
        for s in scenarios {
            rows.append([
                s.scenario, "\(s.accountsCalled)", "\(s.accountsLiquidated)", usd(s.liquidatedLongUsd),
                usd(s.liquidatedShortUsd),
                usd(s.marginLostUsd), usd(s.deficitUsd), usd(s.fundDrawUsd), usd(s.fundLeftUsd),
                usd(s.deleveragedUsd),
                usd(s.badDebtUsd), String(format: "%.2f", s.amplification),
            ])
        }
        var lines = [
            "\(book): \(accountsCount) accounts, \(positionsCount) positions\(loansCount > 0 ? ", \(loansCount) rows of loans" : "")\(venues.isEmpty ? "" : " on " + venues.joined(separator: ", ")); rules of \(rulesDay); impact \(impact)",
            "",
        ]
        // A book of loans alone has no venue to tell of.
        if positionsCount > 0 || loansCount == 0 { lines += Self.aligned(rows) }
        lines += lendingLines
        for s in scenarios where !s.isAtRest {
            lines.append("\(s.scenario): prices did not come to rest in \(s.rounds) rounds")
        }
        for r in reverse {
            func move(_ pct: Double?) -> String { pct.map { String(format: "%.2f %%", $0) } ?? "no move" }
            lines.append(
                "\(r.figure) reaches \(shortFigure(r.limit)): \(move(r.fallPct)) down, \(move(r.risePct)) up\(r.withDepth)"
            )
        }
        for (path, told) in (stories ?? [:]).sorted(by: { $0.key < $1.key }) {
            lines += ["", "\(path): \(told.count) accounts, the largest:"]
            for s in told.prefix(10) {
                func at(_ utc: String?) -> String {
                    utc.map { String($0.dropFirst(5).dropLast(1)).replacing("T", with: " ") } ?? "–"
                }
                lines.append(
                    "  \(s.venue) \(s.account): called \(at(s.calledUtc)), liquidated \(at(s.liquidatedUtc)) \(usd(s.liquidatedUsd)), deleveraged \(at(s.deleveragedUtc)) \(usd(s.deleveragedUsd))"
                )
            }
        }
        lines += gridLines
        if let betas {
            lines += ["", "betas to \(betas.reference), \(betas.returns) returns: \(betas.text)"]
        }
        if let b = intervals {
            func range(_ f: Bootstrap.Figure) -> String { "\(usd(f.value)) [\(usd(f.low)), \(usd(f.high))]" }
            lines += [
                "",
                "\(b.paths) paths of \(b.horizonHours) hours drawn from \(b.candles.joined(separator: ", ")); 5-95 % of each estimate",
                "  deficit, VaR 99 %: \(range(b.deficitVar99Usd)); expected shortfall 99 %: \(range(b.deficitShortfall99Usd))",
                "  liquidated, 95 % (LaR): \(range(b.liquidationsAtRisk95Usd)); fund gone in \(range(b.fundGoneShare)) of the paths",
            ]
        }
        lines += (recommendations ?? []).map { "  " + $0.text }
        if !health.counts.isEmpty {
            lines += [
                "",
                "health: "
                    + health.counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(
                        separator: ", "),
            ]
        }
        if let folder { lines += ["", "\(folder)/report.html"] }
        return lines.joined(separator: "\n")
    }
}

extension StressResult {
    /// Columns padded to one width, the first to the left.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { c in rows.map { $0[c].count }.max()! }
        return rows.map { row in
            zip(row.indices, row).map { c, cell in
                let pad = String(repeating: " ", count: widths[c] - cell.count)
                return c == 0 ? cell + pad : pad + cell
            }.joined(separator: "  ")
        }
    }

    /// Accounts liquidated and bad debt, a row a shock, a column a loss of depth.
    private var gridLines: [String] {
        guard let grid else { return [] }
        let shocks = scenarios.map(\.scenario).filter { name in grid.cells.contains { $0.scenario == name } }
        let rows = shocks.map { name in
            [name]
                + grid.cells.filter { $0.scenario == name }.map {
                    "\($0.accountsLiquidated), \(shortFigure($0.badDebtUsd))"
                }
        }
        return ["", "depth lost: accounts liquidated, bad debt"]
            + Self.aligned([["shock"] + StressGrid.losses.map { String(format: "%.0f %%", $0) }] + rows)
    }

    /// Loans, a row a shock and protocol.
    private var lendingLines: [String] {
        let rows = scenarios.flatMap { s in
            (s.lending ?? []).map { loans in
                [
                    s.scenario, loans.lender, "\(loans.accounts)", "\(loans.accountsLiquidated)",
                    loans.lowestHealthFactor.map { String(format: "%.3f", $0) } ?? "–",
                    shortFigure(loans.unsafeDebtUsd), shortFigure(loans.repaidUsd),
                    shortFigure(loans.seizedUsd), shortFigure(loans.badDebtUsd),
                ]
            }
        }
        guard !rows.isEmpty else { return [] }
        return [""]
            + Self.aligned(
                [
                    [
                        "loans", "protocol", "accounts", "liquidated", "lowest health", "their debt",
                        "repaid",
                        "seized", "bad debt",
                    ]
                ] + rows)
    }
}
