import Agents
import Clearing
import Exchanges
import LendingMarkets
import Market
import OrderBook
import Primitives
import Venues

extension MarketSummary {
    /// The figures of a finished (or interrupted) run.
    public init(of world: borrowing World) {
        self.init()
        let metrics = world.metrics
        stateHash = world.stateHash().hex
        steps = world.steps
        books = world.exchanges.books.count
        majors = world.majors.map { world.exchanges.assets[$0] }
        accounts = metrics.leverage.before.accountsWithPositions
        zeroSumMicroUsd = metrics.worstImbalance
        if world.lending.worstImbalance != .zero { zeroSumMicroUsd = max(zeroSumMicroUsd, 1) }
        zeroSumStepsChecked = metrics.stepsChecked
        addVenues(world)
        addTotals()
        addMinutes(metrics)
        addPrices(world)
        addWork(world)
        anatomy = CascadeSummary(metrics.cascade, world.exchanges)
        for row in world.lending.markets.rows {
            lending[row.name] = LendingResult(
                liquidatedUsd: row.liquidatedUSD, badDebtUsd: row.badDebtUSD, liquidations: row.liquidations,
                borrowers: row.borrowers, debtUsd: row.debtUSD)
        }
        lendingLiquidatedUsd = world.lending.markets.liquidatedUSD
        lendingBadDebtUsd = world.lending.markets.badDebtUSD
        openInterestBeforeUsd = metrics.openInterest.before
        openInterestLowUsd = metrics.openInterest.low
        openInterestAfterUsd = metrics.openInterest.after
        btcOpenInterestFallPct = metrics.bitcoinOpenInterest.fallPercent
        btcOpenInterestCoinsFallPct = metrics.bitcoinCoins.fallPercent
        depth1pctMinShare =
            metrics.depth.before > 0 ? min(metrics.depth.low, metrics.depth.before) / metrics.depth.before : 0
        depthHalfBackUtc = metrics.depthHalfBack?.description
        leverageBefore = metrics.leverage.before.ratio
        leverageAfter = metrics.leverage.after.ratio
        makerCapitalLeftMinShare = metrics.capitalLeftLow
        makerProfitUsd = world.makers?.gain(world.exchanges).dollars ?? 0
        makerProfitGapMicroUsd = metrics.makersProfitGap.micros
        makerCautionMax = metrics.minutes.map(\.caution).max() ?? 0
        for group in Gains.Group.allCases { gainsUsd[group.name] = metrics.gains[group] }
        gainsUsd[Gains.rest] = -Gains.Group.allCases.reduce(0) { $0 + metrics.gains[$1] }
        for (name, trace) in metrics.cohorts {
            cohorts[name] = CohortHoldings(
                asset: trace.asset, beforeCoins: trace.before, lowCoins: trace.low, afterCoins: trace.after)
        }
        for strategy in world.strategies {
            if let hedgers = strategy as? HedgedAccounts { hedgeLossSalesUsd = hedgers.soldUSD }
        }
    }

    private mutating func addVenues(_ world: borrowing World) {
        let metrics = world.metrics
        let names = world.exchanges.names
        var tallies: [String: VenueTally] = [:]
        var deleveraged: [String: [Double]] = [:]
        for p in world.exchanges.perpetualIDs {
            if tallies[names[p]] == nil {
                tallies[names[p]] = metrics.tallies[p]
            } else {
                tallies[names[p]]!.add(metrics.tallies[p])
            }
            deleveraged[names[p], default: []] += metrics.deleveragedOf[p].sorted { $0.key < $1.key }.map(
                \.value)
        }
        for (name, tally) in tallies.sorted(by: { $0.key < $1.key }) {
            var result = MarketVenueResult(tally)
            deleveragedForgoneUsd += tally.deleveragedForgone
            result.deleveragedTop1pctShare = Self.top1PctShare(deleveraged[name] ?? [])
            let rows = world.exchanges.perpetualIDs.filter { names[$0] == name }
            for minute in metrics.minutes {
                let usd = rows.reduce(0) { $0 + minute.liquidatedLong[$1] + minute.liquidatedShort[$1] }
                if usd > result.peakMinuteUsd {
                    (result.peakMinuteUsd, result.peakMinuteUtc) = (usd, minute.time.description)
                }
            }
            byVenue[name] = result
        }
        for name in names.dropFirst(world.exchanges.perps.count) { byVenue[name] = MarketVenueResult() }
        for book in world.exchanges.bookIDs {
            let volume = world.exchanges.volume(book)
            byVenue[names[world.exchanges.place(book).exchange]]!.volumeUsd +=
                Double(volume.bought + volume.sold) / 1e6
        }
        deleveragedTop1pctShare = Self.top1PctShare(deleveraged.sorted { $0.key < $1.key }.flatMap(\.value))
    }

    /// What the largest hundredth of the accounts (at least one) held of all that was closed by deleveraging.
    private static func top1PctShare(_ values: [Double]) -> Double {
        let sum = values.reduce(0, +)
        guard sum > 0 else { return 0 }
        let count = max(1, values.count / 100)
        return values.sorted(by: >).prefix(count).reduce(0, +) / sum
    }

    private mutating func addTotals() {
        for name in byVenue.keys.sorted() {
            let v = byVenue[name]!
            liquidatedLongUsd += v.liquidatedLongUsd
            liquidatedShortUsd += v.liquidatedShortUsd
            reportedLongUsd += v.reportedLongUsd
            reportedShortUsd += v.reportedShortUsd
            estimatedLiquidatedUsd += v.estimatedLiquidatedUsd
            estimatedLiquidatedLowUsd += v.estimatedLiquidatedLowUsd
            estimatedLiquidatedHighUsd += v.estimatedLiquidatedHighUsd
            accountsLiquidated += v.accountsLiquidated
            marginCalls += v.marginCalls
            volumeUsd += v.volumeUsd
            filledInBooksUsd += v.filledInBooksUsd
            vaultTakeoverUsd += v.vaultTakeoverUsd
            fundTakeoverUsd += v.fundTakeoverUsd
            fundDrawUsd += v.fundDrawUsd
            deleveragedUsd += v.deleveragedUsd
            deleveragedOfTradersUsd += v.deleveragedOfTradersUsd
            deleveragedAccounts += v.deleveragedAccounts
            badDebtUsd += v.badDebtUsd
            socialisedLossUsd += v.socialisedLossUsd
            realisedLossUsd += v.realisedLossUsd
            marginLostUsd += v.marginLostUsd
            if let seconds = v.firstDeleveragingSeconds {
                firstDeleveragingSeconds = min(firstDeleveragingSeconds ?? seconds, seconds)
            }
        }
        longShortRatio = liquidatedShortUsd > 0 ? liquidatedLongUsd / liquidatedShortUsd : nil
    }

    private mutating func addMinutes(_ metrics: MarketMetrics) {
        let usd = metrics.minutes.map(\.liquidatedUSD)
        for (i, value) in usd.enumerated() where value > peakMinuteUsd {
            (peakMinuteUsd, peakMinuteUtc) = (value, metrics.minutes[i].time.description)
        }
        let total = usd.reduce(0, +)
        var window = 0.0
        var worst = 0.0
        for i in usd.indices {
            window += usd[i]
            if i >= 40 { window -= usd[i - 40] }
            worst = max(worst, window)
        }
        worst40MinShare = total > 0 ? worst / total : 0
    }

    private mutating func addPrices(_ world: borrowing World) {
        let metrics = world.metrics
        let exchanges = world.exchanges.assets
        // What was not seen has no entry: a run that ends before the reference minute has no fall of nought.
        for (a, fall) in metrics.indexFalls.enumerated() where fall.isSeen {
            fallPct[exchanges[a]] = fall.percent
            fallTimeUtc[exchanges[a]] = fall.lowTime.description
            regainedByMidnightPct[exchanges[a]] = fall.regainedPercent
        }
        for (i, name) in ["TOTAL", "TOTAL2", "TOTAL3"].enumerated() where metrics.totalFalls[i].isSeen {
            fallPct[name] = metrics.totalFalls[i].percent
            fallTimeUtc[name] = metrics.totalFalls[i].lowTime.description
            regainedByMidnightPct[name] = metrics.totalFalls[i].regainedPercent
        }
        var worst: [WorstAsset] = []
        var deepest: [String: Double] = [:]
        for book in world.exchanges.bookIDs where metrics.bookFalls[book].isSeen {
            let (place, fall) = (world.exchanges.place(book), metrics.bookFalls[book])
            let (asset, venue) = (exchanges[place.asset], world.exchanges.names[place.exchange])
            byVenue[venue]?.fallPct[asset] = fall.percent
            byVenue[venue]?.regainedByMidnightPct[asset] = fall.regainedPercent
            worst.append(WorstAsset(asset: asset, venue: venue, fallPct: fall.percent))
            deepest[asset] = max(deepest[asset] ?? 0, fall.percent)
            if world.collateralAssets.contains(place.asset) {
                collateralLowUsd[asset, default: [:]][venue] = min(fall.low, fall.reference)
            }
        }
        for (a, pool) in metrics.poolLows.enumerated() {
            if let low = pool { collateralLowUsd[exchanges[a], default: [:]]["on-chain pool"] = low }
        }
        worst.sort { ($1.fallPct, $0.asset, $0.venue) < ($0.fallPct, $1.asset, $1.venue) }
        worstAssets = Array(worst.prefix(10))
        let count = deepest.count
        assetsBeyond90Pct =
            count > 0 ? Double(deepest.values.filter { $0 > 90 }.count) / Double(count) * 100 : 0
    }

    private mutating func addWork(_ world: borrowing World) {
        for p in world.exchanges.perpetualIDs {
            let counts = world.exchanges.perps[p].counts
            messages += counts.orders + counts.cancels
            fills += counts.fills
            ordersRefused += counts.refused
            marginChecks += world.exchanges.perps[p].house.marginChecks
            if counts.liquidationRoundCapHit > 0 {
                capsHit.append(
                    "\(world.exchanges.names[p]): \(counts.liquidationRoundCapHit) steps reached the cap on liquidation rounds"
                )
            }
            if world.exchanges.perps[p].house.deleveragingCapHit > 0 {
                capsHit.append(
                    "\(world.exchanges.names[p]): deleveraging stopped \(world.exchanges.perps[p].house.deleveragingCapHit) times at the rule's limit of winners"
                )
            }
        }
        for s in 0..<world.exchanges.spots.count {
            messages += world.exchanges.spots[s].orders + world.exchanges.spots[s].cancels
            fills += world.exchanges.spots[s].fills
            ordersRefused += world.exchanges.spots[s].refused
        }
    }
}

extension MarketVenueResult {
    init(_ tally: VenueTally) {
        self.init()
        liquidatedLongUsd = tally.liquidatedLong
        liquidatedShortUsd = tally.liquidatedShort
        reportedLongUsd = tally.reportedLong
        reportedShortUsd = tally.reportedShort
        estimatedLiquidatedUsd = tally.estimatedTruth.middle
        estimatedLiquidatedLowUsd = tally.estimatedTruth.low
        estimatedLiquidatedHighUsd = tally.estimatedTruth.high
        saturatedFeedMinutes = tally.estimatedTruth.saturatedMinutes
        accountsLiquidated = tally.accountsLiquidated
        marginCalls = tally.marginCalls
        openInterestBeforeUsd = tally.openInterestBefore
        openInterestLowUsd = tally.openInterestLow
        openInterestAfterUsd = tally.openInterestAfter
        filledInBooksUsd = tally.filledInBooks
        vaultTakeoverUsd = tally.vaultTakeover
        fundTakeoverUsd = tally.fundTakeover
        fundDrawUsd = tally.fundDraw
        deleveragedUsd = tally.deleveraged
        deleveragedOfTradersUsd = tally.deleveraged - tally.deleveragedOfHouse
        deleveragedAccounts = tally.deleveragedAccounts
        badDebtUsd = tally.badDebt
        socialisedLossUsd = tally.socialised
        realisedLossUsd = tally.realisedLoss
        marginLostUsd = tally.marginLost
        firstDeleveragingSeconds = tally.firstDeleveragingSeconds
    }
}
