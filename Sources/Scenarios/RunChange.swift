import Agents
import Foundation
import OrderBook
import Primitives

/// What somebody wants done to a running world at a moment, as text:
///
///     2025-10-10T21:15:00Z rules.fund_multiple=3       any key of `keys`
///     2025-10-10T21:15:00Z sell=BTC@binance:200e6      at any price, dollars; `buy` likewise
///     2025-10-10T21:15:00Z news=-2                     per cent of the reference asset
///     2025-10-10T21:15:00Z outage=binance:orders:30    minutes; orders, transfers or oracle
public struct RunChange: Sendable, Hashable {
    public enum What: Sendable, Hashable {
        case set(key: String, value: String)
        case trade(Side, asset: String, venue: String, usd: Double)
        case news(movePct: Double)
        case outage(venue: String, kind: String, minutes: Double)
    }

    public let time: SimTime
    public let what: What
    /// `key=value` as it was given.
    public let action: String
    /// The whole of it, as the command line takes it.
    public var text: String { "\(time) \(action)" }

    /// Keys that may change while a world runs: what is asked anew at every step or of every failing account.
    public static let keys: [String] =
        [
            "rules.deleveraging", "rules.liquidation", "rules.maintenance_multiple", "rules.fund_multiple",
            "rules.breaker_pct", "rules.breaker_window_minutes", "rules.breaker_halt_minutes",
            "contagion.own_book_collateral", "venues.forced_concession_pct",
            "venues.takeover_patience_seconds",
        ] + AgentList.registered.liveKeys

    static let actions = ["sell", "buy", "news", "outage"]
    static let form =
        "`TIME key=value`, `TIME sell=BTC@binance:200e6`, `TIME news=-2` or `TIME outage=binance:orders:30`"

    /// - Parameter file: what an error names as the place: `--change`.
    /// - Throws: `InputError` for text of another form, and keys that cannot change while a world runs.
    public init(_ text: String, file: String = "--change") throws {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true).map(String.init)
        guard words.count == 2, let time = SimTime(iso8601: words[0]) else {
            throw InputError(file: file, found: "`\(text.prefix(80))`", allowed: Self.form)
        }
        try self.init(time: time, action: words[1].trimmingCharacters(in: .whitespaces), file: file)
    }

    /// - Throws: `InputError` as above.
    public init(time: SimTime, action: String, file: String = "--change") throws {
        let parts = action.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
            String($0).trimmingCharacters(in: .whitespaces)
        }
        guard parts.count == 2, !parts[0].isEmpty else {
            throw InputError(file: file, found: "`\(action.prefix(80))`", allowed: Self.form)
        }
        self.time = time
        self.action = "\(parts[0])=\(parts[1])"
        let (key, value) = (parts[0], parts[1])
        func refuse(_ allowed: String) -> InputError {
            InputError(file: file, key: key, found: "`\(value.prefix(80))`", allowed: allowed)
        }
        switch key {
        case "sell", "buy":
            let form = "ASSET@VENUE:USD, like BTC@binance:200e6"
            let at = value.split(separator: "@", omittingEmptySubsequences: false)
            guard at.count == 2 else { throw refuse(form) }
            let rest = at[1].split(separator: ":", omittingEmptySubsequences: false)
            guard rest.count == 2, let usd = SettingKey.number(String(rest[1])), usd > 0, usd <= 1e10 else {
                throw refuse(form + ", up to 1e10")
            }
            what = .trade(
                key == "sell" ? .sell : .buy, asset: String(at[0]), venue: String(rest[0]), usd: usd)
        case "news":
            guard let move = SettingKey.number(value), (-99...500).contains(move) else {
                throw refuse("per cent from -99 to 500")
            }
            what = .news(movePct: move)
        case "outage":
            let rest = value.split(separator: ":", omittingEmptySubsequences: false)
            guard rest.count == 3, ["orders", "transfers", "oracle"].contains(rest[1]),
                let minutes = SettingKey.number(String(rest[2])), minutes > 0, minutes <= 1e5
            else { throw refuse("VENUE:KIND:MINUTES; kind orders, transfers or oracle") }
            what = .outage(venue: String(rest[0]), kind: String(rest[1]), minutes: minutes)
        default:
            guard Self.keys.contains(key), let known = ScenarioKeys.key(key) else {
                throw InputError(
                    file: file, key: key,
                    found: ScenarioKeys.key(key) == nil
                        ? "an unknown key" : "a key that cannot change while a world runs",
                    allowed: (Self.actions + Self.keys).joined(separator: ", "),
                    nearest: nearestName(to: key, among: Self.actions + Self.keys))
            }
            try known.check(
                Setting(text: value, file: file, source: "changed while the world runs", role: "input"))
            what = .set(key: key, value: value)
        }
    }
}
