import Exchanges
import OrderBook
import Primitives

/// Long-term holders and whales, as cohorts with a wallet on a spot venue. What they do is a hypothesis of the user:
/// each buys (or sells) a share of its means a minute while the asset is so far below the reference price. Their
/// holdings through the event are an output.
public struct Cohorts: Strategy {
    public struct Cohort: Sendable {
        public var name: String
        public var book: Int32
        public var account: Int32
        /// Positive buys, negative sells: the share of free dollars (or coins) used a minute.
        public var sharePerMinute: Double
        /// Acts while the price is this far below the price at the start, as a fraction.
        public var belowReference: Double
        public init(name: String, book: Int32, account: Int32, sharePerMinute: Double, belowReference: Double)
        {
            self.name = name
            self.book = book
            self.account = account
            self.sharePerMinute = sharePerMinute
            self.belowReference = belowReference
        }
    }

    public let name = "long-term holders"
    public let cohorts: [Cohort]
    private let references: [Double]
    var step = 0
    private let everySteps: Int

    public init(_ cohorts: [Cohort], _ exchanges: borrowing Exchanges, stepSeconds: Double) {
        self.cohorts = cohorts
        var references: [Double] = []
        for cohort in cohorts {
            references.append(exchanges.views[Int(exchanges.place(cohort.book).asset)].index)
        }
        self.references = references
        everySteps = max(1, Int(60 / stepSeconds))
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        step += 1
        guard step % everySteps == 0 else { return }
        for (i, cohort) in cohorts.enumerated() where cohort.sharePerMinute != 0 {
            let place = exchanges.place(cohort.book)
            let price = exchanges.views[Int(place.asset)].index
            guard price < references[i] * (1 - cohort.belowReference) else { continue }
            let spot = Int(place.exchange) - exchanges.perps.count
            let unit = exchanges.unit(cohort.book)
            let buys = cohort.sharePerMinute > 0
            let lots: Lots
            if buys {
                let usd =
                    exchanges.spots[spot].ledger.freeCash(cohort.account).dollars * cohort.sharePerMinute
                lots = unit.lots(worth: usd, at: unit.nearestTick(price))
            } else {
                let free = exchanges.spots[spot].ledger.freeCoins(cohort.account, Int32(place.market)).count
                lots = Lots(Int64(Double(free) * -cohort.sharePerMinute))
            }
            guard lots > .zero else { continue }
            // Patient: no further than half a per cent through the index.
            let top = Double(exchanges.maxTicks(cohort.book))
            let limit = min(max(1, price * (buys ? 1.005 : 0.995) * unit.ticksPerUSD), top)
            exchanges.submit(
                cohort.book,
                NewOrder(
                    buys ? .buy : .sell, lots, at: Ticks(Int(limit)), account: cohort.account,
                    timeInForce: .immediateOrCancel, selfTrade: .cancelMaker))
        }
    }
    public func combine(into hash: inout StateHash) { hash.combine(step) }
}
