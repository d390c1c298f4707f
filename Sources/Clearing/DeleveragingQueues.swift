import Primitives

/// The ranked queues, one per market and side, built when first needed and kept as long as the venue's rule lets a ranking
/// serve.
public struct DeleveragingQueues {
    private var queues: [DeleveragingQueue?]
    private var ranked: [SimTime]
    /// That of the rule that ranked last.
    private var rankSeconds = 0.0

    public init(markets: Int) {
        queues = Array(repeating: nil, count: markets * 2)
        ranked = Array(repeating: SimTime(seconds: 0), count: markets * 2)
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(rankSeconds)
        for slot in queues.indices {
            guard let queue = queues[slot] else { continue }
            hash.combine(slot)
            hash.combine(ranked[slot])
            queue.combine(into: &hash)
        }
    }

    /// Forgets the ranks of a market: its mark changed.
    public mutating func markChanged(_ market: Int32, at time: SimTime = SimTime(seconds: 0)) {
        for slot in [Int(market) * 2, Int(market) * 2 + 1]
        where queues[slot] != nil && (rankSeconds == 0 || time.seconds(since: ranked[slot]) >= rankSeconds) {
            queues[slot] = nil
        }
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
            var before = Lots.zero
            repeat {
                if queues[slot] == nil || queues[slot]!.isUsedUp {
                    queues[slot] = DeleveragingQueue(
                        &house, market: position.market, side: side, score: rule.score,
                        sharing: rule.sharing)
                    ranked[slot] = house.now
                    rankSeconds = rule.rankSeconds
                }
                before = house.position(loser).lots
                house.deleverage(
                    loser, at: Ticks(Int(price)), queue: &queues[slot]!, reason: reason,
                    mostWinners: rule.mostWinners)
            } while queues[slot]!.isUsedUp && house.position(loser).lots != before
                && house.position(loser).lots != .zero
        }
    }
}
