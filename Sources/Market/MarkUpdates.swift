import Clearing
@_spi(World) import Exchanges
import Primitives
import Venues

/// Oracle prices, marks, collateral prices and funding of every perpetual venue, each at its own cadence.
struct MarkUpdates {
    /// By perpetual exchange and market: the asset.
    private let assets: [[AssetID]]
    private let collateral: [CollateralBook]
    private var nextOracle: [SimTime]
    private var nextSample: [SimTime]
    private var nextFunding: [SimTime]
    /// By exchange: markets whose payment of the last funding time is still to be made. Venues work their markets off
    /// within seconds of the hour; so do we, a few each second.
    private var unpaid: [Int]
    private let fundingSeconds = 15
    /// By asset: the median mid of up to three perpetual books, in dollars; what venues call the perpetual price elsewhere.
    private var perpetual: [Double]
    private let perpetualBooks: [[BookID]]
    /// Perpetuals elsewhere trade above the index by this multiple of its volatility; nil where the world has them.
    private let externalBasis: Double?

    init(
        _ exchanges: borrowing Exchanges, _ collateral: [CollateralBook], externalBasis: Double? = nil,
        at time: SimTime
    ) {
        self.externalBasis = externalBasis
        assets = exchanges.assetsByMarket()
        self.collateral = collateral
        nextOracle = Array(repeating: time, count: exchanges.perps.count)
        nextSample = nextOracle
        nextFunding = []
        unpaid = Array(repeating: 0, count: exchanges.perps.count)
        for p in exchanges.perpetualIDs {
            let left = exchanges.perps[p].rulebook.funding?.secondsToPayment(time.seconds) ?? 3600
            nextFunding.append(SimTime(seconds: time.seconds + left))
        }
        perpetual = Array(repeating: 0, count: exchanges.assets.count)
        var books: [[BookID]] = []
        for a in exchanges.assetIDs {
            books.append(
                Array(
                    exchanges.booksOfAsset[a].filter {
                        !exchanges.place($0).isSpot && !exchanges.place($0).isInverse
                    }.prefix(3)))
        }
        perpetualBooks = books
    }

    /// Adds the clocks of every venue and what funding is still to be paid.
    func combine(into hash: inout StateHash) {
        for p in nextOracle.indices {
            hash.combine(
                nextOracle[p].nanoseconds, nextSample[p].nanoseconds, nextFunding[p].nanoseconds)
            hash.combine(unpaid[p])
        }
    }

    /// - Parameter own: the venues' indices by their own rules; nil where all take the asset's shared index.
    mutating func update(
        _ exchanges: inout Exchanges, own: VenueIndices?, at now: SimTime, isFirst: Bool
    ) {
        findPerpetualPrices(exchanges)
        var isDue = Array(repeating: false, count: assets.count)
        for p in exchanges.perpetualIDs where isFirst || now >= nextOracle[p] {
            let seconds = exchanges.perps[p].rulebook.oracleSeconds
            while nextOracle[p] <= now { nextOracle[p] = nextOracle[p].adding(seconds: seconds) }
            isDue[p] = !exchanges.isOut(.oracle, p)
        }
        let (assets, perpetual) = (assets, perpetual)
        let indices = exchanges.assetIDs.map { exchanges.views[$0].index }
        exchanges.eachPerpetual { [isDue] p, venue in
            if !isDue[p] { return }
            for m in 0..<assets[p].count {
                let asset = assets[p][m]
                let ticks = venue.house.unit(Int32(m)).ticksPerUSD
                let elsewhere = perpetual[asset] > 0 ? perpetual[asset] * ticks : nil
                if let own, let sources = own.sources(exchange: p, market: m, ticksPerUSD: ticks, at: now) {
                    venue.updateIndex(Int32(m), sources, externalPerp: elsewhere)
                } else if indices[asset] > 0 {
                    venue.updateOracle(Int32(m), indices[asset] * ticks, externalPerp: elsewhere)
                }
            }
        }
        for item in collateral where !exchanges.isOut(.oracle, item.exchange) {
            var own: Double?
            if let book = item.ownBook {
                let unit = exchanges.unit(book)
                if let last = exchanges.lastTrade(book) {
                    own = unit.usd(last) * 10_000
                } else if let bid = exchanges.bestBid(book) {
                    own = unit.usd(bid) * 10_000
                }
            }
            exchanges.worldPerps[item.exchange].updateCollateral(
                item.place, index: exchanges.views[item.asset].index * 10_000, ownBook: own)
        }
    }

    private mutating func findPerpetualPrices(_ exchanges: borrowing Exchanges) {
        for a in exchanges.assetIDs {
            if let externalBasis {
                let view = exchanges.views[a]
                perpetual[a] = view.index * (1 + externalBasis * view.volatility)
                continue
            }
            var low = Double.infinity
            var high = 0.0
            var sum = 0.0
            var count = 0
            for book in perpetualBooks[a] {
                guard let bid = exchanges.bestBid(book), let ask = exchanges.bestAsk(book) else { continue }
                let unit = exchanges.unit(book)
                let mid = Double(bid.count + ask.count) / 2 / unit.ticksPerUSD
                low = min(low, mid)
                high = max(high, mid)
                sum += mid
                count += 1
            }
            // Of three the middle one, of two their mean.
            perpetual[a] = count == 3 ? sum - low - high : count > 0 ? sum / Double(count) : 0
        }
    }

    /// Samples premiums and pays what is due.
    mutating func payFunding(_ exchanges: inout Exchanges, at now: SimTime) {
        var isSampled = Array(repeating: false, count: assets.count)
        var paid = Array(repeating: 0..<0, count: assets.count)
        for p in exchanges.perpetualIDs {
            guard let cadence = exchanges.perps[p].rulebook.funding else { continue }
            if now >= nextSample[p] {
                // Once a minute is enough for an average over hours.
                nextSample[p] = nextSample[p].adding(seconds: max(60, cadence.sampleSeconds))
                isSampled[p] = true
            }
            if now >= nextFunding[p] {
                nextFunding[p] = SimTime(seconds: nextFunding[p].seconds + cadence.paymentSeconds)
                unpaid[p] = assets[p].count
            }
            let next = assets[p].count - unpaid[p]
            let most = (assets[p].count + fundingSeconds - 1) / fundingSeconds
            paid[p] = next..<min(next + most, assets[p].count)
            unpaid[p] -= paid[p].count
        }
        if !isSampled.contains(true) && paid.allSatisfy(\.isEmpty) { return }
        let counts = assets.map(\.count)
        exchanges.eachPerpetual { [isSampled, paid] p, venue in
            if isSampled[p] { for m in 0..<counts[p] { venue.sampleFunding(Int32(m)) } }
            for m in paid[p] { venue.settleFunding(Int32(m)) }
        }
    }
}
