import Agents
import Primitives

/// Every key of a scenario file: units are in the names, limits are here, in `WorldKeys`, beside each agent and in
/// `EventTableKind`, and nowhere else.
public enum ScenarioKeys {
    public static let all: [SettingKey] =
        about + window + index + WorldKeys.all + AgentList.registered.keys
    private static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })
    private static let prefixes = Set(
        all.flatMap { key in
            key.path.indices.filter { key.path[$0] == "." }.map { String(key.path[..<$0]) }
        })

    /// The key of a path: one of `all`, or a cell of one of the event's tables (`venues.binance.fund_usd`).
    public static func key(_ path: String) -> SettingKey? {
        if let key = byPath[path] { return key }
        guard let (kind, name) = cell(path),
            let column = kind.columns.first(where: { name.hasSuffix("." + $0.path) })
        else { return nil }
        var key = column
        key.path = path
        return key
    }

    /// The table and `row.column` of a path that is a cell of a table; nil for any other.
    static func cell(_ path: String) -> (EventTableKind, String)? {
        guard let dot = path.firstIndex(of: "."), let kind = EventTableKind(rawValue: String(path[..<dot])),
            kind.takesCells, byPath[path] == nil
        else { return nil }
        let rest = String(path[path.index(after: dot)...])
        guard let last = rest.lastIndex(of: "."), last > rest.startIndex,
            let column = kind.columns.first(where: { $0.path == rest[rest.index(after: last)...] }),
            !kind.names.contains(column.path)
        else { return nil }
        return (kind, rest)
    }

    /// Whether keys begin with this path and a dot.
    static func isPrefix(_ path: String) -> Bool {
        if prefixes.contains(path) { return true }
        let parts = path.split(separator: ".", maxSplits: 1)
        guard let kind = parts.first.flatMap({ EventTableKind(rawValue: String($0)) }), kind.takesCells else {
            return false
        }
        return parts.count < 2 || !prefixes.contains(path)
    }

    /// Known names that a mistyped path may have meant.
    static func names(near path: String) -> [String] {
        var names = all.map(\.path)
        let parts = path.split(separator: ".").map(String.init)
        if parts.count > 2, let kind = EventTableKind(rawValue: parts[0]), kind.takesCells {
            let row = parts[..<(parts.count - 1)].joined(separator: ".")
            names += kind.columns.filter { !kind.names.contains($0.path) }.map { row + "." + $0.path }
        }
        return names
    }

    private static func key(
        _ path: String, _ kind: SettingKey.Kind, _ meaning: String, default fallback: String? = nil
    ) -> SettingKey {
        SettingKey(path, kind, meaning, default: fallback)
    }

    private static let about = [
        key("scenario", .name, "the name, as in the run folder"),
        key("title", .text, "one line for people", default: ""),
        key("note", .text, "what to know before believing it", default: ""),
        key("facts", .text, "the event's table of recorded facts", default: "facts.csv"),
    ]
    private static let window = [
        key("window.start_utc", .time, "first moment"),
        key("window.end_utc", .time, "last moment"),
        key("window.reference_utc", .time, "the minute falls are measured from"),
        key("window.step_seconds", .number(0.1...60), "simulated seconds a step", default: "1"),
    ]
    private static let index = [
        key(
            "index.kind", .choice(["spot_median", "venue_rules", "imposed", "model"]),
            "the median of the spot books for all; besides it each venue's own by its rulebook, for its marks; imposed by index.csv or --index-path; a model's path",
            default: "spot_median"),
        key(
            "index.shock_pct", .number(-99.9...500), "model: size of the shock, negative for a fall",
            default: "0"),
        key("index.shock_after_minutes", .number(0...1e5), "model: when the shock starts", default: "0"),
        key("index.shock_minutes", .number(0.02...1e5), "model: how long it takes", default: "10"),
        key("index.recovered_share", .number(0...1), "model: share of the shock regained", default: "0"),
        key("index.recovery_minutes", .number(0.02...1e5), "model: over how long", default: "60"),
        key(
            "index.external_basis_volatility_multiple", .number(-100...100),
            "imposed or model: perpetuals elsewhere trade above the index by this multiple of its volatility (of ten-second returns, for the root of a second)",
            default: "0"),
    ]
}
