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
    /// Unix seconds of the announcement; without one the end of the reference minute.
    public var news: Int64 = 0
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
        public var liquidated: Double { liquidatedLong + liquidatedShort }
    }

    /// The asset whose depth, spread and open interest a recording has: those columns carry its name.
    var watched: String { summary.majors.first ?? "" }

    /// After the announcement, that a run must have seen where a fact does not say until when.
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
        news = time("news.time_utc") ?? reference
        end = run.end ?? minutes.last.map { $0.seconds + 60 } ?? 0
    }

    /// Why a run that ended within an hour of the announcement has not seen the event; nil of one that has.
    var endedEarly: String? {
        let minutes = (end - news) / 60
        return minutes < Self.eventMinutes
            ? "the run ended \(minutes) min after the announcement; \(Self.eventMinutes) are needed" : nil
    }

    /// What the makers' depth was in the reference minute; nil where none was recorded.
    var depthBefore: Double? {
        minutes.last { $0.seconds < reference }.flatMap { $0.depth > 0 ? $0.depth : nil }
    }
}
