import Foundation
import Primitives

/// A figure that `run --measure` asked for: what the run tells of it.
public struct MeasuredFigure: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable {
        case value
        /// It had not happened when the run ended: the figure is this or more.
        case atLeast = "at_least"
        /// What it came to in a run that ended too early to tell.
        case soFar = "so_far"
        case nothing
    }

    /// As `scenarios measures` has it: `fall_pct(asset=BTC)`.
    public var measure: String
    /// The measure's own.
    public var unit: String
    public var kind: Kind
    @OrNull public var value: Double?
    /// Why there is no value, or no last one; empty where there is.
    public var why: String

    public init(_ measure: String, unit: String, _ kind: Kind, _ value: Double?, why: String) {
        self.measure = measure
        self.unit = unit
        self.kind = kind
        self.value = value
        self.why = why
    }

    var words: String {
        let figure =
            value.map { (abs($0) < 1 ? String(format: "%.3g", $0) : shortFigure($0)) + " " + unit }
            ?? "not told"
        return switch kind {
        case .value: figure
        case .atLeast: "at least \(figure): \(why)"
        case .soFar, .nothing: "\(figure): \(why)"
        }
    }
}
