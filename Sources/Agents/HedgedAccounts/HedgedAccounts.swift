import Clearing
import DequeModule
import Exchanges
import HeapModule
import OrderBook
import Primitives
import Venues

/// Accounts that are long spot and short the perpetual: when the short is taken from them, by deleveraging or
/// liquidation, they must sell the coins it hedged.
public struct HedgedAccounts: Strategy {
    /// The hedged accounts of one perpetual venue: numbers `first..<first + spotLots.count`.
    public struct Group: Sendable {
        public var exchange: VenueID
        public var first: AccountID
        /// The market of each account's short.
        public var markets: [Int16]
        /// One a market of `markets`.
        public var accounts: Identifiers<AccountID> { Identifiers(from: first, count: markets.count) }
        public init(exchange: VenueID, first: AccountID, markets: [Int16]) {
            self.exchange = exchange
            self.first = first
            self.markets = markets
        }
    }

    /// How far below the index a coin whose hedge is lost is sold; what finds no buyer is tried again.
    private let protection: PriceProtection
    private static let retrySeconds = 20.0

    struct Sale: Comparable {
        var due: SimTime
        /// Of one moment the loss that came first sells first.
        var number: Int
        var book: BookID
        var coins: Double
        static func < (a: Sale, b: Sale) -> Bool { (a.due, a.number) < (b.due, b.number) }
        func combine(into hash: inout StateHash) {
            hash.combine(due.nanoseconds, Int64(number), Int64(book.rawValue))
            hash.combine(coins)
        }
    }

    public let name = "hedged accounts"
    public let isForced = true
    private let groups: [Group]
    /// By asset: the spot book where the coins are, and the wallet that holds them; nil where there is none.
    private let spotBooks: [BookID?]
    private let wallets: [AccountID]
    private let sells: Bool
    /// Sales not yet tried.
    var pending = Heap<Sale>()
    /// Sales tried in vain, in the order in which they are due: all wait equally long.
    var waiting = Deque<Sale>()
    var losses = 0
    var random: RandomStream
    /// Worth of the coins sold because a hedge was lost, in dollars.
    public internal(set) var soldUSD = 0.0

    /// - Parameters:
    ///   - limit: share of the index, one for any price.
    ///   - sells: whether a lost hedge is followed by a sale: the contagion switch.
    public init(
        groups: [Group], spotBooks: [BookID?], wallets: [AccountID], limit: Double, sells: Bool,
        random: RandomStream
    ) {
        protection = PriceProtection(fraction: limit)
        self.groups = groups
        self.spotBooks = spotBooks
        self.wallets = wallets
        self.sells = sells
        self.random = random
    }

    public mutating func observe(_ exchanges: borrowing Exchanges) {
        guard sells else { return }
        for group in groups where group.markets.count > 0 {
            let count = exchanges.perps[group.exchange].house.events.count
            for i in 0..<count {
                let event = exchanges.perps[group.exchange].house.events[i]
                switch event.kind {
                case .deleveraging: lose(event.counterparty, event, group, exchanges)
                case .partialLiquidation, .fullLiquidation, .vaultTakeover, .fundTakeover:
                    lose(event.account, event, group, exchanges)
                default: break
                }
            }
        }
    }

    private mutating func lose(
        _ account: AccountID, _ event: ClearingEvent, _ group: Group, _ exchanges: borrowing Exchanges
    ) {
        guard let i = group.accounts.place(of: account), Int(group.markets[i]) == Int(event.market)
        else { return }
        let rules = exchanges.perps[group.exchange].rulebook.markets[Int(event.market)]
        guard let asset = exchanges.asset(assetName(rules.spec.name)), let book = spotBooks[asset] else {
            return
        }
        let coins =
            rules.spec.unit.isInverse
            ? rules.spec.unit.coins(event.lots.magnitude) / max(exchanges.views[asset].index, 1e-12)
            : rules.spec.unit.coins(event.lots.magnitude)
        let due = exchanges.now.adding(seconds: 2 + random.exponential(mean: 20))
        pending.insert(Sale(due: due, number: losses, book: book, coins: coins))
        losses += 1
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        var due: [Sale] = []
        while let first = pending.min, first.due <= exchanges.now { due.append(pending.removeMin()) }
        while let first = waiting.first, first.due <= exchanges.now { due.append(waiting.removeFirst()) }
        due.sort { $0.number < $1.number }
        for sale in due {
            if let rest = sell(sale, &exchanges) { waiting.append(rest) }
        }
    }

    /// Sells what finds a buyer within the protection of the index; the rest is tried again.
    private mutating func sell(_ sale: Sale, _ exchanges: inout Exchanges) -> Sale? {
        let asset = exchanges.place(sale.book).asset
        let unit = exchanges.unit(sale.book)
        let lots = Int64(sale.coins * unit.lotsPerCoin)
        guard lots > 0 else { return nil }
        let index = exchanges.views[asset].index * unit.ticksPerUSD
        let top = Double(exchanges.maxTicks(sale.book))
        let limit = protection.limit(.sell, Ticks(Int(min(max(index, 1), top))), Ticks(1))
        var filled = Lots.zero
        // Nobody sends an order that cannot fill: most of these wait for hours.
        if let bid = exchanges.bestBid(sale.book), bid >= limit {
            filled =
                exchanges.submit(
                    sale.book,
                    NewOrder(
                        .sell, Lots(lots), at: limit, account: wallets[asset],
                        timeInForce: .immediateOrCancel, selfTrade: .cancelMaker)
                ).filled
        }
        soldUSD += unit.coins(filled) * exchanges.views[asset].index
        let left = sale.coins - unit.coins(filled)
        guard left * unit.lotsPerCoin >= 1 else { return nil }
        var rest = sale
        rest.due = exchanges.now.adding(seconds: Self.retrySeconds)
        rest.coins = left
        return rest
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(each: pending.unordered) { $1.combine(into: &$0) }
        hash.combine(each: waiting) { $1.combine(into: &$0) }
        hash.combine(losses)
        hash.combine(random)
        hash.combine(soldUSD)
    }
}

/// The asset behind a contract's name: a venue's prefix for thousands of a coin is left out.
public func assetName(_ contract: String) -> String {
    if contract.hasPrefix("1000000") { return String(contract.dropFirst(7)) }
    if contract.hasPrefix("1000") { return String(contract.dropFirst(4)) }
    if contract.first == "k", contract.dropFirst().first?.isUppercase == true {
        return String(contract.dropFirst())
    }
    return contract
}

extension HedgedAccounts: Agent {
    public static let keys = [
        SettingKey(
            "accounts.hedge_limit_pct", .number(0.1...100),
            "how far below the index coins are sold whose hedge was lost; 100: at any price", default: "100")
    ]

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> HedgedAccounts? {
        HedgedAccounts(
            groups: opening.hedged, spotBooks: opening.sellerBooks, wallets: opening.sellerWallets,
            limit: opening.settings.number("accounts.hedge_limit_pct") / 100,
            sells: opening.settings.flag("contagion.hedge_loss"), random: opening.random("hedgers"))
    }
}
