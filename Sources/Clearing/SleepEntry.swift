import Primitives

/// A price of one market at which a sleeping scope is woken.
struct SleepEntry: BitwiseCopyable, Sendable {
    /// The scope's row of `FailingScopes`, and which of its sleeps this was filed for.
    var row: Int32
    var sleep: Int32
    var price: Int32
}

/// What can be done wrong on purpose with those who sleep, to prove that the twins notice: see `ClearingHouse.wakesWrongly`.
public enum WakeFault: Sendable, CaseIterable {
    /// A price that should wake somebody is not filed; no alarm rings; those found are not brought into order.
    case losesMark, losesAlarm, losesOrder
}

/// When a sleeping scope is woken.
struct Alarm: Comparable, BitwiseCopyable, Sendable {
    var due: SimTime
    var row: Int32
    /// The row may be another's by then.
    var scope: MarginScope

    static func < (a: Alarm, b: Alarm) -> Bool { a.due != b.due ? a.due < b.due : a.scope < b.scope }
}
