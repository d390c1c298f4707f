/// A value with the place it was set and, for figures of the outside world, where it comes from.
public struct Setting: Sendable, Hashable {
    public var text: String
    public var file: String
    public var line: Int?
    public var source: String?
    public var low: String?
    public var high: String?
    /// `rule`, `input`, `assumption` or `tuned`: what the figure was used for.
    public var role: String?

    public init(
        text: String, file: String, line: Int? = nil, source: String? = nil, low: String? = nil,
        high: String? = nil, role: String? = nil
    ) {
        self.text = text
        self.file = file
        self.line = line
        self.source = source
        self.low = low
        self.high = high
        self.role = role
    }
}

/// What a run was given, under the keys that say what it means and may be. Every key has a value: what a file must set is
/// set, what it may leave out has its fallback.
public protocol Settings: Sendable {
    func setting(_ path: String) -> Setting
}

extension Settings {
    public func text(_ path: String) -> String { setting(path).text }
    public func number(_ path: String) -> Double { SettingKey.number(setting(path).text)! }
    public func integer(_ path: String) -> Int { Int(number(path)) }
    public func flag(_ path: String) -> Bool { setting(path).text == "true" }
    public func time(_ path: String) -> SimTime { SimTime(iso8601: setting(path).text)! }

    /// A refusal of a setting at the place it was set.
    public func refuse(_ path: String, _ allowed: String, nearest: String? = nil) -> InputError {
        let s = setting(path)
        return InputError(
            file: s.file, line: s.line, key: path, found: "`\(s.text)`", allowed: allowed, nearest: nearest)
    }

    /// `name=number` pairs of a setting in its order; numbers at least 0, each name once.
    ///
    /// - Throws: `InputError` naming the part that is no such pair.
    public func figures(_ path: String) throws -> [(name: String, value: Double)] {
        var found: [(name: String, value: Double)] = []
        for part in text(path).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(Self.trimmed)
            guard pair.count == 2, let value = SettingKey.number(pair[1]), value >= 0, value <= 1e12 else {
                throw refuse(path, "`name=number` with commas, numbers from 0 to 1e12, not `\(part)`")
            }
            guard !found.contains(where: { $0.name == pair[0] }) else {
                throw refuse(path, "each name once, not `\(pair[0])` twice")
            }
            found.append((pair[0], value))
        }
        return found
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
