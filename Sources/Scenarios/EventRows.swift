import Primitives

/// One asset of an event.
public struct AssetRow: Sendable {
    public enum Kind: String, Sendable { case coin, stable, gold, collateral }
    public var name: String
    public var kind: Kind
    /// By market value, from 1.
    public var rank: Int
    public var supply: Double
    /// At the start.
    public var priceUSD: Double
    public var volumeUSD: Double
    /// Fraction per square root of a day.
    public var volatility: Double
    public var beta: Double
    /// One side, all venues; nil for a share of what the others leave.
    public var openInterestUSD: Double?
    let row: EventTable.Row

    init(_ row: EventTable.Row) {
        self.row = row
        name = row.text("asset")
        kind = Kind(rawValue: row.text("kind"))!
        rank = Int(row.number("rank")!)
        supply = row.number("supply_coins")!
        priceUSD = row.number("price_usd")!
        volumeUSD = row.number("volume_24h_usd")!
        volatility = row.number("volatility_per_day")!
        beta = row.number("beta")!
        openInterestUSD = row.number("open_interest_usd")
    }
}

/// One venue of an event.
struct VenueRow: Sendable {
    var name: String
    var isSpot: Bool
    var rulebook: String
    var rules: String
    var indexWeight: Double
    var openInterestShare: Double
    var accountShare: Double
    var liquidityShare: Double
    var turnoverShare: Double
    var patientShare: Double
    var leverageMedian: Double?
    var fundUSD: Double
    var vaultUSD: Double
    var stopShare: Double
    let row: EventTable.Row

    init(_ row: EventTable.Row) {
        self.row = row
        name = row.text("venue")
        isSpot = row.text("kind") == "spot"
        rulebook = row.text("rulebook")
        rules = row.text("rules")
        indexWeight = row.number("index_weight") ?? 0
        openInterestShare = row.number("open_interest_share") ?? 0
        accountShare = row.number("account_share") ?? 0
        liquidityShare = row.number("liquidity_share")!
        turnoverShare = row.number("turnover_share") ?? liquidityShare
        patientShare = row.number("patient_share")!
        leverageMedian = row.number("leverage_median")
        fundUSD = row.number("fund_usd") ?? 0
        vaultUSD = row.number("vault_usd") ?? 0
        stopShare = row.number("stop_share") ?? 0
    }
}

/// One market: an asset on a venue.
struct ListingRow: Sendable {
    var venue: String
    /// Its place in the event's assets.
    var asset: AssetID
    /// The rulebook's name of it.
    var market: String
    var coinsPerUnit: Double
    var mostTicks: Double
    var takerFee: Double
    let row: EventTable.Row

    /// A book's prices are array indices: beyond so many ticks below the price a tick of ten serves as well.
    static let mostTicks = 60_000.0

    init(_ row: EventTable.Row, asset: AssetID) {
        self.row = row
        self.asset = asset
        venue = row.text("venue")
        market = row.text("market").isEmpty ? row.text("asset") : row.text("market")
        coinsPerUnit = row.number("coins_per_unit") ?? 1
        mostTicks = row.number("most_ticks") ?? Self.mostTicks
        takerFee = row.number("taker_fee") ?? 0.0005
    }
}

/// A pool on a chain.
struct PoolRow: Sendable {
    var asset: AssetID
    var sideUSD: Double
    var feePPM: Int64

    init(_ row: EventTable.Row, asset: AssetID) {
        self.asset = asset
        sideUSD = row.number("side_usd")!
        feePPM = Int64(row.number("fee_ppm")!)
    }
}

/// Which collateral of a venue has a price in the world.
struct CollateralRow: Sendable {
    var venue: String
    var asset: AssetID
    /// The spot venue whose book prices it; empty for the index.
    var ownBook: String
    var isHeld: Bool
    let row: EventTable.Row
}

/// When something of a venue did not work.
public struct OutageRow: Sendable {
    public var venue: String
    /// Orders, transfers or oracle.
    public var kind: String
    public var from: SimTime
    public var until: SimTime
}

/// The borrowers of a lending protocol.
struct LendingRow: Sendable {
    var borrowers = 0
    var debtUSD = 0.0

    init() {}

    init(_ row: EventTable.Row) {
        borrowers = Int(row.number("borrowers")!)
        debtUSD = row.number("debt_usd")!
    }
}
