import Primitives
import Testing

@Suite("What a ledger counts") struct SettlementTests {
    @Test func dollarsAndCoins() {
        let coin = Settlement.coin("BTC", decimals: 10)
        #expect(Settlement.dollars.currency == "USD" && coin.currency == "BTC")
        #expect(!Settlement.dollars.isCoin && coin.isCoin)
        // The same number of units is 2,500 dollars here, a quarter of a coin there.
        let amount = Money(micros: 2_500_000_000)
        #expect(Settlement.dollars.amount(amount) == 2500)
        #expect(coin.amount(amount) == 0.25)
        #expect(Settlement.dollars.unitsPerDollar(coinUSD: 100_000) == 1e6)
        #expect(coin.unitsPerDollar(coinUSD: 100_000) == 1e5)
        #expect(Double(amount.micros) / coin.unitsPerDollar(coinUSD: 100_000) == 25_000)
    }

    @Test func amountsOfDifferentCoinsAreDifferentUnits() {
        #expect(Settlement.coin("BTC", decimals: 10) != .coin("ETH", decimals: 10))
        #expect(Settlement.coin("BTC", decimals: 8).unitsPerOne == 100_000_000)
    }
}
