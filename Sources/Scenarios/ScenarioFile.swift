import Events
import Foundation
import InputFiles
import Primitives
import Rules
import Yams

/// The settings of a scenario, each with the place it was set; checked against `ScenarioKeys`.
public struct ScenarioFile: Sendable {
    public private(set) var settings: [String: Setting] = [:]
    /// Its tables, facts and claims.
    public private(set) var files = EventFiles()
    /// Folders and YAML files on disk that it was read from, itself first, then what each extends.
    public private(set) var places: [String] = []

    /// A scenario file may not be larger.
    static let maxBytes = 1 << 20

    /// A built-in event by name, an event's folder or a YAML file by path, with what it extends.
    ///
    /// - Parameter overrides: `key=value` texts that win over every file.
    /// - Throws: `InputError` at the file and line of a key that is unknown, missing or not allowed.
    public init(named name: String, overrides: [String] = []) throws {
        try load(name, chain: [])
        for text in overrides { try override(text) }
        try finish(name)
    }

    /// Settings as a run's manifest keeps them, with the tables of its folder.
    ///
    /// - Throws: `InputError` at the file and line of a key that is unknown, missing or not allowed.
    public init(settings: [String: Setting], files: EventFiles, name: String) throws {
        self.settings = settings
        self.files = files
        try finish(name)
    }

    private mutating func load(_ name: String, chain: [String]) throws {
        if chain.contains(name) || chain.count > 8 {
            throw InputError(
                file: chain.last ?? name, key: "extends", found: "`\(name)`",
                allowed: "a chain of at most 8 scenarios without a circle")
        }
        let own = try Self.files(of: name)
        if !BuiltInEvents.names.contains(name) { places.append(Self.folder(of: name) ?? name) }
        let yaml = own["scenario.yaml"]!
        let root = try yamlNode(yaml.text, file: yaml.path, what: "a scenario")
        guard let mapping = root.mapping else {
            throw InputError(
                file: yaml.path, line: root.mark?.line, found: "no mapping at the top",
                allowed: "keys and values")
        }
        try Self.checkKind(mapping, file: yaml.path)
        if let parent = mapping["extends"] {
            guard let text = parent.scalar?.string, !text.isEmpty else {
                throw InputError(
                    file: yaml.path, line: parent.mark?.line, key: "extends", found: "no name",
                    allowed: "a built-in event, an event's folder or a YAML file")
            }
            do { try load(Self.from(text, in: yaml.path), chain: chain + [name]) } catch let error
                as InputError
            {
                guard error.found == "no such file", error.key == nil else { throw error }
                throw InputError(
                    file: yaml.path, line: parent.mark?.line, key: "extends",
                    found: "`\(text)`, which is not there",
                    allowed: error.allowed, nearest: error.nearest)
            }
        }
        files.merge(own)
        var seen: [String: Int] = [:]
        try collect(mapping, prefix: "", file: yaml.path, &seen)
    }

    /// A path that a file names is one from the file's own folder.
    private static func from(_ name: String, in file: String) -> String {
        guard !BuiltInEvents.names.contains(name), !name.hasPrefix("/"), let end = file.lastIndex(of: "/")
        else {
            return name
        }
        return file[...end] + name
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

    /// The folder of the event that a name stands for; nil of a YAML file by itself.
    private static func folder(of name: String) -> String? {
        if EventFiles.isFolder(name) { return name }
        return name.hasSuffix("/scenario.yaml") ? String(name.dropLast("/scenario.yaml".count)) : nil
    }

    /// The files that a name stands for alone; of a YAML file itself as `scenario.yaml`.
    private static func files(of name: String) throws -> EventFiles {
        if let folder = folder(of: name) { return try EventFiles(folder: folder) }
        do {
            let text = try readText(name, atMost: maxBytes, "a scenario file")
            return EventFiles(["scenario.yaml": EventFiles.File(text: text, path: name)])
        } catch {
            guard error.file == name && error.found == "no such file" else { throw error }
            var error = error
            error.allowed = "a folder, a YAML file or one of \(BuiltInEvents.names.joined(separator: ", "))"
            error.nearest = nearestName(to: name, among: BuiltInEvents.names)
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
            let isSetting = ScenarioKeys.key(path) != nil
            if isSetting {
                let line = key.mark?.line ?? 0
                if let before = seen.updateValue(line, forKey: path) {
                    throw InputError(
                        file: file, line: line, key: path,
                        found: "a second value; the first is in line \(before)",
                        allowed: "each key once, nested or with dots")
                }
            }
            if isSetting {
                settings[path] = try Self.setting(node, path: path, file: file)
            } else if let inner = node.mapping, ScenarioKeys.isPrefix(path) {
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
        if let role = mapping["role"], !roles.contains(role.string ?? "") {
            throw InputError(
                file: file, line: role.mark?.line, key: path + ".role", found: "`\(role.string ?? "")`",
                allowed: roles.joined(separator: ", "),
                nearest: nearestName(to: role.string ?? "", among: roles))
        }
        return Setting(
            text: value, file: file, line: line, source: mapping["source"]?.string,
            low: mapping["low"]?.scalar?.string, high: mapping["high"]?.scalar?.string,
            role: mapping["role"]?.string)
    }

    /// What a setting is to the run: given, imposed on it, assumed, or set by facts.
    private static let roles = ["input", "imposed", "assumption", "fit"]

    private mutating func override(_ text: String) throws {
        guard let at = text.firstIndex(of: "=") else {
            throw InputError(file: "--set", found: "`\(text)`", allowed: "key.path=value")
        }
        let path = String(text[..<at])
        guard ScenarioKeys.key(path) != nil else {
            throw Self.unknown(path, file: "--set", line: nil)
        }
        settings[path] = Setting(
            text: String(text[text.index(after: at)...]), file: "--set", source: "set on the command line",
            role: "input")
    }

    /// An unknown key, with the nearest known one; a known name in another unit is told so.
    private static func unknown(_ path: String, file: String, line: Int?) -> InputError {
        let known = ScenarioKeys.names(near: path) + ["extends"]
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
        for (path, setting) in settings.sorted(by: { $0.key < $1.key }) where ScenarioKeys.cell(path) != nil {
            let key = ScenarioKeys.key(path)!
            if setting.text.isEmpty && key.fallback == "" { continue }
            try key.check(setting)
        }
        for key in ScenarioKeys.all {
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
