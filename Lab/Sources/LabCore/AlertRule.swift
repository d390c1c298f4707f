import Foundation
import Primitives

/// When to call: an observable beyond a limit, told once, and once more when it is back.
public struct AlertRule: Codable, Sendable, Equatable {
    /// What is looked at, at the end of every minute. All grow with trouble.
    public enum Observable: String, Codable, Sendable, CaseIterable {
        /// Of the reference asset's index from its highest within `minutes`, per cent.
        case fallPct = "fall_pct"
        /// Closed by force within `minutes`, dollars.
        case liquidatedUsd = "liquidated_usd"
        /// The part of it that the venues' feeds showed, dollars.
        case reportedUsd = "reported_usd"
        /// Of open interest from its highest within `minutes`, per cent.
        case openInterestFallPct = "open_interest_fall_pct"
        /// Bids and asks within 1 % of the reference asset that are gone since the first minute seen, per cent.
        case depthLostPct = "depth_lost_pct"
        /// Of makers that have withdrawn, per cent.
        case makersWithdrawnPct = "makers_withdrawn_pct"
        /// Taken from winners within `minutes`, dollars.
        case deleveragedUsd = "deleveraged_usd"
        /// Sent within `minutes`.
        case marginCalls = "margin_calls"
    }

    public var name: String
    public var observable: Observable
    /// Told at or above it.
    public var limit: Double
    /// Over at or below it; below `limit`, or a value that trembles there would tell all day.
    public var clear: Double
    public var minutes: Int

    public init(name: String, observable: Observable, limit: Double, clear: Double? = nil, minutes: Int = 5) {
        (self.name, self.observable, self.limit, self.minutes) = (name, observable, limit, minutes)
        self.clear = clear ?? limit / 2
    }

    /// - Throws: `InputError` for a rule that cannot be.
    public func check() throws {
        func refuse(_ key: String, _ found: String, _ allowed: String) -> InputError {
            InputError(file: "alert", key: key, found: found, allowed: allowed)
        }
        guard !name.isEmpty, name.count <= 80 else {
            throw refuse("name", "`\(name.prefix(90))`", "1 to 80 characters")
        }
        guard limit.isFinite, limit > 0, limit <= 1e15 else {
            throw refuse("limit", "\(limit)", "a number above 0, up to 1e15")
        }
        guard clear >= 0, clear < limit else { throw refuse("clear", "\(clear)", "from 0 to below \(limit)") }
        guard (1...1440).contains(minutes) else { throw refuse("minutes", "\(minutes)", "1 to 1440") }
    }
}

/// One minute of a run or of a recorded day, as alerts see it; nil where a recording has no such figure.
public struct Observation: Sendable {
    public var seconds: Int64
    public var price: Double?
    public var liquidatedUsd: Double?
    public var reportedUsd: Double?
    public var openInterestUsd: Double?
    public var depthUsd: Double?
    public var makersWithdrawn: Double?
    public var deleveragedUsd: Double?
    public var marginCalls: Double?

    public init(seconds: Int64, price: Double? = nil) { (self.seconds, self.price) = (seconds, price) }

    init(_ minute: MinuteFrame) {
        seconds = minute.seconds + 60
        price = minute.prices.first
        liquidatedUsd = minute.liquidatedLongUsd + minute.liquidatedShortUsd
        reportedUsd = minute.reportedUsd
        openInterestUsd = minute.openInterestUsd
        depthUsd = minute.depthUsd
        makersWithdrawn = minute.makersWithdrawn
        deleveragedUsd = minute.deleveragedUsd
        marginCalls = Double(minute.marginCalls)
    }
}

/// A rule that looks at one minute after the other.
public struct AlertWatch: Sendable {
    public let rule: AlertRule
    public private(set) var isFiring = false
    /// The value at the last minute; nil where it could not be told.
    public private(set) var value: Double?
    private var window: [Observation] = []
    private var firstDepth: Double?

    public init(_ rule: AlertRule) { self.rule = rule }

    /// - Returns: true where it begins to fire, false where it is over, nil where nothing changes.
    public mutating func see(_ minute: Observation) -> Bool? {
        window.append(minute)
        window.removeAll { $0.seconds <= minute.seconds - Int64(rule.minutes) * 60 }
        if firstDepth == nil, let depth = minute.depthUsd, depth > 0 { firstDepth = depth }
        value = measure(minute)
        guard let value else { return nil }
        if !isFiring && value >= rule.limit {
            isFiring = true
            return true
        }
        if isFiring && value <= rule.clear {
            isFiring = false
            return false
        }
        return nil
    }

    private func measure(_ now: Observation) -> Double? {
        func sum(_ of: (Observation) -> Double?) -> Double? {
            let all = window.compactMap(of)
            return all.isEmpty ? nil : all.reduce(0, +)
        }
        func fall(_ of: (Observation) -> Double?) -> Double? {
            guard let last = of(now), let highest = window.compactMap(of).max(), highest > 0 else {
                return nil
            }
            return (1 - last / highest) * 100
        }
        switch rule.observable {
        case .fallPct: return fall(\.price)
        case .openInterestFallPct: return fall(\.openInterestUsd)
        case .liquidatedUsd: return sum(\.liquidatedUsd)
        case .reportedUsd: return sum(\.reportedUsd)
        case .deleveragedUsd: return sum(\.deleveragedUsd)
        case .marginCalls: return sum(\.marginCalls)
        case .makersWithdrawnPct: return now.makersWithdrawn.map { $0 * 100 }
        case .depthLostPct:
            guard let firstDepth, let depth = now.depthUsd else { return nil }
            return max(0, (1 - depth / firstDepth) * 100)
        }
    }
}

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
