extension FeedFormat {
    /// Kraken's futures: `book_snapshot`, `book`, `trade`, `ticker`, `ticker_lite`.
    func krakenContents(_ m: JSONValue) -> [FeedContent] {
        if let event = m["event"]?.text { return [.other(event)] }
        guard let feed = m["feed"]?.text else { return [.other("no feed")] }
        let name = feedName(m["product_id"])
        switch feed {
        case "book_snapshot":
            guard let name, let bids = feedLevels(m["bids"], "price", "qty"),
                let asks = feedLevels(m["asks"], "price", "qty"), let id = m["seq"]?.integer
            else { return [.refused(feed, book: name)] }
            return [.snapshot(name, FeedBook.Snapshot(bids: bids, asks: asks, last: id, inStream: true))]
        case "book":
            guard let name, let side = feedSide(m["side"]), let level = feedLevel(m["price"], m["qty"]),
                let id = m["seq"]?.integer
            else { return [.refused(feed, book: name)] }
            return [
                .update(
                    name,
                    FeedBook.Update(
                        bids: side == .buy ? [level] : [], asks: side == .sell ? [level] : [],
                        sequence: .next(id)))
            ]
        case "trade": return krakenTrade(m, name)
        case "trade_snapshot":
            return (m["trades"]?.elements).map { trades in trades.map { _ in .history } } ?? []
        case "ticker", "ticker_lite": return krakenTicker(m, name, feed)
        default: return [.other(feed)]
        }
    }

    private func krakenTicker(_ m: JSONValue, _ name: String?, _ feed: String) -> [FeedContent] {
        guard let name, let bid = m["bid"]?.number, let ask = m["ask"]?.number else {
            return [.refused(feed, book: nil)]
        }
        let ticker = FeedContent.ticker(name, pricesAlone(bid, ask))
        guard feed == "ticker" else { return [ticker] }
        return [
            ticker,
            .funding(
                FeedFunding(
                    name, mark: m["markPrice"]?.number, index: m["index"]?.number,
                    rate: m["relative_funding_rate"]?.number,
                    nextTime: feedTime(milliseconds: m["next_funding_rate_time"]))),
        ]
    }

    /// Forced orders are trades of type `liquidation`: the order's side tells the position.
    private func krakenTrade(_ m: JSONValue, _ name: String?) -> [FeedContent] {
        let content = feedTrade(
            m["product_id"], m["price"], m["qty"], taker: feedSide(m["side"]),
            time: feedTime(milliseconds: m["time"]))
        guard case .trade(let trade) = content, let type = m["type"], type.equals("liquidation") else {
            return [content]
        }
        return [
            content,
            .liquidation(
                FeedLiquidation(
                    instrument: trade.instrument, position: trade.taker == .sell ? .long : .short,
                    price: trade.price,
                    quantity: trade.quantity, time: trade.time, shown: .every)),
        ]
    }
}
