import Primitives

/// What is kept of failing scopes beyond four bytes of flags: since when they fail, and of a sleeping one what wakes it.
///
/// Rows are found by the number in `ScopeState.times`; they are few, so that healthy accounts carry none of it.
struct FailingScopes: ~Copyable {
    struct Row: BitwiseCopyable {
        var scope: MarginScope
        /// Since when it fails without a break.
        var since: SimTime?
        /// Until when nothing more is sold of it.
        var cooldownEnd: SimTime
        /// When it is woken whatever happens, `never` for not at all.
        var alarm: SimTime
        /// The number of its sleep, no other's: what was filed for an earlier one is stale.
        var sleep: Int32
        var isAsleep: Bool
        var asleepSince: SimTime
    }

    static let never = SimTime(nanoseconds: .max)
    /// What fits the bits of `ScopeState.times`.
    static let most = 1 << 24

    /// Row 0 is nobody's.
    private var rows = Buffer<Row>()
    private var free = Buffer<Int32>()
    /// Sleeps so far; 0 is nobody's. Reused after four thousand million.
    private var sleeps: Int32 = 0

    init() {
        rows.append(
            Row(
                scope: .none, since: nil, cooldownEnd: SimTime(nanoseconds: 0), alarm: Self.never, sleep: 0,
                isAsleep: false, asleepSince: SimTime(nanoseconds: .min)))
    }

    init(copying other: borrowing FailingScopes) {
        rows = Buffer(copying: other.rows)
        free = Buffer(copying: other.free)
        sleeps = other.sleeps
    }

    var count: Int { rows.count }

    subscript(row: Int32) -> Row {
        @inline(__always) _read { yield rows[Int(row)] }
        @inline(__always) _modify { yield &rows[Int(row)] }
    }

    mutating func add(_ scope: MarginScope) -> Int32 {
        let row = Row(
            scope: scope, since: nil, cooldownEnd: SimTime(nanoseconds: .min), alarm: Self.never, sleep: 0,
            isAsleep: false, asleepSince: SimTime(nanoseconds: .min))
        if !free.isEmpty {
            let last = free[free.count - 1]
            free.truncate(to: free.count - 1)
            rows[Int(last)] = row
            return last
        }
        precondition(rows.count < Self.most, "more scopes fail at once than can be counted")
        rows.append(row)
        return Int32(rows.count - 1)
    }

    mutating func nextSleep() -> Int32 {
        sleeps &+= 1
        if sleeps == 0 { sleeps = 1 }
        return sleeps
    }

    mutating func remove(_ row: Int32) {
        rows[Int(row)].scope = .none
        rows[Int(row)].isAsleep = false
        free.append(row)
    }

    func combine(into hash: inout StateHash) {
        hash.combine(each: rows) { hash, row in
            hash.combine(Int64(row.scope.raw), row.since?.nanoseconds ?? .min, row.cooldownEnd.nanoseconds)
            hash.combine(row.alarm.nanoseconds, Int64(row.sleep), row.isAsleep ? 1 : 0)
            hash.combine(row.asleepSince)
        }
        hash.combine(Int64(sleeps))
        hash.combine(each: free) { $0.combine(Int64($1), 0, 0) }
    }
}
