import MarketData
import Primitives
import Rules
import Venues

/// What an event's folder says besides its settings: assets, venues, listings and the rest, checked together.
public struct Event: Sendable {
    /// In the file's order.
    public let assets: [AssetRow]
    let venues: [VenueRow]
    let listings: [ListingRow]
    let pools: [PoolRow]
    let collateral: [CollateralRow]
    let outages: [OutageRow]
    /// By protocol.
    let lending: [String: LendingRow]
    let scaleChecks: [EventTable.Row]
    /// Recorded prices by asset, in the order of time: a page draws them behind a run's.
    public let record: [String: [(time: SimTime, usd: Double)]]
    public let recordedTrading: [RecordedTrading]
    public let files: EventFiles
    private let places: [String: AssetID]

    /// The perpetual venues in the file's order.
    var perpetuals: [VenueRow] { venues.filter { !$0.isSpot } }
    var spots: [VenueRow] { venues.filter(\.isSpot) }

    /// - Parameter cells: by table: settings in place of its cells.
    /// - Throws: `InputError` at the file, line and column of what is missing or does not fit together.
    init(_ files: EventFiles, cells: [EventTableKind: [String: Setting]]) throws {
        func table(_ kind: EventTableKind) throws -> [EventTable.Row] {
            guard let file = files[kind.file] else {
                guard kind.isRequired || cells[kind]?.isEmpty == false else { return [] }
                throw InputError(
                    file: files.folder, key: kind.file, found: "no such file in the event",
                    allowed: "a table with the columns \(kind.columns.map(\.path).joined(separator: ","))")
            }
            return try EventTable(kind, file, cells: cells[kind] ?? [:]).rows
        }
        self.files = files
        let assets = try table(.assets).map(AssetRow.init)
        self.assets = assets
        let places = Dictionary(uniqueKeysWithValues: zip(assets.map(\.name), AssetID.first(assets.count)))
        self.places = places
        let venues = try table(.venues).map(VenueRow.init)
        self.venues = venues
        func asset(_ row: EventTable.Row) throws -> AssetID {
            guard let place = places[row.text("asset")] else {
                throw row.refuse(
                    "asset", "an asset of assets.csv",
                    nearest: nearestName(to: row.text("asset"), among: assets.map(\.name)))
            }
            return place
        }
        func venue(_ row: EventTable.Row) throws -> String {
            let name = row.text("venue")
            guard venues.contains(where: { $0.name == name }) else {
                throw row.refuse(
                    "venue", "a venue of venues.csv",
                    nearest: nearestName(to: name, among: venues.map(\.name)))
            }
            return name
        }
        listings = try table(.listings).map { row in
            _ = try venue(row)
            return ListingRow(row, asset: try asset(row))
        }
        pools = try table(.pools).map { PoolRow($0, asset: try asset($0)) }
        collateral = try table(.collateral).map { row in
            let own = row.text("own_book")
            guard own.isEmpty || venues.contains(where: { $0.name == own && $0.isSpot }) else {
                throw row.refuse(
                    "own_book", "a spot venue of venues.csv, or nothing",
                    nearest: nearestName(to: own, among: venues.filter(\.isSpot).map(\.name)))
            }
            return CollateralRow(
                venue: try venue(row), asset: try asset(row), ownBook: own, isHeld: row.text("held") == "yes",
                row: row)
        }
        lending = Dictionary(
            uniqueKeysWithValues: try table(.lending).map { ($0.text("protocol"), LendingRow($0)) })
        scaleChecks = try table(.scaleCheck)
        record = try Self.record(try table(.record)) { _ = try asset($0) }
        recordedTrading = try RecordedTrading.read(
            try table(.recordTrading), assets: Set(assets.map(\.name)), venue: venue)
        let protocols = lending.keys.sorted()
        outages = try table(.outages).map { row in
            let name = row.text("venue")
            let isOracle = protocols.contains(name) && row.text("kind") == "oracle"
            let outage = OutageRow(
                venue: isOracle ? name : try venue(row), kind: row.text("kind"), from: row.time("from_utc"),
                until: row.time("until_utc"))
            guard outage.from < outage.until else { throw row.refuse("until_utc", "a time after from_utc") }
            return outage
        }
        try checkVenues()
        try checkRulebooks()
    }

    /// - Parameter check: refuses a row of an asset that the event does not have.
    private static func record(_ rows: [EventTable.Row], _ check: (EventTable.Row) throws -> Void) throws
        -> [String: [(time: SimTime, usd: Double)]]
    {
        var record: [String: [(time: SimTime, usd: Double)]] = [:]
        for row in rows {
            try check(row)
            record[row.text("asset"), default: []].append((row.time("time_utc"), row.number("close_usd")!))
        }
        return record.mapValues { $0.sorted { $0.time < $1.time } }
    }

    public var venueNames: [String] { venues.map(\.name) }

    func venue(_ name: String) -> VenueRow? { venues.first { $0.name == name } }

    var assetIDs: Identifiers<AssetID> { AssetID.first(assets.count) }

    /// The number of an asset, which is its place in the event's table.
    func asset(_ name: String) -> AssetID? { places[name] }

    private func checkVenues() throws {
        guard !perpetuals.isEmpty else {
            throw InputError(
                file: files["venues.csv"]!.path, key: "kind", found: "no perpetual venue",
                allowed: "at least one: leverage is what this is about")
        }
        for venue in venues {
            try checkKind(venue)
            if !venue.isSpot && venue.openInterestShare > 0 && venue.leverageMedian == nil {
                throw venue.row.refuse("leverage_median", "a median above 0 for every perpetual venue")
            }
            guard
                listings.contains(where: { $0.venue == venue.name })
                    || venue.openInterestShare == 0 && !venue.isSpot
            else { throw venue.row.refuse("venue", "a venue with at least one row in listings.csv") }
        }
        try checkSum("open_interest_share", perpetuals, \.openInterestShare)
        try checkSum("account_share", perpetuals, \.accountShare)
        try checkSum("liquidity_share", venues, \.liquidityShare)
        try checkSum("patient_share", venues, \.patientShare)
        if venues.contains(where: { $0.row.number("turnover_share") != nil }) {
            try checkSum("turnover_share", venues, \.turnoverShare)
        }
    }

    private func checkSum(_ column: String, _ rows: [VenueRow], _ value: KeyPath<VenueRow, Double>) throws {
        let sum = rows.reduce(0) { $0 + $1[keyPath: value] }
        guard abs(sum - 1) > 1e-6 else { return }
        let own = rows.first { $0.row.cells[column]!.file != files["venues.csv"]!.path } ?? rows[0]
        throw own.row.refuse(column, "shares that sum to 1; these sum to \((sum * 1e9).rounded() / 1e9)")
    }

    /// Columns of the other kind of venue are empty.
    private func checkKind(_ venue: VenueRow) throws {
        let others =
            venue.isSpot
            ? [
                "rulebook", "rules", "open_interest_share", "account_share", "leverage_median", "fund_usd",
                "vault_usd",
            ] : ["index_weight", "stop_share"]
        for column in others where !venue.row.text(column).isEmpty {
            throw venue.row.refuse(
                column,
                "nothing: \(venue.name) is a \(venue.isSpot ? "spot" : "perpetual") venue, the column is for the other kind"
            )
        }
        let ofListing = venue.isSpot ? ["market", "coins_per_unit"] : ["taker_fee"]
        var markets: [String: String] = [:]
        for listing in listings where listing.venue == venue.name {
            for column in ofListing where !listing.row.text(column).isEmpty {
                throw listing.row.refuse(
                    column,
                    "nothing: \(venue.name) is a \(venue.isSpot ? "spot" : "perpetual") venue, the column is for the other kind"
                )
            }
            if let other = markets.updateValue(listing.row.text("asset"), forKey: listing.market) {
                throw listing.row.refuse(
                    "market", "a market for each asset: `\(listing.market)` is \(other)'s on \(venue.name)")
            }
        }
    }

    /// A .yaml besides the event's own files is a rulebook, used or kept for `--set`.
    private func checkRulebooks() throws {
        for (name, file) in files.files.sorted(by: { $0.key < $1.key })
        where name.hasSuffix(".yaml") && !EventFiles.known.contains(name) {
            do { _ = try RuleFile(yaml: file.text, file: file.path, extending: Rulebook.file) } catch {
                guard let nearest = nearestName(to: name, among: EventFiles.known) else { throw error }
                var error = error
                error.nearest = error.nearest ?? nearest
                throw error
            }
        }
    }
}
