import Primitives

/// Compound v2: a Comptroller over several cToken markets, exact to the base unit.
///
/// Amounts of underlying and of cTokens are base units, everything else mantissas of 10^18. Every supplied market
/// counts as collateral (entered). Every call accrues all markets to the block of `now`; a call that throws has
/// changed nothing else. Account 0 is nobody.
/// Source: compound-protocol, contracts/Comptroller.sol and CToken.sol.
public struct CompoundV2: ~Copyable {
    public let closeFactor: UInt256
    public let liquidationIncentive: UInt256
    /// The protocol's share of seized cTokens.
    public let protocolSeizeShare: UInt256
    public let marketCount: Int32
    public private(set) var accountCount: Int32 = 1
    public private(set) var now: Int64
    private let start: Int64
    private let secondsPerBlock: Int64
    private var markets: Pool<CompoundV2Market>
    /// By account × markets + market.
    private var positions: Pool<CompoundV2Position>

    /// - Parameters: `prices` as the oracle's mantissas (USD × 10^(36 - decimals) per whole token).
    public init(
        markets listed: [CompoundV2Parameters], prices: [UInt256],
        closeFactor: UInt256 = .wad / 2, liquidationIncentive: UInt256 = 1_080_000_000_000_000_000,
        protocolSeizeShare: UInt256 = 28_000_000_000_000_000, secondsPerBlock: Int64 = 12,
        expectedAccounts: Int = 64, at time: SimTime
    ) {
        precondition(listed.count == prices.count && secondsPerBlock > 0)
        self.closeFactor = closeFactor
        self.liquidationIncentive = liquidationIncentive
        self.protocolSeizeShare = protocolSeizeShare
        self.secondsPerBlock = secondsPerBlock
        marketCount = Int32(listed.count)
        (now, start) = (time.seconds, time.seconds)
        markets = Pool(zeroed: listed.count)
        positions = Pool(zeroed: (expectedAccounts + 1) * listed.count)
        for (m, parameters) in listed.enumerated() {
            markets[m] = CompoundV2Market(parameters, price: prices[m], block: 0)
        }
    }

    /// An independent pool with the same accounts.
    public init(copying other: borrowing CompoundV2) {
        closeFactor = other.closeFactor
        liquidationIncentive = other.liquidationIncentive
        protocolSeizeShare = other.protocolSeizeShare
        marketCount = other.marketCount
        accountCount = other.accountCount
        now = other.now
        start = other.start
        secondsPerBlock = other.secondsPerBlock
        markets = Pool(copying: other.markets)
        positions = Pool(copying: other.positions)
    }

    public mutating func addAccount() -> Int32 {
        positions.grow(toAtLeast: (Int(accountCount) + 1) * Int(marketCount))
        accountCount += 1
        return accountCount - 1
    }

    /// Moves time forward and accrues every market once to the block reached.
    public mutating func advance(to time: SimTime) {
        precondition(time.seconds >= now, "time goes forward")
        now = time.seconds
        for m in 0..<marketCount { markets[m].accrue(to: (now - start) / secondsPerBlock) }
    }

    /// A new answer of the oracle; zero means that there is none.
    public mutating func setPrice(_ market: Int32, _ price: UInt256) {
        precondition(market >= 0 && market < marketCount)
        markets[market].price = price
    }

    public func market(_ market: Int32) -> CompoundV2Market {
        precondition(market >= 0 && market < marketCount)
        return markets[market]
    }
    public func tokens(_ market: Int32, of account: Int32) -> UInt256 {
        positions[slot(account, market)].tokens
    }

    /// principal × borrow index / index at the last change.
    public func borrowBalance(_ market: Int32, of account: Int32) -> UInt256 {
        let position = positions[slot(account, market)]
        return position.principal.isZero
            ? .zero : position.principal.mulDivDown(markets[market].borrowIndex, position.interestIndex)
    }

    /// Collateral at its factors less debt, as if `redeem` cTokens and `borrow` base units of a market were gone.
    ///
    /// - Returns: excess or shortfall, USD mantissas; one of them is zero.
    /// - Throws: `CompoundV2Error` where the protocol refuses.
    public func liquidity(
        of account: Int32, redeem: (market: Int32, tokens: UInt256)? = nil,
        borrow: (market: Int32, amount: UInt256)? = nil
    ) throws(CompoundV2Error) -> (excess: UInt256, shortfall: UInt256) {
        var collateral = UInt256.zero
        var owed = UInt256.zero
        for m in 0..<marketCount {
            let position = positions[slot(account, m)]
            let isAsked = redeem?.market == m || borrow?.market == m
            if position.tokens.isZero && position.principal.isZero && !isAsked { continue }
            let state = markets[m]
            guard !state.price.isZero else { throw .priceError(market: m) }
            let perToken = collateralPerToken(state)
            collateral += perToken.mulDivDown(position.tokens, .wad)
            owed += state.price.mulDivDown(borrowBalance(m, of: account), .wad)
            if let redeem, redeem.market == m { owed += perToken.mulDivDown(redeem.tokens, .wad) }
            if let borrow, borrow.market == m { owed += state.price.mulDivDown(borrow.amount, .wad) }
        }
        return (collateral.minusOrZero(owed), owed.minusOrZero(collateral))
    }

    /// collateral factor × exchange rate × price, cut after each product as the contract does.
    func collateralPerToken(_ state: CompoundV2Market) -> UInt256 {
        state.parameters.collateralFactor.mulDivDown(state.exchangeRate, .wad).mulDivDown(state.price, .wad)
    }

    func isBorrowing(_ account: Int32) -> Bool {
        for m in 0..<marketCount where !positions[slot(account, m)].principal.isZero { return true }
        return false
    }

    /// Debt at a borrow index of one, for filing triggers.
    func scaledDebt(_ market: Int32, of account: Int32) -> Double {
        let position = positions[slot(account, market)]
        return position.principal.isZero
            ? 0 : Double(position.principal) * 1e18 / Double(position.interestIndex)
    }

    // MARK: - What users do

    /// Supplies underlying.
    ///
    /// - Returns: the cTokens minted.
    /// - Throws: `CompoundV2Error` where the protocol refuses.
    @discardableResult
    public mutating func mint(
        _ market: Int32, _ amount: UInt256, by account: Int32
    ) throws(CompoundV2Error) -> UInt256 {
        try check(market, account, amount)
        guard amount != .max else { throw .amountTooLarge }
        let tokens = amount.mulDivDown(.wad, markets[market].exchangeRate)
        markets[market].cash += amount
        markets[market].supply += tokens
        positions[slot(account, market)].tokens += tokens
        return tokens
    }

    /// Redeems cTokens.
    ///
    /// - Returns: the underlying handed out.
    /// - Throws: `CompoundV2Error` where the protocol refuses.
    @discardableResult
    public mutating func redeem(
        _ market: Int32, tokens: UInt256, by account: Int32
    ) throws(CompoundV2Error) -> UInt256 {
        try check(market, account, tokens)
        let held = positions[slot(account, market)].tokens
        guard tokens <= held else { throw .insufficientBalance(available: held) }
        let amount = markets[market].exchangeRate.mulDivDown(tokens, .wad)
        let shortfall = try liquidity(of: account, redeem: (market, tokens)).shortfall
        guard shortfall.isZero else { throw .insufficientLiquidity(shortfall: shortfall) }
        guard amount <= markets[market].cash else { throw .insufficientCash(available: markets[market].cash) }
        markets[market].cash -= amount
        markets[market].supply -= tokens
        positions[slot(account, market)].tokens -= tokens
        return amount
    }

    /// - Throws: `CompoundV2Error` where the protocol refuses.
    public mutating func borrow(
        _ market: Int32, _ amount: UInt256, by account: Int32
    ) throws(CompoundV2Error) {
        try check(market, account, amount)
        guard amount != .max else { throw .amountTooLarge }
        guard !markets[market].price.isZero else { throw .priceError(market: market) }
        let shortfall = try liquidity(of: account, borrow: (market, amount)).shortfall
        guard shortfall.isZero else { throw .insufficientLiquidity(shortfall: shortfall) }
        guard amount <= markets[market].cash else { throw .insufficientCash(available: markets[market].cash) }
        setBorrow(market, account, borrowBalance(market, of: account) + amount)
        markets[market].borrows += amount
        markets[market].cash -= amount
    }

    /// Repays debt, at most all of it.
    ///
    /// - Returns: the underlying taken.
    /// - Throws: `CompoundV2Error` where the protocol refuses.
    @discardableResult
    public mutating func repay(
        _ market: Int32, _ amount: UInt256, of account: Int32
    ) throws(CompoundV2Error) -> UInt256 {
        try check(market, account, amount)
        let owed = borrowBalance(market, of: account)
        let paid = min(amount, owed)
        setBorrow(market, account, owed - paid)
        // Totals round up and balances down, apart: the total may be a unit short of the last repayment.
        markets[market].borrows = markets[market].borrows.minusOrZero(paid)
        markets[market].cash += paid
        return paid
    }

    // MARK: - Liquidation

    /// Repays part of one borrow of an account with a shortfall and seizes cTokens of another market.
    ///
    /// - Returns: cTokens the liquidator got, and those that were burned into the reserves.
    /// - Throws: `CompoundV2Error` where the protocol refuses.
    @discardableResult
    public mutating func liquidateBorrow(
        _ market: Int32, repay amount: UInt256, of borrower: Int32, collateral: Int32, by liquidator: Int32
    ) throws(CompoundV2Error) -> (liquidatorTokens: UInt256, protocolTokens: UInt256) {
        try check(market, borrower, amount)
        try check(collateral, liquidator, amount)
        guard borrower != liquidator else { throw .liquidatorIsBorrower }
        guard try !liquidity(of: borrower).shortfall.isZero else { throw .insufficientShortfall }
        let owed = borrowBalance(market, of: borrower)
        let most = CompoundV2Liquidation.maxRepay(borrowBalance: owed, closeFactor: closeFactor)
        guard amount <= most else { throw .tooMuchRepay(most: most) }
        for m in [market, collateral] where markets[m].price.isZero { throw .priceError(market: m) }
        // The collateral's rate is read after the repayment has arrived, which matters if both are one market.
        var afterwards = markets[collateral]
        if market == collateral {
            afterwards.cash += amount
            afterwards.borrows = afterwards.borrows.minusOrZero(amount)
        }
        let rate = afterwards.exchangeRate
        // A price that vanishes against the exchange rate divides by zero in the contract.
        guard !markets[collateral].price.mulDivDown(rate, .wad).isZero else {
            throw .priceError(market: collateral)
        }
        let seized = CompoundV2Liquidation.seizeTokens(
            repayAmount: amount, priceBorrowed: markets[market].price,
            priceCollateral: markets[collateral].price, exchangeRate: rate, incentive: liquidationIncentive)
        let held = positions[slot(borrower, collateral)].tokens
        guard seized <= held else { throw .seizeTooMuch(available: held) }
        try repay(market, amount, of: borrower)
        let parts = CompoundV2Liquidation.split(seizeTokens: seized, protocolShare: protocolSeizeShare)
        positions[slot(borrower, collateral)].tokens -= seized
        positions[slot(liquidator, collateral)].tokens += parts.liquidator
        markets[collateral].supply -= parts.protocolPart
        markets[collateral].reserves += rate.mulDivDown(parts.protocolPart, .wad)
        return (parts.liquidator, parts.protocolPart)
    }

    // MARK: - Shared steps

    private func slot(_ account: Int32, _ market: Int32) -> Int {
        Int(account) * Int(marketCount) + Int(market)
    }

    private func check(_ market: Int32, _ account: Int32, _ amount: UInt256) throws(CompoundV2Error) {
        guard market >= 0, market < marketCount else { throw .unknownMarket(market) }
        guard account > 0, account < accountCount else { throw .unknownAccount(account) }
        guard !amount.isZero else { throw .zeroAmount }
        guard amount.high == 0 || amount == .max else { throw .amountTooLarge }
    }

    private mutating func setBorrow(_ market: Int32, _ account: Int32, _ balance: UInt256) {
        let i = slot(account, market)
        positions[i].principal = balance
        positions[i].interestIndex = markets[market].borrowIndex
    }
}
