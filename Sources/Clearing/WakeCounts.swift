/// How often failing scopes fell asleep, and what woke them.
public struct WakeCounts: Codable, Sendable, Equatable {
    public var slept = 0
    public var byMark = 0
    public var byTime = 0
    public var byBook = 0
    public var byFund = 0
    /// Their account was touched, or an entry of before their fall was reached.
    public var otherwise = 0
    /// Failing no more when looked at, whatever the reason.
    public var recovered = 0
    public init() {}

    public static func += (a: inout WakeCounts, b: WakeCounts) {
        a.slept += b.slept
        a.byMark += b.byMark
        a.byTime += b.byTime
        a.byBook += b.byBook
        a.byFund += b.byFund
        a.otherwise += b.otherwise
        a.recovered += b.recovered
    }
}
