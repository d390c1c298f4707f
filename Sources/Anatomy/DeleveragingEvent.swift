import InputFiles
import Primitives

/// Winners whose profits are to pay for what losers cannot: one event, outside any run.
public struct DeleveragingEvent: Sendable, Equatable {
    public struct Winner: Sendable, Equatable {
        public var account: String
        /// Profit in dollars: what may be taken, never principal. Losers hold nothing that can be taken.
        public var profit: Double
        /// Notional over equity.
        public var leverage: Double
        /// The largest share of the profit that may be taken, 0 to 1.
        public var cap: Double
        /// What the venue ranks by; the highest goes first.
        public var score: Double
        public init(account: String, profit: Double, leverage: Double, cap: Double = 1, score: Double) {
            self.account = account
            self.profit = profit
            self.leverage = leverage
            self.cap = cap
            self.score = score
        }
        /// What may be taken: profits below a millionth of a micro-dollar are none.
        var endowment: Double { profit >= 1e-12 ? profit : 0 }
    }

    /// More dollars than there are; beyond it sums would lose cents.
    static let largest = 1e15

    public var winners: [Winner]
    public init(_ winners: [Winner]) { self.winners = winners }

    /// All that could be taken.
    public var capacity: Double { winners.reduce(0) { $0 + $1.endowment } }

    /// Reads `account,pnl_usd,effective_leverage,cap,score`, one account a row.
    ///
    /// - Throws: `InputError` at the line and column of what is no account.
    public static func read(_ path: String) throws -> DeleveragingEvent {
        let table = try ColumnTable(
            path, columns: ["account", "pnl_usd", "effective_leverage", "cap", "score"],
            // An account may be called #1.
            comments: .aboveHeader)
        var seen: [String: Int] = [:]
        var winners: [Winner] = []
        for row in table.rows {
            let name = row.texts[0]
            func refuse(_ key: String, _ found: String, _ allowed: String) -> InputError {
                InputError(file: path, line: row.line, key: key, found: found, allowed: allowed)
            }
            guard !name.isEmpty else { throw refuse("account", "nothing", "a name") }
            if let before = seen.updateValue(row.line, forKey: name) {
                throw refuse(
                    "account", "`\(name)` again", "each account once: it stands in line \(before) already")
            }
            let winner = Winner(
                account: name, profit: try table.number(row, 1), leverage: try table.number(row, 2),
                cap: try table.number(row, 3), score: try table.number(row, 4))
            guard abs(winner.profit) <= Self.largest, abs(winner.score) <= Self.largest else {
                let isProfit = abs(winner.profit) > Self.largest
                throw refuse(
                    isProfit ? "pnl_usd" : "score", row.texts[isProfit ? 1 : 4], "a number within ±1e15")
            }
            guard winner.leverage >= 0 else {
                throw refuse("effective_leverage", row.texts[2], "zero or more")
            }
            guard (0...1).contains(winner.cap) else {
                throw refuse("cap", row.texts[3], "the largest share of the profit that may be taken, 0 to 1")
            }
            winners.append(winner)
        }
        guard !winners.isEmpty else {
            throw InputError(file: path, found: "no rows", allowed: "at least one account")
        }
        return DeleveragingEvent(winners)
    }
}
