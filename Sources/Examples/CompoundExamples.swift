import Lending
import Primitives

/// Examples of Compound v3 and v2.
enum CompoundExamples {
    static let topicsV3 = ["is_liquidatable", "quote_collateral", "absorb"]
    static let topicsV2 = ["seize_tokens"]

    /// Prices have 8 decimals, the base token 6, collateral 18, factors 18.
    static func comet(_ topic: String, _ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let baseUnit = UInt256.powerOf10(6)
        let dollar = UInt256.powerOf10(8)
        switch topic {
        case "is_liquidatable":
            let collateral = CometCollateral(
                amount: try row.amount("collateral_units", decimals: 18),
                price: try row.amountAboveZero("price", decimals: 8), unit: .wad,
                factor: try row.amount("liquidate_cf", decimals: 18, in: 0...1))
            return [
                "liquidatable": .flag(
                    CometLiquidation.isLiquidatable(
                        debt: try row.amount("debt_usd", decimals: 6), basePrice: dollar, baseUnit: baseUnit,
                        collateral: [collateral]))
            ]
        case "quote_collateral":
            let price = try row.amountAboveZero("asset_price", decimals: 8)
            let factor = try row.amount("liquidation_factor", decimals: 18, in: 0...1)
            let store = try row.amount("store_front_price_factor", decimals: 18, in: 0...1)
            let discounted = CometLiquidation.discountedPrice(
                price, liquidationFactor: factor, storeFrontPriceFactor: store)
            guard !discounted.isZero else {
                throw row.refuse(
                    "liquidation_factor", found: row.found("liquidation_factor"),
                    allowed: "what leaves a price above zero after the discount")
            }
            let amount = CometLiquidation.quoteCollateral(
                baseAmount: try row.amount("base_amount", decimals: 6),
                basePrice: try row.amountAboveZero("base_price", decimals: 8), baseUnit: baseUnit,
                assetPrice: price, assetUnit: .wad, liquidationFactor: factor, storeFrontPriceFactor: store)
            return ["collateral_amount": amount.tokens(18)]
        case "absorb":
            // Whether the account may be absorbed is another rule.
            if row.has("liquidate_cf") { row.ignore("liquidate_cf") }
            let factor = try row.amount("liquidation_factor", decimals: 18, in: 0...1)
            var collateral: [CometCollateral] = []
            var all = try row.object("collateral")
            for name in all.names {
                var pair = try all.list(name)
                guard pair.names.count == 2 else {
                    throw Refusal.unsupported("`collateral.\(excerpt(name))`: an amount and a price")
                }
                collateral.append(
                    CometCollateral(
                        amount: try pair.amount("0", decimals: 18),
                        price: try pair.amountAboveZero("1", decimals: 8), unit: .wad, factor: factor))
            }
            let result = CometLiquidation.absorb(
                debt: try row.amount("debt_usdc", decimals: 6), basePrice: dollar, baseUnit: baseUnit,
                collateral: collateral)
            return [
                "new_base_balance": result.newBalance.tokens(6),
                "base_paid_out": result.basePaidOut.tokens(6),
                "collateral_value": result.collateralValue.tokens(8),
            ]
        default: throw ExampleChecker.unknown(topic)
        }
    }

    static func v2(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let most = UInt256.powerOf10(36)
        let price = try row.digits("price_collateral", in: 1...most)
        let rate = try row.digits("exchange_rate", in: 1...most)
        guard !price.mulDivDown(rate, .wad).isZero else {
            throw row.refuse(
                "exchange_rate", found: row.found("exchange_rate"),
                allowed: "a product with `price_collateral` of at least one mantissa")
        }
        let tokens = CompoundV2Liquidation.seizeTokens(
            repayAmount: try row.digits("repay_amount", in: 0...most),
            priceBorrowed: try row.digits("price_borrowed", in: 0...most), priceCollateral: price,
            exchangeRate: rate,
            incentive: try row.digits("liquidation_incentive", in: 0...UInt256.powerOf10(20)))
        return ["seize_tokens": .digits(tokens)]
    }
}
