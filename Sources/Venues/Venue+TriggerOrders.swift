import Clearing
import OrderBook
import Primitives

/// Stop and take-profit orders: queued until a price is reached, then sent out like any other.
extension Venue {
    /// Queues a stop or take-profit order; its margin is checked when it goes out.
    public mutating func submit(_ market: Int32, _ order: TriggerOrder) -> Result<Int, Rejection> {
        guard market >= 0, Int(market) < rulebook.markets.count else { return .failure(.marketMustExist) }
        guard house.exists(account: order.order.account) else { return .failure(.accountMustExist) }
        guard order.order.lots > .zero else { return .failure(.sizeMustBePositive) }
        guard order.trigger.count > 0 else { return .failure(.priceMustBePositive) }
        let watched = order.watched == .mark ? house.mark(market) : lastTrade(market) ?? house.mark(market)
        let reached = order.direction == .falling ? watched <= order.trigger : watched >= order.trigger
        if reached { return .failure(.triggerMustNotBeReached) }
        return .success(triggerOrders[Int(market)].add(order))
    }

    public mutating func cancelTrigger(_ market: Int32, _ id: Int, account: AccountID) -> Result<
        Void, Rejection
    > {
        guard market >= 0, Int(market) < rulebook.markets.count else { return .failure(.marketMustExist) }
        guard triggerOrders[Int(market)].order(id)?.order.account == account else {
            return .failure(.orderMustBeLive)
        }
        _ = triggerOrders[Int(market)].cancel(id)
        return .success(())
    }

    /// Sends out every stop and take-profit order whose price has been reached, including those that the
    /// fills of others reach; returns how many.
    @discardableResult
    public mutating func fireTriggers() -> Int {
        var fired = 0
        for market in 0..<Int32(rulebook.markets.count) {
            let m = Int(market)
            while true {
                let last = lastTrades[market] > 0 ? Ticks(lastTrades[market]) : house.mark(market)
                guard
                    let (_, order) = triggerOrders[m].next(.mark, at: house.mark(market))
                        ?? triggerOrders[m].next(.last, at: last)
                else { break }
                fired += 1
                if order.order.account == house.watchedAccount {
                    submitNoted(market, order)
                } else {
                    _ = submit(market, order.order)
                }
            }
        }
        return fired
    }
}
