import LabCore
import Primitives

/// A run's tables for a spreadsheet, pandas or DuckDB.
enum RunTables {
    static func minutes(_ run: LabRun) -> String {
        let prices = run.info.majors.map { $0.lowercased() + "_index_usd" }
        var lines = [
            (["time_utc"] + prices + [
                "liquidated_long_usd", "liquidated_short_usd", "reported_usd", "open_interest_usd",
                "taken_over_usd", "deleveraged_usd", "margin_calls", "depth_1pct_usd", "makers_withdrawn",
                "hash",
            ]).joined(separator: ",")
        ]
        for m in run.minutes() {
            let figures =
                m.prices + [
                    m.liquidatedLongUsd, m.liquidatedShortUsd, m.reportedUsd, m.openInterestUsd,
                    m.takenOverUsd, m.deleveragedUsd,
                ]
            lines.append(
                ([SimTime(seconds: m.seconds).description] + figures.map { "\($0)" }
                    + ["\(m.marginCalls)", "\(m.depthUsd)", "\(m.makersWithdrawn)", m.hash])
                    .joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func venues(_ run: LabRun) -> String {
        let frame = run.frame.frame
        var lines = [
            "time_utc,venue,liquidated_usd,reported_usd,filled_in_books_usd,taken_over_usd,deleveraged_usd,fund_usd,fund_paid_usd,bad_debt_usd,accounts_liquidated,accounts_deleveraged,open_interest_usd,is_halted"
        ]
        for v in frame.venues {
            let money = [
                v.liquidatedUsd, v.reportedUsd, v.filledInBooksUsd, v.takenOverUsd, v.deleveragedUsd,
                v.fundUsd,
                v.fundPaidUsd, v.badDebtUsd,
            ]
            lines.append(
                ([frame.time, v.venue] + money.map { "\($0)" } + [
                    "\(v.accountsLiquidated)", "\(v.accountsDeleveraged)", "\(v.openInterestUsd)",
                    "\(v.isHalted)",
                ]).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
