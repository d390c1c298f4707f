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

/// The folder a stress test leaves: its answer, tables of it, the health of its book.
public enum StressFolder {
    /// A new folder of its own, named after the book and numbered.
    ///
    /// - Throws: `InputError` where none can be made.
    public static func make(out: String, name: String) throws(InputError) -> String {
        let files = FileManager.default
        for n in 1...99_999 {
            let folder = "\(out)/stress-\(name)-\(n)"
            if files.fileExists(atPath: folder) { continue }
            do { try files.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
                throw InputError(
                    file: folder, key: "--out", found: "a folder that cannot be made",
                    allowed: "a writable folder")
            }
            return folder
        }
        throw InputError(
            file: out, key: "--out", found: "99,999 results of \(name)", allowed: "another folder")
    }

    /// - Throws: where a file cannot be written.
    public static func write(_ result: StressResult, to folder: String) throws {
        func save(_ name: String, _ lines: [String]) throws {
            try (lines.joined(separator: "\n") + "\n").write(
                toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        }
        var rows = [
            "scenario,accounts_called,accounts_liquidated,liquidated_long_usd,liquidated_short_usd,margin_lost_usd,deficit_usd,fund_draw_usd,fund_left_usd,deleveraged_usd,socialised_usd,bad_debt_usd,amplification,cover_1_usd,cover_2_usd"
        ]
        for s in result.scenarios {
            let figures = [
                s.liquidatedLongUsd, s.liquidatedShortUsd, s.marginLostUsd, s.deficitUsd, s.fundDrawUsd,
                s.fundLeftUsd,
                s.deleveragedUsd, s.socialisedUsd, s.badDebtUsd, s.amplification, s.cover1Usd, s.cover2Usd,
            ]
            rows.append(
                "\(quoted(s.scenario)),\(s.accountsCalled),\(s.accountsLiquidated),"
                    + figures.map { String(format: "%.6f", $0) }.joined(separator: ","))
        }
        try save("scenarios.csv", rows)
        try save(
            "liquidation_map.csv",
            ["venue,symbol,side,move_pct,price_usd,notional_usd,positions"]
                + result.liquidationMap.map {
                    "\(quoted($0.venue)),\(quoted($0.symbol)),\($0.side),\($0.movePct),\($0.priceUsd),\(String(format: "%.2f", $0.notionalUsd)),\($0.positions)"
                })
        if let accounts = result.accounts {
            var rows = ["account,scenario,equity_usd,maintenance_usd,liquidated,health_factor,loans_usd"]
            for (account, all) in accounts.sorted(by: { $0.key < $1.key }) {
                for s in result.scenarios {
                    guard let one = all[s.scenario] else { continue }
                    rows.append(
                        "\(quoted(account)),\(quoted(s.scenario)),\(String(format: "%.6f,%.6f", one.equityUsd, one.maintenanceUsd)),\(one.liquidated),\(one.healthFactor.map { String(format: "%.6f", $0) } ?? ""),\(one.loansUsd.map { String(format: "%.2f", $0) } ?? "")"
                    )
                }
            }
            try save("accounts.csv", rows)
        }
        if let stories = result.stories {
            var rows = [
                "path,account,venue,called_utc,liquidated_utc,deleveraged_utc,liquidated_usd,deleveraged_usd"
            ]
            for (path, told) in stories.sorted(by: { $0.key < $1.key }) {
                for s in told {
                    rows.append(
                        "\(quoted(path)),\(quoted(s.account)),\(quoted(s.venue)),\(s.calledUtc ?? ""),\(s.liquidatedUtc ?? ""),\(s.deleveragedUtc ?? ""),\(String(format: "%.2f,%.2f", s.liquidatedUsd, s.deleveragedUsd))"
                    )
                }
            }
            try save("stories.csv", rows)
        }
        let loans = result.scenarios.flatMap { s in
            (s.lending ?? []).map { l in
                "\(quoted(s.scenario)),\(l.lender),\(l.accounts),\(l.accountsLiquidated),\(l.lowestHealthFactor.map { String(format: "%.6f", $0) } ?? ""),"
                    + [l.unsafeDebtUsd, l.repaidUsd, l.seizedUsd, l.badDebtUsd].map {
                        String(format: "%.2f", $0)
                    }.joined(separator: ",")
            }
        }
        if !loans.isEmpty {
            try save(
                "lending.csv",
                [
                    "scenario,protocol,accounts,accounts_liquidated,lowest_health_factor,unsafe_debt_usd,repaid_usd,seized_usd,bad_debt_usd"
                ] + loans)
        }
        if let grid = result.grid {
            try save(
                "grid.csv",
                [
                    "scenario,depth_loss_pct,accounts_liquidated,liquidated_usd,deficit_usd,fund_left_usd,bad_debt_usd,deleveraged_usd,amplification,at_rest"
                ]
                    + grid.cells.map { c in
                        "\(quoted(c.scenario)),\(c.depthLossPct),\(c.accountsLiquidated),"
                            + [
                                c.liquidatedUsd, c.deficitUsd, c.fundLeftUsd, c.badDebtUsd, c.deleveragedUsd,
                                c.amplification,
                            ].map { String(format: "%.6f", $0) }.joined(separator: ",") + ",\(c.isAtRest)"
                    })
        }
        try save(
            "concentration.csv",
            ["venue,symbol,side,open_usd,positions,largest_account,largest_share,five_share,hhi"]
                + result.concentration.map { c in
                    "\(quoted(c.venue)),\(quoted(c.symbol)),\(c.side),\(String(format: "%.2f", c.openUsd)),\(c.positions),\(quoted(c.largestAccount)),"
                        + [c.largestShare, c.fiveShare, c.hhi].map { String(format: "%.6f", $0) }.joined(
                            separator: ",")
                })
        try save("health.md", ["# Health of the book", "", result.health.text])
    }

    /// A cell: names are data, and may hold commas and quotes. What a spreadsheet would take for a formula is made text.
    static func quoted(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } == true && Double(text) == nil
        let safe = isFormula ? "'" + text : text
        return safe.csvCell
    }
}
