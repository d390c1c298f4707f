import Clearing
import Exchanges
import Primitives
import Venues

/// Tables that say what the numbers in the others stand for, written once.
enum NameTables {
    static let all = [about, venues, assets, books, stages]

    private static let notes = [("notice", "Nothing here is investment advice.")]

    static let about = RecordedTable<Exchanges>(
        "about", row: "note", count: { _ in notes.count },
        [
            .text("key", "name", "what the note is about") { _, i in notes[i].0 },
            .text("value", "text", "the note") { _, i in notes[i].1 },
        ])

    static let venues = RecordedTable<Exchanges>(
        "venues", row: "ledger: a venue, or of a coin-margined one a coin", count: { $0.names.count },
        [
            .key("the venue's number") { _, v in Int64(v) },
            .text("venue", "name", "its public name") { exchanges, v in exchanges.names[v] },
            .text("settlement", "currency", "what its ledger counts: `USD`, or the coin") { exchanges, v in
                exchanges.settlement(VenueID(v)).currency
            },
        ])

    static let assets = RecordedTable<Exchanges>(
        "assets", row: "asset", count: { $0.assets.count },
        [
            .key("the asset's number") { _, a in Int64(a) },
            .text("asset", "name", "its symbol") { exchanges, a in exchanges.assets[a] },
        ])

    static let books = RecordedTable<Exchanges>(
        "books", row: "order book", count: { $0.books.count },
        [
            .key("the book's number") { _, b in Int64(b) },
            .id("venue_id", of: "venues", "where") { exchanges, b in
                Int64(exchanges.books[b].exchange.rawValue)
            },
            .id("asset_id", of: "assets", "of what") { exchanges, b in
                Int64(exchanges.books[b].asset.rawValue)
            },
            .whole("is_spot", "0 or 1", "coins for dollars, not a contract") { exchanges, b in
                exchanges.books[b].isSpot ? 1 : 0
            },
        ])

    private static let kept = ClearingEvent.Kind.allCases.filter { EventTable.kept.contains($0) }
        .map(\.stageName).joined(separator: ", ")

    static let stages = RecordedTable<Exchanges>(
        "stages", row: "kind of event", count: { _ in ClearingEvent.Kind.allCases.count },
        [
            .key("the kind's number") { _, k in Int64(ClearingEvent.Kind.allCases[k].rawValue) },
            .text("stage", "name", "its name; kept are \(kept)") { _, k in
                ClearingEvent.Kind.allCases[k].stageName
            },
        ])
}

/// What `replay` compares.
struct MinuteHash: Sendable {
    var time: SimTime
    var hash: String

    static let table = RecordedTable<[MinuteHash]>(
        "minute_hashes", row: "minute", count: { $0.count },
        [
            .text("time_utc", "UTC", "end of the minute") { hashes, i in hashes[i].time.description },
            .text("state_hash", "hash", "of what had happened by then: what `replay` compares") { hashes, i in
                hashes[i].hash
            },
        ])
}
