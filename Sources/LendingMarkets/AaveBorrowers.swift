import Lending
import Primitives

/// An Aave v3 pool whose borrowers owe USDC, and the keepers that liquidate them.
struct AaveBorrowers: ~Copyable {
    private static let usdcDecimals = 6
    /// Calls that keepers make on one borrower in one block.
    private static let mostCalls = 8
    private var pool: AavePool
    private var search: BorrowerSearch
    /// By reserve, USDC excepted: the place of its feed and the caller's asset.
    private let feeds: [Int]
    private let assets: [Int]
    private let usdc: Int32
    private let keeper: Int32
    private let borrowers: Int
    /// Tokens that went in less those that went out, by reserve: what the pool must hold.
    private var expected: [UInt256]
    private var tally = LendingTally()

    init(_ tickers: [String], _ feed: MarketFeeds, _ draw: BorrowerDraw, at time: SimTime) {
        precondition(draw.parameters.aaveRevision >= .v33, "before v3.3 bad debt is not booked")
        let listed = feed.assets.enumerated().compactMap { place, asset in
            AaveListing.named(Collateral.listing(of: tickers[asset])).map { (place, asset, $0) }
        }
        feeds = listed.map { $0.0 }
        assets = listed.map { $0.1 }
        let listings = listed.map { $0.2 }
        let rates = AaveRateStrategy(optimalUsageBps: 9_000, baseBps: 0, slope1Bps: 500, slope2Bps: 4_000)
        let usdcReserve = AaveReserveParameters(
            decimals: UInt8(Self.usdcDecimals), ltvBps: 7_500, liquidationThresholdBps: 7_800,
            liquidationBonusBps: 10_450, rates: rates)
        let plan = draw.borrowers(
            of: "aave", count: draw.parameters.aaveBorrowers, totalUSD: draw.parameters.aaveDebtUSD,
            minimumUSD: 10, shares: Collateral.shares(of: assets.map { tickers[$0] }, draw.parameters),
            secondShare: draw.parameters.secondCollateralShare)
        let answers = feeds.map { feed.answer(at: $0) }
        // Everyone borrows at four times the price: at the present one nobody could borrow up to the threshold.
        pool = AavePool(
            reserves: listings.map { $0.parameters(rates: rates) } + [usdcReserve],
            prices: answers.map { $0 * 4 } + [100_000_000], revision: draw.parameters.aaveRevision,
            expectedAccounts: plan.count + 2, at: time)
        usdc = Int32(listings.count)
        borrowers = plan.count
        expected = Array(repeating: .zero, count: listings.count + 1)
        do throws(AaveError) {
            keeper = try Self.open(plan, listings, answers, in: &pool, &expected)
        } catch {
            preconditionFailure("a drawn borrower was refused: \(error)")
        }
        for (r, answer) in answers.enumerated() { pool.setPrice(Int32(r), answer) }
        search = BorrowerSearch(
            pool, weights: (0..<2 * listings.count + 2).map { $0 < 2 * listings.count ? 1 : 0.02 })
        search.find(in: pool, byFullScan: false)
        precondition(search.found.isEmpty, "every borrower starts healthy")
    }

    init(copying other: borrowing AaveBorrowers) {
        pool = AavePool(copying: other.pool)
        search = BorrowerSearch(copying: other.search)
        feeds = other.feeds
        assets = other.assets
        usdc = other.usdc
        keeper = other.keeper
        borrowers = other.borrowers
        expected = other.expected
        tally = other.tally
    }

    /// A lender whose USDC is lent to four fifths, the keeper, and everyone drawn.
    private static func open(
        _ plan: [DrawnBorrower], _ listings: [AaveListing], _ answers: [UInt256], in pool: inout AavePool,
        _ expected: inout [UInt256]
    ) throws(AaveError) -> Int32 {
        let usdc = Int32(listings.count)
        let thresholds = listings.map { Double($0.liquidationThresholdBps) / 10_000 }
        let lender = pool.addAccount()
        let keeper = pool.addAccount()
        let owed = plan.reduce(0) { $0 + $1.debtUSD }
        let lent = Collateral.dollars(owed * 1.25 + 1, decimals: usdcDecimals)
        try pool.supply(usdc, lent, by: lender)
        expected[Int(usdc)] += lent
        for borrower in plan {
            let account = pool.addAccount()
            for part in borrower.collateralUSD(thresholds: thresholds) {
                let tokens = part.dollars / (Double(answers[part.index]) / 1e8)
                let amount = Collateral.baseUnits(tokens, decimals: Int(listings[part.index].decimals))
                try pool.supply(Int32(part.index), amount, by: account)
                expected[part.index] += amount
            }
            let debt = Collateral.dollars(borrower.debtUSD, decimals: usdcDecimals)
            try pool.borrow(usdc, debt, by: account)
            expected[Int(usdc)] -= debt
        }
        return keeper
    }

    // MARK: - A block

    /// Takes the feeds' answers and liquidates whoever is unsafe, as far as the close factor allows and it pays.
    mutating func look(_ feed: MarketFeeds, _ view: KeeperView, into sales: inout [LendingSale]) {
        for r in 0..<feeds.count { pool.setPrice(Int32(r), feed.answer(at: feeds[r])) }
        pool.advance(to: view.now)
        search.find(in: pool, byFullScan: view.byFullScan)
        for i in 0..<search.found.count {
            let account = search.found[i]
            var calls = 0
            while calls < Self.mostCalls, pool.verdict(account) == .unsafe,
                liquidate(account, view, &sales)
            { calls += 1 }
        }
    }

    /// One call on the account's largest collateral; false if none is possible or none pays.
    private mutating func liquidate(
        _ account: Int32, _ view: KeeperView, _ sales: inout [LendingSale]
    ) -> Bool {
        let units = (0...usdc).map { Double(pool.reserve($0).unit) }
        let assets = assets
        let done = pool.liquidateLargest(account, by: keeper) { offer in
            view.pays(
                coins: Double(offer.coins) / units[Int(offer.collateral)], of: assets[Int(offer.collateral)],
                paidUSD: Double(offer.repaid) / units[Int(offer.debt)])
        }
        guard let (offer, result) = done else { return false }
        let r = Int(offer.collateral)
        expected[r] -= result.collateralToLiquidator
        expected[Int(usdc)] += result.debtRepaid
        tally.liquidated += result.debtRepaid
        tally.badDebt = pool.reserve(usdc).deficit
        tally.liquidations += 1
        sales.append(
            LendingSale(
                asset: assets[r], coins: Double(result.collateralToLiquidator) / units[r],
                paidUSD: Double(result.debtRepaid) / units[Int(usdc)], protocolName: .aave))
        return true
    }

    // MARK: - Reading

    /// Tokens in the pool against those that went in and out, base units.
    func ledgerImbalance() -> UInt256 {
        var largest = UInt256.zero
        for r in 0...usdc {
            largest = max(largest, pool.reserve(r).liquidity.distance(to: expected[Int(r)]))
        }
        return largest
    }

    /// Also the accounts' scaled balances against the reserves' totals.
    func imbalance() -> UInt256 {
        var largest = ledgerImbalance()
        for r in 0...usdc {
            var (supply, debt) = (UInt256.zero, UInt256.zero)
            for account in 0..<pool.accountCount {
                let balances = pool.scaledBalances(r, of: account)
                supply += balances.supply
                debt += balances.debt
            }
            let reserve = pool.reserve(r)
            largest = max(largest, supply.distance(to: reserve.scaledSupply))
            largest = max(largest, debt.distance(to: reserve.scaledDebt))
        }
        return largest
    }

    func row() -> LendingRow {
        let reserve = pool.reserve(usdc)
        return LendingRow(
            protocolName: .aave, liquidatedUSD: Double(tally.liquidated) / 1e6,
            badDebtUSD: Double(tally.badDebt) / 1e6, liquidations: tally.liquidations, borrowers: borrowers,
            debtUSD: Double(reserve.scaledDebt) * (Double(reserve.borrowIndex) / 1e27) / 1e6)
    }

    func combine(into hash: inout StateHash) {
        hash.combine(pool.stateHash().value)
        for amount in expected { hash.combine(amount) }
        tally.combine(into: &hash)
    }
}
