import Lending
import Primitives
import Testing

@Suite struct PresetTests {
    @Test func listingsAreSane() throws {
        #expect(AaveListing.table.count >= 5 && CometParameters.usdcMainnet.assets.count >= 5)
        for listing in AaveListing.table {
            #expect(listing.ltvBps < listing.liquidationThresholdBps)
            // A fall to a health factor of one must leave room for the bonus.
            let seized = listing.liquidationThresholdBps * listing.liquidationBonusBps
            #expect(seized < 100_000_000)
        }
        let weth = try #require(AaveListing.named("WETH"))
        #expect(weth.liquidationThresholdBps == 8_300)
        for asset in CometParameters.usdcMainnet.assets {
            #expect(asset.borrowCollateralFactor < asset.liquidateCollateralFactor)
            #expect(asset.liquidateCollateralFactor < asset.liquidationFactor)
        }
        #expect(CometParameters.usdcMainnet.assets.count == CometParameters.usdcMainnetAssets.count)
    }

    /// ETH-B settles near the oracle price after 19 minutes; the holes of the ilks are more than the whole.
    @Test func makerPresets() {
        let rules = MakerAuctionRules.ethB
        let price = rules.curve.price(top: rules.top(oraclePrice: wad("4000")), elapsed: 1_140)
        #expect(abs(Double(price) / 4_000e27 - 0.9914) < 0.001)
        let sum = MakerHoles.ethA + MakerHoles.ethB + MakerHoles.ethC + MakerHoles.wbtcA
        #expect(sum > MakerHoles.all)
        #expect(MorphoLimits.all.contains(wad("0.915")))
        #expect(Double(MakerAuctionRules.ethA.buf) == 1.3e27)
    }

    @Test(arguments: [
        ("2025-01-15", AaveRevision.beforeV33), ("2025-06-01", .v33), ("2025-10-09", .v35),
        ("2026-11-01", .v37),
    ]) func aaveRevisionsAreDated(day: String, revision: AaveRevision) throws {
        #expect(try LendingRulebooks.aaveRevision(on: day) == revision)
        #expect(AaveRevision(rawValue: "v3.7") == .v37)
    }
}
