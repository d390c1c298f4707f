import MarketData
import Primitives

/// One key a scenario may set.
public struct SettingKey: Sendable {
    public enum Kind: Sendable {
        case number(ClosedRange<Double>)
        case integer(ClosedRange<Int>)
        case flag
        case text
        case choice([String])
        case time
    }
    public var path: String
    public var kind: Kind
    public var meaning: String
    /// Used when no file sets the key; nil if a file must.
    public var fallback: String?
    /// The figure describes the world outside: it must say where it comes from.
    public var needsSource: Bool
}

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

extension SettingKey {
    /// Refuses a value that the key does not allow.
    func check(_ setting: Setting) throws {
        func refuse(_ allowed: String, nearest: String? = nil) -> InputError {
            InputError(
                file: setting.file, line: setting.line, key: path, found: "`\(setting.text)`",
                allowed: allowed,
                nearest: nearest)
        }
        switch kind {
        case .number(let range):
            guard let value = Self.number(setting.text), range.contains(value) else {
                throw refuse(
                    "a number from \(Self.plain(range.lowerBound)) to \(Self.plain(range.upperBound))")
            }
        case .integer(let range):
            guard let value = Self.number(setting.text), value == value.rounded(),
                range.contains(Int(exactly: value) ?? .min)
            else { throw refuse("a whole number from \(range.lowerBound) to \(range.upperBound)") }
        case .flag:
            guard ["true", "false"].contains(setting.text) else { throw refuse("true or false") }
        case .text: break
        case .choice(let names):
            guard names.contains(setting.text) else {
                throw refuse(
                    names.joined(separator: ", "), nearest: nearestName(to: setting.text, among: names))
            }
        case .time:
            guard SimTime(iso8601: setting.text) != nil else {
                throw refuse("a UTC time like 2025-10-10T20:00:00Z")
            }
        }
    }

    /// A finite decimal, underscores between digits allowed; nil for anything else.
    static func number(_ text: String) -> Double? {
        guard let value = Double(text.replacing("_", with: "")), value.isFinite else { return nil }
        return value
    }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
