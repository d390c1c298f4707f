import Primitives

/// An amount given in assets or in shares; the other follows at the market's rate.
public enum MorphoAmount: Sendable, Equatable {
    case assets(UInt256)
    case shares(UInt256)
}

/// What a liquidation starts from.
public enum MorphoSeizure: Sendable, Equatable {
    /// Collateral base units to take.
    case seize(UInt256)
    /// Borrow shares to repay.
    case repay(shares: UInt256)
}

/// What a liquidation did, base units.
public struct MorphoLiquidationResult: Sendable, Equatable {
    public var seized: UInt256
    public var repaid: UInt256
    public var repaidShares: UInt256
    /// Debt written off at the lenders' cost because no collateral was left.
    public var badDebt: UInt256
}

/// What one account has in the market.
public struct MorphoPosition: Sendable, Equatable, BitwiseCopyable {
    public internal(set) var supplyShares: UInt256
    public internal(set) var borrowShares: UInt256
    public internal(set) var collateral: UInt256
}

/// One Morpho Blue market, exact to the base unit: one loan token, one collateral, one oracle, one LLTV.
///
/// The oracle's answer (loan base units per collateral base unit × 10^36) is used whatever it is: a stale one as if it
/// were fresh, and zero makes every debt liquidatable and its collateral free to seize. A call that throws has changed
/// nothing. Account 0 receives the fee.
/// Source: morpho-blue, src/Morpho.sol.
public struct MorphoMarket: ~Copyable {
    public static var feeRecipient: Int32 { 0 }
    public let lltv: UInt256
    /// Share of interest, wad.
    public let fee: UInt256
    public let rateCurve: MorphoRateCurve
    public var price: UInt256
    public private(set) var totalSupplyAssets = UInt256.zero
    public private(set) var totalSupplyShares = UInt256.zero
    public private(set) var totalBorrowAssets = UInt256.zero
    public private(set) var totalBorrowShares = UInt256.zero
    /// Loan tokens in the contract.
    public private(set) var loanHeld = UInt256.zero
    public private(set) var collateralHeld = UInt256.zero
    public private(set) var accountCount: Int32 = 1
    public private(set) var now: Int64
    private var positions: Pool<MorphoPosition>

    public init(
        lltv: UInt256, fee: UInt256 = .zero, rateCurve: MorphoRateCurve, price: UInt256,
        expectedAccounts: Int = 64, at time: SimTime
    ) {
        precondition(lltv < .wad && fee <= .wad / 4)
        self.lltv = lltv
        self.fee = fee
        self.rateCurve = rateCurve
        self.price = price
        now = time.seconds
        positions = Pool(zeroed: expectedAccounts + 1)
    }

    /// An independent market with the same accounts.
    public init(copying other: borrowing MorphoMarket) {
        lltv = other.lltv
        fee = other.fee
        rateCurve = other.rateCurve
        price = other.price
        totalSupplyAssets = other.totalSupplyAssets
        totalSupplyShares = other.totalSupplyShares
        totalBorrowAssets = other.totalBorrowAssets
        totalBorrowShares = other.totalBorrowShares
        loanHeld = other.loanHeld
        collateralHeld = other.collateralHeld
        accountCount = other.accountCount
        now = other.now
        positions = Pool(copying: other.positions)
    }

    public mutating func addAccount() -> Int32 {
        positions.grow(toAtLeast: Int(accountCount) + 1)
        accountCount += 1
        return accountCount - 1
    }

    public func position(_ account: Int32) -> MorphoPosition {
        precondition(account >= 0 && account < accountCount)
        return positions[account]
    }

    /// Debt of an account, rounded up.
    public func borrowed(_ account: Int32) -> UInt256 {
        MorphoShares.assetsUp(
            positions[account].borrowShares, totalAssets: totalBorrowAssets, totalShares: totalBorrowShares)
    }

    /// Supplied assets of an account, rounded down.
    public func supplied(_ account: Int32) -> UInt256 {
        MorphoShares.assetsDown(
            positions[account].supplyShares, totalAssets: totalSupplyAssets, totalShares: totalSupplyShares)
    }

    /// Whether the account may keep its debt at the present price; always without debt.
    public func isHealthy(_ account: Int32) -> Bool {
        positions[account].borrowShares.isZero
            || MorphoLiquidation.isHealthy(
                collateral: positions[account].collateral, price: price, borrowed: borrowed(account),
                lltv: lltv)
    }

    /// Moves time forward and books the interest; the fee becomes supply shares of the fee recipient.
    public mutating func accrueInterest(to time: SimTime) {
        precondition(time.seconds >= now, "time goes forward")
        let seconds = UInt256(time.seconds - now)
        now = time.seconds
        guard !seconds.isZero, !totalBorrowAssets.isZero else { return }
        let utilization =
            totalSupplyAssets.isZero ? .zero : totalBorrowAssets.mulDivDown(.wad, totalSupplyAssets)
        let rate = rateCurve.rate(utilization: min(utilization, .wad))
        let growth = MorphoRateCurve.compounded(rate: rate, seconds: seconds)
        let interest = totalBorrowAssets.mulDivDown(growth, .wad)
        totalBorrowAssets += interest
        totalSupplyAssets += interest
        guard !fee.isZero else { return }
        let amount = interest.mulDivDown(fee, .wad)
        let shares = MorphoShares.sharesDown(
            amount, totalAssets: totalSupplyAssets - amount, totalShares: totalSupplyShares)
        positions[Self.feeRecipient].supplyShares += shares
        totalSupplyShares += shares
    }

    // MARK: - What users do

    /// Lends.
    ///
    /// - Throws: `MorphoError` where the protocol refuses.
    @discardableResult
    public mutating func supply(
        _ amount: MorphoAmount, by account: Int32
    ) throws(MorphoError) -> (assets: UInt256, shares: UInt256) {
        try check(account)
        let (assets, shares) = try convert(
            amount, totalSupplyAssets, totalSupplyShares, sharesUp: false, assetsUp: true)
        positions[account].supplyShares += shares
        totalSupplyShares += shares
        totalSupplyAssets += assets
        loanHeld += assets
        return (assets, shares)
    }

    /// - Throws: `MorphoError` where the protocol refuses.
    @discardableResult
    public mutating func withdraw(
        _ amount: MorphoAmount, by account: Int32
    ) throws(MorphoError) -> (assets: UInt256, shares: UInt256) {
        try check(account)
        let (assets, shares) = try convert(
            amount, totalSupplyAssets, totalSupplyShares, sharesUp: true, assetsUp: false)
        let held = positions[account].supplyShares
        guard shares <= held else { throw .insufficientBalance(available: supplied(account)) }
        guard totalBorrowAssets + assets <= totalSupplyAssets else {
            throw .insufficientLiquidity(available: totalSupplyAssets - totalBorrowAssets)
        }
        positions[account].supplyShares = held - shares
        totalSupplyShares -= shares
        totalSupplyAssets -= assets
        loanHeld -= assets
        return (assets, shares)
    }

    /// - Throws: `MorphoError` where the protocol refuses.
    @discardableResult
    public mutating func borrow(
        _ amount: MorphoAmount, by account: Int32
    ) throws(MorphoError) -> (assets: UInt256, shares: UInt256) {
        try check(account)
        let (assets, shares) = try borrowed(amount)
        let owed = MorphoShares.assetsUp(
            positions[account].borrowShares + shares, totalAssets: totalBorrowAssets + assets,
            totalShares: totalBorrowShares + shares)
        guard
            MorphoLiquidation.isHealthy(
                collateral: positions[account].collateral, price: price, borrowed: owed, lltv: lltv)
        else { throw .insufficientCollateral }
        return try owe(amount, by: account)
    }

    /// Books a debt as it was found, whatever stands behind it; its tokens leave the market.
    ///
    /// - Throws: `MorphoError` for what the market cannot pay out.
    @discardableResult
    public mutating func owe(
        _ amount: MorphoAmount, by account: Int32
    ) throws(MorphoError) -> (assets: UInt256, shares: UInt256) {
        try check(account)
        let (assets, shares) = try borrowed(amount)
        guard totalBorrowAssets + assets <= totalSupplyAssets else {
            throw .insufficientLiquidity(available: totalSupplyAssets - totalBorrowAssets)
        }
        positions[account].borrowShares += shares
        totalBorrowShares += shares
        totalBorrowAssets += assets
        loanHeld -= assets
        return (assets, shares)
    }

    private func borrowed(
        _ amount: MorphoAmount
    ) throws(MorphoError) -> (assets: UInt256, shares: UInt256) {
        try convert(amount, totalBorrowAssets, totalBorrowShares, sharesUp: true, assetsUp: false)
    }

    /// - Throws: `MorphoError` where the protocol refuses.
    @discardableResult
    public mutating func repay(
        _ amount: MorphoAmount, of account: Int32
    ) throws(MorphoError) -> (assets: UInt256, shares: UInt256) {
        try check(account)
        let (assets, shares) = try convert(
            amount, totalBorrowAssets, totalBorrowShares, sharesUp: false, assetsUp: true)
        guard shares <= positions[account].borrowShares else {
            throw .insufficientBalance(available: borrowed(account))
        }
        removeDebt(of: account, shares: shares, assets: assets)
        return (assets, shares)
    }

    /// - Throws: `MorphoError` where the protocol refuses.
    public mutating func supplyCollateral(_ assets: UInt256, by account: Int32) throws(MorphoError) {
        try check(account)
        guard !assets.isZero else { throw .zeroAmount }
        guard (positions[account].collateral + assets).high == 0 else { throw .amountTooLarge }
        positions[account].collateral += assets
        collateralHeld += assets
    }

    /// - Throws: `MorphoError` where the protocol refuses.
    public mutating func withdrawCollateral(_ assets: UInt256, by account: Int32) throws(MorphoError) {
        try check(account)
        let held = positions[account].collateral
        guard !assets.isZero else { throw .zeroAmount }
        guard assets <= held else { throw .insufficientBalance(available: held) }
        positions[account].collateral = held - assets
        guard isHealthy(account) else {
            positions[account].collateral = held
            throw .insufficientCollateral
        }
        collateralHeld -= assets
    }

    // MARK: - Liquidation

    /// Repays debt of an unhealthy account for its collateral. There is no close factor. If no collateral is left the
    /// remaining debt is taken from all lenders at once.
    ///
    /// - Throws: `MorphoError` where the protocol refuses.
    @discardableResult
    public mutating func liquidate(
        _ borrower: Int32, _ seizure: MorphoSeizure
    ) throws(MorphoError) -> MorphoLiquidationResult {
        try check(borrower)
        guard !isHealthy(borrower) else { throw .healthyPosition }
        var result = try quote(seizure, incentive: MorphoLiquidation.incentiveFactor(lltv: lltv))
        try check(result, fits: borrower)
        removeDebt(of: borrower, shares: result.repaidShares, assets: result.repaid)
        positions[borrower].collateral -= result.seized
        collateralHeld -= result.seized
        if positions[borrower].collateral.isZero {
            let shares = positions[borrower].borrowShares
            result.badDebt = min(totalBorrowAssets, borrowed(borrower))
            totalBorrowAssets -= result.badDebt
            totalSupplyAssets -= result.badDebt
            totalBorrowShares -= shares
            positions[borrower].borrowShares = .zero
        }
        return result
    }

    /// Liquidates under an agreement of the borrower before the market's own limit is reached.
    ///
    /// - Throws: `MorphoError` where the protocol refuses.
    @discardableResult
    public mutating func preLiquidate(
        _ borrower: Int32, _ seizure: MorphoSeizure, under agreement: MorphoPreLiquidation
    ) throws(MorphoError) -> MorphoLiquidationResult {
        try check(borrower)
        let owed = borrowed(borrower)
        let worth = positions[borrower].collateral.mulDivDown(price, MorphoLiquidation.priceScale)
        guard owed <= worth.mulDivDown(lltv, .wad) else { throw .liquidatablePosition }
        guard owed > worth.mulDivDown(agreement.lltv, .wad) else { throw .notPreLiquidatable }
        let ltv = owed.mulDivUp(.wad, worth)
        let factors = agreement.factors(ltv: ltv, marketLLTV: lltv)
        let result = try quote(seizure, incentive: factors.incentive)
        let repayable = positions[borrower].borrowShares.mulDivDown(factors.closeFactor, .wad)
        guard result.repaidShares <= repayable else {
            throw .preLiquidationTooLarge(repayableShares: repayable)
        }
        try check(result, fits: borrower)
        let saved = (positions[borrower], totalBorrowAssets, totalBorrowShares, loanHeld)
        removeDebt(of: borrower, shares: result.repaidShares, assets: result.repaid)
        positions[borrower].collateral -= result.seized
        guard isHealthy(borrower) else {
            (positions[borrower], totalBorrowAssets, totalBorrowShares, loanHeld) = saved
            throw .insufficientCollateral
        }
        collateralHeld -= result.seized
        return result
    }

    // MARK: - Shared steps

    private func check(_ account: Int32) throws(MorphoError) {
        guard account > 0, account < accountCount else { throw .unknownAccount(account) }
    }

    private func check(_ result: MorphoLiquidationResult, fits borrower: Int32) throws(MorphoError) {
        let position = positions[borrower]
        guard result.repaidShares <= position.borrowShares else {
            throw .insufficientBalance(available: position.borrowShares)
        }
        guard result.seized <= position.collateral else {
            throw .insufficientBalance(available: position.collateral)
        }
    }

    private func convert(
        _ amount: MorphoAmount, _ totalAssets: UInt256, _ totalShares: UInt256, sharesUp: Bool, assetsUp: Bool
    ) throws(MorphoError) -> (assets: UInt256, shares: UInt256) {
        let result: (assets: UInt256, shares: UInt256)
        switch amount {
        case .assets(let assets):
            guard assets.high == 0 else { throw .amountTooLarge }
            let convert = sharesUp ? MorphoShares.sharesUp : MorphoShares.sharesDown
            result = (assets, convert(assets, totalAssets, totalShares))
        case .shares(let shares):
            guard shares.high == 0 else { throw .amountTooLarge }
            let convert = assetsUp ? MorphoShares.assetsUp : MorphoShares.assetsDown
            result = (convert(shares, totalAssets, totalShares), shares)
        }
        guard !result.assets.isZero || !result.shares.isZero else { throw .zeroAmount }
        let limit = UInt256(high: 0, low: .max)
        guard result.shares <= limit - totalShares, result.assets <= limit - totalAssets else {
            throw .amountTooLarge
        }
        return result
    }

    private func quote(
        _ seizure: MorphoSeizure, incentive: UInt256
    ) throws(MorphoError) -> MorphoLiquidationResult {
        var seized: UInt256
        var shares: UInt256
        switch seizure {
        case .seize(let assets):
            guard !assets.isZero else { throw .zeroAmount }
            guard assets.high == 0 else { throw .amountTooLarge }
            seized = assets
            shares = MorphoShares.sharesUp(
                MorphoLiquidation.repaid(seized: assets, price: price, incentive: incentive),
                totalAssets: totalBorrowAssets, totalShares: totalBorrowShares)
        case .repay(let given):
            guard !given.isZero else { throw .zeroAmount }
            guard given.high == 0 else { throw .amountTooLarge }
            guard !price.isZero else { throw .zeroPrice }
            shares = given
            seized = MorphoLiquidation.seized(
                repaid: MorphoShares.assetsDown(
                    given, totalAssets: totalBorrowAssets, totalShares: totalBorrowShares),
                price: price, incentive: incentive)
        }
        let repaid = MorphoShares.assetsUp(
            shares, totalAssets: totalBorrowAssets, totalShares: totalBorrowShares)
        return MorphoLiquidationResult(seized: seized, repaid: repaid, repaidShares: shares, badDebt: .zero)
    }

    /// The assets of a repayment may exceed the total by one unit of rounding.
    private mutating func removeDebt(of account: Int32, shares: UInt256, assets: UInt256) {
        positions[account].borrowShares -= shares
        totalBorrowShares -= shares
        totalBorrowAssets = totalBorrowAssets.minusOrZero(assets)
        loanHeld += assets
    }
}
