import Primitives

/// How one asset is listed. Percentages in basis points.
public struct AaveReserveParameters: Sendable, BitwiseCopyable {
    /// Base units per token are 10^decimals.
    public var decimals: UInt8
    public var ltvBps: UInt32
    public var liquidationThresholdBps: UInt32
    /// 10,500 is a bonus of 5 %.
    public var liquidationBonusBps: UInt32
    /// The protocol's share of the bonus part.
    public var protocolFeeBps: UInt32
    /// The treasury's share of the interest.
    public var reserveFactorBps: UInt32
    public var isBorrowable: Bool
    public var rates: AaveRateStrategy

    public init(
        decimals: UInt8, ltvBps: UInt32, liquidationThresholdBps: UInt32, liquidationBonusBps: UInt32,
        protocolFeeBps: UInt32 = 1_000, reserveFactorBps: UInt32 = 1_000, isBorrowable: Bool = true,
        rates: AaveRateStrategy
    ) {
        self.decimals = decimals
        self.ltvBps = ltvBps
        self.liquidationThresholdBps = liquidationThresholdBps
        self.liquidationBonusBps = liquidationBonusBps
        self.protocolFeeBps = protocolFeeBps
        self.reserveFactorBps = reserveFactorBps
        self.isBorrowable = isBorrowable
        self.rates = rates
    }
}

/// An efficiency-mode category: for reserves in its bitmap its own percentages replace the reserve's.
public struct AaveEMode: Sendable {
    public var ltvBps: UInt32
    public var liquidationThresholdBps: UInt32
    public var liquidationBonusBps: UInt32
    /// Bit r set: reserve r counts with the category's percentages as collateral.
    public var collateralBitmap: UInt64
    /// Bit r set: reserve r may be borrowed in the category.
    public var borrowableBitmap: UInt64

    public init(
        ltvBps: UInt32, liquidationThresholdBps: UInt32, liquidationBonusBps: UInt32,
        collateralBitmap: UInt64, borrowableBitmap: UInt64
    ) {
        self.ltvBps = ltvBps
        self.liquidationThresholdBps = liquidationThresholdBps
        self.liquidationBonusBps = liquidationBonusBps
        self.collateralBitmap = collateralBitmap
        self.borrowableBitmap = borrowableBitmap
    }
}

/// The state of one asset: indices in ray, totals as scaled balances (balance / index).
/// Source: aave-v3-origin, ReserveLogic.
public struct AaveReserve: Sendable, BitwiseCopyable {
    public let parameters: AaveReserveParameters
    public let unit: UInt256
    public internal(set) var liquidityIndex = UInt256.ray
    public internal(set) var borrowIndex = UInt256.ray
    /// Yearly rates in ray, in force since `updatedAt` (seconds).
    public internal(set) var liquidityRate = UInt256.zero
    public internal(set) var borrowRate: UInt256
    public internal(set) var updatedAt: Int64
    public internal(set) var scaledSupply = UInt256.zero
    public internal(set) var scaledDebt = UInt256.zero
    /// Scaled, not yet minted to the treasury.
    public internal(set) var accruedToTreasury = UInt256.zero
    /// Tokens in the pool, base units.
    public internal(set) var liquidity = UInt256.zero
    /// Bad debt that was burned and is not covered yet, base units.
    public internal(set) var deficit = UInt256.zero
    /// The last answer of the oracle, base currency (8 decimals) per token.
    public internal(set) var price: UInt256

    init(_ parameters: AaveReserveParameters, price: UInt256, at seconds: Int64) {
        self.parameters = parameters
        unit = .powerOf10(Int(parameters.decimals))
        borrowRate = parameters.rates.base
        updatedAt = seconds
        self.price = price
    }

    /// The liquidity index at a moment not before `updatedAt`.
    func normalizedIncome(at seconds: Int64) -> UInt256 {
        if seconds == updatedAt || liquidityRate.isZero { return liquidityIndex }
        return AaveInterest.linear(rate: liquidityRate, seconds: UInt256(seconds - updatedAt))
            .rayMul(liquidityIndex)
    }

    /// The borrow index at a moment not before `updatedAt`; it stands still while nobody owes.
    func normalizedDebt(at seconds: Int64, _ revision: AaveRevision) -> UInt256 {
        if seconds == updatedAt || scaledDebt.isZero { return borrowIndex }
        return AaveInterest.compounded(
            rate: borrowRate, seconds: UInt256(seconds - updatedAt), revision: revision
        ).rayMul(borrowIndex)
    }

    /// Brings both indices to `seconds` and books the treasury's share of the new interest.
    mutating func accrue(to seconds: Int64, _ revision: AaveRevision) {
        precondition(seconds >= updatedAt, "time goes forward")
        guard seconds > updatedAt else { return }
        let income = normalizedIncome(at: seconds)
        let debtIndex = normalizedDebt(at: seconds, revision)
        let factor = UInt256(parameters.reserveFactorBps)
        let interest = scaledDebt.rayMul(debtIndex) - scaledDebt.rayMul(borrowIndex)
        let fee = interest.percentMul(factor, revision.roundsForPool ? .down : .halfUp)
        accruedToTreasury += fee.mulDiv(.ray, income, revision.roundsForPool ? .down : .halfUp)
        (liquidityIndex, borrowIndex, updatedAt) = (income, debtIndex, seconds)
    }

    /// Sets the rates for the present liquidity and debt.
    mutating func updateRates(_ revision: AaveRevision) {
        let debt = scaledDebt.mulDiv(borrowIndex, .ray, revision.roundsForPool ? .up : .halfUp)
        (liquidityRate, borrowRate) = parameters.rates.rates(
            availableLiquidity: liquidity, totalDebt: debt, deficit: deficit,
            reserveFactorBps: UInt256(parameters.reserveFactorBps))
    }
}
