import Lending
import Primitives

/// Compound's USDC market on Ethereum, and the keepers that absorb its borrowers and buy their collateral.
struct CometBorrowers: ~Copyable {
    private var market: CometMarket
    private var search: BorrowerSearch
    /// By collateral of the market: the place of its feed and the caller's asset.
    private let feeds: [Int]
    private let assets: [Int]
    private let units: [UInt256]
    private let borrowers: Int
    /// Tokens that went in less those that went out: what the market must hold.
    private var expectedBase = UInt256.zero
    private var expectedCollateral: [UInt256]
    private var tally = LendingTally()

    init(_ tickers: [String], _ feed: MarketFeeds, _ draw: BorrowerDraw, at time: SimTime) {
        let preset = CometParameters.usdcMainnet
        let listed = feed.assets.enumerated().compactMap { place, asset in
            CometParameters.usdcMainnetAssets.firstIndex(of: Collateral.listing(of: tickers[asset]))
                .map { (place, asset, preset.assets[$0]) }
        }
        feeds = listed.map { $0.0 }
        assets = listed.map { $0.1 }
        var parameters = preset
        parameters.assets = listed.map { $0.2 }
        units = parameters.assets.map { .powerOf10(Int($0.decimals)) }
        let answers = feeds.map { feed.answer(at: $0) }
        let plan = draw.borrowers(
            of: "compound", count: draw.parameters.compoundBorrowers,
            totalUSD: draw.parameters.compoundDebtUSD, minimumUSD: 101,
            shares: Collateral.shares(of: assets.map { tickers[$0] }, draw.parameters),
            secondShare: draw.parameters.secondCollateralShare)
        // Everyone borrows at four times the price: at the present one nobody could borrow up to the threshold.
        market = CometMarket(
            parameters, basePrice: 100_000_000, prices: answers.map { $0 * 4 },
            expectedAccounts: plan.count + 1, at: time)
        borrowers = plan.count
        expectedCollateral = Array(repeating: .zero, count: answers.count)
        do throws(CometError) {
            try Self.open(plan, answers, in: &market, &expectedBase, &expectedCollateral)
        } catch {
            preconditionFailure("a drawn borrower was refused: \(error)")
        }
        for (a, answer) in answers.enumerated() { market.setPrice(Int32(a), answer) }
        search = BorrowerSearch(market, weights: [0.02] + answers.map { _ in 1 })
        search.find(in: market, byFullScan: false)
        precondition(search.found.isEmpty, "every borrower starts healthy")
    }

    init(copying other: borrowing CometBorrowers) {
        market = CometMarket(copying: other.market)
        search = BorrowerSearch(copying: other.search)
        feeds = other.feeds
        assets = other.assets
        units = other.units
        borrowers = other.borrowers
        expectedBase = other.expectedBase
        expectedCollateral = other.expectedCollateral
        tally = other.tally
    }

    /// A lender whose USDC is lent to four fifths and everyone drawn.
    private static func open(
        _ plan: [DrawnBorrower], _ answers: [UInt256], in market: inout CometMarket,
        _ expectedBase: inout UInt256, _ expectedCollateral: inout [UInt256]
    ) throws(CometError) {
        let parameters = market.parameters
        let thresholds = parameters.assets.map { Double($0.liquidateCollateralFactor) / 1e18 }
        let lender = market.addAccount()
        let owed = plan.reduce(0) { $0 + $1.debtUSD }
        let lent = Collateral.dollars(owed * 1.25 + 1, decimals: Int(parameters.baseDecimals))
        try market.supply(lent, by: lender)
        expectedBase += lent
        for borrower in plan {
            let account = market.addAccount()
            for part in borrower.collateralUSD(thresholds: thresholds) {
                let tokens = part.dollars / (Double(answers[part.index]) / 1e8)
                let amount = Collateral.baseUnits(
                    tokens, decimals: Int(parameters.assets[part.index].decimals))
                try market.supplyCollateral(Int32(part.index), amount, by: account)
                expectedCollateral[part.index] += amount
            }
            let debt = Collateral.dollars(borrower.debtUSD, decimals: Int(parameters.baseDecimals))
            try market.withdraw(debt, by: account)
            expectedBase -= debt
        }
    }

    // MARK: - A block

    /// Takes the feeds' answers, absorbs whoever is liquidatable if their collateral will pay, and buys what is for
    /// sale.
    mutating func look(_ feed: MarketFeeds, _ view: KeeperView, into sales: inout [LendingSale]) {
        for a in 0..<feeds.count { market.setPrice(Int32(a), feed.answer(at: feeds[a])) }
        market.advance(to: view.now)
        search.find(in: market, byFullScan: view.byFullScan)
        for i in 0..<search.found.count { absorb(search.found[i], view) }
        for a in 0..<Int32(feeds.count) { buy(a, view, &sales) }
    }

    /// Nothing is earned by absorbing itself: a keeper does it for what it can then buy.
    private mutating func absorb(_ account: Int32, _ view: KeeperView) {
        var profit = 0.0
        var covered = UInt256.zero
        for a in 0..<Int32(feeds.count) {
            let amount = market.collateral(a, of: account)
            guard !amount.isZero else { continue }
            let cost = cost(a, amount)
            let price = view.prices[assets[Int(a)]]
            guard MarketFeeds.isPrice(price) else { return }
            let coins = Double(amount) / Double(units[Int(a)])
            profit += max(0, coins * price * (1 - view.margin) - Double(cost) / 1e6)
            covered += cost
        }
        let debt = UInt256(market.baseBalance(of: account).magnitude)
        guard profit > view.gasUSD, (try? market.absorb(account)) != nil else { return }
        tally.liquidated += debt
        tally.badDebt += debt.minusOrZero(covered)
        tally.liquidations += 1
    }

    private mutating func buy(_ a: Int32, _ view: KeeperView, _ sales: inout [LendingSale]) {
        let available = market.collateralReserves(a)
        guard !available.isZero else { return }
        let base = cost(a, available)
        let asset = assets[Int(a)]
        let unit = Double(units[Int(a)])
        guard !base.isZero,
            view.pays(coins: Double(available) / unit, of: asset, paidUSD: Double(base) / 1e6),
            let bought = try? market.buyCollateral(a, baseAmount: base)
        else { return }
        expectedBase += base
        expectedCollateral[Int(a)] -= bought
        sales.append(
            LendingSale(
                asset: asset, coins: Double(bought) / unit, paidUSD: Double(base) / 1e6,
                protocolName: .compound))
    }

    /// What the storefront asks for an amount, base units of USDC, rounded down so that never more is quoted.
    private func cost(_ a: Int32, _ amount: UInt256) -> UInt256 {
        let discounted = CometLiquidation.discountedPrice(
            market.prices[Int(a)],
            liquidationFactor: market.parameters.assets[Int(a)].liquidationFactor,
            storeFrontPriceFactor: market.parameters.storeFrontPriceFactor)
        let unit = units[Int(a)] * market.basePrice
        return amount.mulDivDown(discounted * .powerOf10(Int(market.parameters.baseDecimals)), unit)
    }

    // MARK: - Reading

    /// Tokens held against those that went in and out, base units.
    func ledgerImbalance() -> UInt256 {
        var largest = market.baseHeld.distance(to: expectedBase)
        for a in 0..<feeds.count {
            largest = max(largest, market.collateralHeld[a].distance(to: expectedCollateral[a]))
        }
        return largest
    }

    /// Also the accounts' balances against the market's totals.
    func imbalance() -> UInt256 {
        var largest = ledgerImbalance()
        var (supply, borrow) = (UInt256.zero, UInt256.zero)
        var collateral = Array(repeating: UInt256.zero, count: feeds.count)
        for account in 1..<market.accountCount {
            let principal = market.principal(of: account)
            if principal >= 0 {
                supply += UInt256(principal.magnitude)
            } else {
                borrow += UInt256(principal.magnitude)
            }
            for a in 0..<feeds.count { collateral[a] += market.collateral(Int32(a), of: account) }
        }
        let totals = market.principalTotals
        largest = max(largest, supply.distance(to: totals.supply))
        largest = max(largest, borrow.distance(to: totals.borrow))
        for a in 0..<feeds.count {
            largest = max(largest, collateral[a].distance(to: market.collateralSupplied[a]))
        }
        return largest
    }

    func row() -> LendingRow {
        LendingRow(
            protocolName: .compound, liquidatedUSD: Double(tally.liquidated) / 1e6,
            badDebtUSD: Double(tally.badDebt) / 1e6, liquidations: tally.liquidations, borrowers: borrowers,
            debtUSD: Double(market.totalBorrow) / 1e6)
    }

    func combine(into hash: inout StateHash) {
        hash.combine(market.stateHash().value)
        for amount in [expectedBase] + expectedCollateral { hash.combine(amount) }
        tally.combine(into: &hash)
    }
}
