import Lending
import Primitives

/// The lending side of a market: Aave v3, Compound v3 and v2, Maker and Morpho Blue with drawn borrowers, feeds that follow the
/// market each by its own rule, and keepers that liquidate with stablecoins of their own and hand the collateral on.
///
/// Everything happens at most once a block, and all but Maker are only looked at when a feed has answered
/// anew, at the latest after its heartbeat: then interest counts too. A dollar token is worth a dollar throughout.
/// Borrowers neither repay nor add collateral.
public struct LendingMarkets: ~Copyable {
    private let byAddress = PassedByAddress()
    /// The slow twin: looks at all borrowers instead of those the index names. Same results.
    public var usesFullScan = false
    private let parameters: LendingParameters
    private let assetCount: Int
    /// By protocol that reads one, each its own: what stalls for one goes on for the others.
    private var feeds: [MarketFeeds]
    private var aave: AaveBorrowers
    private var comet: CometBorrowers
    private var maker: MakerVaults
    private var morpho: MorphoBorrowers
    private var compoundV2: CompoundV2Borrowers
    private var lastBlock: Int64
    /// Largest imbalance of tokens after any block: zero when right.
    public private(set) var worstImbalance = UInt256.zero
    /// Blocks after which the tokens were counted: all of them.
    public private(set) var blocksChecked = 0

    /// Draws the borrowers, all of them healthy at these prices.
    ///
    /// - Parameters: `assets` tickers, of which ETH, BTC, LINK, UNI, COMP, AAVE and SOL can be collateral: ETH and BTC on
    ///   Aave, Compound v2 and Maker, these with LINK, UNI and COMP on Compound, each in a market of its own on Morpho. An asset
    ///   without a price at the start is none. A protocol without collateral has no borrowers.
    public init(
        _ parameters: LendingParameters, assets: [String], pricesUSD: [Double], seed: UInt64, at: SimTime
    ) {
        precondition(assets.count == pricesUSD.count, "one price for each asset")
        precondition(parameters.blockSeconds > 0)
        self.parameters = parameters
        assetCount = assets.count
        let feeds = MarketFeeds(assets, pricesUSD, parameters, at: at)
        self.feeds = Array(repeating: feeds, count: LendingProtocol.allCases.count)
        let draw = BorrowerDraw(parameters: parameters, seed: seed)
        aave = AaveBorrowers(assets, feeds, draw, at: at)
        comet = CometBorrowers(assets, feeds, draw, at: at)
        maker = MakerVaults(assets, feeds, draw, at: at)
        morpho = MorphoBorrowers(assets, feeds, draw, at: at)
        compoundV2 = CompoundV2Borrowers(assets, feeds, draw, at: at)
        lastBlock = at.seconds / parameters.blockSeconds
    }

    /// Independent protocols with the same borrowers.
    public init(copying other: borrowing LendingMarkets) {
        usesFullScan = other.usesFullScan
        parameters = other.parameters
        assetCount = other.assetCount
        feeds = other.feeds
        aave = AaveBorrowers(copying: other.aave)
        comet = CometBorrowers(copying: other.comet)
        maker = MakerVaults(copying: other.maker)
        morpho = MorphoBorrowers(copying: other.morpho)
        compoundV2 = CompoundV2Borrowers(copying: other.compoundV2)
        lastBlock = other.lastBlock
        worstImbalance = other.worstImbalance
        blocksChecked = other.blocksChecked
    }

    /// Moves the feeds, finds who is liquidatable, liquidates as far as each protocol allows and it pays a keeper.
    ///
    /// - Parameters: `pricesUSD` by asset, one that is zero, negative or no number leaves its oracles where they were;
    ///   `stalled` protocols leave all of theirs, while running auctions go on.
    /// - Returns: what keepers seized or bought and will sell; almost always nothing.
    public mutating func step(
        pricesUSD: [Double], now: SimTime, stalled: Set<LendingProtocol> = []
    ) -> [LendingSale] {
        precondition(pricesUSD.count == assetCount, "one price for each asset")
        let block = now.seconds / parameters.blockSeconds
        guard block > lastBlock else { return [] }
        lastBlock = block
        var view = KeeperView(
            prices: pricesUSD, now: now, gasUSD: parameters.keeperGasUSD, margin: parameters.keeperMargin,
            isStalled: false, byFullScan: usesFullScan)
        var sales: [LendingSale] = []
        for (i, name) in LendingProtocol.allCases.enumerated() where name != .maker {
            if feeds[i].observe(pricesUSD, at: now, isStalled: stalled.contains(name)) {
                look(name, feeds[i], view, into: &sales)
            }
        }
        // Maker reads the market itself, at its own times.
        view.isStalled = stalled.contains(.maker)
        maker.look(view, into: &sales)
        // Interest and oracles change the books of a block in which nothing is sold, too.
        worstImbalance = max(worstImbalance, ledgerImbalance())
        blocksChecked += 1
        return sales
    }

    private mutating func look(
        _ name: LendingProtocol, _ feed: MarketFeeds, _ view: KeeperView, into sales: inout [LendingSale]
    ) {
        switch name {
        case .aave: aave.look(feed, view, into: &sales)
        case .compound: comet.look(feed, view, into: &sales)
        case .maker: break
        case .morpho: morpho.look(feed, view, into: &sales)
        case .compoundV2: compoundV2.look(feed, view, into: &sales)
        }
    }

    // MARK: - Reading

    /// One row per protocol, in the order of `LendingProtocol`; of Compound v2 only where it has borrowers.
    public var rows: [LendingRow] {
        [aave.row(), comet.row(), maker.row(), morpho.row()]
            + (compoundV2.borrowers > 0 ? [compoundV2.row()] : [])
    }

    /// Debt that liquidations repaid, absorbed or sent to auction, dollars.
    public var liquidatedUSD: Double { rows.reduce(0) { $0 + $1.liquidatedUSD } }
    /// Debt that the seized collateral did not cover, dollars.
    public var badDebtUSD: Double { rows.reduce(0) { $0 + $1.badDebtUSD } }
    public var liquidations: Int { rows.reduce(0) { $0 + $1.liquidations } }

    /// The largest distance between what any pool holds and what its books say, in base units of the token at hand (wad,
    /// ray or rad on Maker): of tokens after every block, of all accounts now. Zero when right.
    public func imbalance() -> UInt256 {
        var worst = max(worstImbalance, aave.imbalance())
        worst = max(worst, comet.imbalance())
        worst = max(worst, maker.imbalance())
        return max(worst, max(morpho.imbalance(), compoundV2.imbalance()))
    }

    private func ledgerImbalance() -> UInt256 {
        var worst = max(aave.ledgerImbalance(), comet.ledgerImbalance())
        worst = max(worst, max(maker.ledgerImbalance(), morpho.ledgerImbalance()))
        return max(worst, compoundV2.ledgerImbalance())
    }

    /// A hash of everything that later results depend on.
    public func stateHash() -> StateHash {
        var hash = StateHash()
        hash.combine(lastBlock)
        for feed in feeds { feed.combine(into: &hash) }
        aave.combine(into: &hash)
        comet.combine(into: &hash)
        maker.combine(into: &hash)
        morpho.combine(into: &hash)
        compoundV2.combine(into: &hash)
        return hash
    }
}
