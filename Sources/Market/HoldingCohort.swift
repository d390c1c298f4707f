import Exchanges
import Primitives

/// Accounts whose coins of one asset are followed through a run. Positions on perpetual venues count with their sign.
public struct HoldingCohort: Sendable {
    public var name: String
    public var asset: AssetID
    public var holdings: [(book: BookID, account: AccountID)]

    public init(name: String, asset: AssetID, holdings: [(BookID, AccountID)]) {
        self.name = name
        self.asset = asset
        self.holdings = holdings.map { (book: $0.0, account: $0.1) }
    }

    func coins(_ exchanges: borrowing Exchanges) -> Double {
        let price = max(exchanges.views[asset].index, 1e-12)
        var sum = 0.0
        for (book, account) in holdings {
            let unit = exchanges.unit(book)
            let amount = unit.coins(exchanges.holding(book, account))
            // Contracts of a coin-margined book are dollars.
            sum += unit.isInverse ? amount / price : amount
        }
        return sum
    }
}

/// Coins at three moments.
public struct HoldingTrace: Sendable, Hashable {
    public var asset: String
    public var before = 0.0
    public var low = 0.0
    public var after = 0.0
    public init(asset: String) { self.asset = asset }
}
