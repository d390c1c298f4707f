import Desk
import Foundation
import Primitives
import Testing

@testable import Stress

/// Loans small enough to check by hand, by each protocol's own rules.
@Suite("Loans under stress")
struct LoanTests {
    private static let header =
        "protocol,account,collateral_asset,collateral_amount,debt_asset,debt_amount,liquidation_threshold,liquidation_bonus\n"

    private func book(_ loans: String, prices: String = "WETH,4000\n", day: String = "2025-10-09") throws
        -> StressedBook
    {
        let read = try writtenBook([
            "lending.csv": Self.header + loans, "prices.csv": "asset,price_usd\n" + prices,
        ])
        return try StressedBook(read, health: Health(), day: day)
    }

    private func at(_ move: String, _ book: borrowing StressedBook) throws -> [LoanOutcome] {
        let shock = try Shock(move, coins: book.coins, assets: book.book.loanAssets)
        return book.outcome(shock).lending ?? []
    }

    private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 0.02 }

    /// 10 WETH at 4,000, threshold 83 %, bonus 5 %, 30,000 USDC owed: unsafe below 3,614.46.
    private static let aave = "aave-v3,a,WETH,10,USDC,30000,,\n"

    @Test func aaveByHand() throws {
        let book = try book(Self.aave)
        #expect(try at("-9", book)[0].accountsLiquidated == 0)
        // 36,000 × .83 / 30,000 = .996: above .95 half of the debt, 15,000 for 15,750 of WETH less a tenth of the bonus.
        let half = try at("-10", book)[0]
        #expect(
            half.accountsLiquidated == 1 && isNear(half.lowestHealthFactor!, 0.996)
                && isNear(half.repaidUsd, 15_000))
        #expect(isNear(half.seizedUsd, 15_750 - 75) && half.badDebtUsd == 0)
        // 28,000 pay 28,000 / 1.05 = 26,666.67 of 30,000.
        let all = try at("-30", book)[0]
        #expect(isNear(all.repaidUsd, 26_666.67) && isNear(all.badDebtUsd, 3_333.33))
    }

    @Test func aaveBeforeItBookedBadDebt() throws {
        let old = try book(Self.aave, day: "2024-06-01")
        let all = try at("-30", old)[0]
        #expect(isNear(all.repaidUsd + all.badDebtUsd, 30_000) && isNear(all.badDebtUsd, 3_333.33))
    }

    @Test func compoundAbsorbsAll() throws {
        let book = try book("compound-v3,a,WETH,10,USDC,34000,,\n")
        #expect(try at("-5", book)[0].accountsLiquidated == 0)
        // 36,000 × .895 = 32,220: absorbed; credited 95 % of 36,000, which is more than the debt.
        let first = try at("-10", book)[0]
        #expect(first.accountsLiquidated == 1 && isNear(first.repaidUsd, 34_000) && first.badDebtUsd == 0)
        #expect(isNear(first.seizedUsd, 36_000))
        let second = try at("-20", book)[0]
        // The reserves credit 95 % of 32,000 and hold all of it: 2,000 have no collateral.
        #expect(isNear(second.repaidUsd, 32_000) && isNear(second.badDebtUsd, 2_000))
    }

    @Test func morphoHasNoCloseFactor() throws {
        // LLTV 86 %: incentive 1 / (1 − .3 × .14) = 1.04384.
        let book = try book("morpho,a,WETH,10,USDC,32000,0.86,\n")
        #expect(try at("-6", book)[0].accountsLiquidated == 0)
        let all = try at("-10", book)[0]
        #expect(
            isNear(all.repaidUsd, 32_000) && isNear(all.seizedUsd, 32_000 * 1.043_841_336)
                && all.badDebtUsd == 0)
        let lost = try at("-25", book)[0]
        #expect(
            isNear(lost.repaidUsd, 30_000 / 1.043_841_336)
                && isNear(lost.badDebtUsd, 32_000 - 30_000 / 1.043_841_336))
    }

    @Test func wrappedTokensMoveWithTheirCoin() throws {
        let book = try book(
            "aave-v3,a,wstETH,10,USDC,30000,,\naave-v3,b,USDe,1000,USDC,740,,\n", prices: "wstETH,4800\n")
        #expect(book.coins == ["ETH"] && book.names == ["a", "b"])
        // 48,000 × .83 / 30,000 = 1.328: unsafe beyond a fall of 24.7 %.
        #expect(
            try at("ETH=-24", book)[0].accountsLiquidated == 0 && at("-25", book)[0].accountsLiquidated == 1)
        // A token may lose its coin, and a dollar stays unless it is named.
        #expect(try at("wstETH=-25", book)[0].accountsLiquidated == 1)
        #expect(
            try at("USDe=-3", book)[0].accountsLiquidated == 1
                && at("ETH=-1", book)[0].accountsLiquidated == 0)
    }

    @Test func rowsOfOneAccountStandForEachOther() throws {
        let book = try book("aave-v3,a,WETH,5,USDC,30000,,\naave-v3,a,WETH,5,,,,\n")
        var told: [AccountOutcome] = []
        let shock = try Shock("-9", coins: book.coins)
        let outcome = book.outcome(shock) { _, one in told.append(one) }
        #expect(outcome.lending![0].accounts == 1 && outcome.lending![0].accountsLiquidated == 0)
        #expect(
            told.count == 1 && isNear(told[0].healthFactor!, 36_400 * 0.83 / 30_000)
                && isNear(told[0].loansUsd!, 6_400))
    }

    @Test func dustLeavesOtherCalls() throws {
        // Health .96: half of 10,000 would leave 500 of the USDC; all of the USDT may be repaid, and then the rest.
        let book = try book(
            "aave-v3,a,WETH,12,USDC,5500,0.8,0.05\naave-v3,a,,,USDT,4500,,\n", prices: "WETH,1000\n")
        let all = try at("0", book)[0]
        #expect(all.accountsLiquidated == 1 && all.repaidUsd >= 4_499 && all.badDebtUsd == 0)
    }

    @Test func aBorrowerOfSeveralPoolsIsOne() throws {
        let book = try book("morpho,a,WETH,1,USDC,3300,0.86,\nmorpho,a,WETH,1,USDT,3300,0.86,\n")
        let all = try at("-10", book)[0]
        #expect(all.accounts == 1 && all.accountsLiquidated == 1 && isNear(all.unsafeDebtUsd, 6_600))
    }

    @Test func aNameIsMeantBeforeWhatItMayBeAMarketOf() throws {
        let book = try book("aave-v3,a,CRV,1000,crvUSD,100,0.5,\n", prices: "CRV,0.5\ncrvUSD,1\n")
        let shock = try Shock("CRV=-30,crvUSD=-5", coins: book.coins, assets: book.book.loanAssets)
        #expect(shock.moves == ["CRV": Exact(-30), "CRVUSD": Exact(-5)])
    }

    @Test func whatKeepersSellMovesThePrice() throws {
        let book = try book(Self.aave + "aave-v3,b,WETH,10,USDC,28000,,\n")
        let shock = try Shock("-10", coins: book.coins)
        #expect(book.outcome(shock).lending![0].accountsLiquidated == 1)
        // The first one's 4.35 WETH, sold into 100,000, take the price far enough for the second.
        let pushed = book.outcome(shock, impact: try Impact("linear:100000", book: book.book))
        #expect(pushed.lending![0].accountsLiquidated == 2 && pushed.fallPct["ETH"]! > 20 && pushed.isAtRest)
    }

    @Test func aPathNotesEachLossOnce() throws {
        let book = try book("aave-v3,a,,,USDC,100,,\n" + Self.aave)
        let prices: [(time: SimTime, usd: Double)] = [1.0, 0.9, 0.89, 0.7, 0.69].enumerated().map {
            (SimTime(seconds: Int64($0.offset) * 60), $0.element)
        }
        let path = try #require(StressPath(name: "down", prices: ["ETH": prices]))
        let (outcome, stories) = book.outcome(along: path)
        let loans = outcome.lending![0]
        // Half is closed at 3,600; what is left is closed at the next price below its health.
        #expect(loans.accountsLiquidated == 1 && stories.count == 1)
        #expect(stories[0].liquidatedUtc == "\(SimTime(seconds: 60))")
        #expect(loans.badDebtUsd < 100 + 1e-6)
    }

    @Test(arguments: [
        ("lido,a,WETH,1,USDC,1,,\n", "protocol"), ("aave-v3,a,DOGE,1,USDC,1,,\n", "collateral_asset"),
        ("aave-v3,a,LINK,1,USDC,1,,\n", "liquidation_threshold"),
        ("morpho,a,WETH,1,USDC,1,,\n", "liquidation_threshold"),
        ("aave-v3,a,WETH,-1,USDC,1,,\n", "collateral_amount"),
        ("aave-v3,a,WETH,1e13,USDC,1,,\n", "collateral_amount"),
        ("aave-v3,a,WETH,1,USDC,1,83,\n", "liquidation_threshold"),
        ("morpho,a,,,USDC,1,0.86,\n", "collateral_asset"),
        ("morpho,a,WETH,1,SHIB,1e12,0.77,\n", "debt_asset"),
        ("aave-v3,a,,1,USDC,1,,\n", "collateral_asset"),
    ])
    func refusals(_ row: String, _ key: String) {
        do {
            _ = try book(row, prices: "WETH,4000\nLINK,20\n")
            Issue.record("\(row) was taken")
        } catch let error as InputError {
            #expect(error.key == key && error.line == 2)
        } catch { Issue.record(error) }
    }
}
