import Primitives

/// How often a rule would have called on recorded days.
public struct AlertHistory: Codable, Sendable, Equatable {
    public var record: String
    public var days: Int
    public var minutes: Int
    public var alarms: Int
    /// Alarms after which the price fell no further `furtherPct` within `withinMinutes`: false, by this definition.
    public var falseAlarms: Int
    public var furtherPct: Double
    public var withinMinutes: Int
    /// The first hundred.
    public var times: [String]
    /// Why there are no figures; empty where there are.
    public var problem: String

    /// - Parameters:
    ///   - record: its name.
    ///   - path: one observation a minute, in order.
    public init(
        _ rule: AlertRule, record: String, path: [Observation], furtherPct: Double = 2,
        withinMinutes: Int = 60
    ) {
        (self.record, self.furtherPct, self.withinMinutes) = (record, furtherPct, withinMinutes)
        minutes = path.count
        days = Set(path.map { $0.seconds / 86_400 }).count
        (alarms, falseAlarms, times, problem) = (0, 0, [], "")
        var watch = AlertWatch(rule)
        var couldSee = false
        for (i, minute) in path.enumerated() {
            let change = watch.see(minute)
            couldSee = couldSee || watch.value != nil
            guard change == true else { continue }
            alarms += 1
            if times.count < 100 { times.append(SimTime(seconds: minute.seconds).description) }
            let after = path[i...].prefix { $0.seconds <= minute.seconds + Int64(withinMinutes) * 60 }
            let lowest = after.compactMap(\.price).min()
            if let price = minute.price, let lowest, lowest <= price * (1 - furtherPct / 100) { continue }
            falseAlarms += 1
        }
        if !couldSee { problem = "this record has no figure for \(rule.observable.rawValue)" }
    }
}

extension AlertHistory {
    /// Of all records, by name; on a thread of its own.
    ///
    /// - Throws: nothing of its own.
    public static func all(_ rule: AlertRule, _ records: [String: [Observation]]) async throws
        -> [AlertHistory]
    {
        try await computing("alert history") {
            records.sorted { $0.key < $1.key }.map { AlertHistory(rule, record: $0.key, path: $0.value) }
        }
    }
}
