extension FeedFormat {
    /// Streams of spot, USD-margined and coin-margined futures, alone or under `{stream, data}`, and depth snapshots.
    func binanceContents(_ message: JSONValue, _ context: FeedContext) -> [FeedContent] {
        var stream: String?
        var body = message
        if let data = message["data"], let name = message["stream"] { (stream, body) = (name.text, data) }
        if body.isArray { return body.elements.map { binanceContent($0, stream, context) } }
        return [binanceContent(body, stream, context)]
    }

    private func binanceContent(_ m: JSONValue, _ stream: String?, _ context: FeedContext) -> FeedContent {
        guard let type = m["e"] else {
            if m["lastUpdateId"] != nil { return binanceSnapshot(m, stream, context) }
            if m["u"] != nil, m["B"] != nil { return binanceTicker(m) }
            return .other(stream.map(streamKind) ?? (context.address == nil ? "no type" : "reply"))
        }
        if type.equals("depthUpdate") { return binanceDepth(m, stream) }
        if type.equals("bookTicker") { return binanceTicker(m) }
        if type.equals("trade") || type.equals("aggTrade") {
            // Forced fills outside the book come with type NA and without a price.
            if let kind = m["X"], kind.equals("NA") { return .other("trade NA") }
            let taker: FeedSide? = m["m"].flatMap {
                $0.equals("true") ? .sell : $0.equals("false") ? .buy : nil
            }
            return feedTrade(m["s"], m["p"], m["q"], taker: taker, time: feedTime(milliseconds: m["T"]))
        }
        if type.equals("forceOrder") { return binanceLiquidation(m) }
        if type.equals("markPriceUpdate") {
            guard let name = feedName(m["s"]), let mark = m["p"]?.number else {
                return .refused("a mark", book: nil)
            }
            return .funding(
                FeedFunding(
                    name, mark: mark, index: m["i"]?.number, rate: m["r"]?.number,
                    nextTime: feedTime(milliseconds: m["T"])))
        }
        return .other(type.text ?? "no type")
    }

    private func binanceDepth(_ m: JSONValue, _ stream: String?) -> FeedContent {
        let name = feedName(m["s"])
        guard let name, let bids = feedLevels(m["b"]), let asks = feedLevels(m["a"]),
            let first = m["U"]?.integer,
            let last = m["u"]?.integer, first <= last
        else { return .refused("a depth update", book: name) }
        if let stream, isPartialDepth(stream) {
            return .snapshot(
                name,
                FeedBook.Snapshot(
                    bids: bids, asks: asks, last: last, inStream: true, source: streamKind(stream)))
        }
        if let previous = m["pu"] {
            guard let previous = previous.integer else { return .refused("a depth update", book: name) }
            return .update(
                name,
                FeedBook.Update(bids: bids, asks: asks, sequence: .after(previous: previous, last: last)))
        }
        return .update(
            name, FeedBook.Update(bids: bids, asks: asks, sequence: .range(first: first, last: last)))
    }

    private func binanceSnapshot(_ m: JSONValue, _ stream: String?, _ context: FeedContext) -> FeedContent {
        let asked = context.address.flatMap { address -> String? in
            guard let key = address.firstRange(of: "symbol=") else { return nil }
            return String(address[key.upperBound...].prefix { $0 != "&" && $0 != " " }.prefix(64))
        }
        let streamed = stream.flatMap { $0.split(separator: "@").first.map { $0.prefix(64).uppercased() } }
        guard let name = feedName(m["symbol"]) ?? asked ?? streamed ?? context.onlyInstrument else {
            return .refused("a depth snapshot that does not say its instrument", book: nil)
        }
        guard let bids = feedLevels(m["bids"]), let asks = feedLevels(m["asks"]),
            let last = m["lastUpdateId"]?.integer
        else { return .refused("a depth snapshot", book: name) }
        return .snapshot(
            name,
            FeedBook.Snapshot(
                bids: bids, asks: asks, last: last, inStream: stream != nil,
                source: stream.map(streamKind) ?? ""))
    }

    private func binanceTicker(_ m: JSONValue) -> FeedContent {
        guard let name = feedName(m["s"]), let id = m["u"]?.integer, let bid = feedLevel(m["b"], m["B"]),
            let ask = feedLevel(m["a"], m["A"])
        else { return .refused("a ticker", book: nil) }
        return .ticker(name, FeedTop(id: id, bid: bid, ask: ask))
    }

    private func binanceLiquidation(_ m: JSONValue) -> FeedContent {
        guard let o = m["o"], let name = feedName(o["s"]), let side = feedSide(o["S"]),
            let price = o["p"]?.number,
            let ordered = o["q"]?.number, ordered > .zero
        else { return .refused("a forced order", book: nil) }
        let paid = o["ap"]?.number.flatMap { $0 > .zero ? $0 : nil } ?? price
        let filled = o["z"]?.number.flatMap { $0 > .zero ? $0 : nil } ?? ordered
        return .liquidation(
            FeedLiquidation(
                instrument: name, position: side == .sell ? .long : .short, price: paid, quantity: filled,
                time: feedTime(milliseconds: o["T"]), shown: .largestEachSecond))
    }

    /// `btcusdt@depth20@100ms`: the whole of the best 5, 10 or 20 levels each time.
    private func isPartialDepth(_ stream: String) -> Bool {
        stream.contains("@depth5") || stream.contains("@depth10") || stream.contains("@depth20")
    }

    private func streamKind(_ stream: String) -> String {
        stream.split(separator: "@").dropFirst().first.map(String.init) ?? stream
    }
}
