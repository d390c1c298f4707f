import Primitives

/// Since when scopes fail and until when they are left alone: a row for each that does either, found by the number in its
/// state.
struct FailingTimes: ~Copyable {
    struct Row: BitwiseCopyable {
        var scope: MarginScope
        /// When it began to fail; nil while it does not.
        var since: SimTime?
        /// Until when nothing more is sold of it.
        var cooldownEnd: SimTime
    }

    /// Row 0 is nobody's.
    private var rows = Buffer<Row>()
    private var free = Buffer<Int32>()
    /// What fits the bits of `ScopeState.times`.
    static let most = 1 << 24

    init() { rows.append(Row(scope: .none, since: nil, cooldownEnd: SimTime(nanoseconds: 0))) }

    init(copying other: borrowing FailingTimes) {
        rows = Buffer(copying: other.rows)
        free = Buffer(copying: other.free)
    }

    subscript(row: Int32) -> Row {
        @inline(__always) _read { yield rows[Int(row)] }
        @inline(__always) _modify { yield &rows[Int(row)] }
    }

    mutating func add(_ scope: MarginScope) -> Int32 {
        let row = Row(scope: scope, since: nil, cooldownEnd: SimTime(nanoseconds: .min))
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

    mutating func remove(_ row: Int32) {
        rows[Int(row)].scope = .none
        free.append(row)
    }

    /// Adds who fails since when, and cooldowns that are not over, in the order of scopes.
    func combine(into hash: inout StateHash, at now: SimTime) {
        let all = rows.elements.dropFirst().filter { $0.scope != .none }.sorted { $0.scope < $1.scope }
        hash.combine(each: all) { hash, row in
            hash.combine(
                Int64(row.scope.raw), row.since?.nanoseconds ?? .min,
                row.cooldownEnd > now ? row.cooldownEnd.nanoseconds : .min)
        }
    }
}
