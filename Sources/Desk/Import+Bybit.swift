import Primitives

/// Bybit's v5 answers and book messages.
extension Import {
    private static func rows(_ d: JSONText) -> [JSONText]? { d["result"]?["list"]?.list }

    static let bybitFormats: [Format] = [
        Format(
            name: "bybit position list",
            isLike: { rows($0)?.first.map { $0["avgPrice"] != nil && $0["size"] != nil } ?? false }
        ) { (i, d, f) throws(InputError) in try i.bybitPositions(d, f) },
        Format(name: "bybit risk-limit", isLike: { rows($0)?.first?["riskLimitValue"] != nil }) {
            (i, d, f) throws(InputError) in try i.bybitLimits(d, f)
        },
        Format(
            name: "bybit wallet-balance",
            isLike: { rows($0)?.first?["totalWalletBalance"] != nil || rows($0)?.first?["coin"]?.list != nil }
        ) { (i, d, f) throws(InputError) in
            let name = i.owner(f)
            for coin in rows(d)!.first?["coin"]?.list ?? [] {
                let amount = try i.number(coin, "walletBalance", f)
                if !amount.isZero {
                    let asset = try i.text(coin, "coin", f)
                    i.addAccount(name, "bybit", asset, amount, file: f, line: coin.line)
                    i.bybitWallets.insert([name, asset])
                }
            }
        },
        Format(
            name: "bybit tickers",
            isLike: { rows($0)?.first?["markPrice"] != nil && rows($0)?.first?["indexPrice"] != nil }
        ) { (i, d, f) throws(InputError) in
            for row in rows(d)! {
                guard let mark = try i.optional(row, "markPrice", f) else { continue }
                try i.bybitMarket(row, mark, f)
            }
        },
        Format(
            name: "bybit orderbook",
            isLike: {
                ($0["result"] ?? $0["data"]).map { $0["s"] != nil && $0["b"] != nil && $0["a"] != nil }
                    ?? false
            }
        ) { (i, d, f) throws(InputError) in
            let data = (d["result"] ?? d["data"])!
            // Of a stream the snapshot stands and the changes are counted: a book of the moment, not of the stream's end.
            if d["type"]?.text == "delta" { return i.health.drop("change of a book after its snapshot") }
            try i.addDepth(
                "bybit", try i.text(data, "s", f), bids: try i.list(data, "b", f),
                asks: try i.list(data, "a", f), f)
        },
    ]

    private mutating func bybitMarket(_ row: JSONText, _ mark: Exact, _ file: String) throws(InputError) {
        let symbol = try text(row, "symbol", file)
        addMarket(
            .init(
                venue: "bybit", symbol: symbol, mark: mark, index: try optional(row, "indexPrice", file),
                contract: CoinNames.isInverse(symbol) ? .inverse : .linear, contractSize: .one, line: row.line
            ),
            replaces: row["indexPrice"] != nil, file: file)
    }

    private mutating func bybitPositions(_ d: JSONText, _ file: String) throws(InputError) {
        let name = owner(file)
        for p in Self.rows(d)! {
            let size = try number(p, "size", file)
            if isFlat(size) { continue }
            let symbol = try text(p, "symbol", file)
            guard !CoinNames.isOption(symbol) else {
                health.rowsRead += 1
                health.drop("neither a perpetual nor a future")
                continue
            }
            if let mark = try optional(p, "markPrice", file) { try bybitMarket(p, mark, file) }
            let isIsolated = p["tradeMode"]?.text == "1"
            let side = try text(p, "side", file)
            guard ["Buy", "Sell"].contains(side) else {
                throw Self.refuse(p["side"], p, file, "side", "Buy or Sell, the side of the position")
            }
            addPosition(
                .init(
                    account: name, venue: "bybit", symbol: symbol, side: side == "Buy" ? .long : .short,
                    size: size.magnitude,
                    entry: try number(p, "avgPrice", file), leverage: try optional(p, "leverage", file),
                    isolatedMargin: isIsolated
                        ? try optional(p, any: ["positionBalance", "positionIM"], file) : nil, line: p.line),
                printed: try optional(p, "liqPrice", file), file: file)
            addWithoutWallet(
                name, "bybit", CoinNames.isInverse(symbol) ? CoinNames.coin(of: symbol) : "USDT", file: file,
                line: p.line)
        }
    }

    private mutating func bybitLimits(_ d: JSONText, _ file: String) throws(InputError) {
        var groups: [String: [AccountBook.Tier]] = [:]
        for row in Self.rows(d)! {
            health.rowsRead += 1
            let symbol = try text(row, "symbol", file)
            let stated = try number(row, "maintenanceMargin", file)
            let leverage = try optional(row, "maxLeverage", file)
            // A maintenance above the initial margin can only be per cent.
            let isPercent = leverage.map { stated * $0 > .one } ?? (stated >= .one)
            groups[symbol, default: []].append(
                .init(
                    venue: "bybit", symbol: symbol, from: .zero, to: try number(row, "riskLimitValue", file),
                    rate: isPercent ? stated * Exact(digits: 1, places: 2) : stated, maxLeverage: leverage,
                    deduction: try optional(row, "mmDeduction", file) ?? .zero, line: row.line))
            health.rowsKept += 1
        }
        for (symbol, rows) in groups.sorted(by: { $0.key < $1.key }) {
            book.tiers.removeAll { $0.venue == "bybit" && $0.symbol == symbol }
            var from = Exact.zero
            for var row in rows.sorted(by: { $0.to! < $1.to! }) {
                row.from = from
                from = row.to!
                book.tiers.append(row)
            }
        }
    }

    /// A wallet of the unified account has in it what isolated positions have set aside.
    mutating func settleBybit() {
        for wallet in bybitWallets {
            guard
                let i = book.accounts.firstIndex(where: {
                    $0.venue == "bybit" && [$0.name, $0.asset] == wallet
                })
            else { continue }
            for p in book.positions where p.venue == "bybit" && p.account == wallet[0] {
                let settles = CoinNames.isInverse(p.symbol) ? CoinNames.coin(of: p.symbol) : "USDT"
                guard settles == wallet[1], let margin = p.isolatedMargin else { continue }
                book.accounts[i].amount = book.accounts[i].amount - margin
            }
        }
    }
}
