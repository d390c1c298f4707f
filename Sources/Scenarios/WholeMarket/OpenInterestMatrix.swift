import Primitives
import RealModule

/// Open interest by venue and coin. Bitcoin's, Ether's and the venues' totals are the scenario's; the other coins share
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
        let shares = try scenario.figures("venues.open_interest_shares", known: Scenario.perpetualVenues)
        let accounts = try scenario.figures("venues.account_shares", known: Scenario.perpetualVenues)
        let power = scenario.number("universe.open_interest_exponent")
        var coins = [Double](repeating: 0, count: venues.assets.count)
        let bitcoin = scenario.number("universe.bitcoin_open_interest_usd")
        let ether = scenario.number("universe.ether_open_interest_usd")
        var rest = 0.0
        for a in coins.indices where venues.contracts.contains(a) && a > 1 {
            coins[a] = Double.power(venues.assets[a].volumeUSD, power)
            rest += coins[a]
        }
        for a in coins.indices where a > 1 { coins[a] *= (total - bitcoin - ether) / max(rest, 1) }
        (coins[0], coins[1]) = (bitcoin, ether)
        // Exchanges of one public name (the coins of a coin-margined venue) share one total.
        let names = venues.names
        var matrix = venues.marketAssets.map { row in row.map { coins[$0] } }
        for _ in 0..<40 {
            for name in Scenario.perpetualVenues {
                let rows = names.indices.filter { names[$0] == name }
                let sum = rows.reduce(0) { $0 + matrix[$1].reduce(0, +) }
                let factor = sum > 0 ? (shares[name] ?? 0) * total / sum : 0
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
            let weight = rows.reduce(0) { $0 + Double.pow(matrix[$1].reduce(0, +), 0.6) }
            shareOfAccounts.append((accounts[names[e]] ?? 0) * Double.pow(own, 0.6) / max(weight, 1e-9))
        }
        venueShares = shareOfVenue
        accountShares = shareOfAccounts
    }

    func usd(_ exchange: Int, _ market: Int) -> Double { cells[exchange][market] }
    /// The exchange's part of what is stated for its public name.
    func shareOfVenue(_ exchange: Int) -> Double { venueShares[exchange] }
    func accounts(_ exchange: Int, _ scenario: Scenario) -> Int {
        Int(scenario.number("accounts.total") * accountShares[exchange])
    }
}
