extension FeedFormat {
    /// Public streams of v5, and those of 2021 before it.
    func bybitContents(_ m: JSONValue) -> [FeedContent] {
        guard let topic = m["topic"]?.text else { return [.other(m["op"]?.text ?? "reply")] }
        let words = topic.split(separator: ".", maxSplits: 2)
        let kind = words.first.map(String.init) ?? topic
        guard let data = m["data"] else { return [.refused(kind, book: nil)] }
        switch kind {
        case "orderbook": return [bybitBook(m, data, topic)]
        case "orderBookL2_25", "orderBook_200": return [bybitOldBook(m, data, topic)]
        case "publicTrade":
            return data.elements.map {
                feedTrade(
                    $0["s"], $0["p"], $0["v"], taker: feedSide($0["S"]), time: feedTime(milliseconds: $0["T"])
                )
            }
        case "trade":
            return data.elements.map {
                feedTrade(
                    $0["symbol"], $0["price"], $0["size"], taker: feedSide($0["side"]),
                    time: feedTime(milliseconds: $0["trade_time_ms"]))
            }
        case "tickers": return [bybitTicker(data)]
        case "allLiquidation", "liquidation":
            return (data.isArray ? Array(data.elements) : [data]).map { bybitLiquidation($0, kind) }
        default: return [.other(kind)]
        }
    }

    private func bybitBook(_ m: JSONValue, _ data: JSONValue, _ topic: String) -> FeedContent {
        let name = feedName(data["s"])
        guard let name, let bids = feedLevels(data["b"]), let asks = feedLevels(data["a"]),
            let id = data["u"]?.integer,
            let type = m["type"]
        else { return .refused("orderbook", book: name) }
        if topic.hasPrefix("orderbook.1.") {
            return .ticker(name, FeedTop(id: nil, bid: bids.first, ask: asks.first))
        }
        // Number 1 is a snapshot after the exchange began anew, whatever its type says.
        if type.equals("snapshot") || id == 1 {
            return .snapshot(
                name, FeedBook.Snapshot(bids: bids, asks: asks, last: id, inStream: true, source: topic))
        }
        return .update(name, FeedBook.Update(bids: bids, asks: asks, sequence: .next(id), source: topic))
    }

    private func bybitOldBook(_ m: JSONValue, _ data: JSONValue, _ topic: String) -> FeedContent {
        let name = topic.split(separator: ".").last.map { String($0.prefix(64)) }
        guard let name, let id = m["cross_seq"]?.integer, let type = m["type"] else {
            return .refused("orderBook", book: name)
        }
        var (bids, asks): ([FeedLevel], [FeedLevel]) = ([], [])
        func add(_ rows: JSONValue?, removing: Bool) -> Bool {
            guard let rows, rows.isArray else { return false }
            for row in rows.elements {
                guard let side = feedSide(row["side"]), let price = row["price"]?.number, price > .zero,
                    let quantity = removing ? .zero : row["size"]?.number, quantity >= .zero
                else { return false }
                let level = FeedLevel(price: price, quantity: quantity)
                if side == .buy { bids.append(level) } else { asks.append(level) }
            }
            return true
        }
        if type.equals("snapshot") {
            guard add(data["order_book"] ?? data, removing: false) else {
                return .refused("orderBook", book: name)
            }
            return .snapshot(
                name, FeedBook.Snapshot(bids: bids, asks: asks, last: id, inStream: true, source: topic))
        }
        guard add(data["delete"], removing: true), add(data["update"], removing: false),
            add(data["insert"], removing: false)
        else { return .refused("orderBook", book: name) }
        return .update(name, FeedBook.Update(bids: bids, asks: asks, sequence: .growing(id), source: topic))
    }

    private func bybitTicker(_ data: JSONValue) -> FeedContent {
        guard let name = feedName(data["symbol"]) else { return .refused("tickers", book: nil) }
        return .funding(
            FeedFunding(
                name, mark: data["markPrice"]?.number, index: data["indexPrice"]?.number,
                rate: data["fundingRate"]?.number, nextTime: feedTime(milliseconds: data["nextFundingTime"])))
    }

    /// The side is the position's: `Buy` means that a long was closed.
    private func bybitLiquidation(_ o: JSONValue, _ kind: String) -> FeedContent {
        guard let name = feedName(o["s"] ?? o["symbol"]), let side = feedSide(o["S"] ?? o["side"]),
            let level = feedLevel(o["p"] ?? o["price"], o["v"] ?? o["size"]), level.quantity > .zero
        else { return .refused(kind, book: nil) }
        return .liquidation(
            FeedLiquidation(
                instrument: name, position: side == .buy ? .long : .short, price: level.price,
                quantity: level.quantity, time: feedTime(milliseconds: o["T"] ?? o["updatedTime"]),
                shown: kind == "allLiquidation" ? .every : .newestEachSecond))
    }
}
