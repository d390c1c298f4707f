import Clearing
import OrderBook
import Primitives

/// What traders do besides trading.
extension Venue {
    /// Adds collateral to answer a margin call, to the isolated position if that is what was called.
    public mutating func topUp(_ account: AccountID, _ amount: Money, isolated position: Int32?) {
        house.deposit(amount, to: account)
        if let position {
            _ = house.moveMargin(amount, to: position, notionalFloor: rulebook.withdrawalNotionalFloor)
        }
        var event = ClearingEvent(.topUp, at: house.now, account: account)
        event.amount = amount
        house.events.append(event)
    }

    public mutating func withdraw(_ account: AccountID, _ amount: Money) -> Bool {
        house.withdraw(amount, from: account, notionalFloor: rulebook.withdrawalNotionalFloor)
    }

    /// Gives an account a position at the mark, outside the order books, restated at its entry price: for building
    /// the initial state of a scenario, where the lots of all accounts must be made to sum to zero by the caller.
    public mutating func seedPosition(
        _ account: AccountID, _ market: Int32, _ lots: Lots, entry: Ticks, leverage: UInt8, isolated: Bool,
        leg: PositionLeg = .net
    ) -> Int32 {
        let p = house.positionID(account, market, leg)
        if Int(p) >= orderHeads.capacity { orderHeads.grow(toAtLeast: Int(p) + 1) }
        _ = house.configure(p, leverage: leverage, isolated: isolated)
        house.book(p, lots, at: house.mark(market))
        house.restate(p, entry: entry)
        return p
    }

    /// Gives an account a position at a cost, without the other side, which the caller has to book as well.
    package mutating func seedHolding(
        _ account: AccountID, _ market: Int32, _ lots: Lots, cost: Money, leg: PositionLeg = .net,
        leverage: UInt8,
        isolated: Bool
    ) -> Int32 {
        let p = house.positionID(account, market, leg)
        if Int(p) >= orderHeads.capacity { orderHeads.grow(toAtLeast: Int(p) + 1) }
        _ = house.configure(p, leverage: leverage, isolated: isolated)
        house.seedHolding(p, lots, cost: cost)
        return p
    }

    /// Fills a forced order whole at the mark.
    mutating func absorb(
        _ market: Int32, _ position: Int32, _ order: NewOrder, by account: AccountID
    ) -> SubmitResult {
        let taken = house.positionID(account, market)
        if Int(taken) >= orderHeads.capacity { orderHeads.grow(toAtLeast: Int(taken) + 1) }
        let mark = house.mark(market)
        house.settle(
            maker: taken, taker: position, takerSide: order.side, order.lots, at: mark,
            takerPays: rulebook.forcedOrdersPayFees)
        lastOrderValue = house.unit(market).notional(order.lots, at: mark)
        var result = SubmitResult()
        result.filled = order.lots
        return result
    }

    /// Sends out a reached stop or take-profit order of the watched account, with a note.
    mutating func submitNoted(_ market: Int32, _ order: TriggerOrder) {
        let isSell = order.order.side == .sell
        let isStop = isSell == (order.direction == .falling)
        let place = house.noteTrigger(
            isStop: isStop, market, isSell ? -order.order.lots : order.order.lots, at: order.trigger)
        let result = submit(market, order.order)
        if let rejection = result.rejection {
            house.refuseTrigger(place, isStop: isStop, rejection.words)
        } else if result.filled == .zero && result.resting == .none {
            house.refuseTrigger(place, isStop: isStop, "nothing in the book within its limit")
        }
    }
}
