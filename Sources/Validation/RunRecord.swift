import Foundation
import GRDB
import Primitives
import Recording

/// What a finished run of the whole market says, for comparing it with the record: its figures, its minutes, and through
/// `series` the rest of its recording as far as it is asked for.
public struct RunRecord: Sendable {
    public var folder: String
    public var summary: MarketSummary
    /// Unix seconds of the run's first moment.
    public var start: Int64 = 0
    /// Unix seconds of the end of the minute that falls are counted from.
    public var reference: Int64 = 0
    /// Unix seconds of the first announcement; without one the end of the reference minute.
    public var news: Int64 = 0
    /// How many announcements happen, and Unix seconds of the last; without one the end of the reference minute.
    private var announcements = 0
    private var lastNews: Int64 = 0
    /// Unix seconds at which the event is over where a fact does not say it.
    private var over: Int64 = 0
    /// Unix seconds at which the simulation ended.
    public var end: Int64 = 0
    /// A day without the announcement.
    public var isCalm = false
    /// All venues together.
    public var minutes: [Minute] = []
    /// Prices, venues, books and forced closings, read when a measure asks.
    public let series: RecordedSeries

    public struct Minute: Sendable {
        /// Unix seconds of its start.
        public var seconds: Int64
        public var liquidatedLong: Double
        public var liquidatedShort: Double
        public var reportedLong: Double
        public var reportedShort: Double
        public var takenOver: Double
        public var deleveraged: Double
        public var openInterest: Double
        /// Of `RunRecord.watched`, within 1 % of the mid, all books, both sides, dollars, at its end.
        public var depth: Double
        /// Of `RunRecord.watched`, the median book's, at its end.
        public var spreadBp: Double?
        /// Notional of traders' forced orders that filled in the books.
        public var filledInBooks: Double
        public var liquidated: Double { liquidatedLong + liquidatedShort }
    }

    /// The asset whose depth, spread and open interest a recording has: those columns carry its name.
    var watched: String { summary.majors.first ?? "" }

    /// After the last announcement, that a run must have seen where a fact does not say until when.
    static let eventMinutes: Int64 = 60

    /// Reads `manifest.json`, `summary.json` and `run.sqlite`. An unfinished run has no verdict.
    ///
    /// - Throws: `InputError` as `init(_:)`, and for an unfinished run.
    public init(folder: String) throws { try self.init(FinishedRun(folder: folder)) }

    /// - Throws: `InputError` for a recording that cannot be read.
    public init(_ run: FinishedRun) throws {
        folder = run.folder
        summary = run.summary
        func time(_ key: String) -> Int64? {
            run.manifest.settings[key].flatMap { SimTime(iso8601: $0.text) }?.seconds
        }
        isCalm = run.isCalm
        series = RecordedSeries(folder + "/run.sqlite")
        minutes = try series.minutes()
        let first = minutes.first?.seconds ?? 0
        start = time("window.start_utc") ?? first
        reference = (time("window.reference_utc") ?? start) + 60
        news = run.announcements.first ?? reference
        end = run.end ?? minutes.last.map { $0.seconds + 60 } ?? 0
        // One that would come after the window never happens; without any the window is all there is to see.
        let close = time("window.end_utc") ?? .max
        announcements = run.announcements.count { $0 == news || $0 < close }
        lastNews = run.announcements.last { $0 < close } ?? news
        over = lastNews + Self.eventMinutes * 60
        if announcements == 0 { over = min(over, max(close, reference)) }
    }

    /// What minutes count from, in words.
    var newsInWords: String { announcements == 0 ? "the reference minute" : "the announcement" }

    /// Why a run that came to nothing of the event tells nothing of it; nil of one that did.
    var endedBefore: String? {
        if end > news { return nil }
        return announcements == 0
            ? "the run ended before the reference minute was over" : "the run ended before the announcement"
    }

    /// Why a run that ended before the event was over has not seen it; nil of one that has.
    var endedEarly: String? {
        if end >= over { return nil }
        let from = announcements > 1 ? "the last announcement" : newsInWords
        if end < lastNews { return "the run ended before \(from)" }
        return
            "the run ended \((end - lastNews) / 60) min after \(from); \((over - lastNews) / 60) are needed"
    }

    /// What the makers' depth was in the reference minute; nil where none was recorded.
    var depthBefore: Double? {
        minutes.last { $0.seconds < reference }.flatMap { $0.depth > 0 ? $0.depth : nil }
    }
}
