import Clearing
import DequeModule
import Exchanges
import HeapModule
import OrderBook
import Primitives
import Venues

/// Accounts that are long spot and short the perpetual: when the short is taken from them, by deleveraging or
/// liquidation, they must sell the coins it hedged. They take their time: each waits, then sells in equal parts.
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
    /// Before the first part on average, and from the first to the last.
    private let waitMinutes: Double
    private let sellingMinutes: Double
    private static let partSeconds = 60.0

    struct Sale: Comparable {
        var due: SimTime
        /// Of one moment the loss that came first sells first.
        var number: Int
        var book: BookID
        /// Of one part, and how many parts there are still to come.
        var coins: Double
        var parts: Int32
        static func < (a: Sale, b: Sale) -> Bool { (a.due, a.number) < (b.due, b.number) }
        func combine(into hash: inout StateHash) {
            hash.combine(due.nanoseconds, Int64(number), Int64(book.rawValue) << 32 | Int64(parts))
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
    /// By spot book: sales that have found no buyer, oldest first. They wait for a bid, not for a time.
    var waiting: [Deque<Sale>]
    var losses = 0
    var random: RandomStream
    /// Worth of the coins sold because a hedge was lost, in dollars.
    public internal(set) var soldUSD = 0.0

    /// - Parameters:
    ///   - limit: share of the index, one for any price.
    ///   - waitMinutes: before the first part is sold, on average.
    ///   - sellingMinutes: from the first part to the last.
    ///   - sells: whether a lost hedge is followed by a sale: the contagion switch.
    public init(
        groups: [Group], spotBooks: [BookID?], wallets: [AccountID], limit: Double,
        waitMinutes: Double = 20.0 / 60,
        sellingMinutes: Double = 0, sells: Bool, random: RandomStream
    ) {
        protection = PriceProtection(fraction: limit)
        self.waitMinutes = waitMinutes
        self.sellingMinutes = sellingMinutes
        self.groups = groups
        self.spotBooks = spotBooks
        let last = spotBooks.compactMap { $0?.index }.max() ?? -1
        waiting = Array(repeating: [], count: last + 1)
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
        let due = exchanges.now.adding(seconds: 2 + random.exponential(mean: waitMinutes * 60))
        let parts = max(1, Int32(sellingMinutes * 60 / Self.partSeconds))
        pending.insert(
            Sale(due: due, number: losses, book: book, coins: coins / Double(parts), parts: parts - 1))
        losses += 1
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        while let first = pending.min, first.due <= exchanges.now {
            waiting[first.book.index].append(pending.removeMin())
            guard first.parts > 0 else { continue }
            var next = first
            next.due = first.due.adding(seconds: Self.partSeconds)
            next.parts -= 1
            pending.insert(next)
        }
        for book in waiting.indices where !waiting[book].isEmpty {
            sell(on: waiting[book][0].book, &exchanges)
        }
    }

    /// Sells one book's waiting coins as far as they find buyers within the protection of the index.
    private mutating func sell(on book: BookID, _ exchanges: inout Exchanges) {
        let asset = exchanges.place(book).asset
        let unit = exchanges.unit(book)
        let index = exchanges.views[asset].index
        let top = Double(exchanges.maxTicks(book))
        let limit = protection.limit(.sell, Ticks(Int(min(max(index * unit.ticksPerUSD, 1), top))), Ticks(1))
        while let sale = waiting[book.index].first {
            let lots = Int64(sale.coins * unit.lotsPerCoin)
            var left = 0.0
            if lots > 0 {
                guard let bid = exchanges.bestBid(book), bid >= limit else { return }
                let filled = exchanges.submit(
                    book,
                    NewOrder(
                        .sell, Lots(lots), at: limit, account: wallets[asset],
                        timeInForce: .immediateOrCancel, selfTrade: .cancelMaker)
                ).filled
                soldUSD += unit.coins(filled) * index
                left = sale.coins - unit.coins(filled)
            }
            waiting[book.index][0].coins = left
            // The rest waits for another bid; less than a lot is dropped.
            if left * unit.lotsPerCoin >= 1 { return }
            waiting[book.index].removeFirst()
        }
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(each: pending.unordered) { $1.combine(into: &$0) }
        for sales in waiting { hash.combine(each: sales) { $1.combine(into: &$0) } }
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
            "how far below the index coins are sold whose hedge was lost; 100: at any price", default: "100"),
        SettingKey(
            "accounts.hedge_wait_minutes", .number(0.01...10_000),
            "until the first of them are sold, on average", default: "0.33"),
        SettingKey(
            "accounts.hedge_selling_minutes", .number(0...10_000), "from the first part to the last",
            default: "0"),
    ]

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> HedgedAccounts? {
        HedgedAccounts(
            groups: opening.hedged, spotBooks: opening.sellerBooks, wallets: opening.sellerWallets,
            limit: opening.settings.number("accounts.hedge_limit_pct") / 100,
            waitMinutes: opening.settings.number("accounts.hedge_wait_minutes"),
            sellingMinutes: opening.settings.number("accounts.hedge_selling_minutes"),
            sells: opening.settings.flag("contagion.hedge_loss"), random: opening.random("hedgers"))
    }
}
