@_spi(World) import Exchanges
import LendingMarkets
import Primitives

/// The lending protocols in the loop: they read the indices at each block, and what keepers seize goes to the market.
public struct LendingSide: ~Copyable {
    public var markets: LendingMarkets
    /// What keepers seize is handed to the keepers of the market; otherwise nobody sells it.
    private let keepersSell: Bool
    /// When which protocol's oracle keeps its last answers.
    public let stalls: [LendingStall]
    private var prices: [Double] = []
    private var lastBlock: Int64 = -1
    private var worstOfAccounts = UInt256.zero
    /// Largest imbalance of any pool so far, zero when right: of tokens after every block, of all accounts after every sale
    /// and at the end.
    public var worstImbalance: UInt256 { max(worstOfAccounts, markets.worstImbalance) }

    public init(_ markets: consuming LendingMarkets, keepersSell: Bool, stalls: [LendingStall] = []) {
        self.markets = markets
        self.stalls = stalls
        self.keepersSell = keepersSell
    }

    init(copying other: borrowing LendingSide) {
        markets = LendingMarkets(copying: other.markets)
        keepersSell = other.keepersSell
        stalls = other.stalls
        prices = other.prices
        lastBlock = other.lastBlock
        worstOfAccounts = other.worstOfAccounts
    }

    func combine(into hash: inout StateHash) {
        hash.combine(lastBlock)
        hash.combine(markets.stateHash().value)
    }

    mutating func step(_ exchanges: inout Exchanges, stepSeconds: Double) {
        let block = exchanges.now.seconds / 12
        guard block != lastBlock else { return }
        lastBlock = block
        prices.removeAll(keepingCapacity: true)
        for a in exchanges.assetIDs { prices.append(exchanges.views[a].index) }
        var stalled: Set<LendingProtocol> = []
        for stall in stalls where stall.from <= exchanges.now && exchanges.now < stall.until {
            stalled.insert(stall.protocolName)
        }
        let sales = markets.step(pricesUSD: prices, now: exchanges.now, stalled: stalled)
        if keepersSell {
            for sale in sales { exchanges.seize(SeizedCoins(asset: AssetID(sale.asset), coins: sale.coins)) }
        }
        if !sales.isEmpty { countAccounts() }
    }

    /// Adds up every account of every protocol.
    mutating func countAccounts() { worstOfAccounts = max(worstOfAccounts, markets.imbalance()) }
}
