import Lending
import Primitives

/// One vault type: ratio, dust and holes as of 2021, assumptions for another day.
private struct VaultType {
    var listing: String
    var share: Double
    var parameters: MakerIlkParameters

    /// - Parameters: `matBps` 14,500 is a ratio of 145 %, `dustUSD` whole DAI.
    init(_ listing: String, share: Double, matBps: Int, dustUSD: Int, hole: UInt256) {
        self.listing = listing
        self.share = share
        // 2 % a year and a penalty of 13 %.
        parameters = MakerIlkParameters(
            mat: .ray / 10_000 * UInt256(matBps), line: .rad * 1_000_000_000_000,
            dust: .rad * UInt256(dustUSD), duty: 1_000_000_000_627_937_192_491_029_811,
            chop: .wad / 100 * 113, hole: hole, auction: .ethA)
    }

    /// ETH-A, ETH-C and WBTC-A, which share the auction rules of `MakerAuctionRules.ethA`.
    static var all: [VaultType] {
        [
            VaultType("WETH", share: 0.45, matBps: 14_500, dustUSD: 7_500, hole: MakerHoles.ethA),
            VaultType("WETH", share: 0.25, matBps: 17_000, dustUSD: 3_500, hole: MakerHoles.ethC),
            VaultType("WBTC", share: 0.3, matBps: 14_500, dustUSD: 7_500, hole: MakerHoles.wbtcA),
        ]
    }
}

/// Maker's vaults, the keepers that bark at unsafe ones and take from their auctions as the price falls.
struct MakerVaults: ~Copyable {
    /// Above every vault type's dust.
    private static let leastDebtUSD = 7_600.0
    var maker: MakerLiquidations
    var search: BorrowerSearch
    /// By vault type, the last one excepted: the caller's asset.
    let assets: [Int]
    private let borrowers: Int
    /// Collateral that went in less what was sold, by vault type, wad.
    var expected: [UInt256]
    /// By auction id: debt sent to it and DAI it has raised, rad.
    var dues: [UInt256] = [.zero]
    var raised: [UInt256] = [.zero]
    /// Unsafe vaults wait for room in the holes, and an auction has made some.
    var isWaiting = false
    var hasRoom = false
    var nextPoke: Int64
    var tally = LendingTally()

    init(_ tickers: [String], _ feed: MarketFeeds, _ draw: BorrowerDraw, at time: SimTime) {
        let listed = VaultType.all.compactMap { type in
            feed.assets.firstIndex { Collateral.listing(of: tickers[$0]) == type.listing }
                .map { (type, feed.assets[$0], feed.answer(at: $0)) }
        }
        let types = listed.map { $0.0 }
        assets = listed.map { $0.1 }
        let answers = listed.map { $0.2 }
        let shares = types.map { $0.share }
        let total = shares.reduce(0, +)
        let plan = draw.borrowers(
            of: "maker", count: draw.parameters.makerVaults, totalUSD: draw.parameters.makerDebtUSD,
            minimumUSD: Self.leastDebtUSD, shares: shares.map { $0 / total }, secondShare: 0)
        // The last type stands for DAI issued against dollars, so that keepers can always buy DAI.
        var dollars = VaultType("", share: 0, matBps: 10_000, dustUSD: 0, hole: .zero).parameters
        dollars.duty = .ray
        maker = MakerLiquidations(
            ilks: types.map { $0.parameters } + [dollars],
            prices: answers.map { $0 * 10_000_000_000 } + [.wad], hole: MakerHoles.all,
            expectedUrns: plan.count + 1, at: time)
        borrowers = plan.count
        expected = Array(repeating: .zero, count: types.count + 1)
        nextPoke = time.seconds - time.seconds % MakerOracle.hop + MakerOracle.hop
        do throws(MakerError) {
            try Self.open(plan, types, answers, in: &maker, &expected)
        } catch {
            preconditionFailure("a drawn vault was refused: \(error)")
        }
        search = BorrowerSearch(maker, weights: (0..<2 * types.count + 2).map { $0 & 1 == 0 ? 1 : 0.02 })
        search.find(in: maker, byFullScan: false)
        precondition(search.found.isEmpty, "every vault starts safe")
    }

    init(copying other: borrowing MakerVaults) {
        maker = MakerLiquidations(copying: other.maker)
        search = BorrowerSearch(copying: other.search)
        assets = other.assets
        borrowers = other.borrowers
        expected = other.expected
        dues = other.dues
        raised = other.raised
        isWaiting = other.isWaiting
        hasRoom = other.hasRoom
        nextPoke = other.nextPoke
        tally = other.tally
    }

    private static func open(
        _ plan: [DrawnBorrower], _ types: [VaultType], _ answers: [UInt256],
        in maker: inout MakerLiquidations, _ expected: inout [UInt256]
    ) throws(MakerError) {
        var drawn = UInt256.wad
        for vault in plan {
            let urn = maker.openUrn(ilk: Int32(vault.first))
            let art = Collateral.dollars(vault.debtUSD, decimals: 18)
            let ratio = Double(types[vault.first].parameters.mat) / 1e27
            let price = Double(answers[vault.first]) / 1e8
            let ink = Collateral.baseUnits(vault.debtUSD * vault.health * ratio / price, decimals: 18)
            try maker.lockAndDraw(urn, ink: ink, art: art)
            expected[vault.first] += ink
            drawn += art
        }
        let urn = maker.openUrn(ilk: Int32(types.count))
        try maker.lockAndDraw(urn, ink: drawn * 2, art: drawn)
        expected[types.count] += drawn * 2
    }

    // MARK: - Reading

    /// DAI of everyone against backed and unbacked debt, rad.
    func ledgerImbalance() -> UInt256 {
        var debt = maker.vice
        for ilk in maker.ilks { debt += ilk.art * ilk.rate }
        return (maker.holdersDai + maker.vowDai).distance(to: debt)
    }

    /// Also collateral in vaults, in auctions and returned against what went in and was sold, and the totals of debt.
    func imbalance() -> UInt256 {
        var held = Array(repeating: UInt256.zero, count: expected.count)
        var owed = held
        var needed = held
        for u in 1..<maker.urnCount {
            let urn = maker.urn(u)
            held[Int(urn.ilk)] += urn.ink + urn.returned
            owed[Int(urn.ilk)] += urn.art
        }
        for auction in maker.auctions {
            held[Int(auction.ilk)] += auction.lot
            needed[Int(auction.ilk)] += auction.tab
        }
        var largest = ledgerImbalance()
        for (i, ilk) in maker.ilks.enumerated() {
            largest = max(largest, held[i].distance(to: expected[i]))
            largest = max(largest, owed[i].distance(to: ilk.art))
            largest = max(largest, needed[i].distance(to: ilk.dirt))
        }
        return largest
    }

    func row() -> LendingRow {
        var debt = 0.0
        for ilk in maker.ilks.dropLast() { debt += Double(ilk.art * ilk.rate) / 1e45 }
        return LendingRow(
            protocolName: .maker, liquidatedUSD: Double(tally.liquidated) / 1e45,
            badDebtUSD: Double(tally.badDebt) / 1e45, liquidations: tally.liquidations, borrowers: borrowers,
            debtUSD: debt)
    }

    func combine(into hash: inout StateHash) {
        hash.combine(maker.stateHash().value)
        tally.combine(into: &hash)
        for amount in expected + dues + raised { hash.combine(amount) }
        hash.combine((isWaiting ? 1 : 0) + (hasRoom ? 2 : 0))
        hash.combine(nextPoke)
    }
}
