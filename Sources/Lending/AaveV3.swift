import Primitives

/// What one account has in one reserve, as scaled balances.
struct AavePosition: BitwiseCopyable {
    var scaledSupply: UInt128
    var scaledDebt: UInt128
}

/// Which reserves of an account count: bit r of `collateral` and `debt` stands for reserve r.
struct AaveAccountFlags: BitwiseCopyable {
    var collateral: UInt64
    var debt: UInt64
    /// 0: none.
    var eMode: UInt8
}

/// One Aave v3 pool, exact to the base unit: reserves with interest, accounts with scaled balances, liquidation.
///
/// Amounts are base units of the reserve's token. A call that throws has changed nothing. Every call happens at
/// `now`, moved by `advance`. Account 0 is the treasury. Tokens of users are outside: `supply` and `repay` bring
/// them, `withdraw`, `borrow` and `liquidate` hand them out.
/// Source: aave-v3-origin (SupplyLogic, BorrowLogic, LiquidationLogic, ValidationLogic).
public struct AavePool: ~Copyable {
    private let byAddress = PassedByAddress()
    public static var treasury: Int32 { 0 }
    public let revision: AaveRevision
    /// Category c is `eModes[c - 1]`.
    public let eModes: [AaveEMode]
    public let reserveCount: Int32
    public private(set) var accountCount: Int32 = 1
    /// Seconds since 1970.
    public private(set) var now: Int64

    var reserves: Pool<AaveReserve>
    /// The indices of each reserve at `now`, so that reading a balance accrues nothing.
    var income: Pool<UInt256>
    var debtIndex: Pool<UInt256>
    /// By account × reserveCount + reserve.
    var positions: Pool<AavePosition>
    var accounts: Pool<AaveAccountFlags>

    /// - Parameters: `prices` in base currency (8 decimals) per token, one for each of at most 64 reserves.
    public init(
        reserves listed: [AaveReserveParameters], prices: [UInt256], eModes: [AaveEMode] = [],
        revision: AaveRevision, expectedAccounts: Int = 64, at time: SimTime
    ) {
        precondition(listed.count == prices.count && listed.count <= 64)
        self.revision = revision
        self.eModes = eModes
        reserveCount = Int32(listed.count)
        now = time.seconds
        reserves = Pool(zeroed: listed.count)
        income = Pool(zeroed: listed.count)
        debtIndex = Pool(zeroed: listed.count)
        positions = Pool(zeroed: (expectedAccounts + 1) * listed.count)
        accounts = Pool(zeroed: expectedAccounts + 1)
        for (r, parameters) in listed.enumerated() {
            reserves[r] = AaveReserve(parameters, price: prices[r], at: time.seconds)
            (income[r], debtIndex[r]) = (.ray, .ray)
        }
    }

    /// An independent pool with the same accounts.
    public init(copying other: borrowing AavePool) {
        revision = other.revision
        eModes = other.eModes
        reserveCount = other.reserveCount
        accountCount = other.accountCount
        now = other.now
        reserves = Pool(copying: other.reserves)
        income = Pool(copying: other.income)
        debtIndex = Pool(copying: other.debtIndex)
        positions = Pool(copying: other.positions)
        accounts = Pool(copying: other.accounts)
    }

    /// A new account without anything.
    public mutating func addAccount() -> Int32 {
        accounts.grow(toAtLeast: Int(accountCount) + 1)
        positions.grow(toAtLeast: (Int(accountCount) + 1) * Int(reserveCount))
        accountCount += 1
        return accountCount - 1
    }

    /// Moves time forward; interest grows, nothing is booked.
    public mutating func advance(to time: SimTime) {
        precondition(time.seconds >= now, "time goes forward")
        now = time.seconds
        for r in 0..<reserveCount {
            income[r] = reserves[r].normalizedIncome(at: now)
            debtIndex[r] = reserves[r].normalizedDebt(at: now, revision)
        }
    }

    /// A new answer of the oracle, base currency (8 decimals) per token; zero means that there is none. The last
    /// answer is used however old it is: the contract looks at no time stamp.
    public mutating func setPrice(_ reserve: Int32, _ price: UInt256) {
        precondition(reserve >= 0 && reserve < reserveCount)
        reserves[reserve].price = price
    }

    public func reserve(_ reserve: Int32) -> AaveReserve {
        precondition(reserve >= 0 && reserve < reserveCount)
        return reserves[reserve]
    }

    /// Supplied tokens of an account with interest, base units.
    public func supplyBalance(_ reserve: Int32, of account: Int32) -> UInt256 {
        UInt256(positions[slot(account, reserve)].scaledSupply)
            .mulDiv(income[reserve], .ray, revision.roundsForPool ? .down : .halfUp)
    }

    /// Debt of an account with interest, base units.
    public func debtBalance(_ reserve: Int32, of account: Int32) -> UInt256 {
        UInt256(positions[slot(account, reserve)].scaledDebt)
            .mulDiv(debtIndex[reserve], .ray, revision.roundsForPool ? .up : .halfUp)
    }

    public func scaledBalances(_ reserve: Int32, of account: Int32) -> (supply: UInt256, debt: UInt256) {
        let position = positions[slot(account, reserve)]
        return (UInt256(position.scaledSupply), UInt256(position.scaledDebt))
    }

    public func isCollateral(_ reserve: Int32, of account: Int32) -> Bool {
        accounts[account].collateral & bit(reserve) != 0
    }

    // MARK: - What users do

    /// Supplies tokens; a first supply of a reserve that has a loan-to-value counts as collateral.
    ///
    /// - Throws: `AaveError` where the protocol refuses.
    public mutating func supply(_ reserve: Int32, _ amount: UInt256, by account: Int32) throws(AaveError) {
        try check(reserve, account, amount)
        guard amount.high == 0 else { throw .amountTooLarge }
        var state = accrued(reserve)
        let scaled = amount.mulDiv(.ray, state.liquidityIndex, revision.roundsForPool ? .down : .halfUp)
        guard !scaled.isZero else { throw .zeroAmount }
        let i = slot(account, reserve)
        let total = UInt256(positions[i].scaledSupply) + scaled
        guard total.high == 0 else { throw .amountTooLarge }
        if positions[i].scaledSupply == 0 && state.parameters.ltvBps != 0 {
            accounts[account].collateral |= bit(reserve)
        }
        positions[i].scaledSupply = total.low
        state.scaledSupply += scaled
        state.liquidity += amount
        commit(state, reserve)
    }

    /// Withdraws supplied tokens, `.max` for all of them.
    ///
    /// - Returns: the tokens handed out.
    /// - Throws: `AaveError` where the protocol refuses.
    @discardableResult
    public mutating func withdraw(
        _ reserve: Int32, _ amount: UInt256, by account: Int32
    ) throws(AaveError) -> UInt256 {
        try check(reserve, account, amount)
        let balance = supplyBalance(reserve, of: account)
        let amount = amount == .max ? balance : amount
        guard amount <= balance, !amount.isZero else { throw .insufficientBalance(available: balance) }
        var state = accrued(reserve)
        guard amount <= state.liquidity else { throw .insufficientLiquidity(available: state.liquidity) }
        let i = slot(account, reserve)
        let (savedPosition, savedFlags) = (positions[i], accounts[account])
        let scaled = burnSupply(amount, index: state.liquidityIndex, at: i)
        if amount == balance || positions[i].scaledSupply == 0 {
            accounts[account].collateral &= ~bit(reserve)
        }
        if savedFlags.debt != 0 && savedFlags.collateral & bit(reserve) != 0 {
            do throws(AaveError) {
                try requireHealthy(account)
            } catch {
                (positions[i], accounts[account]) = (savedPosition, savedFlags)
                throw error
            }
        }
        state.scaledSupply -= scaled
        state.liquidity -= amount
        commit(state, reserve)
        return amount
    }

    /// Borrows tokens at the variable rate.
    ///
    /// - Throws: `AaveError` where the protocol refuses.
    public mutating func borrow(_ reserve: Int32, _ amount: UInt256, by account: Int32) throws(AaveError) {
        try check(reserve, account, amount)
        let state = accrued(reserve)
        let eMode = accounts[account].eMode
        let isAllowed =
            eMode == 0
            ? state.parameters.isBorrowable : eModes[Int(eMode) - 1].borrowableBitmap & bit(reserve) != 0
        guard isAllowed else { throw .borrowingDisabled(reserve: reserve) }
        guard amount <= state.liquidity else { throw .insufficientLiquidity(available: state.liquidity) }
        guard !state.price.isZero else { throw .noPrice(reserve: reserve) }
        let data = try accountData(account)
        guard !data.collateral.isZero, !data.ltvBps.isZero else { throw .noBorrowingPower }
        guard data.healthFactor >= .wad else { throw .healthFactorTooLow(data.healthFactor) }
        let value = amount.mulDiv(state.price, state.unit, revision.roundsForPool ? .up : .down)
        let needed = (data.debt + value).percentDiv(data.ltvBps, revision.roundsForPool ? .up : .halfUp)
        guard needed <= data.collateral else {
            throw .collateralCannotCover(needed: needed, collateral: data.collateral)
        }
        try owe(reserve, amount, by: account)
    }

    /// Books a debt as it was found, whatever stands behind it; its tokens leave the pool.
    ///
    /// - Throws: `AaveError` for what the pool cannot hold or pay out.
    public mutating func owe(_ reserve: Int32, _ amount: UInt256, by account: Int32) throws(AaveError) {
        try check(reserve, account, amount)
        var state = accrued(reserve)
        guard amount <= state.liquidity else { throw .insufficientLiquidity(available: state.liquidity) }
        let scaled = amount.mulDiv(.ray, state.borrowIndex, revision.roundsForPool ? .up : .halfUp)
        let i = slot(account, reserve)
        let total = UInt256(positions[i].scaledDebt) + scaled
        guard total.high == 0 else { throw .amountTooLarge }
        guard !scaled.isZero else { throw .zeroAmount }
        positions[i].scaledDebt = total.low
        accounts[account].debt |= bit(reserve)
        state.scaledDebt += scaled
        state.liquidity -= amount
        commit(state, reserve)
    }

    /// Repays debt of an account, at most all of it.
    ///
    /// - Returns: the tokens taken.
    /// - Throws: `AaveError` where the protocol refuses.
    @discardableResult
    public mutating func repay(
        _ reserve: Int32, _ amount: UInt256, of account: Int32
    ) throws(AaveError) -> UInt256 {
        try check(reserve, account, amount)
        let debt = debtBalance(reserve, of: account)
        guard !debt.isZero else { throw .noDebt(reserve: reserve) }
        var state = accrued(reserve)
        let paid = min(amount, debt)
        burnDebt(paid, of: account, reserve, &state)
        state.liquidity += paid
        commit(state, reserve)
        return paid
    }

    /// Counts a supplied reserve as collateral or not.
    ///
    /// - Throws: `AaveError` where the protocol refuses.
    public mutating func setCollateral(
        _ reserve: Int32, _ isCollateral: Bool, of account: Int32
    ) throws(AaveError) {
        try check(reserve, account, .one)
        let saved = accounts[account]
        guard positions[slot(account, reserve)].scaledSupply != 0 else {
            throw .insufficientBalance(available: .zero)
        }
        if isCollateral {
            guard reserves[reserve].parameters.ltvBps != 0 else { throw .notCollateral(reserve: reserve) }
            accounts[account].collateral |= bit(reserve)
            return
        }
        accounts[account].collateral &= ~bit(reserve)
        try restoreIfUnhealthy(account, saved)
    }

    /// Enters an efficiency-mode category (0 leaves it).
    ///
    /// - Throws: `AaveError` where the protocol refuses.
    public mutating func setEMode(_ category: UInt8, of account: Int32) throws(AaveError) {
        guard category <= eModes.count else { throw .unknownEMode(category) }
        guard account > 0, account < accountCount else { throw .unknownAccount(account) }
        let saved = accounts[account]
        if category != 0 {
            let foreign = saved.debt & ~eModes[Int(category) - 1].borrowableBitmap
            if foreign != 0 { throw .inconsistentEMode(reserve: Int32(foreign.trailingZeroBitCount)) }
        }
        accounts[account].eMode = category
        try restoreIfUnhealthy(account, saved)
    }

    // MARK: - Shared steps

    @inline(__always)
    func slot(_ account: Int32, _ reserve: Int32) -> Int { Int(account) * Int(reserveCount) + Int(reserve) }

    @inline(__always)
    func bit(_ reserve: Int32) -> UInt64 { 1 << UInt64(reserve) }

    func check(_ reserve: Int32, _ account: Int32, _ amount: UInt256) throws(AaveError) {
        guard reserve >= 0, reserve < reserveCount else { throw .unknownReserve(reserve) }
        guard account > 0, account < accountCount else { throw .unknownAccount(account) }
        guard !amount.isZero else { throw .zeroAmount }
    }

    /// A copy of the reserve with its interest booked up to now.
    func accrued(_ reserve: Int32) -> AaveReserve {
        var state = reserves[reserve]
        state.accrue(to: now, revision)
        return state
    }

    mutating func commit(_ state: AaveReserve, _ reserve: Int32) {
        reserves[reserve] = state
        reserves[reserve].updateRates(revision)
    }

    private func requireHealthy(_ account: Int32) throws(AaveError) {
        let factor = try accountData(account).healthFactor
        guard factor >= .wad else { throw .healthFactorTooLow(factor) }
    }

    private mutating func restoreIfUnhealthy(
        _ account: Int32, _ saved: AaveAccountFlags
    ) throws(AaveError) {
        guard saved.debt != 0 else { return }
        do throws(AaveError) {
            try requireHealthy(account)
        } catch {
            accounts[account] = saved
            throw error
        }
    }

    /// Burns scaled supply worth `amount`, at most what there is.
    mutating func burnSupply(_ amount: UInt256, index: UInt256, at i: Int) -> UInt256 {
        let scaled = amount.mulDiv(.ray, index, revision.roundsForPool ? .up : .halfUp)
        let burned = min(scaled, UInt256(positions[i].scaledSupply))
        positions[i].scaledSupply -= burned.low
        return burned
    }

    /// Burns scaled debt worth `amount`, at most what there is.
    mutating func burnDebt(
        _ amount: UInt256, of account: Int32, _ reserve: Int32, _ state: inout AaveReserve
    ) {
        let i = slot(account, reserve)
        let scaled = amount.mulDiv(.ray, state.borrowIndex, revision.roundsForPool ? .down : .halfUp)
        let burned = min(scaled, UInt256(positions[i].scaledDebt))
        positions[i].scaledDebt -= burned.low
        state.scaledDebt -= burned
        if positions[i].scaledDebt == 0 { accounts[account].debt &= ~bit(reserve) }
    }
}
