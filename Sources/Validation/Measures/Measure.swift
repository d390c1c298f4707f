import Primitives

/// One figure that a finished run can be asked for, by name and arguments.
///
/// The table is in the files beside this one, by what they are about. A new measure is one entry there: `undertow scenarios
/// measures`, the readers of facts, claims and controls, and `calibrate` take it from the table.
public struct Measure: Sendable {
    public let name: String
    public let unit: MeasureUnit
    public let meaning: String
    public let arguments: [MeasureArgument]
    /// Of the whole event: a run that ended within it has not seen it.
    let isOfEvent: Bool
    /// The argument that, where it is given, ends what is measured: then the event need not be over.
    private(set) var settledBy: String?
    let read: @Sendable (Reading) throws -> Seen
    /// What a figure is of, in words.
    private(set) var note: (@Sendable (Reading) -> String?)?

    /// Of every measure of the whole event: the moment a run must have come to; else the event must be over.
    static let seen = MeasureArgument.optional("seen", .moment)

    /// - Parameters:
    ///   - isOfEvent: what it comes to is known only when the event is over.
    ///   - otherwise: why there is no figure where `value` gives none.
    init(
        _ name: String, _ unit: MeasureUnit, _ meaning: String, _ arguments: [MeasureArgument] = [],
        isOfEvent: Bool = true, otherwise: String = "the run does not tell it",
        value: @escaping @Sendable (Reading) throws -> Double?
    ) {
        self.init(name, unit, meaning, arguments, isOfEvent: isOfEvent) {
            Seen(try value($0), otherwise: otherwise)
        }
    }

    init(
        _ name: String, _ unit: MeasureUnit, _ meaning: String, _ arguments: [MeasureArgument],
        isOfEvent: Bool, seen read: @escaping @Sendable (Reading) throws -> Seen
    ) {
        self.name = name
        self.unit = unit
        self.meaning = meaning
        self.arguments = arguments + (isOfEvent ? [Self.seen] : [])
        self.isOfEvent = isOfEvent
        self.read = read
    }

    func settled(by argument: String) -> Measure {
        var measure = self
        measure.settledBy = argument
        return measure
    }

    func noting(_ note: @escaping @Sendable (Reading) -> String?) -> Measure {
        var measure = self
        measure.note = note
        return measure
    }

    /// Every measure, by what it is about.
    public static let all: [Measure] =
        prices + mids + groups + records + trading + forced + houses + interest + depth + holdings + lending
        + returns

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// How it is written, with what may be left out in brackets.
    public var form: String {
        if arguments.isEmpty { return name }
        let texts = arguments.map { argument in
            argument.isRequired
                ? argument.name : "[\(argument.name)\(argument.fallback.map { "=" + $0 } ?? "")]"
        }
        return "\(name)(\(texts.joined(separator: ", ")))"
    }
}

/// Why a run does not tell a figure.
struct Untold: Error {
    var why: String
    init(_ why: String) { self.why = why }
}
