import Desk
import Primitives

/// All that one stress test found: what `stress --json` prints, and what its page and tables are made of.
public struct StressResult: Encodable, Sendable {
    public var book: String
    /// How forced sales move prices, as it was asked for.
    public var impact: String
    public var rulesDay: String
    public var accountsCount: Int
    public var positionsCount: Int
    public var loansCount: Int
    public var venues: [String]
    public var scenarios: [StressOutcome] = []
    /// By account and scenario; nil unless asked for.
    public var accounts: [String: [String: AccountOutcome]]?
    public var health: Health
    public var liquidationMap: [LiquidationMap.Step] = []
    public var safeUsd = 0.0
    public var reverse: [ReverseStress] = []
    /// Shocks beside losses of depth; nil unless asked for.
    public var grid: StressGrid?
    /// How coins followed the first; nil unless asked for.
    public var betas: Betas?
    public var concentration: [Concentration] = []
    public var recommendations: [Recommendation]?
    /// By path: the accounts that something happened to, the largest first, and when.
    public var stories: [String: [PathStory]]?
    /// Figures over drawn paths, each with its interval.
    public var intervals: Bootstrap?
    public var folder: String?

    enum CodingKeys: String, CodingKey {
        case book, impact, venues, scenarios, accounts, health, reverse, grid, betas, concentration
        case recommendations, stories, intervals, folder
        case rulesDay = "rules_day"
        case accountsCount = "accounts_count"
        case positionsCount = "positions_count"
        case loansCount = "loans_count"
        case liquidationMap = "liquidation_map"
        case safeUsd = "safe_usd"
    }

    /// - Parameters:
    ///   - shocks: in the order of the answer.
    ///   - keepsAccounts: every account at every shock, too.
    ///   - paths: cleared second by second, or at whatever times they have.
    ///   - map: of the same book, with room for large rises.
    /// - Throws: `CancellationError` once the book's watch says so.
    public init(
        _ book: borrowing StressedBook, shocks: [Shock], impact: Impact, impactText: String, day: String,
        keepsAccounts: Bool,
        reverse: [(figure: String, limit: Double)], paths: [StressPath] = [], map: LiquidationMap,
        threads: Int = 1
    ) throws {
        self.book = book.book.folder
        self.impact = impactText
        rulesDay = day
        accountsCount = book.names.count
        positionsCount = book.book.positions.count
        loansCount = book.book.loans.count
        venues = book.book.markets.map(\.venue).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        health = book.health
        liquidationMap = map.steps
        safeUsd = map.safeUsd
        concentration = Concentration.all(book.book)
        if keepsAccounts { accounts = [:] }
        // An account of several venues is the sum of its parts.
        let told = try book.answers(shocks.count, of: "shocks", threads: threads) { i in
            guard keepsAccounts else { return (book.outcome(shocks[i], impact: impact), [AccountOutcome]()) }
            var all = [AccountOutcome](repeating: AccountOutcome(), count: book.names.count)
            let outcome = book.outcome(shocks[i], impact: impact) { account, told in all[account].add(told) }
            return (outcome, all)
        }
        for (shock, (outcome, all)) in zip(shocks, told) {
            scenarios.append(outcome)
            for (account, one) in zip(book.names, all) { accounts![account, default: [:]][shock.name] = one }
        }
        for (i, path) in paths.enumerated() {
            try book.watch.check()
            let (outcome, told) = book.outcome(along: path)
            book.watch.onProgress("paths", i + 1, paths.count)
            scenarios.append(outcome)
            stories = stories ?? [:]
            stories![path.name] = told
            for coin in book.coins where !path.coins.contains(coin) {
                health.warn(
                    "coin not on the path", path.name, 0,
                    path.others.map { "\(coin) moves like \($0)" } ?? "\(coin) stays where it is")
            }
        }
        self.reverse = try reverse.map {
            try book.reverse($0.figure, limit: $0.limit, impact: impact, at: shocks.first)
        }
    }
}
