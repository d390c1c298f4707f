import Lending
import Primitives

/// What the lending protocols look like at the start; every figure an assumption with a source in the scenario.
public struct LendingParameters: Sendable {
    public var aaveBorrowers: Int
    public var compoundBorrowers: Int
    public var makerVaults: Int
    public var morphoBorrowers: Int
    /// Total debt at the start, dollars.
    public var aaveDebtUSD: Double
    public var compoundDebtUSD: Double
    public var makerDebtUSD: Double
    public var morphoDebtUSD: Double
    /// Borrowers of Compound v2, whose markets were being closed by 2025: none unless a scenario has some.
    public var compoundV2Borrowers = 0
    public var compoundV2DebtUSD = 0.0
    /// Median of collateral × threshold / debt, above 1: what exceeds 1 is lognormal.
    public var healthMedian: Double
    /// Standard deviation of the logarithm of what exceeds 1.
    public var healthLogSD: Double
    /// Standard deviation of the logarithm of a borrower's debt.
    public var sizeLogSD: Double
    /// Shares of borrowers whose first collateral is ETH (and what follows it, such as wstETH) and BTC; the other
    /// assets a protocol lists share the rest equally.
    public var ethShare = 0.6
    public var btcShare = 0.3
    /// Share of the borrowers on Aave and Compound that may have a second collateral.
    public var secondCollateralShare = 0.3
    /// Aave's revision in force; v3.5 in October 2025. v3.3 or later.
    public var aaveRevision = AaveRevision.v35
    /// Seconds between two answers of a feed at the latest (Chainlink, Ethereum main net).
    public var oracleHeartbeat: Int64 = 3_600
    /// Basis points of the last answer from which a feed answers anew: ETH and BTC, and all others.
    public var oracleDeviationBps = 50
    public var minorOracleDeviationBps = 100
    /// What a keeper's transaction costs, dollars.
    public var keeperGasUSD = 20.0
    /// Share of the market price that a keeper expects to lose in selling what it seized.
    public var keeperMargin = 0.005
    /// Seconds between blocks: oracles and keepers act once in each.
    public var blockSeconds: Int64 = 12

    public init(
        aaveBorrowers: Int, compoundBorrowers: Int, makerVaults: Int, morphoBorrowers: Int,
        aaveDebtUSD: Double, compoundDebtUSD: Double, makerDebtUSD: Double, morphoDebtUSD: Double,
        healthMedian: Double, healthLogSD: Double, sizeLogSD: Double
    ) {
        self.aaveBorrowers = aaveBorrowers
        self.compoundBorrowers = compoundBorrowers
        self.makerVaults = makerVaults
        self.morphoBorrowers = morphoBorrowers
        self.aaveDebtUSD = aaveDebtUSD
        self.compoundDebtUSD = compoundDebtUSD
        self.makerDebtUSD = makerDebtUSD
        self.morphoDebtUSD = morphoDebtUSD
        self.healthMedian = healthMedian
        self.healthLogSD = healthLogSD
        self.sizeLogSD = sizeLogSD
    }
}

/// The protocols, named as their rulebooks, in the order of `LendingMarkets.rows`.
public enum LendingProtocol: String, Sendable, CaseIterable {
    case aave = "aave-v3"
    case compound = "compound-v3"
    case maker
    case morpho
    case compoundV2 = "compound-v2"
}

/// A time in which one protocol's oracle keeps its last answers.
public struct LendingStall: Sendable, Hashable {
    public var protocolName: LendingProtocol
    public var from: SimTime
    public var until: SimTime

    public init(_ protocolName: LendingProtocol, from: SimTime, until: SimTime) {
        self.protocolName = protocolName
        self.from = from
        self.until = until
    }
}

/// Collateral that a keeper seized or bought and will sell in the market.
public struct LendingSale: Sendable, Equatable {
    /// Index into the assets given at the start.
    public var asset: Int
    public var coins: Double
    /// What the keeper paid for it in stablecoins, dollars.
    public var paidUSD: Double
    public var protocolName: LendingProtocol

    public init(asset: Int, coins: Double, paidUSD: Double, protocolName: LendingProtocol) {
        self.asset = asset
        self.coins = coins
        self.paidUSD = paidUSD
        self.protocolName = protocolName
    }
}

/// What one protocol has come to.
public struct LendingRow: Sendable, Equatable {
    public var protocolName: LendingProtocol
    /// Debt that liquidations repaid (Aave, Morpho, Compound v2), absorbed (Compound v3) or sent to auction (Maker), dollars.
    public var liquidatedUSD: Double
    /// Debt that the seized collateral did not cover, dollars.
    public var badDebtUSD: Double
    /// Calls that took collateral from a borrower; on Maker auctions started.
    public var liquidations: Int
    /// Opened at the start.
    public var borrowers: Int
    /// Outstanding as of the last booked interest, dollars.
    public var debtUSD: Double
    public var name: String { protocolName.rawValue }
}
