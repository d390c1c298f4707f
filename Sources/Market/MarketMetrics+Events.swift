import Clearing
@_spi(World) import Exchanges
import OrderBook
import Primitives
import Venues

extension MarketMetrics {
    /// Counts one event of a venue's log.
    mutating func add(_ event: ClearingEvent, _ p: VenueID, _ exchanges: borrowing Exchanges) {
        switch event.kind {
        case .marginCall:
            let weight = weight(event.account, p)
            tallies[p].marginCalls += weight
            minute.marginCalls += weight
            cascade.wasCalled(event.account, p)
        case .recovered, .closedOut: cascade.recovered(event.account, p)
        case .partialLiquidation, .fullLiquidation:
            if exchanges.perps[p].house.account(event.account).kind == .trader {
                let notional = notional(event, p, exchanges)
                tallies[p].filledInBooks += notional
                minute.filledInBooks += notional
                liquidated(event, p, exchanges)
            }
        case .vaultTakeover, .fundTakeover:
            let notional = notional(event, p, exchanges)
            if event.kind == .vaultTakeover {
                tallies[p].vaultTakeover += notional
            } else {
                tallies[p].fundTakeover += notional
            }
            let total = tallies[p].vaultTakeover + tallies[p].fundTakeover
            tallies[p].takeovers.append((event.time, total))
            minute.takeovers += notional
            liquidated(event, p, exchanges)
        case .deleveraging: deleveraged(event, p, exchanges)
        case .topUp: gains.paid(dollars(event.amount, p, exchanges), by: event.account, p, setup)
        case .socialisedLoss: tallies[p].socialised += dollars(event.amount, p, exchanges)
        // Charged to a fund it is the fund's deficit, counted at the end.
        case .badDebt:
            if event.account == .nobody { tallies[p].badDebt += dollars(event.amount, p, exchanges) }
        default: break
        }
        hash.combine(Int64(event.kind.rawValue), Int64(event.account.rawValue), event.amount.micros)
    }

    private func weight(_ account: AccountID, _ p: VenueID) -> Int {
        setup.populations[p].place(of: account).map { Int(setup.weights[p][$0]) } ?? 1
    }

    /// Dollars of an amount in an exchange's settlement units.
    func dollars(_ amount: Money, _ p: VenueID, _ exchanges: borrowing Exchanges) -> Double {
        Double(amount.micros) / exchanges.settlementUnits(p)
    }

    /// Dollars of the lots that an event moved: notional at its price, of an inverse contract its face value.
    private func notional(_ event: ClearingEvent, _ p: VenueID, _ exchanges: borrowing Exchanges) -> Double {
        let settlement = exchanges.settlement(p)
        if settlement.isCoin {
            return Double(event.lots.magnitude.count)
                / exchanges.perps[p].house.unit(event.market).lotsPerCoin
        }
        return settlement.amount(event.amount.magnitude)
    }

    /// Dollars that forced orders sold in this step, by asset: the cascade's next cause.
    mutating func seeForcedSales(_ exchanges: borrowing Exchanges) {
        for p in exchanges.perpetualIDs {
            for i in 0..<exchanges.perps[p].house.events.count {
                let event = exchanges.perps[p].house.events[i]
                guard event.kind == .partialLiquidation || event.kind == .fullLiquidation, event.market >= 0
                else {
                    continue
                }
                let usd = notional(event, p, exchanges)
                cascade.forced(event.lots < .zero ? usd : -usd, p, market: event.market)
            }
        }
    }

    private mutating func liquidated(_ event: ClearingEvent, _ p: VenueID, _ exchanges: borrowing Exchanges) {
        let notional = notional(event, p, exchanges)
        if event.lots < .zero {
            tallies[p].liquidatedLong += notional
            minute.liquidatedLong[p] += notional
        } else {
            tallies[p].liquidatedShort += notional
            minute.liquidatedShort[p] += notional
        }
        tallies[p].realisedLoss += dollars(event.loss, p, exchanges)
        let account = event.account.index
        let isNew = wasLiquidated[p].indices.contains(account) && !wasLiquidated[p][account]
        if event.market >= 0 && notional > 0 {
            cascade.closed(
                event.account, p, market: event.market, usd: notional, isNew: isNew,
                accounts: isNew ? weight(event.account, p) : 0, at: event.time)
        }
        if isNew {
            wasLiquidated[p][account] = true
            tallies[p].accountsLiquidated += weight(event.account, p)
        }
    }

    private mutating func deleveraged(_ event: ClearingEvent, _ p: VenueID, _ exchanges: borrowing Exchanges)
    {
        let notional = notional(event, p, exchanges)
        tallies[p].deleveraged += notional
        let forgone = Self.forgone(
            event, at: exchanges.perps[p].house.mark(event.market),
            exchanges.perps[p].house.unit(event.market))
        tallies[p].deleveragedForgone += dollars(forgone, p, exchanges)
        minute.deleveraged += notional
        deleveragedOf[p][event.counterparty, default: 0] += notional
        if tallies[p].firstDeleveraging == nil { tallies[p].firstDeleveraging = event.time }
        let winner = event.counterparty.index
        if wasDeleveraged[p].indices.contains(winner), !wasDeleveraged[p][winner] {
            wasDeleveraged[p][winner] = true
            tallies[p].deleveragedAccounts += weight(event.counterparty, p)
        }
        if exchanges.perps[p].house.account(event.account).kind == .trader {
            liquidated(event, p, exchanges)
        } else {
            tallies[p].deleveragedOfHouse += notional
        }
    }

    /// What a deleveraged winner would have had more at the mark, in ledger units. The coins that an inverse contract is worth
    /// become more as the price falls, so there it is the other way round.
    package static func forgone(_ event: ClearingEvent, at mark: Ticks, _ unit: ContractUnit) -> Money {
        let more = unit.notional(event.lots, at: mark) - event.amount
        return unit.isInverse ? -more : more
    }

    /// What the public feeds showed in the minute, and what an outsider would make of it.
    mutating func takeFeeds(_ exchanges: inout Exchanges) {
        for p in exchanges.perpetualIDs {
            let units = exchanges.settlementUnits(p)
            let long = Double(exchanges.perps[p].feed.reportedLong.micros)
            let short = Double(exchanges.perps[p].feed.reportedShort.micros)
            minute.reportedLong[p] = (long - reported[p].long) / units
            minute.reportedShort[p] = (short - reported[p].short) / units
            reported[p] = (long, short)
            tallies[p].reportedLong += minute.reportedLong[p]
            tallies[p].reportedShort += minute.reportedShort[p]
            let rule = exchanges.perps[p].feed.rule
            let isThrottled = rule.selector == .latest || rule.selector == .largest
            let windows = isThrottled ? Int(60 / rule.windowSeconds) : 0
            for m in 0..<exchanges.perps[p].rulebook.markets.count {
                let sample = exchanges.worldPerps[p].feed.takeSample(m)
                guard sample.messages > 0 else { continue }
                let scale = 1e6 / units
                if !isThrottled {
                    let value = sample.value.dollars * scale
                    tallies[p].estimatedTruth.low += value
                    tallies[p].estimatedTruth.middle += value
                    tallies[p].estimatedTruth.high += value
                    continue
                }
                let estimate = sample.estimate(windows: windows)
                tallies[p].estimatedTruth.low += estimate.low * scale
                tallies[p].estimatedTruth.middle += estimate.middle * scale
                if estimate.high == .infinity {
                    tallies[p].estimatedTruth.saturatedMinutes += 1
                    tallies[p].estimatedTruth.high += estimate.middle * scale
                } else {
                    tallies[p].estimatedTruth.high += estimate.high * scale
                }
            }
        }
    }

    /// Open interest and depth, by the minute.
    mutating func measure(_ exchanges: inout Exchanges, at time: SimTime, isFirst: Bool) {
        var (all, bitcoin, coins, depthUSD) = (0.0, 0.0, 0.0, 0.0)
        var byVenue = [Double](repeating: 0, count: exchanges.perps.count)
        for place in exchanges.books where !place.isSpot {
            let (p, m) = (place.exchange, place.market)
            let open = exchanges.perps[p].house.openInterest(m)
            let unit = exchanges.perps[p].house.unit(m)
            let price = exchanges.views[place.asset].index
            let usd = unit.isInverse ? unit.coins(open) : unit.coins(open) * price
            byVenue[p] += usd
            all += usd
            if place.asset == exchanges.reference {
                bitcoin += usd
                coins += usd / max(price, 1e-12)
            }
        }
        for book in exchanges.booksOfAsset[exchanges.reference] {
            for side in [Side.buy, .sell] {
                depthUSD += exchanges.depthUSD(book, side, withinBasisPoints: 100)
            }
        }
        minute.bitcoinDepthUSD = depthUSD
        minute.bitcoinSpreadBp = medianSpreadBp(exchanges.reference, exchanges)
        minute.openInterest = byVenue
        if isFirst {
            (openInterest.before, bitcoinOpenInterest.before, bitcoinCoins.before) = (all, bitcoin, coins)
            depth.before = depthUSD
            for p in exchanges.perpetualIDs { tallies[p].openInterestBefore = byVenue[p] }
        }
        openInterest.see(all, at: time)
        bitcoinOpenInterest.see(bitcoin, at: time)
        bitcoinCoins.see(coins, at: time)
        if time <= setup.reference { depth.before = depthUSD }
        if time > setup.reference {
            depth.see(depthUSD, at: time)
            if depthUSD < depth.before / 2 {
                depthHalfBack = nil
            } else if depthHalfBack == nil {
                depthHalfBack = time
            }
        }
        for p in exchanges.perpetualIDs {
            tallies[p].openInterestLow = min(tallies[p].openInterestLow, byVenue[p])
            tallies[p].openInterestAfter = byVenue[p]
        }
    }

    private func medianSpreadBp(_ asset: AssetID, _ exchanges: borrowing Exchanges) -> Double? {
        let spreads = exchanges.booksOfAsset[asset].compactMap { book -> Double? in
            guard let bid = exchanges.bestBid(book), let ask = exchanges.bestAsk(book) else { return nil }
            return Double(ask.count - bid.count) / Double(ask.count + bid.count) * 2e4
        }.sorted()
        return spreads.isEmpty ? nil : spreads[spreads.count / 2]
    }
}
