import Primitives

/// One collateral asset of a Comet market. Factors in wad.
public struct CometAssetParameters: Sendable {
    public var decimals: UInt8
    public var borrowCollateralFactor: UInt256
    public var liquidateCollateralFactor: UInt256
    public var liquidationFactor: UInt256
    /// Base units of the token.
    public var supplyCap: UInt256

    /// Factors in basis points, as governance states them.
    public init(
        decimals: UInt8, borrowCollateralBps: Int, liquidateCollateralBps: Int, liquidationFactorBps: Int,
        supplyCap: UInt256 = .max
    ) {
        let unit = UInt256.wad / .bps
        self.decimals = decimals
        borrowCollateralFactor = UInt256(borrowCollateralBps) * unit
        liquidateCollateralFactor = UInt256(liquidateCollateralBps) * unit
        liquidationFactor = UInt256(liquidationFactorBps) * unit
        self.supplyCap = supplyCap
    }
}

/// One Comet market.
public struct CometParameters: Sendable {
    public var baseDecimals: UInt8
    public var supplyRate: CometRateCurve
    public var borrowRate: CometRateCurve
    /// Wad.
    public var storeFrontPriceFactor: UInt256
    /// Base units of the base token; above it no collateral is sold.
    public var targetReserves: UInt256
    public var minimumBorrow: UInt256
    public var assets: [CometAssetParameters]

    public init(
        baseDecimals: UInt8, supplyRate: CometRateCurve, borrowRate: CometRateCurve,
        storeFrontPriceFactor: UInt256, targetReserves: UInt256, minimumBorrow: UInt256,
        assets: [CometAssetParameters]
    ) {
        self.baseDecimals = baseDecimals
        self.supplyRate = supplyRate
        self.borrowRate = borrowRate
        self.storeFrontPriceFactor = storeFrontPriceFactor
        self.targetReserves = targetReserves
        self.minimumBorrow = minimumBorrow
        self.assets = assets
    }
}

/// One Compound v3 market (Comet), exact to the base unit: one base token lent, several collaterals that earn nothing.
///
/// Amounts are base units, prices USD with 8 decimals; a price of zero is `badPrice` for whoever needs it, a stale one
/// is used. A call that throws has changed nothing. Account 0 is nobody.
/// Source: comet, contracts/Comet.sol (deployed version).
public struct CometMarket: ~Copyable {
    private let byAddress = PassedByAddress()
    public let parameters: CometParameters
    public private(set) var accountCount: Int32 = 1
    /// Seconds since 1970.
    public private(set) var now: Int64
    private(set) var accruedAt: Int64
    private(set) var stored = CometTotals()
    /// `stored` with interest up to `now`.
    private(set) var totals = CometTotals()
    /// Base tokens held.
    public private(set) var baseHeld = UInt256.zero
    public private(set) var basePrice: UInt256
    public private(set) var prices: [UInt256]
    let baseUnit: UInt256
    let units: [UInt256]
    /// Collateral of accounts and all that is held; the difference was absorbed and is for sale.
    public private(set) var collateralSupplied: [UInt256]
    public private(set) var collateralHeld: [UInt256]
    private var principals: Pool<Int128>
    /// By account × assets + asset.
    private var collateral: Pool<UInt256>

    public init(
        _ parameters: CometParameters, basePrice: UInt256, prices: [UInt256], expectedAccounts: Int = 64,
        at time: SimTime
    ) {
        precondition(prices.count == parameters.assets.count)
        self.parameters = parameters
        self.basePrice = basePrice
        self.prices = prices
        (now, accruedAt) = (time.seconds, time.seconds)
        baseUnit = .powerOf10(Int(parameters.baseDecimals))
        units = parameters.assets.map { .powerOf10(Int($0.decimals)) }
        collateralSupplied = Array(repeating: .zero, count: prices.count)
        collateralHeld = collateralSupplied
        principals = Pool(zeroed: expectedAccounts + 1)
        collateral = Pool(zeroed: (expectedAccounts + 1) * prices.count)
    }

    /// An independent market with the same accounts.
    public init(copying other: borrowing CometMarket) {
        parameters = other.parameters
        accountCount = other.accountCount
        now = other.now
        accruedAt = other.accruedAt
        stored = other.stored
        totals = other.totals
        baseHeld = other.baseHeld
        basePrice = other.basePrice
        prices = other.prices
        baseUnit = other.baseUnit
        units = other.units
        collateralSupplied = other.collateralSupplied
        collateralHeld = other.collateralHeld
        principals = Pool(copying: other.principals)
        collateral = Pool(copying: other.collateral)
    }

    public mutating func addAccount() -> Int32 {
        principals.grow(toAtLeast: Int(accountCount) + 1)
        collateral.grow(toAtLeast: (Int(accountCount) + 1) * prices.count)
        accountCount += 1
        return accountCount - 1
    }

    /// Moves time forward; interest grows, nothing is booked.
    public mutating func advance(to time: SimTime) {
        precondition(time.seconds >= now, "time goes forward")
        now = time.seconds
        totals = stored.accrued(
            seconds: UInt256(now - accruedAt), supplyRate: parameters.supplyRate,
            borrowRate: parameters.borrowRate)
    }

    /// A new answer of a feed, USD with 8 decimals; `asset` -1 is the base token.
    public mutating func setPrice(_ asset: Int32, _ price: UInt256) {
        if asset < 0 { basePrice = price } else { prices[Int(asset)] = price }
    }

    // MARK: - Reading

    /// Principal of an account: its balance or debt at index one.
    public func principal(of account: Int32) -> Int128 { principals[account] }
    /// Base balance with interest, negative for debt.
    public func baseBalance(of account: Int32) -> Int128 { totals.balance(principals[account]) }
    public func collateral(_ asset: Int32, of account: Int32) -> UInt256 { collateral[slot(account, asset)] }
    public var totalSupply: UInt256 { totals.supply }
    public var totalBorrow: UInt256 { totals.borrow }
    public var principalTotals: (supply: UInt256, borrow: UInt256) {
        (totals.supplyPrincipal, totals.borrowPrincipal)
    }
    public var utilization: UInt256 { totals.utilization }

    /// Base tokens held less what suppliers are owed plus what borrowers owe; negative after losses.
    public var reserves: Int128 {
        Int128((baseHeld + totals.borrow).low) - Int128(totals.supply.low)
    }

    /// Absorbed collateral that is for sale.
    public func collateralReserves(_ asset: Int32) -> UInt256 {
        collateralHeld[Int(asset)] - collateralSupplied[Int(asset)]
    }

    /// Whether the account's debt exceeds its collateral at liquidate collateral factors.
    ///
    /// - Throws: `CometError` where the protocol refuses.
    public func isLiquidatable(_ account: Int32) throws(CometError) -> Bool {
        try !isCovered(account) { $0.liquidateCollateralFactor }
    }

    /// Whether the account's debt is within its collateral at borrow collateral factors.
    ///
    /// - Throws: `CometError` where the protocol refuses.
    public func isBorrowCollateralized(_ account: Int32) throws(CometError) -> Bool {
        try isCovered(account) { $0.borrowCollateralFactor }
    }

    /// Reads feeds only until the debt is covered, as the contract does.
    private func isCovered(
        _ account: Int32, _ factor: (CometAssetParameters) -> UInt256
    ) throws(CometError) -> Bool {
        let balance = totals.balance(principals[account])
        if principals[account] >= 0 { return true }
        guard !basePrice.isZero else { throw .badPrice(asset: -1) }
        let owed = UInt256(balance.magnitude).mulDivDown(basePrice, baseUnit)
        var covered = UInt256.zero
        for asset in 0..<Int32(prices.count) where !collateral[slot(account, asset)].isZero {
            if covered >= owed { return true }
            let item = try item(asset, of: account, factor(parameters.assets[Int(asset)]))
            covered += item.weightedValue
        }
        return covered >= owed
    }

    private func item(
        _ asset: Int32, of account: Int32, _ factor: UInt256
    ) throws(CometError) -> CometCollateral {
        let a = Int(asset)
        guard !prices[a].isZero else { throw .badPrice(asset: asset) }
        return CometCollateral(
            amount: collateral[slot(account, asset)], price: prices[a], unit: units[a], factor: factor)
    }

    // MARK: - What users do

    /// Supplies the base token: repays debt first.
    ///
    /// - Throws: `CometError` where the protocol refuses.
    public mutating func supply(_ amount: UInt256, by account: Int32) throws(CometError) {
        let size = try check(amount, account)
        book(account, principal: totals.principal(totals.balance(principals[account]) + size))
        baseHeld += amount
    }

    /// Withdraws the base token, borrowing what goes beyond the balance.
    ///
    /// - Throws: `CometError` where the protocol refuses.
    public mutating func withdraw(_ amount: UInt256, by account: Int32) throws(CometError) {
        let size = try check(amount, account)
        guard amount <= baseHeld else { throw .insufficientLiquidity(available: baseHeld) }
        let balance = totals.balance(principals[account]) - size
        let saved = principals[account]
        if balance < 0 {
            guard UInt256(balance.magnitude) >= parameters.minimumBorrow else {
                throw .borrowTooSmall(minimum: parameters.minimumBorrow)
            }
            principals[account] = totals.principal(balance)
            defer { principals[account] = saved }
            guard try isBorrowCollateralized(account) else { throw .notCollateralized }
        }
        book(account, principal: totals.principal(balance))
        baseHeld -= amount
    }

    /// Books a debt as it was found, whatever stands behind it; its tokens leave the market.
    ///
    /// - Throws: `CometError` for what the market cannot hold or pay out.
    public mutating func owe(_ amount: UInt256, by account: Int32) throws(CometError) {
        let size = try check(amount, account)
        guard amount <= baseHeld else { throw .insufficientLiquidity(available: baseHeld) }
        book(account, principal: totals.principal(totals.balance(principals[account]) - size))
        baseHeld -= amount
    }

    /// - Throws: `CometError` where the protocol refuses.
    public mutating func supplyCollateral(
        _ asset: Int32, _ amount: UInt256, by account: Int32
    ) throws(CometError) {
        _ = try check(amount, account)
        guard asset >= 0, asset < prices.count else { throw .badAsset(asset) }
        let total = collateralSupplied[Int(asset)] + amount
        guard total <= parameters.assets[Int(asset)].supplyCap else { throw .supplyCapExceeded(asset: asset) }
        collateralSupplied[Int(asset)] = total
        collateralHeld[Int(asset)] += amount
        collateral[slot(account, asset)] += amount
    }

    /// - Throws: `CometError` where the protocol refuses.
    public mutating func withdrawCollateral(
        _ asset: Int32, _ amount: UInt256, by account: Int32
    ) throws(CometError) {
        _ = try check(amount, account)
        guard asset >= 0, asset < prices.count else { throw .badAsset(asset) }
        let i = slot(account, asset)
        guard amount <= collateral[i] else { throw .insufficientBalance(available: collateral[i]) }
        collateral[i] -= amount
        do throws(CometError) {
            guard try isBorrowCollateralized(account) else { throw .notCollateralized }
        } catch {
            collateral[i] += amount
            throw error
        }
        collateralSupplied[Int(asset)] -= amount
        collateralHeld[Int(asset)] -= amount
    }

    // MARK: - Liquidation

    /// Takes a liquidatable account's whole collateral and debt onto the protocol's books.
    ///
    /// - Returns: base tokens the reserves paid (debt and any balance left to the account).
    /// - Throws: `CometError` where the protocol refuses.
    @discardableResult
    public mutating func absorb(_ account: Int32) throws(CometError) -> UInt256 {
        _ = try check(.one, account)
        guard try isLiquidatable(account) else { throw .notLiquidatable }
        var seized: [CometCollateral] = []
        for asset in 0..<Int32(prices.count) where !collateral[slot(account, asset)].isZero {
            seized.append(try item(asset, of: account, parameters.assets[Int(asset)].liquidationFactor))
        }
        let debt = UInt256(totals.balance(principals[account]).magnitude)
        let result = CometLiquidation.absorb(
            debt: debt, basePrice: basePrice, baseUnit: baseUnit, collateral: seized)
        guard result.newBalance < Self.limit else { throw .amountTooLarge }
        for asset in 0..<Int32(prices.count) {
            let i = slot(account, asset)
            collateralSupplied[Int(asset)] -= collateral[i]
            collateral[i] = .zero
        }
        book(account, principal: totals.principal(Int128(result.newBalance.low)))
        return result.basePaidOut
    }

    /// What the storefront gives for base tokens at the moment, base units of the collateral.
    ///
    /// - Throws: `CometError` where the protocol refuses.
    public func quoteCollateral(_ asset: Int32, baseAmount: UInt256) throws(CometError) -> UInt256 {
        guard asset >= 0, asset < prices.count else { throw .badAsset(asset) }
        guard !basePrice.isZero else { throw .badPrice(asset: -1) }
        guard baseAmount < Self.limit else { throw .amountTooLarge }
        let factor = parameters.assets[Int(asset)].liquidationFactor
        let discounted = CometLiquidation.discountedPrice(
            prices[Int(asset)], liquidationFactor: factor,
            storeFrontPriceFactor: parameters.storeFrontPriceFactor)
        // A price that vanishes with the discount divides by zero in the contract.
        guard !discounted.isZero else { throw .badPrice(asset: asset) }
        return CometLiquidation.quoteCollateral(
            baseAmount: baseAmount, basePrice: basePrice, baseUnit: baseUnit, assetPrice: prices[Int(asset)],
            assetUnit: units[Int(asset)], liquidationFactor: factor,
            storeFrontPriceFactor: parameters.storeFrontPriceFactor)
    }

    /// Sells absorbed collateral for base tokens while reserves are below their target.
    ///
    /// - Returns: base units of the collateral.
    /// - Throws: `CometError` where the protocol refuses.
    @discardableResult
    public mutating func buyCollateral(
        _ asset: Int32, baseAmount: UInt256, minimum: UInt256 = .zero
    ) throws(CometError) -> UInt256 {
        let reserves = reserves
        if reserves >= 0 && UInt256(reserves) >= parameters.targetReserves { throw .notForSale }
        let amount = try quoteCollateral(asset, baseAmount: baseAmount)
        guard amount >= minimum else { throw .tooMuchSlippage(offered: amount) }
        let available = collateralReserves(asset)
        guard amount <= available else { throw .insufficientCollateralReserves(available: available) }
        collateralHeld[Int(asset)] -= amount
        baseHeld += baseAmount
        return amount
    }

    // MARK: - Shared steps

    private static var limit: UInt256 { UInt256(high: 0, low: 1 << 104) }

    private func slot(_ account: Int32, _ asset: Int32) -> Int { Int(account) * prices.count + Int(asset) }

    private func check(_ amount: UInt256, _ account: Int32) throws(CometError) -> Int128 {
        guard account > 0, account < accountCount else { throw .unknownAccount(account) }
        guard !amount.isZero else { throw .zeroAmount }
        guard amount < Self.limit else { throw .amountTooLarge }
        return Int128(amount.low)
    }

    /// Books interest up to now and an account's new principal.
    private mutating func book(_ account: Int32, principal: Int128) {
        totals.move(from: principals[account], to: principal)
        principals[account] = principal
        (stored, accruedAt) = (totals, now)
    }
}
