import Clearing
import OrderBook
import Primitives

/// Oracle, mark and funding at the venue's own cadence.
extension Venue {
    /// Takes in a new oracle price and makes the mark from it. Zero, less or no number is no price: the last one stays.
    /// A price beyond what the market can quote counts as the highest it can.
    ///
    /// - Parameters:
    ///   - oracle, externalPerp: in ticks, not rounded.
    public mutating func updateOracle(_ market: Int32, _ price: Double, externalPerp: Double?) {
        guard price > 0, price.isFinite else { return }
        let m = Int(market)
        let oracle = min(price, Double(house.maxTicks(Int32(m))))
        let externalPerp = externalPerp.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        prices[m].oracle = oracle
        let last = lastTrade(market).map { Double($0.count) }
        var inputs = PriceInputs(
            oracle: oracle, bestBid: books[m].bestBid.map { Double($0.count) },
            bestAsk: books[m].bestAsk.map { Double($0.count) }, lastTrade: last, externalPerp: externalPerp)
        inputs.fundingRate = prices[m].lastRate.value
        if let funding = rulebook.funding {
            inputs.hoursToFunding = Double(funding.secondsToPayment(house.now.seconds)) / 3600
        }
        let mark = prices[m].mark.update(inputs, at: house.now).rounded()
        let highest = Double(house.maxTicks(Int32(m)))
        house.setMark(market, Ticks(Int(min(max(mark, 1), highest))))
        queues.markChanged(market, at: house.now)
        if let caps = rulebook.markets[m].openInterestCaps {
            let base = rulebook.markets[m].spec.schedule.tiers[0].initialRate.pico / 1_000_000
            let interest = house.unit(Int32(m)).notional(
                house.openInterest(market), at: house.mark(market))
            let rate = caps.initialPPM(base: base, openInterest: interest.micros)
            house.setInitialSurcharge(market, Rate(pico: (rate - base) * 1_000_000))
        }
    }

    /// Takes in the prices of a collateral asset; the rulebook says which one values it.
    ///
    /// - Parameters:
    ///   - asset: the place in the rulebook's `collateral`.
    ///   - index, ownBook: in ticks of 10^-4 dollars; nil where the venue has no book of the asset.
    public mutating func updateCollateral(_ asset: Int, index: Double, ownBook: Double?) {
        let rule = rulebook.collateral[asset]
        let price = rule.price == .ownBook ? ownBook ?? index : index
        let highest = Double(rule.spec.maxTicks)
        house.setMark(
            Int32(rulebook.markets.count + asset), Ticks(Int(min(max(price.rounded(), 1), highest))))
    }

    /// Makes the index from spot prices by the venue's rule and takes it in as the oracle. Keeps the last one, with the
    /// mark it had, when no source counts.
    public mutating func updateIndex(_ market: Int32, _ sources: [IndexSource], externalPerp: Double?) {
        guard let index = rulebook.index.price(sources) else { return }
        updateOracle(market, index, externalPerp: externalPerp)
    }

    /// Takes one sample of the funding premium.
    public mutating func sampleFunding(_ market: Int32) {
        let m = Int(market)
        guard let funding = rulebook.funding, prices[m].oracle > 0 else { return }
        let oracle = prices[m].oracle
        switch funding.premium {
        case .impact:
            guard let bid = impactPrice(market, .sell), let ask = impactPrice(market, .buy) else { return }
            prices[m].premium.add(
                FundingRule.impactPremium(oracle: oracle, impactBid: bid, impactAsk: ask))
        case .impactFromMark:
            guard let bid = impactPrice(market, .sell), let ask = impactPrice(market, .buy) else { return }
            prices[m].premium.add(
                FundingRule.impactPremium(
                    oracle: oracle, mark: Double(house.mark(market).count), impactBid: bid, impactAsk: ask))
        case .mid:
            guard let bid = books[m].bestBid, let ask = books[m].bestAsk else { return }
            prices[m].premium.add((Double(bid.count + ask.count) / 2 - oracle) / oracle)
        case .mark: prices[m].premium.add((Double(house.mark(market).count) - oracle) / oracle)
        }
    }

    /// Pays the funding of the interval that ends now; returns what the paying side paid.
    @discardableResult
    public mutating func settleFunding(_ market: Int32) -> Money {
        let m = Int(market)
        guard let funding = rulebook.funding else { return .zero }
        let before = prices[m].lastRate
        let change = prices[m].mostRateChange
        let unlimited = funding.paymentRate(
            averagePremium: prices[m].premium.value, cap: prices[m].fundingCap)
        let found = Rate(nearest: min(max(unlimited, before.value - change), before.value + change))
        prices[m].premium = PremiumAverage(funding.weighting)
        prices[m].lastRate = found
        let rate = funding.isKnownBefore ? before : found
        let oracle = Ticks(max(1, Int(prices[m].oracle.rounded())))
        return house.settleFunding(
            market, rate: rate, at: funding.paidOn == .oracle ? oracle : house.mark(market))
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
