import Clearing
import Foundation
import GRDB
import Primitives
import Recording
import Running
import Scenarios
import Venues

/// A story told from the recording, in a moment: what the venue did to the account and by which rule, with the equity and the
/// maintenance margin of each decision. What the account did itself is not recorded for millions: the simulation tells it.
extension ToldStory {
    /// - Parameters:
    ///   - folder: of the run.
    ///   - account: `VENUE:NUMBER`, of a coin-margined venue `VENUE/COIN:NUMBER`.
    /// - Throws: `InputError` for a run without events, and for an account that no event names.
    public init(recorded run: ScenarioRun, folder: String, account text: String) throws {
        let path = folder + "/run.sqlite"
        let labels = try readRecording(path, tables: ["venues"]) { db in
            try String.fetchAll(
                db,
                sql: "SELECT \(StoryList.venueLabel) FROM venues ORDER BY id")
        }
        let (place, account) = try Self.split(text, labels)
        let mine = "venue_id = \(place) AND (account = \(account) OR counterparty = \(account))"
        let events = try readRecording(
            path, tables: ["events", "stages", "assets", "venues"], only: ["events": mine]
        ) {
            db in try Told.all(db, mine)
        }
        guard !events.isEmpty else {
            throw InputError(
                file: "--account", found: "`\(text)`: no event of the recording names it",
                allowed:
                    "an account whose position was closed by force or deleveraged (`explain RUN` lists the largest), or --again, which simulates the run once more with this account watched"
            )
        }
        let rulebook = try run.scenario.rulebooks()[place]
        var story = AccountStory(account: account)
        for event in Told.grouped(events, for: account) {
            story.append(event.time, event.text(for: account), AccountStory.rules(event.kind, rulebook))
        }
        self.init(
            .recording, run: folder, account: text, venue: labels[place], story.lines, rules: story.rules)
    }
}

/// A recorded event of one account.
private struct Told: Sendable {
    var time: SimTime
    var kind: ClearingEvent.Kind
    var account: AccountID
    var counterparty: AccountID
    var asset: String
    var currency: String
    var coins: Double?
    var price: Double?
    var amount: Double
    var loss: Double
    var equity: Double?
    var maintenance: Double?
    /// Other sides of the same closing beyond the one that is named.
    var others = 0

    static func all(_ db: Database, _ condition: String) throws -> [Told] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT time_ms, stage_id, account, counterparty, asset, settlement, coins, price_usd, amount, loss, equity, maintenance
                FROM events JOIN venues ON venues.id = venue_id LEFT JOIN assets ON assets.id = asset_id
                WHERE \(condition) ORDER BY events.rowid
                """
        ).compactMap { row in
            guard let kind = ClearingEvent.Kind(rawValue: row["stage_id"]) else { return nil }
            return Told(
                time: SimTime(nanoseconds: (row["time_ms"] as Int64) * 1_000_000), kind: kind,
                account: AccountID(rawValue: row["account"]),
                counterparty: (row["counterparty"] as Int32?).map(AccountID.init(rawValue:)) ?? .nobody,
                asset: row["asset"] ?? "collateral", currency: row["settlement"], coins: row["coins"],
                price: row["price_usd"], amount: row["amount"], loss: row["loss"], equity: row["equity"],
                maintenance: row["maintenance"])
        }
    }

    /// Closings of one position against several others in one step are one line, at their average price.
    static func grouped(_ events: [Told], for reader: AccountID) -> [Told] {
        var lines: [Told] = []
        for event in events {
            guard event.kind == .deleveraging, var last = lines.last, last.kind == .deleveraging,
                last.time == event.time, last.asset == event.asset,
                (last.account == reader) == (event.account == reader),
                ((last.coins ?? 0) < 0) == ((event.coins ?? 0) < 0)
            else {
                lines.append(event)
                continue
            }
            let (before, more) = (last.coins ?? 0, event.coins ?? 0)
            if let price = last.price, let other = event.price, before + more != 0 {
                last.price = (price * before + other * more) / (before + more)
            }
            last.coins = before + more
            last.amount += event.amount
            last.loss += event.loss
            last.others += 1
            lines[lines.count - 1] = last
        }
        return lines
    }

    func text(for reader: AccountID) -> String {
        let rest = others == 0 ? "" : " and \(others) other\(others == 1 ? "" : "s")"
        if account != reader && kind == .deleveraging {
            // Of the winner the other side is told: it was short where the loser was long.
            return
                "deleveraged: \(closed) of the \((coins ?? 0) < 0 ? "short" : "long") in \(asset), against account \(account)\(rest)"
        }
        var words = EventWords(kind)
        words.isLong = (coins ?? 0) < 0
        words.market = asset
        words.size = size
        words.closed = closed
        if let equity, let maintenance {
            words.margin = "equity \(money(equity)) against maintenance \(money(maintenance))"
        }
        words.result = "\(loss > 0 ? "loss" : "profit") against cost \(money(abs(loss)))"
        words.amount = money(kind.isNotional ? abs(amount) : amount)
        words.counterparty = "account \(counterparty)\(rest)"
        return (account == reader ? "" : "account \(account): ") + words.text
    }

    private var size: String { String(format: "%.6g coins", abs(coins ?? 0)) }
    private var closed: String { size + (price.map { String(format: " at %.6g", $0) } ?? "") }

    private func money(_ amount: Double) -> String {
        String(format: currency == "USD" ? "%.2f %@" : "%.8g %@", amount, currency)
    }
}
