extension FeedFormat {
    /// Public channels of v5: `{arg: {channel, instId}, action, data: […]}`. Checksums are not checked.
    func okxContents(_ m: JSONValue) -> [FeedContent] {
        guard let arg = m["arg"], let channel = arg["channel"]?.text else { return [.other("reply")] }
        guard let data = m["data"] else { return [.other(m["event"]?.text ?? channel)] }
        let name = feedName(arg["instId"])
        return data.elements.flatMap { row -> [FeedContent] in
            switch channel {
            case "books", "books-l2-tbt", "books50-l2-tbt": return [okxBook(m, row, name, channel)]
            case "books5", "bbo-tbt": return [okxBest(row, name)]
            case "trades", "trades-all":
                return [
                    feedTrade(
                        row["instId"], row["px"], row["sz"], taker: feedSide(row["side"]),
                        time: feedTime(milliseconds: row["ts"]))
                ]
            case "liquidation-orders":
                guard let details = row["details"], details.isArray else {
                    return [.refused("liquidation-orders", book: nil)]
                }
                return details.elements.map { okxLiquidation(feedName(row["instId"]), $0) }
            case "funding-rate", "mark-price", "index-tickers": return [okxFunding(row)]
            default: return [.other(channel)]
            }
        }
    }

    private func okxBook(_ m: JSONValue, _ row: JSONValue, _ name: String?, _ channel: String) -> FeedContent
    {
        guard let name, let bids = feedLevels(row["bids"]), let asks = feedLevels(row["asks"]),
            let last = row["seqId"]?.integer, let action = m["action"]
        else { return .refused("books", book: name) }
        if action.equals("snapshot") {
            return .snapshot(
                name, FeedBook.Snapshot(bids: bids, asks: asks, last: last, inStream: true, source: channel))
        }
        guard let previous = row["prevSeqId"]?.integer else { return .refused("books", book: name) }
        return .update(
            name,
            FeedBook.Update(
                bids: bids, asks: asks, sequence: .after(previous: previous, last: last), source: channel))
    }

    private func okxBest(_ row: JSONValue, _ name: String?) -> FeedContent {
        guard let name, let bids = feedLevels(row["bids"]), let asks = feedLevels(row["asks"]) else {
            return .refused("a ticker", book: nil)
        }
        return .ticker(name, FeedTop(id: row["seqId"]?.integer, bid: bids.first, ask: asks.first))
    }

    private func okxLiquidation(_ name: String?, _ row: JSONValue) -> FeedContent {
        guard let name, let level = feedLevel(row["bkPx"], row["sz"]), level.quantity > .zero,
            let side = feedSide(row["side"])
        else { return .refused("liquidation-orders", book: nil) }
        // With one position for both directions `posSide` is `net`, and the order's side tells.
        let position: FeedLiquidation.Position =
            switch row["posSide"] {
            case .some(let value) where value.equals("long"): .long
            case .some(let value) where value.equals("short"): .short
            default: side == .sell ? .long : .short
            }
        return .liquidation(
            FeedLiquidation(
                instrument: name, position: position, price: level.price, quantity: level.quantity,
                time: feedTime(milliseconds: row["ts"]), shown: .newestEachSecond))
    }

    private func okxFunding(_ row: JSONValue) -> FeedContent {
        guard let name = feedName(row["instId"]) else { return .refused("funding-rate", book: nil) }
        return .funding(
            FeedFunding(
                name, mark: row["markPx"]?.number, index: row["idxPx"]?.number,
                rate: row["fundingRate"]?.number,
                nextTime: feedTime(milliseconds: row["fundingTime"])))
    }
}
