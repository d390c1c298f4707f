import Exchanges
import Primitives

/// A strategy that is part of a world because `AgentList` names it: beside what it does stand the keys that a scenario may
/// set, what its accounts begin with and how it is made from the settings.
///
/// Its folder and its line in `AgentList` are all there is to it; `docs/strategies.md` shows a whole one.
public protocol Agent: Strategy {
    /// Its own keys, which no other agent has. It may read any key; these say what they mean and may be.
    static var keys: [SettingKey] { get }
    /// Those of them that `take` reads again while a world runs.
    static var liveKeys: [String] { get }
    /// Refuses settings that are each allowed but not together.
    ///
    /// - Throws: `InputError` (`settings.refuse`).
    static func check(_ settings: any Settings) throws
    /// What its account begins with for a book; nil where it does not trade. A perpetual book is an account of its own, at the
    /// highest leverage the market has; all books of a spot venue share a wallet, unless the agent `keepsBooksApart`.
    static func means(_ book: BookID, _ opening: AgentOpening) -> Means?
    /// Has a wallet of its own for every book of a spot venue too, so that what a book has earned is what its account has.
    static var keepsBooksApart: Bool { get }
    /// The settings that decide its means, first the one that most likely does: named when a ledger cannot hold them.
    static var meansKeys: [String] { get }
    /// Everything it brings to an exchange, to be checked before a world is built.
    static func endowments(_ exchange: VenueID, _ opening: AgentOpening) -> [Endowment]
    /// Makes it, when all accounts are open; nil where the settings leave it out.
    ///
    /// - Throws: `InputError` for settings that only the built venues can judge.
    static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) throws -> Self?
}

extension Agent {
    public static var keys: [SettingKey] { [] }
    public static var liveKeys: [String] { [] }
    public static func check(_ settings: any Settings) {}
    public static func means(_ book: BookID, _ opening: AgentOpening) -> Means? { nil }
    public static var keepsBooksApart: Bool { false }
    public static var meansKeys: [String] { keys.map(\.path) }

    public static func endowments(_ exchange: VenueID, _ opening: AgentOpening) -> [Endowment] {
        var usd = 0.0
        for book in opening.books(of: exchange) {
            guard let given = means(book, opening) else { continue }
            usd += given.dollars + (opening.books[book].isSpot ? given.coinsUSD : 0)
        }
        return usd > 0 ? [Endowment(keys: meansKeys, usd: usd)] : []
    }
}

/// What an account begins with for one book.
public struct Means: Sendable {
    public var dollars: Double
    /// The worth of its coins, on a spot venue.
    public var coinsUSD: Double

    public init(dollars: Double, coinsUSD: Double = 0) {
        self.dollars = dollars
        self.coinsUSD = coinsUSD
    }
}

/// What an agent brings to an exchange, and the settings that decide it.
public struct Endowment: Sendable {
    public var keys: [String]
    public var usd: Double

    public init(keys: [String], usd: Double) {
        self.keys = keys
        self.usd = usd
    }
}
