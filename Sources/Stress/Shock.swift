import Desk
import Foundation
import InputFiles
import Primitives

/// A move of prices: of each coin in per cent, and of all others.
public struct Shock: Sendable {
    /// As it was asked for.
    public var name: String
    public var moves: [String: Exact]
    public var others: Exact

    public init(name: String, moves: [String: Exact], others: Exact) {
        self.name = name
        self.moves = moves
        self.others = others
    }

    /// `-10`, or `BTC=-10,alts=-30`: `alts` is every coin but BTC and ETH that is not named, `all` every one.
    ///
    /// - Parameter assets: of loans, which may be named beside their coins: `stETH=-15`.
    /// - Throws: `InputError` for what is no move.
    public init(_ text: String, coins: [String], assets: [String] = []) throws(InputError) {
        name = text
        moves = [:]
        others = .zero
        var alts: Exact?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "=", maxSplits: 1).map {
                $0.trimmingPrefix(while: \.isWhitespace)
            }
            guard let last = pieces.last, let move = Exact(String(last)), move >= Exact(-99),
                move <= Exact(300)
            else {
                throw InputError(
                    file: "--shock", found: "`\(part)`",
                    allowed: "per cent from -99 to 300: -10, or BTC=-10,alts=-30")
            }
            guard pieces.count == 2 else {
                others = move
                continue
            }
            let name = String(pieces[0])
            switch name.lowercased() {
            case "all": others = move
            case "alts": alts = move
            default:
                let asset = name.uppercased()
                // A name as it stands is meant before what it may be a market of: crvUSD is not CRV.
                let coin = coins.contains(asset) ? asset : CoinNames.coin(of: name)
                let isAsset = assets.contains { $0.uppercased() == asset }
                guard isAsset || coins.contains(coin) else {
                    throw InputError(
                        file: "--shock", key: name, found: "a coin the book does not have",
                        allowed: "all, alts, " + (coins + assets).prefix(20).joined(separator: ", "),
                        nearest: nearestName(to: coin, among: coins + assets))
                }
                let moved = isAsset && !coins.contains(asset) ? asset : coin
                guard moves.updateValue(move, forKey: moved) == nil else {
                    throw InputError(
                        file: "--shock", key: name, found: "a second move of \(moved)",
                        allowed: "each coin once")
                }
            }
        }
        if let alts {
            for coin in coins where !["BTC", "ETH"].contains(coin) && moves[coin] == nil {
                moves[coin] = alts
            }
        }
    }

    public func move(of coin: String) -> Exact { moves[coin] ?? others }

    /// The largest multiple of today's price that any coin goes to.
    public var highest: Double { max(1, 1 + ([others] + moves.values).map(\.double).max()! / 100) }

    /// What a price is multiplied by, exactly.
    func factor(_ coin: String) -> Exact { .one + move(of: coin) * Exact(digits: 1, places: 2) }
}

/// Shocks one after the other: `-10,-20,-30` are three; a list with names, `BTC=-10,alts=-30`, is one.
///
/// - Throws: `InputError` for what is no move.
public func shocks(_ text: String, coins: [String], assets: [String] = []) throws(InputError) -> [Shock] {
    if text.contains("=") { return [try Shock(text, coins: coins, assets: assets)] }
    var all: [Shock] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        all.append(try Shock(part.trimmingCharacters(in: .whitespaces), coins: coins, assets: assets))
    }
    return all
}

extension Shock {
    /// Rows of `name,coin,move_pct`; those of one name are one shock.
    ///
    /// - Throws: `InputError` for a file that cannot be read and a row that is no move.
    public static func read(
        _ path: String, coins: [String], assets: [String] = []
    ) throws(InputError) -> [Shock] {
        let table = try ColumnTable(path, columns: ["name", "coin", "move_pct"])
        var order: [String] = []
        var parts: [String: [String]] = [:]
        for row in table.rows {
            if parts[row.texts[0]] == nil { order.append(row.texts[0]) }
            let coin = row.texts[1].isEmpty ? "all" : row.texts[1]
            do throws(InputError) {
                _ = try Shock("\(coin)=\(row.texts[2])", coins: coins, assets: assets)
            } catch {
                throw InputError(
                    file: path, line: row.line, key: error.key == nil ? "move_pct" : "coin",
                    found: error.found, allowed: error.allowed,
                    nearest: error.nearest)
            }
            parts[row.texts[0], default: []].append("\(coin)=\(row.texts[2])")
        }
        var all: [Shock] = []
        for name in order {
            var shock = try Shock(parts[name]!.joined(separator: ","), coins: coins, assets: assets)
            shock.name = name
            all.append(shock)
        }
        return all
    }
}
