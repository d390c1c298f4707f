import Desk
import Foundation
import Primitives

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
        for (name, lines) in tables(result) {
            try (lines.joined(separator: "\n") + "\n").write(
                toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        }
    }

    /// Every file but the page, without those that were not asked for.
    private static func tables(_ result: StressResult) -> [(name: String, lines: [String])] {
        var all: [(name: String, lines: [String])] = [
            ("scenarios.csv", scenarios(result.scenarios)),
            ("liquidation_map.csv", map(result.liquidationMap)),
            ("concentration.csv", concentration(result.concentration)),
            ("health.md", ["# Health of the book", "", result.health.text]),
        ]
        if let accounts = result.accounts {
            all.append(("accounts.csv", self.accounts(accounts, result.scenarios.map(\.scenario))))
        }
        if let stories = result.stories { all.append(("stories.csv", self.stories(stories))) }
        if result.loansCount > 0 { all.append(("lending.csv", loans(result.scenarios))) }
        if let grid = result.grid { all.append(("grid.csv", self.grid(grid))) }
        return all
    }

    private static func fixed(_ places: Int, _ figures: [Double]) -> String {
        figures.map { String(format: "%.\(places)f", $0) }.joined(separator: ",")
    }

    private static func scenarios(_ scenarios: [StressOutcome]) -> [String] {
        [
            "scenario,accounts_called,accounts_liquidated,liquidated_long_usd,liquidated_short_usd,margin_lost_usd,deficit_usd,fund_draw_usd,fund_left_usd,deleveraged_usd,socialised_usd,bad_debt_usd,amplification,cover_1_usd,cover_2_usd"
        ]
            + scenarios.map { s in
                let figures = [
                    s.liquidatedLongUsd, s.liquidatedShortUsd, s.marginLostUsd, s.deficitUsd, s.fundDrawUsd,
                    s.fundLeftUsd,
                    s.deleveragedUsd, s.socialisedUsd, s.badDebtUsd, s.amplification, s.cover1Usd,
                    s.cover2Usd,
                ]
                return
                    "\(s.scenario.spreadsheetCell),\(s.accountsCalled),\(s.accountsLiquidated),\(fixed(6, figures))"
            }
    }

    private static func map(_ steps: [LiquidationMap.Step]) -> [String] {
        ["venue,symbol,side,move_pct,price_usd,notional_usd,positions"]
            + steps.map {
                "\($0.venue.spreadsheetCell),\($0.symbol.spreadsheetCell),\($0.side),\($0.movePct),\($0.priceUsd),\(fixed(2, [$0.notionalUsd])),\($0.positions)"
            }
    }

    private static func accounts(
        _ accounts: [String: [String: AccountOutcome]], _ scenarios: [String]
    ) -> [String] {
        var rows = ["account,scenario,equity_usd,maintenance_usd,liquidated,health_factor,loans_usd"]
        for (account, all) in accounts.sorted(by: { $0.key < $1.key }) {
            for scenario in scenarios {
                guard let one = all[scenario] else { continue }
                rows.append(
                    "\(account.spreadsheetCell),\(scenario.spreadsheetCell),\(fixed(6, [one.equityUsd, one.maintenanceUsd])),\(one.liquidated),\(one.healthFactor.map { fixed(6, [$0]) } ?? ""),\(one.loansUsd.map { fixed(2, [$0]) } ?? "")"
                )
            }
        }
        return rows
    }

    private static func stories(_ stories: [String: [PathStory]]) -> [String] {
        ["path,account,venue,called_utc,liquidated_utc,deleveraged_utc,liquidated_usd,deleveraged_usd"]
            + stories.sorted { $0.key < $1.key }.flatMap { path, told in
                told.map { s in
                    "\(path.spreadsheetCell),\(s.account.spreadsheetCell),\(s.venue.spreadsheetCell),\(s.calledUtc ?? ""),\(s.liquidatedUtc ?? ""),\(s.deleveragedUtc ?? ""),\(fixed(2, [s.liquidatedUsd, s.deleveragedUsd]))"
                }
            }
    }

    private static func loans(_ scenarios: [StressOutcome]) -> [String] {
        [
            "scenario,protocol,accounts,accounts_liquidated,lowest_health_factor,unsafe_debt_usd,repaid_usd,seized_usd,bad_debt_usd"
        ]
            + scenarios.flatMap { s in
                (s.lending ?? []).map { l in
                    "\(s.scenario.spreadsheetCell),\(l.lender),\(l.accounts),\(l.accountsLiquidated),\(l.lowestHealthFactor.map { fixed(6, [$0]) } ?? ""),\(fixed(2, [l.unsafeDebtUsd, l.repaidUsd, l.seizedUsd, l.badDebtUsd]))"
                }
            }
    }

    private static func grid(_ grid: StressGrid) -> [String] {
        [
            "scenario,depth_loss_pct,accounts_liquidated,liquidated_usd,deficit_usd,fund_left_usd,bad_debt_usd,deleveraged_usd,amplification,at_rest"
        ]
            + grid.cells.map { c in
                "\(c.scenario.spreadsheetCell),\(c.depthLossPct),\(c.accountsLiquidated),\(fixed(6, [c.liquidatedUsd, c.deficitUsd, c.fundLeftUsd, c.badDebtUsd, c.deleveragedUsd, c.amplification])),\(c.isAtRest)"
            }
    }

    private static func concentration(_ sides: [Concentration]) -> [String] {
        ["venue,symbol,side,open_usd,positions,largest_account,largest_share,five_share,hhi"]
            + sides.map { c in
                "\(c.venue.spreadsheetCell),\(c.symbol.spreadsheetCell),\(c.side),\(fixed(2, [c.openUsd])),\(c.positions),\(c.largestAccount.spreadsheetCell),\(fixed(6, [c.largestShare, c.fiveShare, c.hhi]))"
            }
    }
}
