import Clearing
import Exchanges
import OrderBook
import Primitives
import RealModule
import Venues

/// Every venue's backstop vault and insurance fund, selling down what they took over: a share of each holding a minute,
/// reduce-only, never worse than a limit from the mark; and the collateral coins they were left with, sold on the
/// venue's own spot book. That sale is how a liquidation reaches the price of its own collateral.
public struct HouseUnwinders: Strategy {
    public struct Collateral: Sendable {
        public var exchange: VenueID
        /// The market number of the collateral in the venue's house.
        public var market: Int32
        public var spotBook: BookID
        /// The wallet the coins go to on the spot venue.
        public var wallet: AccountID
        public init(exchange: VenueID, market: Int32, spotBook: BookID, wallet: AccountID) {
            self.exchange = exchange
            self.market = market
            self.spotBook = spotBook
            self.wallet = wallet
        }
    }

    public let name = "venues' own accounts"
    public let isForced = true
    private let sharePerMinute: Double
    private let limitBp: Double
    private let collateral: [Collateral]
    private let stepSeconds: Double
    var step = 0

    public init(sharePerMinute: Double, limitBp: Double, collateral: [Collateral], stepSeconds: Double) {
        self.sharePerMinute = sharePerMinute
        self.limitBp = limitBp
        self.collateral = collateral
        self.stepSeconds = stepSeconds
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        step += 1
        if step % 5 != 0 { return }
        for p in exchanges.perpetualIDs {
            for account in [exchanges.perps[p].vault, exchanges.perps[p].fund] {
                if let account { unwind(account, &exchanges, p) }
            }
        }
        for item in collateral { sellCollateral(item, &exchanges) }
    }

    private func unwind(_ account: AccountID, _ exchanges: inout Exchanges, _ e: VenueID) {
        let share = 1 - Double.exp(-5 * stepSeconds * sharePerMinute / 60)
        var p = exchanges.perps[e].house.account(account).firstPosition
        while p != 0 {
            let position = exchanges.perps[e].house.position(p)
            p = position.next
            guard position.lots != .zero, Int(position.market) < exchanges.perps[e].rulebook.markets.count
            else {
                continue
            }
            let lots = Lots(max(1, Int64(Double(position.lots.magnitude.count) * share)))
            let side: Side = position.lots > .zero ? .sell : .buy
            let off = 1 + (side == .sell ? -1 : 1) * limitBp * 1e-4
            let top = Double(exchanges.perps[e].house.maxTicks(position.market))
            let limit = min(max(1, Double(exchanges.perps[e].house.mark(position.market).count) * off), top)
            exchanges.submit(
                e, market: position.market,
                NewOrder(
                    side, lots, at: Ticks(Int(limit)), account: account, timeInForce: .immediateOrCancel,
                    selfTrade: .cancelMaker, reduceOnly: true))
        }
    }

    /// Moves collateral coins of the fund (or the vault) to the spot venue and sells them.
    private func sellCollateral(_ item: Collateral, _ exchanges: inout Exchanges) {
        guard let account = exchanges.perps[item.exchange].fund ?? exchanges.perps[item.exchange].vault,
            !exchanges.isOut(.orders, item.exchange)
        else { return }
        if let p = exchanges.perps[item.exchange].house.find(account, item.market) {
            let held = exchanges.perps[item.exchange].house.position(p).lots
            let coins = exchanges.perps[item.exchange].rulebook
                .collateral[Int(item.market) - exchanges.perps[item.exchange].rulebook.markets.count].spec
                .unit
                .lotsPerCoin
            // Spot lots are whole multiples or whole parts of collateral lots; what does not divide stays.
            let ratio = exchanges.unit(item.spotBook).lotsPerCoin / coins
            let whole = ratio >= 1 ? held : Lots(held.count - held.count % Int64((1 / ratio).rounded()))
            let moved = Lots(Int64((Double(whole.count) * ratio).rounded()))
            if moved > .zero {
                exchanges.sendCollateral(
                    whole, item.market, from: item.exchange, account, as: moved, to: item.wallet,
                    item.spotBook)
            }
        }
        let free = exchanges.freeCoins(item.spotBook, item.wallet)
        guard free > .zero, let bid = exchanges.bestBid(item.spotBook) else { return }
        // Within the venue's price protection: what does not fill goes on in five seconds from wherever the book is then.
        let limit = Ticks(max(1, Int(Double(bid.count) * 0.9)))
        exchanges.submit(
            item.spotBook,
            NewOrder(
                .sell, free, at: limit, account: item.wallet, timeInForce: .immediateOrCancel,
                selfTrade: .cancelMaker))
    }
    public func combine(into hash: inout StateHash) { hash.combine(step) }
}

extension HouseUnwinders: Agent {
    public static let keys = [
        SettingKey("venues.unwind_share_per_minute", .number(0...60), "of what vaults and funds hold"),
        SettingKey("venues.unwind_limit_bp", .number(0...10_000), "never worse than this from the mark"),
    ]

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> HouseUnwinders? {
        HouseUnwinders(
            sharePerMinute: opening.settings.number("venues.unwind_share_per_minute"),
            limitBp: opening.settings.number("venues.unwind_limit_bp"),
            collateral: opening.collateral.compactMap { item in
                opening.sellerBooks[item.asset].map {
                    Collateral(
                        exchange: item.exchange, market: item.market, spotBook: $0,
                        wallet: opening.collateralWallet)
                }
            }, stepSeconds: opening.stepSeconds)
    }
}
