import Exchanges
import OrderBook
import Primitives

/// Makers hedge part of what they hold in other coins with Bitcoin's perpetual: one of the ways in which a fall of small
/// coins reaches Bitcoin. A little each few seconds, on the large dollar-margined books in turn.
public struct MakerHedging: Strategy {
    public let name = "makers' hedges"
    /// Hedged share of the makers' inventory in other coins, times beta.
    private let share: Double
    /// Bitcoin's dollar-margined books and the makers' hedging account on each.
    private let books: [(book: BookID, account: AccountID)]
    var step = 0

    public init(share: Double, books: [(BookID, AccountID)]) {
        self.share = share
        self.books = books.map { (book: $0.0, account: $0.1) }
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        step += 1
        guard share > 0, !books.isEmpty, step % 5 == 0 else { return }
        let price = exchanges.views[exchanges.reference].index
        var held = 0.0
        for (book, account) in books { held += usd(book, exchanges.holding(book, account), price, exchanges) }
        let wanted = -share * exchanges.makersToHedgeUSD
        // A fifth of what is missing, so that no second sees all of it.
        let missing = (wanted - held) * 0.2
        let (book, account) = books[(step / 5) % books.count]
        let unit = exchanges.unit(book)
        let lots = Int64(abs(missing) / max(price, 1e-12) * unit.lotsPerCoin)
        guard lots > 0, abs(missing) > 50_000 else { return }
        let side: Side = missing > 0 ? .buy : .sell
        guard let touch = side == .buy ? exchanges.bestAsk(book) : exchanges.bestBid(book) else { return }
        let limit = Ticks(max(1, Int(Double(touch.count) * (side == .buy ? 1.005 : 0.995))))
        exchanges.submit(
            book,
            NewOrder(
                side, Lots(lots), at: limit, account: account, timeInForce: .immediateOrCancel,
                selfTrade: .cancelMaker))
    }

    private func usd(
        _ book: BookID, _ lots: Lots, _ price: Double, _ exchanges: borrowing Exchanges
    ) -> Double {
        exchanges.unit(book).coins(lots) * price
    }
    public func combine(into hash: inout StateHash) { hash.combine(step) }
}

extension MakerHedging: Agent {
    public static let keys = [
        SettingKey(
            "liquidity.hedge_share", .share,
            "of makers' inventory in other coins hedged with the reference asset, times beta")
    ]

    /// The reference asset's dollar-margined books.
    public static func means(_ book: BookID, _ opening: AgentOpening) -> Means? {
        let place = opening.books[book]
        guard !place.isSpot, !place.isInverse, place.asset == opening.reference else { return nil }
        return Means(dollars: opening.ladderUSD(book) * 12)
    }

    public static var meansKeys: [String] { ["liquidity.depth_1pct_usd"] }

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> MakerHedging? {
        MakerHedging(
            share: opening.settings.number("liquidity.hedge_share"),
            books: zip(opening.bookIDs, opening.accounts(of: MakerHedging.self)).filter { $0.1 != .nobody })
    }
}
