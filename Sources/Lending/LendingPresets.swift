import Primitives

/// The percentages of one asset on Aave v3 as governance set or proposed them, basis points.
public struct AaveListing: Sendable {
    public var asset: String
    public var decimals: UInt8
    public var ltvBps: UInt32
    public var liquidationThresholdBps: UInt32
    /// 10,500 is a bonus of 5 %.
    public var liquidationBonusBps: UInt32
    /// Month of the snapshot.
    public var date: String
    public var source: String

    /// The listing with a rate strategy and fees, which the table does not hold.
    public func parameters(
        rates: AaveRateStrategy, protocolFeeBps: UInt32 = 1_000, reserveFactorBps: UInt32 = 1_000
    ) -> AaveReserveParameters {
        AaveReserveParameters(
            decimals: decimals, ltvBps: ltvBps, liquidationThresholdBps: liquidationThresholdBps,
            liquidationBonusBps: liquidationBonusBps, protocolFeeBps: protocolFeeBps,
            reserveFactorBps: reserveFactorBps, rates: rates)
    }

    private init(
        _ asset: String, _ decimals: UInt8, _ ltv: UInt32, _ threshold: UInt32, _ bonus: UInt32,
        _ date: String,
        _ source: String
    ) {
        (self.asset, self.decimals, ltvBps, liquidationThresholdBps) = (asset, decimals, ltv, threshold)
        (liquidationBonusBps, self.date, self.source) = (bonus, date, source)
    }

    /// Snapshots of different dates: presets, not one day's configuration. WBTC and wstETH are the recommendations
    /// at launch. Sources: aave-proposals-v3 diffs; proposals 311 and 379; governance forum, thread 10238.
    public static let table: [AaveListing] = [
        AaveListing("WETH", 18, 8_050, 8_300, 10_500, "2025", "proposal 379"),
        AaveListing("WBTC", 8, 7_200, 8_200, 10_520, "2022-11", "forum 10238"),
        AaveListing("wstETH", 18, 7_200, 8_300, 10_720, "2022-11", "forum 10238"),
        AaveListing("weETH", 18, 7_750, 8_000, 10_700, "2024-12", "proposal 311"),
        AaveListing("USDe", 18, 7_200, 7_500, 10_850, "2025-05", "aave-proposals-v3"),
        AaveListing("sUSDe", 18, 7_200, 7_500, 10_850, "2024", "aave-proposals-v3"),
    ]

    public static func named(_ asset: String) -> AaveListing? { table.first { $0.asset == asset } }
}

extension AaveEMode {
    /// USDe with stablecoins (2025-05): 90 %, 93 %, bonus 2 %. Source: aave-proposals-v3.
    public static func usde(collateral: UInt64, borrowable: UInt64) -> AaveEMode {
        preset(9_000, 9_300, 10_200, collateral, borrowable)
    }
    /// sUSDe with stablecoins (2024-11): 90 %, 92 %, bonus 3 %. Source: aave-proposals-v3.
    public static func susde(collateral: UInt64, borrowable: UInt64) -> AaveEMode {
        preset(9_000, 9_200, 10_300, collateral, borrowable)
    }
    /// wstETH with WETH (2024-12): 93 %, 95 %, bonus 1 %. Source: proposal 311.
    public static func wstETH(collateral: UInt64, borrowable: UInt64) -> AaveEMode {
        preset(9_300, 9_500, 10_100, collateral, borrowable)
    }

    private static func preset(
        _ ltv: UInt32, _ threshold: UInt32, _ bonus: UInt32, _ collateral: UInt64, _ borrowable: UInt64
    ) -> AaveEMode {
        AaveEMode(
            ltvBps: ltv, liquidationThresholdBps: threshold, liquidationBonusBps: bonus,
            collateralBitmap: collateral, borrowableBitmap: borrowable)
    }
}

extension CometParameters {
    /// The names of `usdcMainnet`'s collaterals, in order.
    public static let usdcMainnetAssets = ["WETH", "WBTC", "LINK", "UNI", "COMP"]

    /// The USDC market on Ethereum. Source: comet, deployments/mainnet/usdc/configuration.json.
    public static var usdcMainnet: CometParameters {
        let factors: [(UInt8, Int, Int, Int)] = [
            (18, 8_250, 8_950, 9_500), (8, 7_000, 7_700, 9_500), (18, 7_900, 8_500, 9_300),
            (18, 7_500, 8_100, 9_300), (18, 6_500, 7_000, 9_300),
        ]
        return CometParameters(
            baseDecimals: 6,
            supplyRate: CometRateCurve(
                kinkBps: 8_000, baseBpsPerYear: 0, slopeLowBpsPerYear: 325, slopeHighBpsPerYear: 4_000),
            borrowRate: CometRateCurve(
                kinkBps: 8_000, baseBpsPerYear: 150, slopeLowBpsPerYear: 350, slopeHighBpsPerYear: 2_500),
            storeFrontPriceFactor: .wad / 2, targetReserves: 5_000_000_000_000, minimumBorrow: 100_000_000,
            assets: factors.map {
                CometAssetParameters(
                    decimals: $0.0, borrowCollateralBps: $0.1, liquidateCollateralBps: $0.2,
                    liquidationFactorBps: $0.3)
            })
    }
}

/// A market of Compound v2 on Ethereum with its collateral factor, base units and a curve of rates per block.
public struct CompoundV2Listing: Sendable {
    public var asset: String
    public var decimals: UInt8
    public var parameters: CompoundV2Parameters

    /// A cToken has eight decimals and begins at a fiftieth of its underlying; rates of 5 % a year of the used share, and of
    /// 109 % above four fifths, are an assumption.
    private init(_ asset: String, _ decimals: UInt8, factorBps: Int) {
        self.asset = asset
        self.decimals = decimals
        parameters = CompoundV2Parameters(
            collateralFactorBps: factorBps, reserveFactorBps: 750,
            initialExchangeRate: 2 * .powerOf10(Int(decimals) + 8), baseRate: .zero,
            multiplier: 19_025_875_190, jumpMultiplier: 414_764_079_147, kinkBps: 8_000)
    }

    /// Collateral factors before the deprecation that began in 2023, a snapshot without a day.
    /// Source: github.com/Centic-io/defi-state-querier, compound_eth.py.
    public static let collaterals = [
        CompoundV2Listing("WETH", 18, factorBps: 8_250), CompoundV2Listing("WBTC", 8, factorBps: 7_000),
    ]
    public static let usdc = CompoundV2Listing("USDC", 6, factorBps: 8_550)

    public static func named(_ asset: String) -> CompoundV2Listing? {
        collaterals.first { $0.asset == asset }
    }
}

extension MakerAuctionRules {
    /// ETH-B, 2021: steps of 1 % every 60 s from 120 % of the oracle price, reset after 90 minutes or at 40 %.
    /// Source: forum.makerdao.com/t/8477.
    public static var ethB: MakerAuctionRules {
        MakerAuctionRules(
            curve: .stairstep(cut: .ray / 100 * 99, step: 60), buf: .ray / 10 * 12, tail: 5_400,
            cusp: .ray / 10 * 4, chip: .wad / 1_000, tip: .rad * 300)
    }

    /// ETH-A, ETH-C and WBTC-A, 2021: steps of 1 % every 90 s. The start at 130 %, 140 minutes and 40 % are read from
    /// a shortened copy. Source: forum.makerdao.com/t/7628.
    public static var ethA: MakerAuctionRules {
        MakerAuctionRules(
            curve: .stairstep(cut: .ray / 100 * 99, step: 90), buf: .ray / 10 * 13, tail: 8_400,
            cusp: .ray / 10 * 4, chip: .wad / 1_000, tip: .rad * 300)
    }
}

/// The most DAI that auctions may need at once, rad, as of November 2021.
/// Source: forum.makerdao.com/t/11531.
public enum MakerHoles {
    public static var ethA: UInt256 { .rad * 65_000_000 }
    public static var ethB: UInt256 { .rad * 30_000_000 }
    public static var ethC: UInt256 { .rad * 35_000_000 }
    public static var wbtcA: UInt256 { .rad * 40_000_000 }
    public static var all: UInt256 { .rad * 150_000_000 }
}

/// The loan-to-value limits that governance allows on Morpho Blue, wad.
public enum MorphoLimits {
    public static let all: [UInt256] = [0, 3_850, 6_250, 7_700, 8_600, 9_150, 9_450, 9_650, 9_800].map {
        UInt256($0) * (.wad / .bps)
    }
}
