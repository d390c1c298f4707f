extension FeedFormat {
    /// `diff_order_book_*`, `order_book_*` and `live_trades_*`, and order books asked for.
    func bitstampContents(_ m: JSONValue, _ context: FeedContext) -> [FeedContent] {
        if m["event"] == nil, m["microtimestamp"] != nil {
            let asked = context.address.flatMap { $0.split(separator: "/").last }.map { path in
                String(path.prefix { $0 != "?" }.prefix(64))
            }
            return [bitstampBook(m, asked, context.address == nil ? nil : false)]
        }
        guard let event = m["event"]?.text else { return [.other("no event")] }
        guard event == "data" || event == "trade", let data = m["data"], let channel = m["channel"]?.text
        else {
            return [.other(event)]
        }
        // The channel's last word is the instrument.
        let name = channel.split(separator: "_").last.map { String($0.prefix(64)) }
        if channel.hasPrefix("diff_order_book_") { return [bitstampBook(data, name, nil)] }
        if channel.hasPrefix("order_book_") { return [bitstampBook(data, name, true)] }
        guard channel.hasPrefix("live_trades_"), event == "trade" else {
            return [.other(channelKind(channel))]
        }
        guard let name,
            let level = feedLevel(data["price_str"] ?? data["price"], data["amount_str"] ?? data["amount"]),
            let type = data["type"]?.integer, type == 0 || type == 1
        else { return [.refused("a trade", book: nil)] }
        return [
            .trade(
                FeedTrade(
                    instrument: name, price: level.price, quantity: level.quantity,
                    taker: type == 0 ? .buy : .sell,
                    time: feedTime(microseconds: data["microtimestamp"])))
        ]
    }

    /// - Parameter inStream: nil for changes; else it is a snapshot, of the stream or asked for.
    private func bitstampBook(_ data: JSONValue, _ name: String?, _ inStream: Bool?) -> FeedContent {
        guard let name, let bids = feedLevels(data["bids"]), let asks = feedLevels(data["asks"]),
            let time = data["microtimestamp"]?.integer
        else { return .refused("an order book", book: name) }
        if let inStream {
            return .snapshot(name, FeedBook.Snapshot(bids: bids, asks: asks, last: time, inStream: inStream))
        }
        return .update(name, FeedBook.Update(bids: bids, asks: asks, sequence: .growing(time)))
    }

    private func channelKind(_ channel: String) -> String {
        channel.split(separator: "_").dropLast().joined(separator: "_")
    }
}
