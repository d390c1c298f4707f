extension FeedFormat {
    /// `{channel, data}`: every book message is the whole of the best levels.
    func hyperliquidContents(_ m: JSONValue) -> [FeedContent] {
        guard let channel = m["channel"]?.text else { return [.other("no channel")] }
        guard let data = m["data"] else { return [.other(channel)] }
        switch channel {
        case "l2Book": return [hyperliquidBook(data)]
        case "trades":
            return data.elements.map { row in
                let taker: FeedSide? = row["side"].flatMap {
                    $0.equals("B") ? .buy : $0.equals("A") ? .sell : nil
                }
                return feedTrade(
                    row["coin"], row["px"], row["sz"], taker: taker, time: feedTime(milliseconds: row["time"])
                )
            }
        case "bbo":
            guard let name = feedName(data["coin"]), let pair = data["bbo"], pair.isArray else {
                return [.refused("bbo", book: nil)]
            }
            var sides = pair.elements
            let (bid, ask) = (sides.next(), sides.next())
            return [
                .ticker(
                    name,
                    FeedTop(
                        id: data["time"]?.integer, bid: feedLevel(bid?["px"], bid?["sz"]),
                        ask: feedLevel(ask?["px"], ask?["sz"])))
            ]
        case "activeAssetCtx":
            guard let name = feedName(data["coin"]), let facts = data["ctx"] else {
                return [.refused("activeAssetCtx", book: nil)]
            }
            return [
                .funding(
                    FeedFunding(
                        name, mark: facts["markPx"]?.number, index: facts["oraclePx"]?.number,
                        rate: facts["funding"]?.number))
            ]
        default: return [.other(channel)]
        }
    }

    private func hyperliquidBook(_ data: JSONValue) -> FeedContent {
        let name = feedName(data["coin"])
        guard let name, let sides = data["levels"], let time = data["time"]?.integer else {
            return .refused("l2Book", book: name)
        }
        var both = sides.elements
        guard let bids = feedLevels(both.next(), "px", "sz"), let asks = feedLevels(both.next(), "px", "sz")
        else {
            return .refused("l2Book", book: name)
        }
        return .snapshot(name, FeedBook.Snapshot(bids: bids, asks: asks, last: time, inStream: true))
    }
}
