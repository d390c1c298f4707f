import Lending
import Primitives

/// Examples of Aave v3. Values in base currency have eight decimals.
enum AaveExamples {
    static let topics = [
        "health_factor", "close_factor", "emode_leverage", "liquidation_bonus", "liquidation_amounts",
    ]

    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "health_factor":
            let threshold = try row.amount("liquidation_threshold", decimals: 4, in: 0...1)
            let factor = AaveLiquidation.healthFactor(
                weightedCollateral: try row.amount("collateral_usd", decimals: 8) * threshold,
                debt: try row.amount("debt_usd", decimals: 8))
            return ["health_factor": factor.tokens(18)]
        case "close_factor": return try closeFactor(&row, rules)
        case "emode_leverage":
            let threshold = try row.share("liquidation_threshold")
            let factor = try row.positive("health_factor")
            guard factor > threshold else {
                throw row.refuse(
                    "health_factor", found: row.found("health_factor"),
                    allowed: "above `liquidation_threshold`: the leverage has no bound at it")
            }
            return [
                "leverage": .number(
                    AaveLiquidation.maximumLeverage(liquidationThreshold: threshold, healthFactor: factor))
            ]
        case "liquidation_bonus":
            // 0.05, or 1.05 as the contract has it.
            let bonus = try row.amount("bonus", decimals: 4, in: 0...6, .nearest)
            let seizure = AaveLiquidation.seizure(
                debt: try row.amount("debt_eth", decimals: 18),
                closeFactorBps: try row.amount("close_factor", decimals: 4, in: 0...1),
                bonusBps: bonus >= 10_000 ? bonus - 10_000 : bonus)
            return [
                "repaid_eth": seizure.repaid.tokens(18), "bonus_eth": seizure.bonus.tokens(18),
                "seized_eth": seizure.seized.tokens(18),
            ]
        case "liquidation_amounts":
            // The contract's widths of rates; prices, amounts and units so that products of all three fit.
            let prices = UInt256.one...UInt256.powerOf10(18)
            let balances = UInt256.zero...UInt256.powerOf10(36)
            let amounts = AaveLiquidation.amounts(
                debtPrice: try row.digits("debt_price", in: prices),
                debtToCover: try row.digits("debt_to_cover", in: balances),
                debtUnit: try row.digits("debt_unit", in: prices),
                collateralPrice: try row.digits("collateral_price", in: prices),
                collateralUnit: try row.digits("collateral_unit", in: prices),
                borrowerCollateral: try row.digits("borrower_collateral", in: balances),
                bonusBps: try row.digits("bonus_bps", in: 10_000...65_535),
                protocolFeeBps: try row.digits("protocol_fee_bps", in: 0...10_000),
                revision: try LendingRulebooks.aaveRevision(on: try rules.day()))
            return [
                "collateral_to_liquidator": .digits(amounts.collateralToLiquidator),
                "debt_repaid": .digits(amounts.debtRepaid), "protocol_fee": .digits(amounts.protocolFee),
            ]
        default: throw ExampleChecker.unknown(topic)
        }
    }

    private static func closeFactor(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let closeBps =
            row.has("close_factor") ? try row.amount("close_factor", decimals: 4, in: 0...1) : 5_000
        var threshold = AaveLiquidation.minimumForCloseFactor
        for key in ["threshold", "min_base_max_close_factor_threshold"] where row.has(key) {
            // Dollars, or base currency as the contract has it.
            threshold = try row.amount(key, decimals: try row.number(key) >= 1e9 ? 0 : 8)
        }
        let limit =
            row.has("health_factor_above")
            ? try row.amount("health_factor_above", decimals: 18) : AaveLiquidation.closeFactorHealthFactor
        let reserve: UInt256
        let collateral: UInt256
        let total: UInt256
        var factor = limit + 1
        if row.has("debts") {
            var fields = try row.object("debts")
            var debts: [String: UInt256] = [:]
            for name in fields.names { debts[name] = try fields.amount(name, decimals: 8) }
            let target = try row.text("target")
            guard let debt = debts[target] else {
                throw Refusal.unsupported("`target`: `\(excerpt(target))` is no debt")
            }
            reserve = debt
            collateral = try row.amount("collateral_usd", decimals: 8)
            total = debts.values.reduce(.zero, +)
        } else {
            reserve = try row.amount("reserve_debt_usd", decimals: 8)
            collateral = try row.amount("reserve_collateral_usd", decimals: 8)
            total = row.has("total_debt_usd") ? try row.amount("total_debt_usd", decimals: 8) : reserve
        }
        if row.has("health_factor") { factor = try row.amount("health_factor", decimals: 18) }
        func most(_ revision: AaveRevision) -> UInt256 {
            AaveLiquidation.maxRepay(
                reserveDebt: reserve, debtPrice: 1, debtUnit: 1, reserveDebtValue: reserve,
                reserveCollateralValue: collateral, totalDebtValue: total, healthFactor: factor,
                closeFactorBps: closeBps, threshold: threshold, healthFactorLimit: limit, revision: revision)
        }
        let now = most(try LendingRulebooks.aaveRevision(on: try rules.day()))
        return [
            "max_repay_pre_3_3": most(.beforeV33).tokens(8), "max_repay_3_3": most(.v33).tokens(8),
            "max_repay": now.tokens(8),
            "close_factor": .number(now == reserve ? 1 : Double(closeBps) / 10_000),
        ]
    }
}
