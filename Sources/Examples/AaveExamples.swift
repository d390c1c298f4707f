import Lending
import Primitives

/// Examples of Aave v3. Values in base currency have eight decimals.
enum AaveExamples {
    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "health_factor":
            let threshold = try row.amount("liquidation_threshold", decimals: 4)
            let factor = AaveLiquidation.healthFactor(
                weightedCollateral: try row.amount("collateral_usd", decimals: 8) * threshold,
                debt: try row.amount("debt_usd", decimals: 8))
            return ["health_factor": factor.tokens(18)]
        case "close_factor": return try closeFactor(&row, rules)
        case "emode_leverage":
            return [
                "leverage": .number(
                    AaveLiquidation.maximumLeverage(
                        liquidationThreshold: try row.number("liquidation_threshold"),
                        healthFactor: try row.number("health_factor")))
            ]
        case "liquidation_bonus":
            let bonus = try row.number("bonus")
            let share = bonus >= 1 ? bonus - 1 : bonus
            let seizure = AaveLiquidation.seizure(
                debt: try row.amount("debt_eth", decimals: 18),
                closeFactorBps: try row.amount("close_factor", decimals: 4),
                bonusBps: try UInt256(example: (share * 1e10).rounded() / 1e10, decimals: 4, "bonus"))
            return [
                "repaid_eth": seizure.repaid.tokens(18), "bonus_eth": seizure.bonus.tokens(18),
                "seized_eth": seizure.seized.tokens(18),
            ]
        case "liquidation_amounts":
            let amounts = AaveLiquidation.amounts(
                debtPrice: try row.digits("debt_price"), debtToCover: try row.digits("debt_to_cover"),
                debtUnit: try row.digits("debt_unit"), collateralPrice: try row.digits("collateral_price"),
                collateralUnit: try row.digits("collateral_unit"),
                borrowerCollateral: try row.digits("borrower_collateral"),
                bonusBps: try row.digits("bonus_bps"), protocolFeeBps: try row.digits("protocol_fee_bps"),
                revision: try LendingRulebooks.aaveRevision(on: try rules.day()))
            return [
                "collateral_to_liquidator": .text("\(amounts.collateralToLiquidator)"),
                "debt_repaid": .text("\(amounts.debtRepaid)"),
                "protocol_fee": .text("\(amounts.protocolFee)"),
            ]
        default: throw ExampleChecker.unknown(topic)
        }
    }

    private static func closeFactor(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let closeBps = row.has("close_factor") ? try row.amount("close_factor", decimals: 4) : 5_000
        var threshold = AaveLiquidation.minimumForCloseFactor
        for key in ["threshold", "min_base_max_close_factor_threshold"] where row.has(key) {
            let value = try row.number(key)
            // Dollars, or base currency as the contract has it.
            threshold = try UInt256(example: value, decimals: value >= 1e9 ? 0 : 8, key)
        }
        let limit =
            row.has("health_factor_above")
            ? try row.amount("health_factor_above", decimals: 18) : AaveLiquidation.closeFactorHealthFactor
        let reserve: UInt256
        let collateral: UInt256
        let total: UInt256
        var factor = limit + 1
        if row.has("debts") {
            var debts: [String: UInt256] = [:]
            for (name, value) in try row.map("debts") {
                guard case .number(let debt) = value else { throw Unsupported("`debts.\(name)`") }
                debts[name] = try UInt256(example: debt, decimals: 8, "debts.\(name)")
            }
            let target = try row.text("target")
            guard let debt = debts[target] else { throw Unsupported("`target`: `\(target)` is no debt") }
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
