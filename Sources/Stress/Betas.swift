import Desk
import Foundation
import Primitives
import RealModule

/// How far each coin moves when the first moves: the slope of its returns on the first coin's, from candles.
public struct Betas: Sendable, Encodable {
    public struct Beta: Sendable, Encodable {
        public var beta: Double
        /// Of the returns' variance, what the first coin explains.
        public var rSquared: Double

        enum CodingKeys: String, CodingKey {
            case beta
            case rSquared = "r_squared"
        }
    }
    public var reference: String
    public var coins: [String: Beta] = [:]
    /// Returns used.
    public var returns: Int

    /// - Parameter history: candles of several coins over common times; BTC is the reference, else the first coin.
    /// - Throws: `InputError` for candles of one coin only.
    public init(_ history: StressPath) throws(InputError) {
        let coins = history.coins
        guard coins.count > 1, history.times.count > 10 else {
            throw InputError(
                file: "--beta",
                found: "candles of \(coins.joined(separator: ", ")), \(history.times.count) of them",
                allowed: "the candles of BTC (or another reference) and of each coin that follows it")
        }
        reference = coins.contains("BTC") ? "BTC" : coins[0]
        returns = history.times.count - 1
        func logs(_ coin: String) -> [Double] {
            (1..<history.times.count).map {
                Double.log(history.factor(coin, $0) / history.factor(coin, $0 - 1))
            }
        }
        func centred(_ all: [Double]) -> [Double] {
            let mean = all.reduce(0, +) / Double(all.count)
            return all.map { $0 - mean }
        }
        let x = centred(logs(reference))
        let xx = x.reduce(0) { $0 + $1 * $1 }
        for coin in coins where coin != reference {
            let y = centred(logs(coin))
            let (xy, yy) = (zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }, y.reduce(0) { $0 + $1 * $1 })
            self.coins[coin] = Beta(
                beta: xx > 0 ? xy / xx : 0, rSquared: xx > 0 && yy > 0 ? xy * xy / (xx * yy) : 0)
        }
    }

    /// For people.
    public var text: String {
        coins.sorted { $0.key < $1.key }.map {
            String(format: "%@ %.2f (R² %.2f)", $0.key, $0.value.beta, $0.value.rSquared)
        }.joined(separator: ", ")
    }

    /// The shock with every coin that it does not name moved by its beta, in logarithms of the price.
    public func follow(_ shock: Shock) -> Shock {
        var followed = shock
        let log = Double.log(1 + shock.move(of: reference).double / 100)
        for (coin, found) in coins where shock.moves[coin] == nil {
            let move = (Double.exp(found.beta * log) - 1) * 100
            followed.moves[coin] = Exact(String(format: "%.6f", min(300, max(-99.9, move))))!
        }
        return followed
    }
}
