import Exchanges
import OrderBook
import Primitives

/// Brings each on-chain pool to the index once a block when the gap pays the pool's fee and the gas.
public struct PoolArbitrage: Strategy {
    public let name = "pool arbitrage"
    private let books: [BookID?]
    private let wallets: [AccountID]
    private let stepSeconds: Double
    var nextBlock = 0.0
    var elapsed = 0.0

    public init(books: [BookID?], wallets: [AccountID], stepSeconds: Double) {
        self.books = books
        self.wallets = wallets
        self.stepSeconds = stepSeconds
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        elapsed += stepSeconds
        guard elapsed >= nextBlock else { return }
        nextBlock += 12
        for asset in exchanges.assetIDs {
            guard let pool = exchanges.pools[asset], let book = books[asset] else { continue }
            let unit = exchanges.unit(book)
            let fair = exchanges.views[asset].index / unit.lotsPerCoin * 1e6
            let gap = abs(pool.price / fair - 1)
            guard gap > Double(pool.feePPM) * 1e-6 + 0.0005 else { continue }
            let amount = pool.towards(fair)
            if amount > 0 {
                exchanges.sellToPool(asset, amount, book: book, wallet: wallets[asset])
            } else {
                exchanges.buyFromPool(asset, -amount, book: book, wallet: wallets[asset])
            }
        }
    }
    public func combine(into hash: inout StateHash) {
        hash.combine(nextBlock)
        hash.combine(elapsed)
    }
}

extension PoolArbitrage: Agent {
    /// With the arbitrageurs' wallet on the first spot venue.
    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> PoolArbitrage? {
        guard opening.settings.flag("contagion.arbitrage") else { return nil }
        let wallets = opening.accounts(of: Arbitrageurs.self)
        return PoolArbitrage(
            books: opening.sellerBooks,
            wallets: opening.sellerBooks.map { $0.map { wallets[$0] } ?? .nobody },
            stepSeconds: opening.stepSeconds)
    }
}
