import Primitives
import Scenarios

/// A key that may change, as a form shows it.
struct ChangeKey: Encodable {
    var key: String
    var meaning: String
    var allowed: String
    var kind: String
    var least: Double?
    var most: Double?
    var choices: [String]?
    var standard: String?

    static let all: [ChangeKey] = RunChange.keys.compactMap { path in
        ScenarioKeys.key(path).map { ChangeKey(path, $0) }
    }

    private init(_ path: String, _ found: SettingKey) {
        (key, meaning) = (path, found.meaning)
        switch found.kind {
        case .number(let range):
            (kind, allowed) = ("number", "a number from \(range.lowerBound) to \(range.upperBound)")
            (least, most) = (range.lowerBound, range.upperBound)
        case .integer(let range):
            (kind, allowed) = ("integer", "a whole number from \(range.lowerBound) to \(range.upperBound)")
            (least, most) = (Double(range.lowerBound), Double(range.upperBound))
        case .flag: (kind, allowed, choices) = ("choice", "true or false", ["true", "false"])
        case .choice(let names): (kind, allowed, choices) = ("choice", names.joined(separator: ", "), names)
        case .time: (kind, allowed) = ("time", "a UTC time")
        case .text, .name, .day: (kind, allowed) = ("text", "text")
        }
    }
}
