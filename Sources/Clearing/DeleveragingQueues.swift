import Primitives

/// The ranked queues of the current mark update, one per market and side, built when first needed.
public struct DeleveragingQueues {
    private var queues: [DeleveragingQueue?]

    public init(markets: Int) { queues = Array(repeating: nil, count: markets * 2) }

    /// Forgets the ranks of a market: its mark changed.
    public mutating func markChanged(_ market: Int32) {
        queues[Int(market) * 2] = nil
        queues[Int(market) * 2 + 1] = nil
    }

    /// Deleverages every position of a failing scope by a venue's rule.
    public mutating func deleverage(
        _ scope: MarginScope, by rule: AutoDeleveraging, fund: FundState, in house: inout ClearingHouse
    ) {
        let reason = house.margin(scope)
        for loser in house.openPositions(scope) {
            let position = house.position(loser)
            let bankruptcy =
                rule.price == .bankruptcyShare
                ? house.bankruptcyShareTick(loser) : house.bankruptcyPrice(loser)
            let price = rule.price.price(
                mark: Double(house.mark(position.market).count),
                previousMark: Double(house.previousMark(position.market).count),
                bankruptcy: Double(bankruptcy.count), isFundEmpty: fund.equity <= .zero)
            let side: Side = position.lots > .zero ? .sell : .buy
            let slot = Int(position.market) * 2 + Int(side.rawValue)
            if queues[slot] == nil {
                queues[slot] = DeleveragingQueue(
                    house, market: position.market, side: side, score: rule.score)
            }
            house.deleverage(
                loser, at: Ticks(Int(price)), queue: &queues[slot]!, reason: reason,
                mostWinners: rule.mostWinners)
        }
    }
}
