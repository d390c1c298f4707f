import Lending
import Primitives

/// Examples of Morpho Blue: tokens of 18 decimals.
enum MorphoExamples {
    static let topics = ["lif", "liquidation_amounts", "bad_debt"]

    static func evaluate(_ topic: String, _ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let lltv = try row.amount("lltv", decimals: 18, in: 0...1)
        switch topic {
        case "lif": return ["lif": MorphoLiquidation.incentiveFactor(lltv: lltv).tokens(18)]
        case "liquidation_amounts":
            let seized = MorphoLiquidation.seized(
                repaid: try row.amount("repaid_loan", decimals: 18),
                price: try row.amountAboveZero("collateral_price", decimals: 36),
                incentive: MorphoLiquidation.incentiveFactor(lltv: lltv))
            return ["seized_collateral": seized.tokens(18)]
        case "bad_debt":
            if row.has("action") {
                let action = try row.text("action").lowercased()
                guard
                    action.contains("all") || action.contains("full") || action.contains("entire")
                        || action.contains("whole")
                else { throw Refusal.unsupported("`action`: `\(excerpt(action))`") }
            }
            let result = MorphoLiquidation.fullSeizure(
                collateral: try row.amount("collateral", decimals: 18),
                price: try row.amount("price", decimals: 36),
                debt: try row.amount("debt", decimals: 18), lltv: lltv)
            return ["repaid": result.repaid.tokens(18), "bad_debt": result.badDebt.tokens(18)]
        default: throw ExampleChecker.unknown(topic)
        }
    }
}
