import Primitives

/// Structures of CCXT saved as JSON. They do not say of which venue: `--venue`, or what the raw answer inside looks like.
extension Import {
    static let ccxtFormats: [Format] = [
        Format(
            name: "ccxt positions",
            isLike: {
                $0.list?.first.map {
                    $0["contracts"] != nil && $0["entryPrice"] != nil && $0["symbol"] != nil
                } ?? false
            }
        ) { (i, d, f) throws(InputError) in
            for p in d.list! { try i.ccxtPosition(p, f) }
        },
        Format(
            name: "ccxt leverage tiers",
            isLike: {
                $0.members?.first?.value.list?.first?["maintenanceMarginRate"] != nil
                    || $0.list?.first?["maintenanceMarginRate"] != nil
            }
        ) { (i, d, f) throws(InputError) in
            if let list = d.list { return try i.ccxtTiers(nil, list, f) }
            for (symbol, rows) in d.members! { try i.ccxtTiers(symbol, rows.list ?? [], f) }
        },
        Format(name: "ccxt order book", isLike: { $0["bids"]?.list != nil && $0["asks"]?.list != nil }) {
            (i, d, f) throws(InputError) in
            guard let symbol = d["symbol"]?.text ?? i.symbol else {
                throw InputError(
                    file: f, line: d.line, key: "symbol", found: "a book that does not say of what",
                    allowed: "--symbol BTC/USDT:USDT")
            }
            try i.addDepth(try i.ccxtVenue(d, f), symbol, bids: d["bids"]!.list!, asks: d["asks"]!.list!, f)
        },
    ]

    private func ccxtVenue(_ d: JSONText, _ file: String) throws(InputError) -> String {
        if let venue { return venue }
        let info = d["info"]
        if info?["positionAmt"] != nil || info?["bracket"] != nil || info?["lastUpdateId"] != nil {
            return "binance"
        }
        if info?["positionIdx"] != nil || info?["riskLimitValue"] != nil || info?["avgPrice"] != nil {
            return "bybit"
        }
        if info?["instId"] != nil || info?["mmr"] != nil { return "okx" }
        if info?["position"] != nil || info?["szi"] != nil { return "hyperliquid" }
        throw InputError(
            file: file, line: d.line, key: "venue", found: "an answer that does not say of which venue",
            allowed: "--venue binance, bybit, okx, hyperliquid or own")
    }

    private mutating func ccxtPosition(_ p: JSONText, _ file: String) throws(InputError) {
        let symbol = try text(p, "symbol", file), name = owner(file), venue = try ccxtVenue(p, file)
        let contracts = try optional(p, "contracts", file) ?? .zero
        if isFlat(contracts) { return }
        if CoinNames.isOption(symbol) {
            health.rowsRead += 1
            return health.drop("neither a perpetual nor a future")
        }
        // What it settles in; a dated one has its day behind it.
        let settled = symbol.split(separator: ":").dropFirst().first?.prefix { $0 != "-" }
        let isInverse = CoinNames.isInverse(symbol)
        let contractSize = try optional(p, "contractSize", file) ?? .one
        if let mark = try optional(p, "markPrice", file) {
            addMarket(
                .init(
                    venue: venue, symbol: symbol, mark: mark, index: nil,
                    contract: isInverse ? .inverse : .linear, contractSize: contractSize, line: p.line),
                file: file)
        } else if !isInverse, let notional = try optional(p, "notional", file),
            let mark = ratio(notional.magnitude, contracts.magnitude * contractSize)
        {
            addMarket(
                .init(
                    venue: venue, symbol: symbol, mark: mark, index: nil, contract: .linear,
                    contractSize: contractSize, line: p.line), file: file)
        }
        let side = try text(p, "side", file)
        guard ["long", "short"].contains(side) else {
            throw Self.refuse(p["side"], p, file, "side", "long or short")
        }
        let isIsolated = p["marginMode"]?.text == "isolated"
        // Collateral of an isolated position has its profit in it, but on OKX and Bybit, where it is the margin alone.
        let isMargin = isIsolated && ["okx", "bybit"].contains(venue)
        let profit = isMargin ? .zero : try profit(p, file)
        let collateral = try optional(p, "collateral", file)
        if p["liquidationPrice"].map(\.isNull) ?? true {
            health.warn(
                "no printed price", file, p.line, "\(symbol): liquidationPrice is empty; ours is computed")
        }
        addPosition(
            .init(
                account: name, venue: venue, symbol: symbol, side: side == "long" ? .long : .short,
                size: contracts.magnitude, entry: try number(p, "entryPrice", file),
                leverage: try optional(p, "leverage", file),
                isolatedMargin: isIsolated ? (collateral ?? .zero) - profit : nil, line: p.line),
            printed: try optional(p, "liquidationPrice", file), file: file)
        if !hasAccount(name, venue) {
            let asset = settled.map { $0.uppercased() } ?? "USDT"
            // On OKX it is what the position uses, not the wallet; nor is it known where it is empty.
            guard isIsolated || collateral != nil && venue != "okx" else {
                return addWithoutWallet(name, venue, asset, file: file, line: p.line)
            }
            // Cross collateral is the same wallet in every row, less the profit of all.
            addAccount(
                name, venue, asset, isIsolated ? .zero : (collateral ?? .zero) - profit, file: file,
                line: p.line)
            if !isIsolated {
                health.warn(
                    "collateral from a position", file, p.line,
                    "the cross wallet is taken from the first position's collateral less its profit")
            }
        }
    }

    private func profit(_ p: JSONText, _ file: String) throws(InputError) -> Exact {
        try optional(p, "unrealizedPnl", file) ?? .zero
    }

    private mutating func ccxtTiers(_ symbol: String?, _ rows: [JSONText], _ file: String) throws(InputError)
    {
        guard let first = rows.first else { return }
        let name: String
        if let symbol { name = symbol } else { name = try text(first, "symbol", file) }
        let venue = try ccxtVenue(first, file)
        book.tiers.removeAll { $0.venue == venue && $0.symbol == name }
        var deduction = Exact.zero
        var before: (rate: Exact, from: Exact)?
        for row in rows {
            let from = try optional(row, "minNotional", file) ?? .zero,
                rate = try number(row, "maintenanceMarginRate", file)
            if let before { deduction = deduction + from * (rate - before.rate) }
            let printed = row["info"].flatMap { $0["cum"]?.text }.flatMap { Exact($0) }
            if let printed, printed != deduction {
                health.warn(
                    "printed deduction", file, row.line,
                    "\(name): cum \(printed), the rows imply \(deduction)")
            }
            health.rowsRead += 1
            health.rowsKept += 1
            book.tiers.append(
                .init(
                    venue: venue, symbol: name, from: from, to: try optional(row, "maxNotional", file),
                    rate: rate,
                    maxLeverage: try optional(row, "maxLeverage", file), deduction: printed ?? deduction,
                    line: row.line))
            before = (rate, from)
        }
    }
}
