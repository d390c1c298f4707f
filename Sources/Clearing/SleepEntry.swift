import Primitives

/// A price of one market at which a sleeping scope is woken.
struct SleepEntry: BitwiseCopyable, Sendable {
    /// The scope's row of `FailingScopes`, and which of its sleeps this was filed for.
    var row: Int32
    var sleep: Int32
    var price: Int32
}

/// What can be lost on purpose: see `ClearingHouse.losesWakeUps`.
public enum LostWakeUp: Sendable, CaseIterable {
    case byMark, byTime
}

/// When a sleeping scope is woken.
struct Alarm: Comparable, BitwiseCopyable, Sendable {
    var due: SimTime
    var row: Int32
    /// The row may be another's by then.
    var scope: MarginScope

    static func < (a: Alarm, b: Alarm) -> Bool { a.due != b.due ? a.due < b.due : a.scope < b.scope }
}
