import Primitives

/// Accounts of one's own, as tables: what an import makes and a stress test reads.
public struct AccountBook: Sendable {
    public enum MarginMode: String, Sendable, CaseIterable { case cross, isolated }
    public enum Contract: String, Sendable, CaseIterable { case linear, inverse }
    public enum Side: String, Sendable, CaseIterable { case long, short }

    /// Collateral of an account on a venue: a row an asset.
    public struct Account: Sendable {
        public var name: String
        public var venue: String
        public var mode: MarginMode
        public var asset: String
        /// Coins of `asset`, or dollars; what isolated positions have set aside is not in it.
        public var amount: Exact
        public var line: Int
    }
    public struct Position: Sendable {
        public var account: String
        public var venue: String
        public var symbol: String
        public var side: Side
        /// Contracts, above zero.
        public var size: Exact
        /// Dollars a coin.
        public var entry: Exact
        public var leverage: Exact?
        /// Collateral of this position alone; nil for one margined with the account's.
        public var isolatedMargin: Exact?
        public var line: Int
    }
    public struct Market: Sendable {
        public var venue: String
        public var symbol: String
        public var mark: Exact
        public var index: Exact?
        public var contract: Contract
        /// Coins of a linear contract, dollars of an inverse one.
        public var contractSize: Exact
        public var line: Int
        public var coin: String { CoinNames.coin(of: symbol) }
        func with(mark: Exact) -> Market {
            var market = self
            market.mark = mark
            return market
        }
    }
    /// A row of a venue's table: maintenance is notional × rate − deduction, in the currency the market settles in.
    public struct Tier: Sendable {
        public var venue: String
        public var symbol: String
        public var from: Exact
        public var to: Exact?
        public var rate: Exact
        public var maxLeverage: Exact?
        public var deduction: Exact
        public var line: Int
    }
    public struct Level: Sendable {
        public var venue: String
        public var symbol: String
        public var isBid: Bool
        public var price: Exact
        /// Contracts.
        public var size: Exact
        public var line: Int
    }
    public struct Fund: Sendable {
        public var venue: String
        public var asset: String
        public var balance: Exact
        public var line: Int
    }

    /// What an account has and owes on a lending protocol: one asset of either, or of both. Rows of one account on one protocol
    /// stand for each other where its rules say so (docs/books.md).
    public struct Loan: Sendable {
        public var lender: String
        public var account: String
        /// Tokens; an empty asset where there is none.
        public var collateralAsset: String
        public var collateral: Exact
        public var debtAsset: String
        public var debt: Exact
        /// Share of the collateral's value up to which debt is safe; nil for the protocol's own.
        public var threshold: Exact?
        /// What a liquidator is given beyond what it pays, as a share of it; nil for the protocol's own.
        public var bonus: Exact?
        public var line: Int
    }
    /// What an oracle says of an asset, dollars.
    public struct Price: Sendable {
        public var asset: String
        public var usd: Exact
        public var line: Int
    }

    public var folder = ""
    public var accounts: [Account] = []
    public var positions: [Position] = []
    public var markets: [Market] = []
    public var tiers: [Tier] = []
    public var depth: [Level] = []
    public var funds: [Fund] = []
    public var loans: [Loan] = []
    public var prices: [Price] = []

    public init() {}

    /// Coins of the markets in their order, then those that assets of loans stand for.
    public var coins: [String] {
        var seen: Set<String> = []
        return (markets.map(\.coin) + loanAssets.compactMap { TokenNames.coin(of: $0) }).filter {
            seen.insert($0).inserted
        }
    }

    /// Assets of loans, in their order.
    public var loanAssets: [String] {
        var seen: Set<String> = [""]
        return loans.flatMap { [$0.collateralAsset, $0.debtAsset] }.filter { seen.insert($0).inserted }
    }
}
