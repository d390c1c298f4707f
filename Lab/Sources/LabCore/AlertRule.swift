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
