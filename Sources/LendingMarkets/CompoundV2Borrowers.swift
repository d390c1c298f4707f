import Lending
import Primitives

/// Compound v2 with borrowers of USDC, and the keepers that repay half a debt at a time for the collateral.
///
/// The protocol books no bad debt: what is counted as such is the debt of borrowers whose collateral is used up.
struct CompoundV2Borrowers: ~Copyable {
    /// Calls that keepers make on one borrower in one block.
    private static let mostCalls = 8
    private static let usdcPrice = UInt256.powerOf10(30)
    private var pool: CompoundV2
    private var search: BorrowerSearch
    /// By market, USDC excepted: the place of its feed, the caller's asset and the decimals of the token.
    private let feeds: [Int]
    private let assets: [Int]
    private let decimals: [Int]
    private let usdc: Int32
    private let keeper: Int32
    let borrowers: Int
    /// Tokens that went in less those that went out, by market: what it must hold.
    private var expected: [UInt256]
    /// By account: nothing is left to seize.
    private var isSpent: [Bool]
    private var tally = LendingTally()

    init(_ tickers: [String], _ feed: MarketFeeds, _ draw: BorrowerDraw, at time: SimTime) {
        let listed = feed.assets.enumerated().compactMap { place, asset in
            CompoundV2Listing.named(Collateral.listing(of: tickers[asset])).map { (place, asset, $0) }
        }
        feeds = listed.map { $0.0 }
        assets = listed.map { $0.1 }
        let listings = listed.map { $0.2 }
        decimals = listings.map { Int($0.decimals) }
        let answers = feeds.map { feed.answer(at: $0) }
        let plan = draw.borrowers(
            of: "compound-v2", count: draw.parameters.compoundV2Borrowers,
            totalUSD: draw.parameters.compoundV2DebtUSD, minimumUSD: 10,
            shares: Collateral.shares(of: assets.map { tickers[$0] }, draw.parameters),
            secondShare: draw.parameters.secondCollateralShare)
        // Everyone borrows at four times the price, as on the other protocols.
        pool = CompoundV2(
            markets: listings.map(\.parameters) + [CompoundV2Listing.usdc.parameters],
            prices: zip(answers, listings).map { Self.price($0 * 4, Int($1.decimals)) } + [Self.usdcPrice],
            expectedAccounts: plan.count + 2, at: time)
        usdc = Int32(listings.count)
        borrowers = plan.count
        expected = Array(repeating: .zero, count: listings.count + 1)
        do throws(CompoundV2Error) {
            keeper = try Self.open(plan, listings, answers, in: &pool, &expected)
        } catch {
            preconditionFailure("a drawn borrower was refused: \(error)")
        }
        isSpent = Array(repeating: false, count: Int(pool.accountCount))
        for (m, answer) in answers.enumerated() { pool.setPrice(Int32(m), Self.price(answer, decimals[m])) }
        search = BorrowerSearch(
            pool, weights: (0..<2 * listings.count + 2).map { $0 < 2 * listings.count ? 1 : 0.02 })
        search.find(in: pool, byFullScan: false)
        precondition(search.found.isEmpty, "every borrower starts healthy")
    }

    init(copying other: borrowing CompoundV2Borrowers) {
        pool = CompoundV2(copying: other.pool)
        search = BorrowerSearch(copying: other.search)
        feeds = other.feeds
        assets = other.assets
        decimals = other.decimals
        usdc = other.usdc
        keeper = other.keeper
        borrowers = other.borrowers
        expected = other.expected
        isSpent = other.isSpent
        tally = other.tally
    }

    /// The oracle's mantissa of a feed's answer: USD × 10^(36 - decimals).
    private static func price(_ answer: UInt256, _ decimals: Int) -> UInt256 {
        answer * .powerOf10(28 - decimals)
    }

    /// A lender whose USDC is lent to four fifths, the keeper, and everyone drawn.
    private static func open(
        _ plan: [DrawnBorrower], _ listings: [CompoundV2Listing], _ answers: [UInt256],
        in pool: inout CompoundV2, _ expected: inout [UInt256]
    ) throws(CompoundV2Error) -> Int32 {
        let usdc = Int32(listings.count)
        let factors = listings.map { Double($0.parameters.collateralFactor) / 1e18 }
        let lender = pool.addAccount()
        let keeper = pool.addAccount()
        let owed = plan.reduce(0) { $0 + $1.debtUSD }
        let lent = Collateral.dollars(owed * 1.25 + 1, decimals: 6)
        try pool.mint(usdc, lent, by: lender)
        expected[Int(usdc)] += lent
        for borrower in plan {
            let account = pool.addAccount()
            for part in borrower.collateralUSD(thresholds: factors) {
                let tokens = part.dollars / (Double(answers[part.index]) / 1e8)
                let amount = Collateral.baseUnits(tokens, decimals: Int(listings[part.index].decimals))
                try pool.mint(Int32(part.index), amount, by: account)
                expected[part.index] += amount
            }
            let debt = Collateral.dollars(borrower.debtUSD, decimals: 6)
            try pool.borrow(usdc, debt, by: account)
            expected[Int(usdc)] -= debt
        }
        return keeper
    }

    // MARK: - A block

    /// Takes the feeds' answers and liquidates whoever has a shortfall, as far as it pays.
    mutating func look(_ feed: MarketFeeds, _ view: KeeperView, into sales: inout [LendingSale]) {
        for m in 0..<feeds.count {
            pool.setPrice(Int32(m), Self.price(feed.answer(at: feeds[m]), decimals[m]))
        }
        pool.advance(to: view.now)
        search.find(in: pool, byFullScan: view.byFullScan)
        for i in 0..<search.found.count where !isSpent[Int(search.found[i])] {
            let account = search.found[i]
            var calls = 0
            while calls < Self.mostCalls, pool.verdict(account) == .unsafe,
                liquidate(account, view, &sales)
            { calls += 1 }
            noteSpent(account)
        }
    }

    /// One call on the account's largest collateral; false if it does not pay.
    private mutating func liquidate(
        _ account: Int32, _ view: KeeperView, _ sales: inout [LendingSale]
    ) -> Bool {
        var (market, most) = (Int32(-1), UInt256.zero)
        for m in 0..<usdc {
            let state = pool.market(m)
            let underlying = state.exchangeRate.mulDivDown(pool.tokens(m, of: account), .wad)
            let value = underlying.mulDivDown(state.price, .wad)
            if value > most { (market, most) = (m, value) }
        }
        guard market >= 0 else { return false }
        let repaid = repayable(account, market)
        let state = pool.market(market)
        let parts = CompoundV2Liquidation.split(
            seizeTokens: seized(repaid, market), protocolShare: pool.protocolSeizeShare)
        let unit = Double(UInt256.powerOf10(decimals[Int(market)]))
        let asset = assets[Int(market)]
        let offered = Double(state.exchangeRate.mulDivDown(parts.liquidator, .wad)) / unit
        guard !repaid.isZero, view.pays(coins: offered, of: asset, paidUSD: Double(repaid) / 1e6),
            let won = try? pool.liquidateBorrow(
                usdc, repay: repaid, of: account, collateral: market, by: keeper),
            let coins = try? pool.redeem(market, tokens: won.liquidatorTokens, by: keeper)
        else { return false }
        expected[Int(usdc)] += repaid
        expected[Int(market)] -= coins
        tally.liquidated += repaid
        tally.liquidations += 1
        sales.append(
            LendingSale(
                asset: asset, coins: Double(coins) / unit, paidUSD: Double(repaid) / 1e6,
                protocolName: .compoundV2))
        return true
    }

    /// The close factor's part of the debt, or what the collateral reaches for.
    private func repayable(_ account: Int32, _ market: Int32) -> UInt256 {
        let held = pool.tokens(market, of: account)
        var amount = CompoundV2Liquidation.maxRepay(
            borrowBalance: pool.borrowBalance(usdc, of: account), closeFactor: pool.closeFactor)
        let asked = seized(amount, market)
        guard asked > held else { return amount }
        amount = amount.mulDivDown(held, asked)
        while !amount.isZero && seized(amount, market) > held { amount -= 1 }
        return amount
    }

    private func seized(_ repaid: UInt256, _ market: Int32) -> UInt256 {
        let state = pool.market(market)
        return CompoundV2Liquidation.seizeTokens(
            repayAmount: repaid, priceBorrowed: Self.usdcPrice, priceCollateral: state.price,
            exchangeRate: state.exchangeRate, incentive: pool.liquidationIncentive)
    }

    /// Whether a borrower has less left than a dollar, which nobody will ever come for.
    private mutating func noteSpent(_ account: Int32) {
        var left = UInt256.zero
        for m in 0..<usdc {
            let state = pool.market(m)
            left += state.exchangeRate.mulDivDown(pool.tokens(m, of: account), .wad).mulDivDown(
                state.price, .wad)
        }
        let debt = pool.borrowBalance(usdc, of: account)
        guard left < .wad, !debt.isZero else { return }
        isSpent[Int(account)] = true
        tally.badDebt += debt
    }

    // MARK: - Reading

    /// Tokens held against those that went in and out, base units.
    func ledgerImbalance() -> UInt256 {
        var largest = UInt256.zero
        for m in 0...usdc { largest = max(largest, pool.market(m).cash.distance(to: expected[Int(m)])) }
        return largest
    }

    /// Also the accounts' cTokens against the markets' totals.
    func imbalance() -> UInt256 {
        var largest = ledgerImbalance()
        for m in 0...usdc {
            var tokens = UInt256.zero
            for account in 1..<pool.accountCount { tokens += pool.tokens(m, of: account) }
            largest = max(largest, tokens.distance(to: pool.market(m).supply))
        }
        return largest
    }

    func row() -> LendingRow {
        LendingRow(
            protocolName: .compoundV2, liquidatedUSD: Double(tally.liquidated) / 1e6,
            badDebtUSD: Double(tally.badDebt) / 1e6, liquidations: tally.liquidations, borrowers: borrowers,
            debtUSD: Double(pool.market(usdc).borrows) / 1e6)
    }

    func combine(into hash: inout StateHash) {
        hash.combine(pool.stateHash().value)
        for amount in expected { hash.combine(amount) }
        tally.combine(into: &hash)
        for (account, isSpent) in isSpent.enumerated() where isSpent { hash.combine(account) }
    }
}
