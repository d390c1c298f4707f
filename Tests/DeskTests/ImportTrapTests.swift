import Foundation
import Primitives
import Testing

@testable import Desk

/// What answers of venues leave out or mean otherwise than they seem.
@Suite("Traps of imports")
struct ImportTrapTests {
    private static let okx = """
        {"code":"0","data":[{"instType":"SWAP","instId":"BTC-USDT-SWAP","pos":"10","posSide":"net","avgPx":"100000","markPx":"99000","notionalUsd":"9895.05","mgnMode":"cross","lever":"10"},
        {"instType":"OPTION","instId":"BTC-USD-261225-100000-C","pos":"1","avgPx":"0.02","markPx":"0.0215","mgnMode":"cross"}]}
        """
    private static let ticker =
        "exchange,symbol,timestamp,local_timestamp,mark_price,index_price\nokex-swap,BTC-USDT-SWAP,1,1,98000,98010\n"

    @Test func aPriceChangesNoContract() throws {
        for order in [[Self.okx, Self.ticker], [Self.ticker, Self.okx]] {
            let all = try imported(order)
            #expect(all.book.markets.count == 1 && all.book.positions.count == 1)
            // 9,895.05 / (10 × 99,000) is a hundredth, with a dollar of .9995 in it.
            #expect(
                all.book.markets[0].contractSize == Exact("0.01") && all.book.markets[0].mark == Exact(98_000)
            )
            #expect(
                all.health.dropped["neither a perpetual nor a future"] == 1
                    && all.health.counts["assumed contract"] == nil)
        }
        let alone = try imported([Self.ticker])
        #expect(alone.health.counts["assumed contract"] == 1 && alone.book.markets[0].contract == .linear)
    }

    @Test func datedContractsSettleInTheirCoin() throws {
        let all = try imported(
            [
                """
                [{"symbol":"BTC/USD:BTC-251226","contracts":10,"contractSize":100,"entryPrice":100000,"markPrice":99000,"side":"long","marginMode":"cross","collateral":null,"unrealizedPnl":5,"leverage":10},
                {"symbol":"BTC/USDT:USDT-251226-90000-P","contracts":1,"entryPrice":1,"side":"long"}]
                """
            ], venue: "binance")
        #expect(all.book.markets.map(\.contract) == [.inverse] && all.book.accounts.map(\.asset) == ["BTC"])
        #expect(all.book.accounts.map(\.amount) == [.zero] && all.health.counts["no collateral"] == 1)
        #expect(
            CoinNames.coin(of: "BTCUSDH25") == "BTC" && CoinNames.isInverse("BTCUSDH25")
                && !CoinNames.isInverse("BTCUSDT"))
    }

    @Test func isolatedWithoutSayingSo() throws {
        let risk = """
            [{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"1","entryPrice":"100000","markPrice":"100020","unRealizedProfit":"20","isolatedMargin":"500","isolatedWallet":"480","liquidationPrice":"99000"},
            {"symbol":"ETHUSDT","positionSide":"BOTH","positionAmt":"1","entryPrice":"4000","markPrice":"4000","isolatedMargin":"0","isolatedWallet":"0"}]
            """
        let all = try imported([risk])
        #expect(all.book.positions.map { $0.isolatedMargin?.description } == ["480", nil])
    }

    @Test func accountBeforePositionRisk() throws {
        let account = """
            {"canTrade":true,"totalWalletBalance":"10","assets":[{"asset":"USDT","walletBalance":"1000"}],"positions":[{"symbol":"BTCUSDT","positionAmt":"1","entryPrice":"100000","notional":"99000","leverage":"10"}]}
            """
        let risk = """
            [{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"1","entryPrice":"100000","markPrice":"99000","marginType":"cross","liquidationPrice":"90000"}]
            """
        for order in [[account, risk], [risk, account]] {
            let all = try imported(order)
            #expect(
                all.book.positions.count == 1 && all.printed == [0: Exact(90_000)]
                    && all.book.accounts.map(\.amount) == [Exact(1000)])
        }
    }

    @Test func twoCurrenciesTwoWallets() throws {
        let all = try imported([
            """
            {"result":{"list":[{"symbol":"ETHUSDT","side":"Buy","size":"1","avgPrice":"4000","markPrice":"4000","tradeMode":0},
            {"symbol":"BTCUSD","side":"Buy","size":"100","avgPrice":"100000","markPrice":"100000","tradeMode":0}]}}
            """
        ])
        #expect(all.book.accounts.map(\.asset) == ["USDT", "BTC"] && all.health.counts["no collateral"] == 2)
    }

    @Test func bybitLimitsInPerCent() throws {
        func limits(_ maintenance: String) -> String {
            "{\"result\":{\"list\":[{\"symbol\":\"BTCUSDT\",\"riskLimitValue\":\"2000000\",\"maintenanceMargin\":\"\(maintenance)\",\"initialMargin\":\"1\",\"maxLeverage\":\"100.00\"}]}}"
        }
        #expect(try imported([limits("0.5")]).book.tiers.map(\.rate) == [Exact("0.005")])
        #expect(try imported([limits("0.005")]).book.tiers.map(\.rate) == [Exact("0.005")])
    }

    @Test func metaHasTables() throws {
        let all = try imported([
            """
            {"universe":[{"name":"BTC","maxLeverage":40,"marginTableId":56}],"marginTables":[[56,{"marginTiers":[{"lowerBound":"0.0","maxLeverage":40},{"lowerBound":"150000000.0","maxLeverage":20}]}]]}
            """
        ])
        #expect(all.book.tiers.map(\.rate) == [Exact("0.0125"), Exact("0.025")])
    }

    @Test func changesGoOnInTheNextFile() throws {
        let header = "symbol,timestamp,first_update_id,last_update_id,side,update_type,price,qty,pu\n"
        let snap = header + "BTCUSDT,1,5,5,b,snap,100,1,-1\nBTCUSDT,1,5,5,a,snap,101,1,-1\n"
        let changes = header + "BTCUSDT,2,6,7,b,set,100,0,5\nBTCUSDT,2,6,7,b,set,99,3,5\n"
        let all = try imported([snap, changes])
        #expect(all.book.depth.map(\.price) == [Exact(99), Exact(101)])
        let alone = try imported([changes])
        #expect(alone.book.depth.isEmpty && alone.health.dropped["change before the first snapshot"] == 2)
    }

    @Test func snapshotAfterSnapshot() throws {
        let header = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n"
        let all = try imported([
            header
                + "okex-swap,X,1,1,true,bid,100,1\nokex-swap,X,1,1,true,ask,101,1\nokex-swap,X,2,2,true,bid,98,1\nokex-swap,X,2,2,true,ask,102,1\n"
        ])
        #expect(all.book.depth.map(\.price) == [Exact(98), Exact(102)])
    }

    @Test func tradesAreNoLiquidations() throws {
        let rows =
            "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\nbitmex,XBTUSD,1600000000000000,1600000000000000,a,buy,100,1\n"
        #expect(try imported([rows], names: ["bitmex_trades.csv"]).health.dropped["trade"] == 1)
        #expect(try imported([rows], names: ["bitmex_liquidations.csv"]).health.dropped["trade"] == nil)
    }

    @Test func textThatWouldHaveEndedTheProgram() throws {
        #expect(
            CoinNames.coin(of: "kA:") == "" && CoinNames.multiple(of: "kPEPE") == 3
                && CoinNames.multiple(of: "1000") == 0)
        let large = Exact("900000000000000000000000")!
        #expect((large + Exact("0.00000000000001")! + large).double == 1.8e24)
        let halves = "[{\"a\":\"" + String(repeating: "\\ud800", count: 170_000) + "\\ud83d\\ude00\"}]"
        var reader = JSONReader(Array(halves.utf8), file: "f")
        #expect(try reader.documents()[0].list![0]["a"]!.text!.hasSuffix("😀"))
        // A document of one long line is read whole.
        let line =
            "{\"bids\":[" + (0..<90_000).map { "[\($0 + 1),1]" }.reversed().joined(separator: ",")
            + "],\"asks\":[[100000,1]],\"symbol\":\"BTC/USDT:USDT\"}"
        #expect(try imported([line], venue: "binance").book.depth.count == 90_001)
    }
}
