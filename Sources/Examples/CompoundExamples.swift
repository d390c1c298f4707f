import Lending
import Primitives

/// Examples of Compound v3 and v2.
enum CompoundExamples {
    /// Prices have 8 decimals, the base token 6, collateral 18, factors 18.
    static func comet(_ topic: String, _ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let baseUnit = UInt256.powerOfTen(6)
        let dollar = UInt256.powerOfTen(8)
        switch topic {
        case "is_liquidatable":
            let collateral = CometCollateral(
                amount: try row.amount("collateral_units", decimals: 18),
                price: try row.amount("price", decimals: 8), unit: .wad,
                factor: try row.amount("liquidate_cf", decimals: 18))
            return [
                "liquidatable": .flag(
                    CometLiquidation.isLiquidatable(
                        debt: try row.amount("debt_usd", decimals: 6), basePrice: dollar, baseUnit: baseUnit,
                        collateral: [collateral]))
            ]
        case "quote_collateral":
            let amount = CometLiquidation.quoteCollateral(
                baseAmount: try row.amount("base_amount", decimals: 6),
                basePrice: try row.amount("base_price", decimals: 8), baseUnit: baseUnit,
                assetPrice: try row.amount("asset_price", decimals: 8), assetUnit: .wad,
                liquidationFactor: try row.amount("liquidation_factor", decimals: 18),
                storeFrontPriceFactor: try row.amount("store_front_price_factor", decimals: 18))
            return ["collateral_amount": amount.tokens(18)]
        case "absorb":
            // Whether the account may be absorbed is another rule.
            if row.has("liquidate_cf") { row.ignore("liquidate_cf") }
            let factor = try row.amount("liquidation_factor", decimals: 18)
            var collateral: [CometCollateral] = []
            let all = try row.map("collateral")
            for name in all.keys.sorted() {
                guard case .list(let pair)? = all[name], pair.count == 2, case .number(let amount) = pair[0],
                    case .number(let price) = pair[1]
                else { throw Unsupported("`collateral.\(name)`: an amount and a price") }
                collateral.append(
                    CometCollateral(
                        amount: try UInt256(example: amount, decimals: 18, "collateral.\(name)"),
                        price: try UInt256(example: price, decimals: 8, "collateral.\(name)"), unit: .wad,
                        factor: factor))
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

    static func v2(_ topic: String, _ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        guard topic == "seize_tokens" else { throw ExampleChecker.unknown(topic) }
        let tokens = CompoundV2Liquidation.seizeTokens(
            repayAmount: try row.digits("repay_amount"), priceBorrowed: try row.digits("price_borrowed"),
            priceCollateral: try row.digits("price_collateral"),
            exchangeRate: try row.digits("exchange_rate"),
            incentive: try row.digits("liquidation_incentive"))
        return ["seize_tokens": .number(Double(tokens))]
    }
}
