import Primitives
import ReducedForm
import Scenarios

/// What an answer of the reduced form rests on: the event that was named, and how little of it is used.
public struct ReducedFormBasis: Sendable {
    /// The event's name.
    public let scenario: String
    public let parameters: ReducedFormParameters
    /// A sentence for people, said with every answer.
    public let words: String

    /// - Parameters:
    ///   - shockPct: news in place of the scenario's, a fall in per cent.
    ///   - leverage, depth: factors on leverage beyond one, and on the depth of makers and bids.
    /// - Throws: `InputError` for an event whose index is given.
    public init(_ scenario: Scenario, shockPct: Double? = nil, leverage: Double = 1, depth: Double = 1) throws
    {
        self.scenario = scenario.name
        parameters = try ReducedFormParameters(
            scenario, shockPct: shockPct, leverage: leverage, depth: depth)
        let news = Self.rounded(scenario.number("news.move_pct"))
        let count = scenario.announcementCount
        var used = "of \(scenario.name) only the news of \(news) %"
        if count == 0 { used = "of \(scenario.name), which has no announcement, nothing" }
        if count > 1 { used += ", the first of its \(count) announcements" }
        if let shockPct {
            used = "of \(scenario.name) nothing, and news of \(Self.rounded(-shockPct)) % as asked"
        }
        words = "Reduced form: open interest, leverage and depth of October 2025; \(used)"
    }

    private static func rounded(_ x: Double) -> String {
        x == x.rounded() ? "\(Int(x))" : "\(x)"
    }
}

extension Scenario {
    /// How many announcements happen.
    var announcementCount: Int {
        (flag("news.happens") ? 1 : 0) + (text("news.again_utc").isEmpty ? 0 : 1)
    }

    /// - Throws: `InputError` for an event whose index no announcement moves.
    func refuseImposedIndex() throws {
        guard isIndexImposed else { return }
        throw InputError(
            file: name, found: "an event whose index is given: no announcement moves it",
            allowed: "an event with index.kind spot_median such as october-2025")
    }
}
