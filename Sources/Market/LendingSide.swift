import Agents
import Exchanges
import LendingMarkets
import Primitives

/// The lending protocols in the loop: they read the indices at each block, and what keepers seize goes to the market.
public struct LendingSide: ~Copyable {
    public var markets: LendingMarkets
    private let keepers: KeeperSales?
    /// When which protocol's oracle keeps its last answers.
    public let stalls: [LendingStall]
    private var prices: [Double] = []
    private var lastBlock: Int64 = -1
    private var worstOfAccounts = UInt256.zero
    /// Largest imbalance of any pool so far, zero when right: of tokens after every block, of all accounts after every sale
    /// and at the end.
    public var worstImbalance: UInt256 { max(worstOfAccounts, markets.worstImbalance) }

    public init(_ markets: consuming LendingMarkets, keepers: KeeperSales?, stalls: [LendingStall] = []) {
        self.markets = markets
        self.stalls = stalls
        self.keepers = keepers
    }

    mutating func step(_ exchanges: borrowing Exchanges, stepSeconds: Double) {
        let block = exchanges.now.seconds / 12
        guard block != lastBlock else { return }
        lastBlock = block
        prices.removeAll(keepingCapacity: true)
        for a in 0..<exchanges.assets.count { prices.append(exchanges.views[a].index) }
        var stalled: Set<LendingProtocol> = []
        for stall in stalls where stall.from <= exchanges.now && exchanges.now < stall.until {
            stalled.insert(stall.protocolName)
        }
        let sales = markets.step(pricesUSD: prices, now: exchanges.now, stalled: stalled)
        for sale in sales { keepers?.seized(asset: sale.asset, coins: sale.coins) }
        if !sales.isEmpty { countAccounts() }
    }

    /// Adds up every account of every protocol.
    mutating func countAccounts() { worstOfAccounts = max(worstOfAccounts, markets.imbalance()) }
}
