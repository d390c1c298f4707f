import Foundation
import Primitives
import Testing

@testable import Desk

@Suite("Imports")
struct ImportTests {
    @Test func hyperliquidCollateralIsRawDollarsAndCosts() throws {
        let state = """
            {"assetPositions":[{"type":"oneWay","position":{"coin":"BTC","szi":"-0.5","entryPx":"100000","positionValue":"45000.0","liquidationPx":null,"leverage":{"type":"cross","value":20}}},
            {"type":"oneWay","position":{"coin":"ETH","szi":"2","entryPx":"3000","positionValue":"6200","liquidationPx":"2000.5","leverage":{"type":"isolated","value":5,"rawUsd":"-4800"}}}],
            "crossMarginSummary":{"accountValue":"15000","totalRawUsd":"60000"},"marginSummary":{"accountValue":"16400","totalRawUsd":"55200"},"time":1}
            """
        let all = try imported([state])
        // Cross: 60,000 raw − 0.5 × 100,000; isolated: −4,800 + 2 × 3,000.
        #expect(all.book.accounts.map(\.amount.description) == ["10000"])
        #expect(all.book.positions.map { $0.isolatedMargin?.description } == [nil, "1200"])
        #expect(all.book.markets.map(\.mark.description) == ["90000", "3100"])
        #expect(all.printed == [1: Exact("2000.5")!])
        #expect(all.health.counts["no printed price"] == 1)
    }

    @Test func binanceWalletsAndBrackets() throws {
        let risk = """
            [{"symbol":"BTCUSDT","positionAmt":"0.5","entryPrice":"120000.0","markPrice":"121450.50","unRealizedProfit":"725.25","liquidationPrice":"0","leverage":"10","marginType":"isolated","isolatedMargin":"6725.25","positionSide":"BOTH"},
            {"symbol":"BTCUSD_PERP","positionAmt":"-30","entryPrice":"119000","markPrice":"121450.5","liquidationPrice":"140000","leverage":"5","marginType":"cross","isolatedMargin":"0","positionSide":"SHORT"},
            {"symbol":"ETHUSDT","positionAmt":"0","entryPrice":"0","markPrice":"4000","liquidationPrice":"0","leverage":"5","marginType":"cross","isolatedMargin":"0","positionSide":"BOTH"}]
            """
        let account = """
            {"canTrade":true,"totalWalletBalance":"14000","assets":[{"asset":"USDT","walletBalance":"20000.10","crossWalletBalance":"14000.10"}],"positions":[]}
            """
        let brackets =
            #"[{"symbol":"BTCUSDT","brackets":[{"bracket":1,"initialLeverage":125,"notionalCap":300000,"notionalFloor":0,"maintMarginRatio":0.004,"cum":0.0},{"bracket":2,"initialLeverage":100,"notionalCap":3000000,"notionalFloor":300000,"maintMarginRatio":0.005,"cum":300.0}]}]"#
        let all = try imported([risk, account, brackets])
        #expect(all.book.positions.count == 2 && all.health.dropped["position of size zero"] == 1)
        #expect(all.book.positions[0].isolatedMargin?.description == "6000")
        #expect(all.book.positions[1].side == .short && all.book.positions[1].venue == "binance-coinm")
        #expect(all.book.markets.first { $0.symbol == "BTCUSD_PERP" }?.contractSize.description == "100")
        #expect(all.book.accounts.first { $0.venue == "binance" }?.amount.description == "14000.1")
        // The coin-margined wallet is in none of the files.
        #expect(all.health.counts["no collateral"] == 1)
        #expect(all.book.tiers.map(\.deduction.description) == ["0", "300"])
        #expect(all.book.tiers.map(\.rate.description) == ["0.004", "0.005"])
    }

    @Test func bybitAndOKXPositions() throws {
        let bybit =
            #"{"retCode":0,"result":{"list":[{"symbol":"ETHUSDT","side":"Sell","size":"3","avgPrice":"4000","markPrice":"4100","liqPrice":"","leverage":"10","tradeMode":0,"positionBalance":"0"}]}}"#
        let limits =
            #"{"retCode":0,"result":{"list":[{"symbol":"ETHUSDT","riskLimitValue":"2000000","maintenanceMargin":"0.01","mmDeduction":"5000","maxLeverage":"50"},{"symbol":"ETHUSDT","riskLimitValue":"1000000","maintenanceMargin":"0.005","mmDeduction":"","maxLeverage":"100"}]}}"#
        let instruments = #"{"code":"0","data":[{"instId":"BTC-USDT-SWAP","ctVal":"0.01","ctMult":"1"}]}"#
        let okx =
            #"{"code":"0","data":[{"instId":"BTC-USDT-SWAP","pos":"-12","posSide":"net","avgPx":"100000","markPx":"101000","liqPx":"150000","lever":"3","mgnMode":"cross","margin":""}]}"#
        let all = try imported([bybit, limits, instruments, okx])
        #expect(all.book.positions.map(\.side) == [.short, .short])
        #expect(
            all.book.tiers.map(\.from.description) == ["0", "1000000"] && all.book.tiers[0].deduction.isZero)
        #expect(all.book.markets.first { $0.venue == "okx" }?.contractSize.description == "0.01")
        #expect(all.printed[1]?.description == "150000" && all.printed[0] == nil)
    }

    @Test func ccxtStructuresKeepTheirDigits() throws {
        let positions =
            #"[{"symbol":"BTC/USDT:USDT","side":"long","contracts":0.1,"contractSize":1.0,"entryPrice":100000.123456789,"markPrice":101000.5,"liquidationPrice":null,"marginMode":"cross","collateral":1100.25,"unrealizedPnl":100.25,"leverage":10.0,"info":{}}]"#
        let tiers =
            #"{"BTC/USDT:USDT":[{"tier":1.0,"minNotional":0.0,"maxNotional":50000.0,"maintenanceMarginRate":0.004,"maxLeverage":125.0,"info":{"bracket":"1","cum":"0.0"}},{"tier":2.0,"minNotional":50000.0,"maxNotional":1e6,"maintenanceMarginRate":0.005,"maxLeverage":100.0,"info":{"bracket":"2","cum":"60.0"}}]}"#
        let all = try imported([positions, tiers], venue: "binance")
        #expect(all.book.positions[0].entry.description == "100000.123456789")
        #expect(all.book.accounts[0].amount.description == "1000")
        #expect(all.health.counts["printed deduction"] == 1)
        #expect(throws: InputError.self) {
            try imported([
                #"{"symbol":"BTC/USDT:USDT","bids":[[1,1]],"asks":[[2,1]],"timestamp":null,"nonce":null}"#
            ])
        }
    }

    @Test func booksAreRebuiltAndLookedAt() throws {
        let changes = """
            exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount
            deribit,BTC-PERPETUAL,1585699200000000,1585699200000000,false,bid,6400,7
            deribit,BTC-PERPETUAL,1585699200245000,1585699200355684,true,ask,6421.5,10
            deribit,BTC-PERPETUAL,1585699200245000,1585699200355684,true,bid,6420,20
            deribit,BTC-PERPETUAL,1585699201245000,1585699201355684,false,bid,6420,0
            deribit,BTC-PERPETUAL,1585699201245000,1585699201355684,false,bid,6419.5,30
            """
        let all = try imported([changes])
        #expect(all.book.depth.map(\.price.description) == ["6419.5", "6421.5"])
        #expect(all.health.dropped == ["change before the first snapshot": 1])
        let stream = """
            symbol,timestamp,first_update_id,last_update_id,side,update_type,price,qty,pu
            BTCUSDT,1667346579146,10,20,b,snap,20377.00,1.770,-1
            BTCUSDT,1667346579246,21,30,b,set,20376.00,1,20
            BTCUSDT,1667346579346,41,50,a,set,20376.00,1,40
            """
        #expect(try imported([stream]).health.counts["sequence break"] == 1)
        let frozen = (0..<30).map { "2025-10-10 00:\($0 + 10):00,-1,5.5,600000" }
        #expect(
            try imported(
                (["timestamp,percentage,depth,notional"] + frozen).joined(separator: "\n").split(
                    separator: "\u{0}"
                ).map(String.init)
            ).health.counts["frozen band"] == 1)
    }

    /// A fault, and what the answer names.
    @Test(arguments: [
        ("{\"assetPositions\":[", "cut off"), ("{\"a\":1}", "keys a"), ("[]", "a list"),
        ("\u{feff}{\"lastUpdateId\":1,\"bids\":[],\"asks\":[]}", "--symbol"),
        (
            "{\"assetPositions\":[{\"position\":{\"coin\":\"BTC\",\"szi\":\"much\"}}],\"marginSummary\":{\"totalRawUsd\":\"1\"}}",
            "szi"
        ),
        ("{\"assetPositions\":{},\"marginSummary\":{\"totalRawUsd\":\"1\"}}", "a list"),
        ("x,y\n1,2\n", "header of no known table"), ("", "empty file"),
        ("{\"assetPositions\":[],}", "JSON"), ("{\"coin\":\"BTC\",\"levels\":[[]]}", "bids and asks"),
    ])
    func faultsAreNamed(text: String, says: String) throws {
        let error = try #require(#expect(throws: InputError.self) { try imported([text]) })
        #expect(error.description.contains(says), "\(text): \(error)")
    }

    /// A file that is none of ours may be private: nothing of its values is echoed.
    @Test func secretsAreNotEchoed() throws {
        let error = try #require(
            #expect(throws: InputError.self) {
                try imported([#"{"apiKey":"hunter2-secret","email":"a@b.example"}"#])
            })
        #expect(!error.description.contains("hunter2") && !error.description.contains("a@b.example"))
        let table = try #require(
            #expect(throws: InputError.self) { try imported(["hunter2-secret,a@b.example\n"]) })
        #expect(!table.description.contains("hunter2") && !table.description.contains("a@b.example"))
    }
}
