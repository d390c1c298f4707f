import Primitives

/// One collateral of a Comet account as its liquidation rules see it.
public struct CometCollateral: Sendable {
    /// Base units of the token.
    public var amount: UInt256
    /// USD with 8 decimals per token; not zero.
    public var price: UInt256
    /// Base units per token.
    public var unit: UInt256
    /// The factor of the rule at hand, wad: liquidate collateral factor or liquidation factor.
    public var factor: UInt256

    public init(amount: UInt256, price: UInt256, unit: UInt256, factor: UInt256) {
        self.amount = amount
        self.price = price
        self.unit = unit
        self.factor = factor
    }

    /// amount × price / unit, rounded down: USD with 8 decimals.
    public var value: UInt256 { (amount * price) / unit }
    var weightedValue: UInt256 { value.mulDivDown(factor, .wad) }
}

/// The liquidation arithmetic of Compound v3. Source: comet, contracts/Comet.sol (deployed version).
public enum CometLiquidation {
    /// Whether base debt × price exceeds the sum of collateral × price × liquidate collateral factor.
    ///
    /// - Parameters: `debt` in base units of the base token, `basePrice` USD with 8 decimals, `baseUnit` base units
    ///   per base token. Like the contract it stops at the collateral that covers the debt.
    public static func isLiquidatable(
        debt: UInt256, basePrice: UInt256, baseUnit: UInt256, collateral: [CometCollateral]
    ) -> Bool {
        let owed = debt.mulDivDown(basePrice, baseUnit)
        var covered = UInt256.zero
        for item in collateral {
            if covered >= owed { return false }
            covered += item.weightedValue
        }
        return covered < owed
    }

    /// What absorbing a debt leaves: the collateral's value times the liquidation factor is credited to the account;
    /// a debt beyond that is borne by the reserves.
    ///
    /// - Returns: the account's new balance (never negative) and what the reserves paid out, in base units of the base
    ///   token; the collateral's value in USD with 8 decimals before factors.
    public static func absorb(
        debt: UInt256, basePrice: UInt256, baseUnit: UInt256, collateral: [CometCollateral]
    ) -> (newBalance: UInt256, basePaidOut: UInt256, collateralValue: UInt256) {
        var credited = UInt256.zero
        var value = UInt256.zero
        for item in collateral {
            value += item.value
            credited += item.weightedValue
        }
        let credit = credited.mulDivDown(baseUnit, basePrice)
        let balance = credit.minusOrZero(debt)
        return (balance, balance + debt, value)
    }

    /// What the storefront gives for an amount of the base token: the collateral's price is discounted by
    /// `storeFrontPriceFactor` of the liquidation penalty.
    ///
    /// - Parameters: prices in USD with 8 decimals, the discounted one not zero; factors in wad.
    /// - Returns: base units of the collateral, rounded down.
    public static func quoteCollateral(
        baseAmount: UInt256, basePrice: UInt256, baseUnit: UInt256, assetPrice: UInt256, assetUnit: UInt256,
        liquidationFactor: UInt256, storeFrontPriceFactor: UInt256
    ) -> UInt256 {
        let discounted = discountedPrice(
            assetPrice, liquidationFactor: liquidationFactor, storeFrontPriceFactor: storeFrontPriceFactor)
        return (basePrice * baseAmount).mulDivDown(assetUnit, discounted) / baseUnit
    }

    /// price × (1 - storeFrontPriceFactor × (1 - liquidationFactor)), rounded down.
    public static func discountedPrice(
        _ price: UInt256, liquidationFactor: UInt256, storeFrontPriceFactor: UInt256
    ) -> UInt256 {
        price.mulDivDown(.wad - storeFrontPriceFactor.mulDivDown(.wad - liquidationFactor, .wad), .wad)
    }
}

/// What Comet refuses. Source: CometErrors in comet, contracts/CometMainInterface.sol.
public enum CometError: Error, Equatable, Sendable {
    case badAsset(Int32)
    case unknownAccount(Int32)
    case zeroAmount
    /// A feed answered zero or less: whoever needs that price cannot act. -1 is the base token.
    case badPrice(asset: Int32)
    case supplyCapExceeded(asset: Int32)
    case insufficientBalance(available: UInt256)
    case insufficientLiquidity(available: UInt256)
    case borrowTooSmall(minimum: UInt256)
    case notCollateralized
    case notLiquidatable
    /// Reserves have reached their target: nothing is sold.
    case notForSale
    case tooMuchSlippage(offered: UInt256)
    case insufficientCollateralReserves(available: UInt256)
    /// Beyond the contract's 104 bits.
    case amountTooLarge
}
