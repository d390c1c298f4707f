import Exchanges
import Foundation
import Primitives

/// Typed reading of a whole-market scenario, and what no single key can say.
extension Scenario {
    static let perpetualVenues = [
        "binance", "binance-coinm", "bybit", "okx", "hyperliquid", "dydx", "deribit", "other",
    ]
    static let spotVenues = ["binance-spot", "coinbase", "kraken", "gemini"]

    /// `name=number` pairs of a setting; names must be among `known`, numbers at least 0.
    func figures(_ path: String, known: [String]) throws -> [String: Double] {
        var found: [String: Double] = [:]
        for part in text(path).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            guard pair.count == 2, let value = SettingKey.number(pair[1]), value >= 0, value <= 1e12 else {
                throw refuse(path, "`name=number` with commas, numbers from 0 to 1e12, not `\(part)`")
            }
            guard known.contains(pair[0]) else {
                throw refuse(
                    path, known.joined(separator: ", "), nearest: nearestName(to: pair[0], among: known))
            }
            guard found.updateValue(value, forKey: pair[0]) == nil else {
                throw refuse(path, "each name once, not `\(pair[0])` twice")
            }
        }
        return found
    }

    func shares(_ path: String, known: [String]) throws -> [String: Double] {
        let found = try figures(path, known: known)
        let sum = known.reduce(0) { $0 + (found[$1] ?? 0) }
        guard abs(sum - 1) < 1e-6 else { throw refuse(path, "shares that sum to 1; these sum to \(sum)") }
        return found
    }

    struct OutageText {
        var kind: Outage.Kind
        var venue: String
        var from: SimTime
        var until: SimTime
    }

    func outages() throws -> [OutageText] {
        let known = Self.perpetualVenues + Self.spotVenues
        return try text("venues.outages").split(separator: ";").compactMap { part in
            let words = part.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { return nil }
            guard words.count == 4, let kind = Outage.Kind(rawValue: words[1]),
                let from = SimTime(iso8601: words[2]),
                let until = SimTime(iso8601: words[3]), from < until
            else {
                throw refuse(
                    "venues.outages",
                    "`venue kind from until`, kind orders, transfers or oracle, not `\(part)`")
            }
            guard known.contains(words[0]) else {
                throw refuse(
                    "venues.outages", known.joined(separator: ", "),
                    nearest: nearestName(to: words[0], among: known))
            }
            return OutageText(kind: kind, venue: words[0], from: from, until: until)
        }
    }

    /// Prices at the start that replace the table's.
    func startPrices(_ assets: [AssetRow]) throws -> [String: Double] {
        try figures("universe.prices", known: assets.map(\.name))
    }

    func news() -> [(time: SimTime, move: Double)] {
        var all: [(SimTime, Double)] = []
        if flag("news.happens") { all.append((time("news.time_utc"), number("news.move_pct") / 100)) }
        if let again = SimTime(iso8601: text("news.again_utc")) {
            all.append((again, number("news.move_pct") / 100))
        }
        return all
    }

    func checkMarket() throws {
        try checkWindow()
        let both = Self.perpetualVenues + Self.spotVenues
        _ = try shares("venues.open_interest_shares", known: Self.perpetualVenues)
        _ = try shares("venues.account_shares", known: Self.perpetualVenues)
        _ = try shares("venues.liquidity_shares", known: both)
        _ = try shares("venues.patient_shares", known: both)
        let leverage = try figures("venues.leverage_medians", known: Self.perpetualVenues)
        for venue in Self.perpetualVenues where (leverage[venue] ?? 0) <= 0 {
            throw refuse("venues.leverage_medians", "a median above 0 for every venue; `\(venue)` has none")
        }
        _ = try figures("venues.fund_usd", known: Self.perpetualVenues)
        _ = try figures("venues.vault_usd", known: Self.perpetualVenues)
        _ = try figures("holders.stop_venues", known: Self.spotVenues)
        _ = try outages()
        _ = try startPrices(AssetTable.rows())
        if !text("news.again_utc").isEmpty && SimTime(iso8601: text("news.again_utc")) == nil {
            throw refuse("news.again_utc", "a UTC time like 2025-10-10T20:50:00Z, or nothing")
        }
        let named = number("universe.bitcoin_open_interest_usd") + number("universe.ether_open_interest_usd")
        if named > number("universe.open_interest_usd") {
            throw refuse(
                "universe.open_interest_usd", "at least Bitcoin's and Ether's together, \(named)")
        }
        let shorts = number("accounts.short_notional_share") + number("accounts.hedged_notional_share")
        if shorts > 1 {
            throw refuse(
                "accounts.short_notional_share",
                "at most 1 together with accounts.hedged_notional_share: longs and shorts cannot net to zero")
        }
        if number("accounts.adds_share") + number("accounts.reduces_share") > 1 {
            throw refuse("accounts.reduces_share", "at most 1 together with accounts.adds_share")
        }
        if number("liquidity.withdrawal_without_news") > 0 && flag("news.happens") {
            throw refuse(
                "liquidity.withdrawal_without_news",
                "0 while news.happens is true: it is for runs without news")
        }
        if number("accounts.large_short_usd") > 0.5 * number("universe.bitcoin_open_interest_usd") {
            throw refuse("accounts.large_short_usd", "at most half of Bitcoin's open interest")
        }
    }
}
