import Primitives
import Recording

/// One measure asked of one run: its arguments, and what the recording has for them.
struct Reading {
    let run: RunRecord
    let call: MeasureCall

    var summary: MarketSummary { run.summary }
    var names: MeasureNames { call.names }

    // MARK: Arguments

    func text(_ name: String) -> String? {
        if case .text(let text)? = call.values[name] { text } else { nil }
    }

    func list(_ name: String) -> [String]? {
        if case .list(let list)? = call.values[name] { list } else { nil }
    }

    /// A number that is required or has a fallback.
    func number(_ name: String) -> Double {
        guard case .number(let x)? = call.values[name] else {
            preconditionFailure("a measure that asks for a number it does not have: \(name)")
        }
        return x
    }

    var asset: String { text("asset") ?? names.leading }
    var venue: String? { text("venue") }
    var side: String? { text("side") }

    /// Whether the group asked for (`rank`, `kind`, `without`) has an asset.
    func isInGroup(_ asset: String) -> Bool {
        if case .ranks(let ranks)? = call.values["rank"] {
            guard let rank = names.rank(asset), ranks.contains(rank) else { return false }
        }
        if let kind = text("kind"), names.kind(asset) != kind { return false }
        return !(list("without") ?? []).contains(asset)
    }

    // MARK: Moments

    /// Unix seconds of a moment; nil where it is not given.
    ///
    /// - Throws: `Untold` where the run did not come to it.
    func moment(_ name: String) throws -> Int64? {
        guard case .moment(let moment)? = call.values[name] else { return nil }
        let seconds = try self.seconds(moment)
        guard seconds <= run.end else { throw Untold("the run ended before \(SimTime(seconds: seconds))") }
        return seconds
    }

    private func seconds(_ moment: Moment) throws -> Int64 {
        switch moment {
        case .start: return run.start
        case .end: return run.end
        case .news: return run.news
        case .reference: return run.reference
        case .time(let seconds): return seconds
        case .clock(let second): return run.start + ((second - run.start) % 86_400 + 86_400) % 86_400
        case .midnight: return (run.reference / 86_400 + 1) * 86_400
        case .low:
            guard let low = summary.fallTimeUtc[asset].flatMap({ SimTime(iso8601: $0) }) else {
                throw Untold("no price of \(asset) after the reference minute")
            }
            return low.seconds
        }
    }

    /// Why a run that ended within the event has not seen it; nil of one that has.
    func endedEarly() throws -> String? {
        if case .moment(let moment)? = call.values["seen"] {
            let until = try seconds(moment)
            return run.end < until ? "the run ended before \(SimTime(seconds: until))" : nil
        }
        if let end = call.measure.settledBy, call.values[end] != nil { return nil }
        return run.endedBefore ?? run.endedEarly
    }

    /// The minutes that lie within `after` and `before`, of rows that begin at the seconds given; nil where neither is given.
    func window() throws -> Range<Int64>? {
        let (after, before) = (try moment("after"), try moment("before"))
        guard after != nil || before != nil else { return nil }
        let first = after ?? .min
        return first..<max(first, (before ?? .max) - 59)
    }

    // MARK: What a venue came to

    /// The figures of the venue asked for; nil where none is.
    ///
    /// - Throws: `Untold` for a venue that is not in the run.
    func venueResult() throws -> MarketVenueResult? {
        guard let venue else { return nil }
        return try venueResult(venue)
    }

    func venueResult(_ venue: String) throws -> MarketVenueResult {
        guard let result = summary.byVenue[venue] else { throw Untold("\(venue) is not in the run") }
        return result
    }

    /// A figure of the venue asked for, or of all.
    func figure(
        _ all: KeyPath<MarketSummary, Double>, _ one: KeyPath<MarketVenueResult, Double>
    ) throws -> Double {
        try venueResult()?[keyPath: one] ?? summary[keyPath: all]
    }

    func figure(
        _ all: KeyPath<MarketSummary, Int>, _ one: KeyPath<MarketVenueResult, Int>
    ) throws -> Int {
        try venueResult()?[keyPath: one] ?? summary[keyPath: all]
    }
}
