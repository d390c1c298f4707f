import Clearing
import OrderBook
import Primitives
import RealModule
import Venues

/// The backstop vault (or the fund) selling down what it took over: at each interval a share of what it holds,
/// reduce-only and never worse than a limit from the mark.
public struct VaultUnwinder {
    public struct Parameters: Sendable {
        public var sharePerMinute: Double
        public var limitBp: Double
        public init(sharePerMinute: Double, limitBp: Double) {
            self.sharePerMinute = sharePerMinute
            self.limitBp = limitBp
        }
    }
    let parameters: Parameters
    let account: Int32
    let market: Int32

    public init(_ parameters: Parameters, account: Int32, market: Int32) {
        self.parameters = parameters
        self.account = account
        self.market = market
    }

    public func act(seconds dt: Double, _ venue: inout Venue) {
        guard let p = venue.house.find(account, market) else { return }
        let held = venue.house.position(p).lots
        guard held != .zero else { return }
        let share = 1 - Double.exp(-dt * parameters.sharePerMinute / 60)
        let lots = Lots(max(1, Int64(Double(held.magnitude.count) * share)))
        let side: Side = held > .zero ? .sell : .buy
        let off = 1 + (side == .sell ? -1 : 1) * parameters.limitBp * 1e-4
        let limit = Ticks(max(1, Int(Double(venue.house.mark(market).count) * off)))
        _ = venue.submit(
            market,
            NewOrder(
                side, lots, at: limit, account: account, timeInForce: .immediateOrCancel,
                selfTrade: .cancelMaker,
                reduceOnly: true))
    }
}
