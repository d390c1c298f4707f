import Foundation
import Primitives
import Testing

@testable import Desk

@Suite("Imports of lending positions")
struct LendingImportTests {
    private static let reserves = """
        {"data":{"reserves":[
        {"id":"r1","symbol":"WETH","decimals":18,"reserveLiquidationThreshold":"8300","reserveLiquidationBonus":"10500","liquidityIndex":"1100000000000000000000000000","variableBorrowIndex":"1200000000000000000000000000","price":{"priceInEth":"400000000000"}},
        {"id":"r2","symbol":"USDC","decimals":6,"reserveLiquidationThreshold":"7800","reserveLiquidationBonus":"10450","liquidityIndex":"1000000000000000000000000000","variableBorrowIndex":"1250000000000000000000000000","price":{"priceInEth":"100000000"}}]}}
        """

    @Test func aaveBalancesGrowWithTheirIndex() throws {
        let users = """
            {"data":{"users":[{"id":"0xa","reserves":[
            {"reserve":{"id":"r1"},"usageAsCollateralEnabledOnUser":true,"scaledATokenBalance":"10000000000000000000","currentATokenBalance":"1","scaledVariableDebt":"0"},
            {"reserve":{"id":"r2"},"usageAsCollateralEnabledOnUser":false,"scaledATokenBalance":"5000000","scaledVariableDebt":"8000000000"}]}]}}
            """
        let all = try imported([Self.reserves, users])
        // 10 × 1.1 WETH; 8,000 × 1.25 USDC; the supply of USDC is no collateral.
        #expect(
            all.book.loans.map(\.collateral) == [Exact(11), .zero]
                && all.book.loans.map(\.debt) == [.zero, Exact(10_000)])
        #expect(all.book.loans[0].threshold == Exact("0.83") && all.book.loans[0].bonus == Exact("0.05"))
        #expect(
            all.book.prices.map(\.usd) == [Exact(4000), .one]
                && all.health.dropped["supply that is no collateral"] == 1)
        #expect(throws: InputError.self) { try imported([users]) }
    }

    @Test func aaveBalancesWithoutAnIndexAreFrozen() throws {
        let row = """
            {"data":{"userReserves":[{"user":{"id":"0xa"},"reserve":{"symbol":"WETH","decimals":18,"reserveLiquidationThreshold":"8300"},"currentATokenBalance":"2000000000000000000","currentVariableDebt":"0"}]}}
            """
        let all = try imported([row])
        #expect(all.book.loans.map(\.collateral) == [Exact(2)] && all.health.counts["frozen balance"] == 1)
    }

    @Test func morphoPositions() throws {
        let all = try imported([
            """
            {"data":{"marketPositions":{"items":[{"user":{"address":"0xb"},"market":{"lltv":"860000000000000000","collateralAsset":{"symbol":"wstETH","decimals":18,"priceUsd":4900.5},"loanAsset":{"symbol":"USDC","decimals":6,"priceUsd":1}},"state":{"collateral":"3000000000000000000","borrowAssets":"9000000000"}}]}}}
            """
        ])
        let loan = try #require(all.book.loans.first)
        #expect(
            loan.lender == "morpho" && loan.threshold == Exact("0.86") && loan.collateral == Exact(3)
                && loan.debt == Exact(9000))
        #expect(all.book.prices.map(\.asset) == ["wstETH", "USDC"])
    }

    @Test func positionsOfTheCommonSchema() throws {
        let all = try imported([
            """
            {"data":{"positions":[{"account":{"id":"0xc"},"side":"COLLATERAL","balance":"1000000000","asset":{"symbol":"WBTC","decimals":8},"market":{"liquidationThreshold":"77"}},
            {"account":{"id":"0xc"},"side":"BORROWER","balance":"500000000000","asset":{"symbol":"USDC","decimals":6}},
            {"account":{"id":"0xd"},"side":"LENDER","balance":"1","asset":{"symbol":"USDC","decimals":6}}]}}
            """
        ])
        #expect(
            all.book.loans.map(\.lender) == ["compound-v3", "compound-v3"]
                && all.book.loans[0].threshold == Exact("0.77"))
        #expect(
            all.book.loans.map(\.debt) == [.zero, Exact(500_000)]
                && all.health.dropped["supply that is no collateral"] == 1)
    }

    @Test func tablesOfLargeBorrowers() throws {
        let held =
            "whale,asset_name,liquidation_threshold,collateral_amount,collateral_usd_estimate,debt_amount_usdt,original_user_address\nx,WETH,0.825,10,30000,500,0xa\nx,Other,0.75,7,7,500,0xa\ny,WETH,0.825,1,3000,100,0xb\n"
        let owed = "user_address,outstanding_debt_usdt,current_hf\n0xa,20000,1.24\n0xz,5,2\n"
        for order in [[held, owed], [owed, held]] {
            let all = try imported(order)
            let debts = all.book.loans.filter { !$0.debt.isZero }
            #expect(Set(debts.map { "\($0.account) \($0.debt)" }) == ["0xa 20000", "0xb 100"])
            #expect(
                all.health.dropped["debt whose collateral is in no file"] == 1
                    && all.health.counts["unnamed asset"] == 1)
            #expect(
                all.printedHealth.map(\.account) == ["0xa", "0xz"]
                    && all.book.prices.first?.usd == Exact(3000))
        }
    }

    @Test func theLastSafeStateOfAUser() throws {
        let all = try imported([
            "block,timestamp,user,totalCollateral,totalDebt,healthFactor,tokenAddress,USDC_debt,WETH_collateral,WETH_USD_price,USDC_USD_price,WETH_collateral (in USD)\n1,1,0xa,5e+18,2e+18,2.0,0x,4000000000.0,5e+18,2000.0,1.0,1\n2,2,0xa,4e+18,2e+18,1.6,0x,4000000000.0,4e+18,2000.0,1.0,1\n3,3,0xa,1e+18,2e+18,0.4,0x,4000000000.0,1e+18,2000.0,1.0,1\n"
        ])
        // 1.6 × 2 / 4.
        #expect(
            all.book.loans.map(\.collateral) == [.zero, Exact(4)]
                && all.book.loans[1].threshold == Exact("0.8"))
        #expect(
            all.health.dropped["earlier state of the same account"] == 2
                && all.printedHealth.map(\.factor) == [Exact("1.6")])
    }
}
