import Primitives

/// One cToken market. Mantissas of 10^18; rates per block.
public struct CompoundV2Parameters: Sendable, BitwiseCopyable {
    public var collateralFactor: UInt256
    public var reserveFactor: UInt256
    /// Underlying base units per cToken base unit before anyone supplied.
    public var initialExchangeRate: UInt256
    public var baseRate: UInt256
    public var multiplier: UInt256
    public var jumpMultiplier: UInt256
    public var kink: UInt256

    /// Factors in basis points, rates as mantissas per block.
    public init(
        collateralFactorBps: Int, reserveFactorBps: Int, initialExchangeRate: UInt256, baseRate: UInt256,
        multiplier: UInt256, jumpMultiplier: UInt256, kinkBps: Int
    ) {
        let unit = UInt256.wad / .bps
        collateralFactor = UInt256(collateralFactorBps) * unit
        reserveFactor = UInt256(reserveFactorBps) * unit
        self.initialExchangeRate = initialExchangeRate
        self.baseRate = baseRate
        self.multiplier = multiplier
        self.jumpMultiplier = jumpMultiplier
        kink = UInt256(kinkBps) * unit
    }
}

/// The state of one cToken market. Source: compound-protocol, contracts/CToken.sol, BaseJumpRateModelV2.sol.
public struct CompoundV2Market: Sendable, BitwiseCopyable {
    public let parameters: CompoundV2Parameters
    /// Underlying base units.
    public internal(set) var cash = UInt256.zero
    public internal(set) var borrows = UInt256.zero
    public internal(set) var reserves = UInt256.zero
    /// cTokens of all accounts.
    public internal(set) var supply = UInt256.zero
    public internal(set) var borrowIndex = UInt256.wad
    public internal(set) var block: Int64
    /// USD × 10^36 per base unit × 10^-decimals, the oracle's mantissa; zero means that there is none.
    public internal(set) var price: UInt256

    init(_ parameters: CompoundV2Parameters, price: UInt256, block: Int64) {
        self.parameters = parameters
        self.price = price
        self.block = block
    }

    public var exchangeRate: UInt256 {
        CompoundV2Liquidation.exchangeRate(
            cash: cash, borrows: borrows, reserves: reserves, supply: supply,
            initial: parameters.initialExchangeRate)
    }

    /// The rate per block: base + multiplier × utilization, above the kink at the jump multiplier.
    public var borrowRate: UInt256 {
        let p = parameters
        let used = borrows.isZero ? .zero : borrows.mulDivDown(.wad, cash + borrows - reserves)
        let low = min(used, p.kink).mulDivDown(p.multiplier, .wad) + p.baseRate
        return used <= p.kink ? low : low + (used - p.kink).mulDivDown(p.jumpMultiplier, .wad)
    }

    /// Simple interest over the blocks since the last accrual.
    mutating func accrue(to next: Int64) {
        precondition(next >= block, "time goes forward")
        guard next > block else { return }
        let factor = borrowRate * UInt256(next - block)
        let interest = factor.mulDivDown(borrows, .wad)
        borrows += interest
        reserves += parameters.reserveFactor.mulDivDown(interest, .wad)
        borrowIndex += factor.mulDivDown(borrowIndex, .wad)
        block = next
    }
}

/// What one account has in one market.
struct CompoundV2Position: BitwiseCopyable {
    var tokens: UInt256
    /// Debt when `interestIndex` was the borrow index.
    var principal: UInt256
    var interestIndex: UInt256
}
