extension FeedFormat {
    /// The exchange's feed: `level2`, `ticker`, `matches`. Book messages carry no number: a lost one leaves no trace.
    func coinbaseContents(_ m: JSONValue) -> [FeedContent] {
        guard let type = m["type"]?.text else { return [.other("no type")] }
        let name = feedName(m["product_id"])
        switch type {
        case "snapshot":
            guard let name, let bids = feedLevels(m["bids"]), let asks = feedLevels(m["asks"]) else {
                return [.refused(type, book: name)]
            }
            return [.snapshot(name, FeedBook.Snapshot(bids: bids, asks: asks, last: nil, inStream: true))]
        case "l2update":
            guard let name, let update = coinbaseUpdate(m["changes"]) else {
                return [.refused(type, book: name)]
            }
            return [.update(name, update)]
        case "match":
            // The side is that of the order which rested.
            let taker: FeedSide? = feedSide(m["side"]).map { $0 == .buy ? .sell : .buy }
            return [
                feedTrade(
                    m["product_id"], m["price"], m["size"], taker: taker, time: feedTime(iso: m["time"]))
            ]
        case "last_match": return [.history]
        case "ticker":
            guard let name, let bid = m["best_bid"]?.number, let ask = m["best_ask"]?.number else {
                return [.refused(type, book: nil)]
            }
            return [.ticker(name, pricesAlone(bid, ask))]
        default: return [.other(type)]
        }
    }

    private func coinbaseUpdate(_ changes: JSONValue?) -> FeedBook.Update? {
        guard let changes, changes.isArray else { return nil }
        var update = FeedBook.Update(bids: [], asks: [], sequence: .none)
        for change in changes.elements {
            var cells = change.elements
            guard let side = feedSide(cells.next()), let level = feedLevel(cells.next(), cells.next()) else {
                return nil
            }
            if side == .buy { update.bids.append(level) } else { update.asks.append(level) }
        }
        return update
    }
}

/// Best prices told without their quantities, which are then zero.
func pricesAlone(_ bid: FeedNumber, _ ask: FeedNumber) -> FeedTop {
    FeedTop(id: nil, bid: FeedLevel(price: bid, quantity: .zero), ask: FeedLevel(price: ask, quantity: .zero))
}
