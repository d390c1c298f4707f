import Lending
import Primitives

/// One Morpho Blue market that lends USDC, its borrowers and the keepers that liquidate them.
struct MorphoRoom: ~Copyable {
    /// 4 % a year at the target utilization, wad per second: an assumption.
    private static let rateAtTarget: UInt256 = 1_268_391_679
    private var market: MorphoMarket
    private var search: BorrowerSearch
    let feed: Int
    private let asset: Int
    private let decimals: Int
    let borrowers: Int
    /// Tokens that went in less those that went out: what the market must hold.
    private var expectedLoan = UInt256.zero
    private var expectedCollateral = UInt256.zero
    private(set) var tally = LendingTally()

    init(
        _ plan: [DrawnBorrower], feed: Int, asset: Int, ticker: String, answer: UInt256, at time: SimTime
    ) {
        self.feed = feed
        self.asset = asset
        decimals = Collateral.decimals(of: ticker)!
        borrowers = plan.count
        // Limits of 86 % for ETH and BTC and 77 % for others: an assumption among those governance allows.
        let lltv = MorphoLimits.all[Collateral.isMajor(ticker) ? 4 : 3]
        market = MorphoMarket(
            lltv: lltv, rateCurve: MorphoRateCurve(rateAtTarget: Self.rateAtTarget),
            price: Self.price(answer, decimals), expectedAccounts: plan.count + 1, at: time)
        do throws(MorphoError) {
            let lender = market.addAccount()
            let owed = plan.reduce(0) { $0 + $1.debtUSD }
            expectedLoan = Collateral.dollars(owed * 1.25 + 1, decimals: 6)
            try market.supply(.assets(expectedLoan), by: lender)
            for borrower in plan {
                let account = market.addAccount()
                let dollars = borrower.debtUSD * borrower.health / (Double(lltv) / 1e18)
                let amount = Collateral.baseUnits(dollars / (Double(answer) / 1e8), decimals: decimals)
                try market.supplyCollateral(amount, by: account)
                expectedCollateral += amount
                let debt = Collateral.dollars(borrower.debtUSD, decimals: 6)
                try market.borrow(.assets(debt), by: account)
                expectedLoan -= debt
            }
        } catch {
            preconditionFailure("a drawn borrower was refused: \(error)")
        }
        search = BorrowerSearch(market, weights: [1, 0.02])
        search.find(in: market, byFullScan: false)
        precondition(search.found.isEmpty, "every borrower starts healthy")
    }

    init(copying other: borrowing MorphoRoom) {
        market = MorphoMarket(copying: other.market)
        search = BorrowerSearch(copying: other.search)
        feed = other.feed
        asset = other.asset
        decimals = other.decimals
        borrowers = other.borrowers
        expectedLoan = other.expectedLoan
        expectedCollateral = other.expectedCollateral
        tally = other.tally
    }

    /// USDC base units per collateral base unit × 10^36.
    private static func price(_ answer: UInt256, _ decimals: Int) -> UInt256 {
        answer * .powerOf10(34 - decimals)
    }

    /// Takes the feed's answer and liquidates whoever is unhealthy, wholly, if it pays.
    mutating func look(_ answer: UInt256, _ view: KeeperView, into sales: inout [LendingSale]) {
        market.price = Self.price(answer, decimals)
        market.accrueInterest(to: view.now)
        search.find(in: market, byFullScan: view.byFullScan)
        for i in 0..<search.found.count { liquidate(search.found[i], view, &sales) }
    }

    /// Wholly, if it pays. What was bad debt of another a moment ago may have changed the rate of shares: then nobody is.
    private mutating func liquidate(
        _ account: Int32, _ view: KeeperView, _ sales: inout [LendingSale]
    ) {
        let (unit, asset) = (Double(UInt256.powerOf10(decimals)), asset)
        let done = market.liquidateWhole(account) { coins, repaid in
            view.pays(coins: Double(coins) / unit, of: asset, paidUSD: Double(repaid) / 1e6)
        }
        guard let result = done else { return }
        expectedLoan += result.repaid
        expectedCollateral -= result.seized
        tally.liquidated += result.repaid
        tally.badDebt += result.badDebt
        tally.liquidations += 1
        sales.append(
            LendingSale(
                asset: asset, coins: Double(result.seized) / unit, paidUSD: Double(result.repaid) / 1e6,
                protocolName: .morpho))
    }

    /// Tokens held against those that went in and out, base units.
    func ledgerImbalance() -> UInt256 {
        max(
            market.loanHeld.distance(to: expectedLoan),
            market.collateralHeld.distance(to: expectedCollateral))
    }

    /// Also the accounts' balances against the market's totals.
    func imbalance() -> UInt256 {
        var (supply, borrow, collateral) = (UInt256.zero, UInt256.zero, UInt256.zero)
        for account in 0..<market.accountCount {
            let position = market.position(account)
            supply += position.supplyShares
            borrow += position.borrowShares
            collateral += position.collateral
        }
        var largest = max(ledgerImbalance(), supply.distance(to: market.totalSupplyShares))
        largest = max(largest, borrow.distance(to: market.totalBorrowShares))
        return max(largest, collateral.distance(to: market.collateralHeld))
    }

    var debtUSD: Double { Double(market.totalBorrowAssets) / 1e6 }

    func combine(into hash: inout StateHash) {
        hash.combine(market.stateHash().value)
        for amount in [expectedLoan, expectedCollateral] { hash.combine(amount) }
        tally.combine(into: &hash)
    }
}

/// Morpho Blue: one market for each collateral.
struct MorphoBorrowers: ~Copyable {
    private var rooms: FixedArray<MorphoRoom>

    init(_ tickers: [String], _ feed: MarketFeeds, _ draw: BorrowerDraw, at time: SimTime) {
        let names = feed.assets.map { tickers[$0] }
        let plan = draw.borrowers(
            of: "morpho", count: draw.parameters.morphoBorrowers, totalUSD: draw.parameters.morphoDebtUSD,
            minimumUSD: 10, shares: Collateral.shares(of: names, draw.parameters), secondShare: 0)
        rooms = FixedArray(count: names.count) { place in
            MorphoRoom(
                plan.filter { $0.first == place }, feed: place, asset: feed.assets[place],
                ticker: names[place], answer: feed.answer(at: place), at: time)
        }
    }

    init(copying other: borrowing MorphoBorrowers) {
        rooms = FixedArray(copying: other.rooms) { MorphoRoom(copying: $0) }
    }

    /// Looks at the markets whose feed has answered.
    mutating func look(_ feed: MarketFeeds, _ view: KeeperView, into sales: inout [LendingSale]) {
        for i in 0..<rooms.count where feed.hasMoved[rooms[i].feed] {
            rooms[i].look(feed.answer(at: rooms[i].feed), view, into: &sales)
        }
    }

    func ledgerImbalance() -> UInt256 {
        var largest = UInt256.zero
        for i in 0..<rooms.count { largest = max(largest, rooms[i].ledgerImbalance()) }
        return largest
    }

    func imbalance() -> UInt256 {
        var largest = UInt256.zero
        for i in 0..<rooms.count { largest = max(largest, rooms[i].imbalance()) }
        return largest
    }

    func row() -> LendingRow {
        var row = LendingRow(
            protocolName: .morpho, liquidatedUSD: 0, badDebtUSD: 0, liquidations: 0, borrowers: 0, debtUSD: 0)
        for i in 0..<rooms.count {
            let tally = rooms[i].tally
            row.liquidatedUSD += Double(tally.liquidated) / 1e6
            row.badDebtUSD += Double(tally.badDebt) / 1e6
            row.liquidations += tally.liquidations
            row.borrowers += rooms[i].borrowers
            row.debtUSD += rooms[i].debtUSD
        }
        return row
    }

    func combine(into hash: inout StateHash) {
        for i in 0..<rooms.count { rooms[i].combine(into: &hash) }
    }
}
