import Foundation
import Primitives
import Rules
import Yams

/// The settings of a scenario, each with the place it was set; checked against `ScenarioKeys`.
public struct ScenarioFile: Sendable {
    public private(set) var settings: [String: Setting] = [:]
    /// Margin tiers of the scenario's own, in place of the rulebook's.
    public private(set) var tiers: [TierRow] = []
    /// Where they were set.
    private var tiersPlace: (file: String, line: Int?) = ("", nil)

    public struct TierRow: Sendable, Hashable, Codable {
        public var fromUSD: Int64
        public var maxLeverage: Int64
        public init(fromUSD: Int64, maxLeverage: Int64) {
            self.fromUSD = fromUSD
            self.maxLeverage = maxLeverage
        }
    }

    /// A scenario file may not be larger.
    static let maxBytes = 1 << 20

    private init() {}

    /// A built-in scenario by name, or a YAML file by path, with what it extends.
    ///
    /// - Parameter overrides: `key=value` texts that win over every file.
    public init(named name: String, overrides: [String] = []) throws {
        try load(name, chain: [])
        for text in overrides { try override(text) }
        try finish(name)
    }

    /// Settings as a run's manifest keeps them.
    public init(settings: [String: Setting], tiers: [TierRow], name: String) throws {
        self.settings = settings
        self.tiers = tiers
        tiersPlace = (name, nil)
        guard tiers.count <= 16 else {
            throw InputError(
                file: name, key: "tiers", found: "\(tiers.count) rows", allowed: "at most 16")
        }
        for (i, tier) in tiers.enumerated() {
            let before = i > 0 ? tiers[i - 1] : nil
            guard (1...200).contains(tier.maxLeverage), (0...100_000_000_000).contains(tier.fromUSD),
                before == nil
                    ? tier.fromUSD == 0
                    : tier.fromUSD > before!.fromUSD && tier.maxLeverage <= before!.maxLeverage
            else {
                throw InputError(
                    file: name, key: "tiers", found: "from \(tier.fromUSD), leverage \(tier.maxLeverage)",
                    allowed: "from 0 and rising, leverage 1 to 200 and not rising")
            }
        }
        try finish(name)
    }

    private mutating func load(_ name: String, chain: [String]) throws {
        if chain.contains(name) || chain.count > 8 {
            throw InputError(
                file: chain.last ?? name, key: "extends", found: "`\(name)`",
                allowed: "a chain of at most 8 scenarios without a circle")
        }
        let root = try Self.root(of: name)
        guard let mapping = root.mapping else {
            throw InputError(
                file: name, line: root.mark?.line, found: "no mapping at the top", allowed: "keys and values")
        }
        try Self.checkKind(mapping, file: name)
        if let parent = mapping["extends"] {
            guard let text = parent.scalar?.string, !text.isEmpty else {
                throw InputError(
                    file: name, line: parent.mark?.line, key: "extends", found: "no name",
                    allowed: "a built-in scenario or a YAML file")
            }
            try load(text, chain: chain + [name])
        }
        var seen: [String: Int] = [:]
        try collect(mapping, prefix: "", file: name, &seen)
    }

    /// Refuses a file that has no key of a scenario without showing what it has: it is of another kind, and may be private.
    private static func checkKind(_ mapping: Node.Mapping, file: String) throws {
        let tops = Set(
            ScenarioKeys.all.map { String($0.path.prefix { $0 != "." }) } + ["extends"])
        let names = mapping.compactMap { key, _ in key.string }
        guard !names.contains(where: { tops.contains(String($0.prefix { $0 != "." })) }) else { return }
        throw InputError(
            file: file, line: mapping.first?.key.mark?.line, found: "no key of a scenario",
            allowed: "`extends`, `scenario` and the keys that `undertow scenarios keys` lists",
            nearest: names.lazy.compactMap { nearestName(to: $0, among: tops.sorted()) }.first)
    }

    private static func root(of name: String) throws -> Node {
        if let text = BuiltIn.scenario(name) { return try yamlNode(text, file: name, what: "a scenario") }
        do {
            return try yamlFile(name, atMost: maxBytes, what: "a scenario file")
        } catch {
            guard error.file == name && error.found == "no such file" else { throw error }
            var error = error
            error.allowed = "a YAML file or one of \(BuiltIn.scenarios.joined(separator: ", "))"
            error.nearest = nearestName(to: name, among: BuiltIn.scenarios)
            throw error
        }
    }

    // MARK: Collecting

    /// - Parameter seen: lines by path: a dotted and a nested form of one key are the same key.
    private mutating func collect(
        _ mapping: Node.Mapping, prefix: String, file: String, _ seen: inout [String: Int]
    ) throws {
        for (key, node) in mapping {
            guard let name = key.string else { continue }
            let path = prefix + name
            if path == "extends" { continue }
            let isSetting = ScenarioKeys.all.contains { $0.path == path }
            if isSetting || path == "market.tiers" {
                let line = key.mark?.line ?? 0
                if let before = seen.updateValue(line, forKey: path) {
                    throw InputError(
                        file: file, line: line, key: path,
                        found: "a second value; the first is in line \(before)",
                        allowed: "each key once, nested or with dots")
                }
            }
            if path == "market.tiers" {
                try collectTiers(node, file: file)
            } else if isSetting {
                settings[path] = try Self.setting(node, path: path, file: file)
            } else if let inner = node.mapping,
                ScenarioKeys.all.contains(where: { $0.path.hasPrefix(path + ".") })
            {
                try collect(inner, prefix: path + ".", file: file, &seen)
            } else {
                throw Self.unknown(path, file: file, line: key.mark?.line)
            }
        }
    }

    /// A scalar, or a mapping of `value` with `source`, `low`, `high`, `role`.
    private static func setting(_ node: Node, path: String, file: String) throws -> Setting {
        let line = node.mark?.line
        if let text = node.scalar?.string { return Setting(text: text, file: file, line: line) }
        guard let mapping = node.mapping, let value = mapping["value"]?.scalar?.string else {
            throw InputError(
                file: file, line: line, key: path, found: "no value",
                allowed: "a value, or a mapping with `value`, `source`, `low`, `high`, `role`")
        }
        let known = ["value", "source", "low", "high", "role"]
        for (key, _) in mapping where !known.contains(key.string ?? "") {
            throw InputError(
                file: file, line: key.mark?.line, key: "\(path).\(key.string ?? "")", found: "an unknown key",
                allowed: known.joined(separator: ", "),
                nearest: nearestName(to: key.string ?? "", among: known))
        }
        return Setting(
            text: value, file: file, line: line, source: mapping["source"]?.string,
            low: mapping["low"]?.scalar?.string, high: mapping["high"]?.scalar?.string,
            role: mapping["role"]?.string)
    }

    private mutating func collectTiers(_ node: Node, file: String) throws {
        func refuse(_ node: Node, _ found: String, _ allowed: String) -> InputError {
            InputError(file: file, line: node.mark?.line, key: "market.tiers", found: found, allowed: allowed)
        }
        guard let rows = node.sequence, !rows.isEmpty, rows.count <= 16 else {
            throw refuse(node, "no list", "1 to 16 rows of `{from_usd: 0, max_leverage: 40}`")
        }
        tiers = []
        tiersPlace = (file, node.mark?.line)
        for row in rows {
            guard let mapping = row.mapping, mapping.count == 2,
                let from = mapping["from_usd"]?.scalar.flatMap({ SettingKey.number($0.string) }),
                let leverage = mapping["max_leverage"]?.scalar.flatMap({ SettingKey.number($0.string) }),
                (0...1e11).contains(from), (1...200).contains(leverage), leverage == leverage.rounded()
            else {
                throw refuse(
                    row, "a row of another form", "`{from_usd: 0, max_leverage: 40}`, leverage 1 to 200")
            }
            if tiers.isEmpty && from != 0 {
                throw refuse(row, "a first row from \(Int64(from))", "from_usd 0")
            }
            if let last = tiers.last, Int64(from) <= last.fromUSD || Int64(leverage) > last.maxLeverage {
                throw refuse(
                    row,
                    "from_usd \(Int64(from)), max_leverage \(Int64(leverage)) after \(last.fromUSD), \(last.maxLeverage)",
                    "from_usd rising and max_leverage not rising")
            }
            tiers.append(TierRow(fromUSD: Int64(from), maxLeverage: Int64(leverage)))
        }
    }

    private mutating func override(_ text: String) throws {
        guard let at = text.firstIndex(of: "=") else {
            throw InputError(file: "--set", found: "`\(text)`", allowed: "key.path=value")
        }
        let path = String(text[..<at])
        guard ScenarioKeys.all.contains(where: { $0.path == path }) else {
            throw Self.unknown(path, file: "--set", line: nil)
        }
        settings[path] = Setting(
            text: String(text[text.index(after: at)...]), file: "--set", source: "set on the command line",
            role: "input")
    }

    /// An unknown key, with the nearest known one; a known name in another unit is told so.
    private static func unknown(_ path: String, file: String, line: Int?) -> InputError {
        let known = ScenarioKeys.all.map(\.path) + ["extends", "market.tiers"]
        let units = ["usd", "pct", "bp", "seconds", "minutes", "hours", "utc", "musd", "kusd", "bn", "ms"]
        var parts = path.split(separator: "_").map(String.init)
        if let unit = parts.last, units.contains(unit) || unit.count <= 4 {
            parts.removeLast()
            let stem = parts.joined(separator: "_")
            if let twin = known.first(where: {
                $0.hasPrefix(stem + "_") && !$0.dropFirst(stem.count + 1).contains("_")
            }) {
                return InputError(
                    file: file, line: line, key: path, found: "the unit `\(unit)`",
                    allowed: "`\(twin)`: the unit is part of the name", nearest: twin)
            }
        }
        return InputError(
            file: file, line: line, key: path, found: "an unknown key",
            allowed: "the keys that `undertow scenarios keys` lists",
            nearest: nearestName(to: path, among: known))
    }

    // MARK: Checking

    /// Fills defaults in and checks every value.
    private mutating func finish(_ name: String) throws {
        if let world = settings["world"], let key = ScenarioKeys.all.first(where: { $0.path == "world" }) {
            try key.check(world)
        }
        let world = settings["world"]?.text ?? "venue"
        let keys = ScenarioKeys.of(world: world)
        let known = Set(keys.map(\.path))
        for path in settings.keys.sorted() where !known.contains(path) {
            let setting = settings[path]!
            throw InputError(
                file: setting.file, line: setting.line, key: path, found: "a key of another kind of scenario",
                allowed: "the keys of a scenario with `world: \(world)`",
                nearest: nearestName(to: path, among: keys.map(\.path)))
        }
        if world == ScenarioKeys.wholeMarket && !tiers.isEmpty {
            throw InputError(
                file: tiersPlace.file, line: tiersPlace.line, key: "market.tiers",
                found: "a key of another kind of scenario",
                allowed:
                    "the keys of a scenario with `world: \(world)`: there every venue has its rulebook's tiers"
            )
        }
        for key in keys {
            guard let setting = settings[key.path] else {
                guard let fallback = key.fallback else {
                    throw InputError(
                        file: name, key: key.path, found: "nothing",
                        allowed: "this key must be set: \(key.meaning)")
                }
                settings[key.path] = Setting(text: fallback, file: "default")
                continue
            }
            try key.check(setting)
            if key.needsSource && setting.source == nil && setting.file != "default" {
                throw InputError(
                    file: setting.file, line: setting.line, key: key.path,
                    found: "a figure without its source",
                    allowed:
                        "`{value: \(setting.text), source: ...}`; an assumption names itself as its source")
            }
        }
    }
}
