import Exchanges
import OrderBook
import Primitives

/// Those who buy an asset where it is cheap and sell it where it is dear, with latency and until their capital on a
/// venue is used up. Coins and dollars go back by transfer, which takes time and can be frozen.
public struct Arbitrageurs: Strategy {
    public struct Parameters: Sendable {
        /// Distance from the median of all books that pays fees and risk.
        public var thresholdBp = 12.0
        /// Capital, as a share of the absorption of an asset's books.
        public var capitalShare = 0.044
        /// Of that, on coin-margined books: there collateral must be posted in the coin.
        public var coinMarginedShare = 1.0
        /// The part of a gap's worth of absorption that is traded at once.
        public var urgency = 0.02
        public var everySeconds = 2
        public init() {}
    }

    public let name = "arbitrageurs"
    private var parameters: Parameters
    private let accounts: [AccountID]
    /// By book: the largest position, dollars; what it held at the start; the answer of the book to flow.
    private let limits: [Double]
    private let absorption: [Double]
    private let stepSeconds: Double
    private let start: [Int64]
    var step = 0
    /// Orders not sent because the capital on that venue was used up.
    public internal(set) var exhausted = 0

    public init(
        _ parameters: Parameters, accounts: [AccountID], absorptionUSD: [Double],
        _ exchanges: borrowing Exchanges,
        stepSeconds: Double
    ) {
        self.parameters = parameters
        self.accounts = accounts
        self.stepSeconds = stepSeconds
        absorption = absorptionUSD
        limits = zip(exchanges.bookIDs, absorptionUSD).map { book, usd in
            usd * parameters.capitalShare
                * (exchanges.unit(book).isInverse ? parameters.coinMarginedShare : 1)
        }
        var start: [Int64] = []
        for book in exchanges.bookIDs { start.append(exchanges.holding(book, accounts[book]).count) }
        self.start = start
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        step += 1
        let turns = max(1, parameters.everySeconds)
        for a in exchanges.assetIDs where (a.index + step) % turns == 0 { align(a, &exchanges) }
        if step % 600 == 0 { rebalance(&exchanges) }
    }

    public mutating func take(_ settings: any Settings) {
        parameters.thresholdBp = settings.number("arbitrage.threshold_bp")
        parameters.urgency = settings.number("arbitrage.urgency")
    }

    private mutating func align(_ asset: AssetID, _ exchanges: inout Exchanges) {
        let books = exchanges.booksOfAsset[asset]
        guard books.count > 1 else { return }
        let fair = median(books, exchanges)
        guard fair > 0 else { return }
        let threshold = parameters.thresholdBp * 1e-4
        for book in books {
            let unit = exchanges.unit(book)
            if let bid = exchanges.bestBid(book), unit.usd(bid) > fair * (1 + threshold) {
                trade(
                    book, .sell, fair * (1 + threshold), gap: unit.usd(bid) / fair - 1, unit, fair, &exchanges
                )
            } else if let ask = exchanges.bestAsk(book), unit.usd(ask) < fair * (1 - threshold) {
                trade(
                    book, .buy, fair * (1 - threshold), gap: 1 - unit.usd(ask) / fair, unit, fair, &exchanges)
            }
        }
    }

    /// The median of the books' mids, in dollars; 0 if fewer than two have one.
    private func median(_ books: [BookID], _ exchanges: borrowing Exchanges) -> Double {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: books.count) { mids in
            var count = 0
            for book in books {
                guard let bid = exchanges.bestBid(book), let ask = exchanges.bestAsk(book) else { continue }
                let unit = exchanges.unit(book)
                let mid = (unit.usd(bid) + unit.usd(ask)) / 2
                var i = count
                while i > 0 && mids[i - 1] > mid {
                    mids[i] = mids[i - 1]
                    i -= 1
                }
                mids[i] = mid
                count += 1
            }
            return count < 2 ? 0 : mids[count / 2]
        }
    }

    private mutating func trade(
        _ book: BookID, _ side: Side, _ limit: Double, gap: Double, _ unit: ContractUnit, _ fair: Double,
        _ exchanges: inout Exchanges
    ) {
        let usdPerLot = unit.isInverse ? 1 / unit.lotsPerCoin : fair / unit.lotsPerCoin
        let held = Double(exchanges.holding(book, accounts[book]).count - start[book]) * usdPerLot
        let room = side == .buy ? limits[book] - held : limits[book] + held
        let usd = min(room, absorption[book] * gap * parameters.urgency)
        if room <= 0 { exhausted += 1 }
        let lots = Int64(max(0, usd) / usdPerLot)
        guard lots > 0 else { return }
        let top = Double(exchanges.maxTicks(book))
        let tick = Ticks(Int(min(max((limit * unit.ticksPerUSD).rounded(), 1), top)))
        exchanges.submit(
            book,
            NewOrder(
                side, Lots(lots), at: tick, account: accounts[book], timeInForce: .immediateOrCancel,
                selfTrade: .cancelMaker))
    }

    /// Sends coins from where they were bought to where they were sold.
    private func rebalance(_ exchanges: inout Exchanges) {
        for asset in exchanges.assetIDs {
            let spots = exchanges.booksOfAsset[asset].filter { exchanges.place($0).isSpot }
            guard spots.count > 1 else { continue }
            var most = (book: spots[0], lots: Int64.min)
            var least = (book: spots[0], lots: Int64.max)
            for book in spots {
                let lots = exchanges.holding(book, accounts[book]).count - start[book]
                if lots > most.lots { most = (book, lots) }
                if lots < least.lots { least = (book, lots) }
            }
            let amount = min(most.lots, -least.lots)
            guard amount > 0 else { continue }
            let (from, to) = (exchanges.place(most.book), exchanges.place(least.book))
            exchanges.transferCoins(
                Lots(amount), from: from.exchange, from.market, accounts[most.book],
                to: to.exchange, to.market, accounts[least.book])
        }
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(step)
        hash.combine(exhausted)
    }
}

extension Arbitrageurs: Agent {
    public static let keys = [
        SettingKey("arbitrage.threshold_bp", .number(0...1000), "distance from the median that pays"),
        SettingKey("arbitrage.capital_share", .number(0...10), "largest position over a book's absorption"),
        SettingKey(
            "arbitrage.coin_margined_share", .number(0...1),
            "of that position, on coin-margined books, where collateral is the coin", default: "1"),
        SettingKey("arbitrage.urgency", .number(0...1), "part of a gap's worth traded at once"),
    ]

    public static var liveKeys: [String] { ["arbitrage.threshold_bp", "arbitrage.urgency"] }

    public static func means(_ book: BookID, _ opening: AgentOpening) -> Means? {
        let absorption = opening.absorptionUSD(book)
        let capital = opening.settings.number("arbitrage.capital_share")
        if opening.books[book].isSpot {
            let usd = absorption * capital * 1.5 + opening.depthUSD(book)
            return Means(dollars: usd, coinsUSD: usd)
        }
        return Means(dollars: 2 * absorption * capital + opening.depthUSD(book))
    }

    public static var meansKeys: [String] { ["liquidity.absorption_usd", "arbitrage.capital_share"] }

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> Arbitrageurs? {
        guard opening.settings.flag("contagion.arbitrage") else { return nil }
        var parameters = Parameters()
        parameters.thresholdBp = opening.settings.number("arbitrage.threshold_bp")
        parameters.capitalShare = opening.settings.number("arbitrage.capital_share")
        parameters.coinMarginedShare = opening.settings.number("arbitrage.coin_margined_share")
        parameters.urgency = opening.settings.number("arbitrage.urgency")
        return Arbitrageurs(
            parameters, accounts: opening.accounts(of: Arbitrageurs.self),
            absorptionUSD: opening.bookIDs.map { opening.absorptionUSD($0) }, exchanges,
            stepSeconds: opening.stepSeconds)
    }
}
