import Clearing
import OrderBook
import Primitives

/// Oracle, mark and funding at the venue's own cadence.
extension Venue {
    /// Takes in a new oracle price and makes the mark from it.
    ///
    /// - Parameters:
    ///   - oracle, externalPerp: in ticks, not rounded.
    public mutating func updateOracle(_ market: Int32, _ oracle: Double, externalPerp: Double?) {
        let m = Int(market)
        prices[m].oracle = oracle
        let inputs = PriceInputs(
            oracle: oracle, bestBid: books[m].bestBid.map { Double($0.count) },
            bestAsk: books[m].bestAsk.map { Double($0.count) },
            lastTrade: lastTrade(market).map { Double($0.count) }, externalPerp: externalPerp)
        let mark = prices[m].mark.update(inputs, at: house.now).rounded()
        let highest = Double(rulebook.markets[m].spec.maxTicks)
        house.setMark(market, Ticks(Int(min(max(mark, 1), highest))))
        queues.markChanged(market)
    }

    /// Takes one sample of the funding premium from the book's impact prices.
    public mutating func sampleFunding(_ market: Int32) {
        let m = Int(market)
        guard case .hyperliquid(var funding) = prices[m].funding, prices[m].oracle > 0 else { return }
        let oracle = prices[m].oracle
        guard let bid = impactPrice(market, .sell), let ask = impactPrice(market, .buy) else { return }
        funding.sample(HyperliquidFunding.premium(oracle: oracle, impactBid: bid, impactAsk: ask))
        prices[m].funding = .hyperliquid(funding)
    }

    /// Pays the funding of the hour that ends now; returns what the paying side paid.
    @discardableResult
    public mutating func settleFunding(_ market: Int32) -> Money {
        let m = Int(market)
        guard case .hyperliquid(var funding) = prices[m].funding else { return .zero }
        let rate = funding.settle()
        prices[m].funding = .hyperliquid(funding)
        prices[m].lastRate = rate
        return house.settleFunding(market, rate: rate, at: Ticks(max(1, Int(prices[m].oracle.rounded()))))
    }

    /// The average price an order of the impact notional would get; nil if the book cannot fill it.
    func impactPrice(_ market: Int32, _ side: Side) -> Double? {
        let m = Int(market)
        let rules = rulebook.markets[m]
        let lots = rules.spec.unit.lots(
            worth: rules.impactNotional.dollars, at: Ticks(max(1, Int(prices[m].oracle))))
        guard lots > .zero else { return nil }
        let swept = books[m].sweep(side, lots)
        return swept.filled == lots ? Double(swept.tickLots) / Double(lots.count) : nil
    }
}
