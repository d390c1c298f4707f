/// Who deserves how much of an outcome: Shapley values of a game given by its value on every coalition.
///
///     φ_i = Σ_{S without i} |S|! (n - |S| - 1)! / n! × (v(S + i) - v(S))
///
/// and Harsanyi dividends, what a set adds beyond its parts: d(S) = Σ_{T in S} (-1)^(|S| - |T|) v(T).
public struct Shapley: Sendable {
    public let players: Int
    /// By coalition as a bit mask: 2^players values.
    public let values: [Double]

    public init(players: Int, values: [Double]) {
        precondition(values.count == 1 << players, "a value for each of 2^n coalitions")
        self.players = players
        self.values = values
    }

    /// v(all) - v(none): what the shares add up to.
    public var total: Double { values[values.count - 1] - values[0] }

    public var shares: [Double] {
        let weights = Self.weights(players)
        return (0..<players).map { i in
            var sum = 0.0
            for s in values.indices where s & (1 << i) == 0 {
                sum += weights[s.nonzeroBitCount] * (values[s | 1 << i] - values[s])
            }
            return sum
        }
    }

    /// |S|! (n - |S| - 1)! / n! by |S|.
    private static func weights(_ n: Int) -> [Double] {
        (0..<n).map { size in
            // 1 / (n × C(n - 1, size))
            var choose = 1.0
            for k in 0..<size { choose *= Double(n - 1 - k) / Double(k + 1) }
            return 1 / (Double(n) * choose)
        }
    }

    /// By coalition.
    public var dividends: [Double] {
        var d = values
        for i in 0..<players {
            for s in d.indices where s & (1 << i) != 0 { d[s] -= d[s ^ (1 << i)] }
        }
        return d
    }

    /// The game of the others once a player is in: the coalitions that hold it, its bit taken out.
    public func given(_ player: Int) -> Shapley {
        let low = (1 << player) - 1
        let others = players - 1
        let rest = (0..<1 << others).map { s in
            values[(s & low) | 1 << player | (s & ~low) << 1]
        }
        return Shapley(players: others, values: rest)
    }
}
