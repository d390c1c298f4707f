import Primitives

/// The liquidation arithmetic of Compound v2 in mantissas (one is 10^18), every product rounded down.
/// Source: compound-protocol, contracts/Comptroller.sol and CToken.sol.
public enum CompoundV2Liquidation {
    /// cTokens seized for a repaid amount: repay × incentive × price of the borrowed / (price of the collateral ×
    /// exchange rate).
    ///
    /// - Parameters: `repayAmount` in base units of the borrowed token; prices as mantissas; `exchangeRate` underlying
    ///   per cToken, its product with the collateral's price at least one mantissa.
    public static func seizeTokens(
        repayAmount: UInt256, priceBorrowed: UInt256, priceCollateral: UInt256, exchangeRate: UInt256,
        incentive: UInt256
    ) -> UInt256 {
        let numerator = incentive.mulDivDown(priceBorrowed, .wad)
        let denominator = priceCollateral.mulDivDown(exchangeRate, .wad)
        return numerator.mulDivDown(.wad, denominator).mulDivDown(repayAmount, .wad)
    }

    /// How seized cTokens are split: the protocol's share is of the seized tokens, not of the repaid amount.
    public static func split(
        seizeTokens: UInt256, protocolShare: UInt256
    ) -> (liquidator: UInt256, protocolPart: UInt256) {
        let part = seizeTokens.mulDivDown(protocolShare, .wad)
        return (seizeTokens - part, part)
    }

    /// The most of one borrow that a call may repay.
    public static func maxRepay(borrowBalance: UInt256, closeFactor: UInt256) -> UInt256 {
        closeFactor.mulDivDown(borrowBalance, .wad)
    }

    /// Underlying per cToken as a mantissa: (cash + borrows - reserves) / supply, or the initial rate without supply.
    public static func exchangeRate(
        cash: UInt256, borrows: UInt256, reserves: UInt256, supply: UInt256, initial: UInt256
    ) -> UInt256 {
        supply.isZero ? initial : (cash + borrows - reserves).mulDivDown(.wad, supply)
    }
}

/// What the Comptroller or a cToken refuses.
public enum CompoundV2Error: Error, Equatable, Sendable {
    case unknownMarket(Int32)
    case unknownAccount(Int32)
    case zeroAmount
    /// The oracle answers zero for an asset of the account: nothing that needs its liquidity is allowed.
    case priceError(market: Int32)
    case insufficientBalance(available: UInt256)
    case insufficientCash(available: UInt256)
    /// The account would owe this much more (USD mantissa) than its collateral allows.
    case insufficientLiquidity(shortfall: UInt256)
    case insufficientShortfall
    case tooMuchRepay(most: UInt256)
    case seizeTooMuch(available: UInt256)
    case liquidatorIsBorrower
    /// Beyond 128 bits.
    case amountTooLarge
}
