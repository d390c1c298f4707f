import Exchanges
import OrderBook
import Primitives

/// Keepers of lending protocols: what they seized they sell at once, half in the asset's on-chain pool, the rest on a
/// spot book, at any price.
public struct KeeperSales: Strategy {
    public let name = "lending keepers"
    public let isForced = true
    /// By asset: the spot book and its wallet; nil where there is none.
    private let books: [BookID?]
    private let wallets: [AccountID]
    public internal(set) var soldUSD = 0.0

    public init(books: [BookID?], wallets: [AccountID]) {
        self.books = books
        self.wallets = wallets
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        for seized in exchanges.takeSeized() {
            let asset = seized.asset
            guard let book = books[asset] else { continue }
            let unit = exchanges.unit(book)
            var lots = Int64(seized.coins * unit.lotsPerCoin)
            guard lots > 0 else { continue }
            // The coins come from the protocol's vault: a deposit from outside the venue.
            exchanges.deposit(Lots(lots), to: wallets[asset], book)
            if exchanges.pools[asset] != nil {
                let half = lots / 2
                exchanges.sellToPool(asset, half, book: book, wallet: wallets[asset])
                lots -= half
            }
            let result = exchanges.submit(
                book,
                .market(
                    .sell, Lots(lots), account: wallets[asset], maxTicks: exchanges.maxTicks(book),
                    selfTrade: .cancelMaker))
            soldUSD += unit.coins(result.filled) * exchanges.views[asset].index
        }
    }

    public func combine(into hash: inout StateHash) { hash.combine(soldUSD) }
}

extension KeeperSales: Agent {
    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> KeeperSales? {
        guard opening.settings.flag("contagion.lending_sales") else { return nil }
        return KeeperSales(books: opening.sellerBooks, wallets: opening.sellerWallets)
    }
}
