import Primitives
import RealModule

/// Open interest by venue and coin. The venues' totals and those of some coins are the event's; the other coins share
/// the rest by traded volume to a power. Where a venue does not list a coin the matrix is fitted to both totals by
/// scaling rows and columns in turn (iterative proportional fitting); what a short list cannot hold is left out.
struct OpenInterestMatrix {
    /// By exchange and market.
    private let cells: [[Double]]
    private let venueShares: [Double]
    private let accountShares: [Double]
    let totalUSD: Double

    init(_ scenario: Scenario, _ venues: ExchangeBuilder) throws {
        let total = scenario.number("universe.open_interest_usd")
        let venueRows = scenario.event.perpetuals
        let power = scenario.number("universe.open_interest_exponent")
        var coins = [Double](repeating: 0, count: venues.assets.count)
        let named = venues.assets.reduce(0) { $0 + ($1.openInterestUSD ?? 0) }
        var rest = 0.0
        for a in scenario.event.assetIDs
        where venues.contracts.contains(a) && venues.assets[a].openInterestUSD == nil {
            coins[a] = Double.power(venues.assets[a].volumeUSD, power)
            rest += coins[a]
        }
        for a in coins.indices { coins[a] *= (total - named) / max(rest, 1e-300) }
        for a in scenario.event.assetIDs { if let own = venues.assets[a].openInterestUSD { coins[a] = own } }
        // Exchanges of one public name (the coins of a coin-margined venue) share one total.
        let names = venues.names
        var matrix = venues.marketAssets.map { row in row.map { coins[$0] } }
        for _ in 0..<40 {
            for venue in venueRows {
                let rows = names.indices.filter { names[$0] == venue.name }
                let sum = rows.reduce(0) { $0 + matrix[$1].reduce(0, +) }
                let factor = sum > 0 ? venue.openInterestShare * total / sum : 0
                for e in rows { for m in matrix[e].indices { matrix[e][m] *= factor } }
            }
            var columns = [Double](repeating: 0, count: coins.count)
            for e in names.indices {
                for (m, a) in venues.marketAssets[e].enumerated() { columns[a] += matrix[e][m] }
            }
            for e in names.indices {
                for (m, a) in venues.marketAssets[e].enumerated() where columns[a] > 0 {
                    matrix[e][m] *= coins[a] / columns[a]
                }
            }
        }
        cells = matrix
        totalUSD = total
        var shareOfVenue: [Double] = []
        var shareOfAccounts: [Double] = []
        for e in names.indices {
            let rows = names.indices.filter { names[$0] == names[e] }
            let own = matrix[e].reduce(0, +)
            let all = rows.reduce(0) { $0 + matrix[$1].reduce(0, +) }
            shareOfVenue.append(all > 0 ? own / all : 0)
            // Small coins have more accounts for their notional.
            let weight = rows.reduce(0) { $0 + Double.power(matrix[$1].reduce(0, +), 0.6) }
            shareOfAccounts.append(
                scenario.event.venue(names[e])!.accountShare * Double.power(own, 0.6) / max(weight, 1e-9))
        }
        venueShares = shareOfVenue
        accountShares = shareOfAccounts
    }

    func usd(_ exchange: VenueID, _ market: Int) -> Double { cells[exchange][market] }
    /// The exchange's part of what is stated for its public name.
    func shareOfVenue(_ exchange: VenueID) -> Double { venueShares[exchange] }
    func accounts(_ exchange: VenueID, _ scenario: Scenario) -> Int {
        Int(scenario.number("accounts.total") * accountShares[exchange])
    }
}
