import Lending
import Primitives

/// What a borrower has and owes at the pool's prices, dollars.
struct LoanStanding {
    var collateralUsd = 0.0
    /// Collateral times its threshold: the debt it is safe for.
    var limitUsd = 0.0
    var debtUsd = 0.0

    /// Nil without debt.
    var healthFactor: Double? { debtUsd > 0 ? limitUsd / debtUsd : nil }
    /// Debt beyond all collateral.
    var uncoveredUsd: Double { max(0, debtUsd - collateralUsd) }
}

extension AccountOutcome {
    init(of standing: LoanStanding) {
        healthFactor = standing.healthFactor
        loansUsd = standing.collateralUsd - standing.debtUsd
    }
}

/// What keepers did to one borrower: assets by their place in the pool, tokens.
struct LoanClosing {
    var seized: [(asset: Int, tokens: Double)] = []
    var repaid: [(asset: Int, tokens: Double)] = []
    /// Debt that the protocol booked as lost.
    var badDebtUsd = 0.0
}

/// One pool of a lending protocol as a stress test uses it. Assets are numbered as the pool's maker listed them.
protocol LoanPool: LendingBook, ~Copyable {
    init(copying other: borrowing Self)
    /// An oracle's answer, dollars a token with 8 decimals.
    mutating func answer(_ asset: Int, _ price: UInt256)
    func standing(of account: Int32) -> LoanStanding
    /// Whatever keepers may do to an unsafe borrower at these prices. They take every call that the protocol allows.
    mutating func close(_ account: Int32) -> LoanClosing
}

extension AavePool: LoanPool {
    /// Account 1 lends what is borrowed, account 2 is the keeper.
    static let keeper: Int32 = 2

    mutating func answer(_ asset: Int, _ price: UInt256) { setPrice(Int32(asset), price) }

    func standing(of account: Int32) -> LoanStanding {
        var all = LoanStanding()
        for r in 0..<reserveCount {
            let reserve = reserve(r)
            let usd = Double(reserve.price) / 1e8 / Double(reserve.unit)
            if isCollateral(r, of: account) {
                let held = Double(supplyBalance(r, of: account)) * usd
                all.collateralUsd += held
                all.limitUsd += held * Double(reserve.parameters.liquidationThresholdBps) / 10_000
            }
            all.debtUsd += Double(debtBalance(r, of: account)) * usd
        }
        return all
    }

    mutating func close(_ account: Int32) -> LoanClosing {
        var closing = LoanClosing()
        let before = lostUsd
        // A call takes at least half of a debt or all of a collateral: far fewer do.
        var calls = 0
        while calls < 256, verdict(account) == .unsafe,
            let done = liquidateLargest(account, by: Self.keeper, if: { _ in true })
                ?? liquidateAny(account, by: Self.keeper)
        {
            calls += 1
            let (c, d) = (done.offer.collateral, done.offer.debt)
            closing.seized.append(
                (Int(c), Double(done.result.collateralToLiquidator) / Double(reserve(c).unit)))
            closing.repaid.append((Int(d), Double(done.result.debtRepaid) / Double(reserve(d).unit)))
        }
        closing.badDebtUsd = lostUsd - before + standing(of: account).uncoveredUsd
        return closing
    }

    private var lostUsd: Double {
        (0..<reserveCount).reduce(0) {
            let reserve = reserve($1)
            return $0 + Double(reserve.deficit) / Double(reserve.unit) * Double(reserve.price) / 1e8
        }
    }
}

/// Asset 0 is the base token, asset 1 + a the market's collateral a.
extension CometMarket: LoanPool {
    mutating func answer(_ asset: Int, _ price: UInt256) { setPrice(Int32(asset) - 1, price) }

    private var baseUsd: Double {
        Double(basePrice) / 1e8 / Double(UInt256.powerOf10(Int(parameters.baseDecimals)))
    }

    private func tokens(_ a: Int, of account: Int32) -> Double {
        Double(collateral(Int32(a), of: account))
            / Double(UInt256.powerOf10(Int(parameters.assets[a].decimals)))
    }

    func standing(of account: Int32) -> LoanStanding {
        var all = LoanStanding()
        all.debtUsd = max(0, -Double(baseBalance(of: account))) * baseUsd
        for (a, asset) in parameters.assets.enumerated() {
            let usd = tokens(a, of: account) * Double(prices[a]) / 1e8
            all.collateralUsd += usd
            all.limitUsd += usd * Double(asset.liquidateCollateralFactor) / 1e18
        }
        return all
    }

    mutating func close(_ account: Int32) -> LoanClosing {
        var closing = LoanClosing()
        let debt = max(0, -Double(baseBalance(of: account))) * baseUsd
        let taken = parameters.assets.indices.map { tokens($0, of: account) }
        guard (try? absorb(account)) != nil else { return closing }
        var value = 0.0
        for a in parameters.assets.indices where taken[a] > 0 {
            closing.seized.append((a + 1, taken[a]))
            value += taken[a] * Double(prices[a]) / 1e8
        }
        // What the reserves credit beyond the collateral's worth is theirs to lose; up to it they may make a profit.
        closing.badDebtUsd = max(0, debt - value)
        closing.repaid.append((0, (debt - closing.badDebtUsd) / (Double(basePrice) / 1e8)))
        return closing
    }
}

/// One Morpho market with the prices of its two tokens, which its oracle's answer is the ratio of.
struct MorphoLoans: LoanPool, ~Copyable {
    var market: MorphoMarket
    /// Of the collateral and of the loan token.
    let decimals: (Int, Int)
    private var prices: (UInt256, UInt256)

    init(market: consuming MorphoMarket, decimals: (Int, Int), prices: (UInt256, UInt256)) {
        self.market = market
        self.decimals = decimals
        self.prices = prices
    }

    init(copying other: borrowing MorphoLoans) {
        market = MorphoMarket(copying: other.market)
        decimals = other.decimals
        prices = other.prices
    }

    /// Loan base units per collateral base unit × 10^36.
    static func ratio(_ prices: (UInt256, UInt256), _ decimals: (Int, Int)) -> UInt256 {
        (prices.0 * .powerOf10(36 + decimals.1 - decimals.0)) / prices.1
    }

    mutating func answer(_ asset: Int, _ price: UInt256) {
        if asset == 0 { prices.0 = price } else { prices.1 = price }
        market.price = Self.ratio(prices, decimals)
    }

    private func usd(_ amount: UInt256, _ decimals: Int, _ price: UInt256) -> Double {
        Double(amount) / Double(UInt256.powerOf10(decimals)) * Double(price) / 1e8
    }

    func standing(of account: Int32) -> LoanStanding {
        var all = LoanStanding()
        all.collateralUsd = usd(market.position(account).collateral, decimals.0, prices.0)
        all.limitUsd = all.collateralUsd * Double(market.lltv) / 1e18
        all.debtUsd = usd(market.borrowed(account), decimals.1, prices.1)
        return all
    }

    mutating func close(_ account: Int32) -> LoanClosing {
        guard let done = market.liquidateWhole(account, if: { _, _ in true }) else {
            return LoanClosing(badDebtUsd: standing(of: account).uncoveredUsd)
        }
        return LoanClosing(
            seized: [(0, Double(done.seized) / Double(UInt256.powerOf10(decimals.0)))],
            repaid: [(1, Double(done.repaid) / Double(UInt256.powerOf10(decimals.1)))],
            badDebtUsd: usd(done.badDebt, decimals.1, prices.1) + standing(of: account).uncoveredUsd)
    }

    var positionCount: Int32 { market.positionCount }
    var factorCount: Int32 { market.factorCount }
    func factor(_ factor: Int32) -> Double { market.factor(factor) }
    func forEachExposure(of position: Int32, _ body: (_ factor: Int32, _ slope: Double) -> Void) {
        market.forEachExposure(of: position, body)
    }
    var slackTolerance: Double { market.slackTolerance }
    func verdict(_ position: Int32) -> LendingVerdict { market.verdict(position) }
}
