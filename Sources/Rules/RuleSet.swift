import Primitives

/// The rules of a file that are in force on one day, and their settings, each read once with its type checked.
public struct RuleSet: Sendable {
    public let file: RuleFile
    /// ISO day.
    public let day: String
    /// One entry per rule: the latest revision whose `since` is not after the day, in the file's order.
    public let entries: [RuleEntry]
    private var settings: [String: RuleSetting] = [:]
    private var read: Set<String> = []
    private var isChanged = false

    /// - Parameter overrides: settings to use instead of the file's, `key` to text; lists with commas.
    /// - Throws: `InputError` for a day or an override that the file does not allow.
    public init(
        _ file: RuleFile, on day: String, overrides: [(key: String, text: String)] = []
    ) throws(InputError) {
        self.file = file
        self.day = day
        var inForce: [RuleEntry] = []
        for entry in file.entries where (entry.since ?? "") <= day {
            if let i = inForce.firstIndex(where: { $0.rule == entry.rule }) {
                if (inForce[i].since ?? "") <= (entry.since ?? "") { inForce[i] = entry }
            } else {
                inForce.append(entry)
            }
        }
        entries = inForce
        for entry in inForce {
            for setting in entry.settings {
                if settings[setting.key] != nil {
                    throw InputError(
                        file: file.file, line: setting.line, key: setting.key, found: "a second value",
                        allowed: "one value for a setting on \(day)")
                }
                settings[setting.key] = setting
            }
        }
        for (key, text) in overrides {
            guard let setting = settings[key] else {
                let known = settings.keys.sorted()
                throw InputError(
                    file: file.file, key: key, found: "an unknown setting",
                    allowed: known.joined(separator: ", "),
                    nearest: nearestName(to: key, among: known))
            }
            settings[key]!.texts = setting.isList ? Self.items(text) : [text]
            settings[key]!.line = nil
            isChanged = true
        }
    }

    /// The items of a list as the command line has it, commas between. A comma inside an item stays: rows of tiers,
    /// `0:0.4:150,300k:0.5:100`, belong together.
    static func items(_ text: String) -> [String] {
        var items: [String] = []
        for part in text.split(separator: ",") {
            let words = part.split(separator: " ")
            guard let first = words.first else { continue }
            if let before = items.last, first.contains(":"),
                before.split(separator: " ").last?.contains(":") == true
            {
                items[items.count - 1] += "," + words.joined(separator: " ")
            } else {
                items.append(words.joined(separator: " "))
            }
        }
        return items
    }

    /// The text of a setting as it is in force, for printing.
    public func printed(_ key: String) -> String { settings[key]?.texts.joined(separator: ", ") ?? "" }

    public func has(_ key: String) -> Bool { settings[key] != nil }

    /// Whether something has read a setting.
    public func isRead(_ key: String) -> Bool { read.contains(key) }

    // MARK: Reading

    /// - Throws: `InputError` where the setting is missing.
    public mutating func text(_ key: String) throws(InputError) -> String {
        try setting(key).texts.first ?? ""
    }

    /// - Throws: `InputError` where the setting is missing.
    public mutating func list(_ key: String) throws(InputError) -> [String] { try setting(key).texts }

    /// - Throws: `InputError` where the setting is missing or neither true nor false.
    public mutating func flag(_ key: String) throws(InputError) -> Bool {
        switch try text(key) {
        case "true", "yes": return true
        case "false", "no": return false
        default: throw refuse(key, "true or false")
        }
    }

    /// - Throws: `InputError` where the setting is missing, no number or out of range.
    public mutating func number(
        _ key: String, in range: ClosedRange<Double> = -1e15...1e15
    ) throws(InputError) -> Double {
        guard let value = Double(try text(key)), range.contains(value) else {
            throw refuse(key, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// - Throws: `InputError` where the setting is missing, no whole number or out of range.
    public mutating func integer(
        _ key: String, in range: ClosedRange<Int64> = 0...1_000_000_000_000
    ) throws(InputError) -> Int64 {
        guard let value = Int64(try text(key)), range.contains(value) else {
            throw refuse(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A fraction such as 0.005 or 2/3; never negative and never above one unless the range says so.
    ///
    /// - Throws: `InputError` where the setting is missing, no fraction or out of range.
    public mutating func rate(
        _ key: String, in range: ClosedRange<Double> = 0...1
    ) throws(InputError) -> Rate {
        let text = try text(key)
        if let rate = Rate(text: text), range.contains(rate.value) { return rate }
        throw refuse(key, "a rate from \(range.lowerBound) to \(range.upperBound), as 0.005 or 2/3")
    }

    /// - Throws: `InputError` where the setting is missing or none of those allowed.
    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _: Choice.Type
    ) throws(InputError) -> Choice where Choice.RawValue == String {
        let text = try text(key)
        if let choice = Choice(rawValue: text) { return choice }
        throw refuse(key, Choice.allCases.map(\.rawValue))
    }

    /// One of a list of texts.
    ///
    /// - Throws: `InputError` where the setting is missing or none of those allowed.
    public mutating func choice(_ key: String, of allowed: [String]) throws(InputError) -> String {
        let text = try text(key)
        if allowed.contains(text) { return text }
        throw refuse(key, allowed)
    }

    /// Refuses settings that nothing has read: a misspelt key would otherwise do nothing.
    ///
    /// - Throws: `InputError` at the first setting that nothing has read.
    public func finish() throws(InputError) {
        // Another choice may leave settings of other rules idle.
        guard !isChanged else { return }
        for key in settings.keys.sorted() where !read.contains(key) {
            throw InputError(
                file: file.file, line: settings[key]!.line, key: key, found: "a setting that no rule reads",
                allowed: read.sorted().joined(separator: ", "),
                nearest: nearestName(to: key, among: read.sorted()))
        }
    }

    /// An error about a setting's value.
    public func refuse(_ key: String, _ allowed: String, nearest: String? = nil) -> InputError {
        InputError(
            file: file.file, line: settings[key]?.line, key: key, found: "`\(printed(key))`",
            allowed: allowed, nearest: nearest)
    }

    private func refuse(_ key: String, _ allowed: [String]) -> InputError {
        refuse(
            key, allowed.joined(separator: ", "), nearest: nearestName(to: printed(key), among: allowed))
    }

    private mutating func setting(_ key: String) throws(InputError) -> RuleSetting {
        guard let setting = settings[key] else {
            // One that begins alike and is as long, but for a letter, is most likely meant for it.
            let near = settings.keys.sorted().first {
                !read.contains($0) && abs($0.count - key.count) <= 1
                    && zip($0, key).prefix { $0 == $1 }.count >= key.count - 2
            }
            throw InputError(
                file: file.file, line: near.flatMap { settings[$0]?.line }, key: near ?? key,
                found: near == nil ? "no value on \(day)" : "a setting in the place of `\(key)`",
                allowed: "a rule in force on \(day) that sets `\(key)`", nearest: near == nil ? nil : key)
        }
        read.insert(key)
        return setting
    }
}

extension Rate {
    /// A decimal or a fraction `a/b` of whole numbers, exact where 1e-12 can be; a fraction is rounded up.
    public init?(text: String) {
        let parts = text.split(separator: "/")
        if parts.count == 2, let a = Int64(parts[0]), let b = Int64(parts[1]), b > 0,
            (-999_999...999_999).contains(a)
        {
            self.init(a, over: b)
        } else if let value = Double(text), abs(value) < 1e6 {
            self.init(nearest: value)
        } else {
            return nil
        }
    }
}
