/// One key a scenario may set.
public struct SettingKey: Sendable {
    public enum Kind: Sendable {
        case number(ClosedRange<Double>)
        case integer(ClosedRange<Int>)
        case flag
        case text
        /// A name that becomes part of a folder's.
        case name
        /// `YYYY-MM-DD`, or nothing where that has a meaning.
        case day(orNothing: Bool)
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

    public init(
        _ path: String, _ kind: Kind, _ meaning: String, default fallback: String? = nil,
        sourced: Bool = false
    ) {
        self.path = path
        self.kind = kind
        self.meaning = meaning
        self.fallback = fallback
        needsSource = sourced
    }
}

extension SettingKey.Kind {
    /// A trillion dollars: several times all open interest there is. What a ledger can hold of all of them together is checked
    /// when a world is built.
    public static let usd = SettingKey.Kind.number(0...1e12)
    public static let share = SettingKey.Kind.number(0...1)
}

extension SettingKey {
    /// Refuses a value that the key does not allow.
    ///
    /// - Throws: `InputError` naming the place it was set.
    public func check(_ setting: Setting) throws {
        func refuse(_ allowed: String, nearest: String? = nil) -> InputError {
            InputError(
                file: setting.file, line: setting.line, key: path,
                found: setting.text.isEmpty ? "nothing" : "`\(setting.text)`",
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
        case .text:
            // Whoever prints it prints one paragraph: nothing that moves a terminal's cursor.
            guard
                setting.text.unicodeScalars.allSatisfy({
                    $0 == "\n" || $0.properties.generalCategory != .control
                })
            else { throw refuse("text without control characters") }
        case .name:
            guard Self.isName(setting.text) else { throw refuse(Self.nameWords) }
        case .day(let orNothing):
            guard orNothing && setting.text.isEmpty || SimTime(iso8601: setting.text + "T00:00Z") != nil
            else {
                throw refuse("a day that exists, YYYY-MM-DD" + (orNothing ? ", or nothing" : ""))
            }
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

    /// What a name that becomes a folder's may be.
    static let nameWords =
        "1 to 64 of the letters a-z, A-Z, digits, `-`, `_` and `.`, the first a letter or digit: it names folders"

    static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func isAlphanumeric(_ c: UInt8) -> Bool {
            (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c)
        }
        guard let first = bytes.first, bytes.count <= 64, isAlphanumeric(first) else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    /// A finite decimal, underscores between digits allowed; nil for anything else.
    public static func number(_ text: String) -> Double? {
        guard let value = Double(text.replacing("_", with: "")), value.isFinite else { return nil }
        return value
    }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) <= 1e15 ? String(Int(value)) : String(value)
    }
}
