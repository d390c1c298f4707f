import Primitives
import RealModule

/// One row of our table of assets; `docs/whole-market.md` says how each column was made.
struct AssetRow: Sendable {
    enum Kind: String { case coin, stable, gold, collateral }
    var name: String
    var rank: Int
    var kind: Kind
    var supply: Double
    /// At 20:00 UTC: recorded, or 1 October's moved by the rule the row names.
    var priceUSD: Double
    var priceRule: String
    var volumeUSD: Double
    /// Fraction per square root of a day.
    var volatility: Double
    var beta: Double
}

enum AssetTable {
    static func rows() -> [AssetRow] {
        BuiltIn.rows(PackageResources.october_2025_assets_csv).map { cells in
            AssetRow(
                name: cells[0], rank: Int(cells[1])!, kind: AssetRow.Kind(rawValue: cells[2])!,
                supply: Double(cells[3])!, priceUSD: Double(cells[5])!, priceRule: cells[6],
                // Staked coins have no row in the snapshot: their books trade about 150 M USD a day with their redemption (assumption).
                volumeUSD: cells[2] == "collateral" ? max(Double(cells[8])!, 150e6) : Double(cells[8])!,
                volatility: Double(cells[9])!, beta: Double(cells[11])!)
        }
    }
}

/// Where an asset traded before the start, by the hour, relative to its price at the start.
///
/// Bitcoin, Ether and Solana as recorded; every other coin moves with Bitcoin times its beta (a stated rule).
struct EntryHistory: Sendable {
    /// By hours before the start (0: the last hour): close, and the lowest and highest since then.
    let close: [Double]
    let lowestSince: [Double]
    let highestSince: [Double]

    static func all(_ assets: [AssetRow]) -> [EntryHistory] {
        let rows = BuiltIn.rows(PackageResources.october_2025_history_csv).map {
            $0.dropFirst().map { Double($0)! }
        }
        let recorded = (0..<3).map { k in
            EntryHistory(
                lows: rows.map { $0[k * 3] }, highs: rows.map { $0[k * 3 + 1] },
                closes: rows.map { $0[k * 3 + 2] },
                beta: 1)
        }
        return assets.map { asset in
            switch asset.name {
            case "BTC": recorded[0]
            case "ETH": recorded[1]
            case "SOL": recorded[2]
            default:
                EntryHistory(
                    lows: rows.map { $0[0] }, highs: rows.map { $0[1] }, closes: rows.map { $0[2] },
                    beta: asset.beta)
            }
        }
    }

    private init(lows: [Double], highs: [Double], closes: [Double], beta: Double) {
        let last = closes.last!
        func relative(_ price: Double) -> Double { Double.pow(price / last, beta) }
        var (low, high) = (1.0, 1.0)
        var (close, lowest, highest): ([Double], [Double], [Double]) = ([], [], [])
        for i in closes.indices.reversed() {
            close.append(relative(closes[i]))
            lowest.append(low)
            highest.append(high)
            low = min(low, relative(lows[i]))
            high = max(high, relative(highs[i]))
        }
        (self.close, lowestSince, highestSince) = (close, lowest, highest)
    }

    @inline(__always)
    func hour(_ hoursBack: Double) -> Int { min(close.count - 1, max(0, Int(hoursBack))) }
}
