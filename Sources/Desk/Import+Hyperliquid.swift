import Primitives

/// Hyperliquid's info endpoint, and the position snapshots of the reconstruction of 10 October 2025.
extension Import {
    static let hyperliquidFormats: [Format] = [
        Format(name: "hyperliquid clearinghouseState", isLike: { $0["assetPositions"] != nil }) {
            (i, d, f) throws(InputError) in try i.hyperliquidState(d, f)
        },
        Format(
            name: "hyperliquid metaAndAssetCtxs",
            isLike: {
                $0.list.map { $0.count == 2 && $0[0]["universe"] != nil && $0[1].list != nil } ?? false
            }
        ) { (i, d, f) throws(InputError) in try i.hyperliquidContexts(d, f) },
        Format(name: "hyperliquid meta", isLike: { $0["universe"] != nil }) { (i, d, f) throws(InputError) in
            i.health.warn("no prices", f, d.line, "meta alone has no marks: give metaAndAssetCtxs")
            try i.hyperliquidTiers(d, try i.list(d, "universe", f), f)
        },
        Format(name: "hyperliquid l2Book", isLike: { $0["levels"] != nil && $0["coin"] != nil }) {
            (i, d, f) throws(InputError) in
            let sides = try i.list(d, "levels", f)
            guard sides.count == 2, let bids = sides[0].list, let asks = sides[1].list else {
                throw refuse(d["levels"], d, f, "levels", "bids and asks")
            }
            try i.addDepth("hyperliquid", try i.text(d, "coin", f), bids: bids, asks: asks, f)
        },
        Format(
            name: "hyperliquid account_value_snapshot",
            isLike: { $0.list?.first?["account_value"] != nil && $0.list?.first?["user"] != nil }
        ) { (i, d, f) throws(InputError) in
            for row in d.list! {
                i.accountValues[try i.text(row, "user", f)] = try i.number(row, "account_value", f)
            }
        },
        Format(
            name: "hyperliquid perp_positions_by_market",
            isLike: { $0.list?.first?["market_name"] != nil && $0.list?.first?["positions"] != nil }
        ) { (i, d, f) throws(InputError) in
            try i.hyperliquidPositions(d, f)
        },
    ]

    /// Cross collateral c with equity = c + Σ size × (mark − entry): the venue keeps raw dollars r with equity = r + Σ size × mark,
    /// so c = r + Σ size × entry; the same of each isolated position.
    private mutating func hyperliquidState(_ d: JSONText, _ file: String) throws(InputError) {
        let name = owner(file)
        guard let summary = d["marginSummary"] ?? d["crossMarginSummary"] else {
            throw Self.refuse(nil, d, file, "marginSummary", "an object")
        }
        var raw = try number(summary, "totalRawUsd", file)
        var hasCrossSummary = false
        if let cross = d["crossMarginSummary"] {
            raw = try number(cross, "totalRawUsd", file)
            hasCrossSummary = true
        }
        for row in try list(d, "assetPositions", file) {
            guard let p = row["position"] else { throw Self.refuse(nil, row, file, "position", "an object") }
            let coin = try text(p, "coin", file)
            let size = try number(p, "szi", file), entry = try optional(p, "entryPx", file) ?? .zero
            let leverage = p["leverage"]
            var margin: Exact?
            if leverage?["type"]?.text == "isolated", let leverage {
                let own = try number(leverage, "rawUsd", file)
                margin = own + size * entry
                if !hasCrossSummary { raw = raw - own }
            } else {
                raw = raw + size * entry
            }
            if size.isZero { continue }
            if let value = try optional(p, "positionValue", file),
                let mark = ratio(value.magnitude, size.magnitude)
            {
                addMarket(
                    .init(
                        venue: "hyperliquid", symbol: coin, mark: mark, index: nil, contract: .linear,
                        contractSize: .one, line: p.line), file: file)
            }
            if p["liquidationPx"].map(\.isNull) ?? true {
                health.warn(
                    "no printed price", file, p.line, "\(coin): liquidationPx is empty; ours is computed")
            }
            addPosition(
                .init(
                    account: name, venue: "hyperliquid", symbol: coin, side: size.isNegative ? .short : .long,
                    size: size.magnitude,
                    entry: entry,
                    leverage: try leverage.map { (node) throws(InputError) in try number(node, "value", file)
                    },
                    isolatedMargin: margin, line: p.line), printed: try optional(p, "liquidationPx", file),
                file: file)
        }
        addAccount(name, "hyperliquid", "USDC", raw, file: file, line: d.line)
    }

    /// a / b to twelve places or twelve figures, whichever is finer.
    func ratio(_ a: Exact, _ b: Exact) -> Exact? {
        guard !b.isZero else { return nil }
        var digits = a.digits
        var places = a.places - b.places
        while digits.magnitude < 1_000_000_000_000_000_000_000_000 && digits != 0 {
            digits *= 10
            places += 1
        }
        return Exact(digits: digits / b.digits, places: places).rounded(figures: 16)
    }

    private mutating func hyperliquidContexts(_ d: JSONText, _ file: String) throws(InputError) {
        let meta = d.list![0], contexts = d.list![1].list!
        let universe = try list(meta, "universe", file)
        guard universe.count == contexts.count else {
            throw InputError(
                file: file, line: d.line, key: "universe",
                found: "\(universe.count) markets and \(contexts.count) contexts",
                allowed: "as many: they are joined by their place")
        }
        try hyperliquidTiers(meta, universe, file)
        for (coin, context) in zip(universe, contexts) {
            let name = try text(coin, "name", file)
            guard let mark = try optional(context, "markPx", file) else {
                health.warn("mark of zero", file, context.line, "\(name) has no markPx; it is left out")
                continue
            }
            addMarket(
                .init(
                    venue: "hyperliquid", symbol: name, mark: mark,
                    index: try optional(context, "oraclePx", file), contract: .linear,
                    contractSize: .one, line: coin.line), replaces: true, file: file)
        }
    }

    private mutating func hyperliquidTiers(
        _ meta: JSONText, _ universe: [JSONText], _ file: String
    ) throws(InputError) {
        var tables: [String: [JSONText]] = [:]
        for pair in meta["marginTables"]?.list ?? [] {
            if let id = pair.list?.first?.text { tables[id] = pair.list?.last?["marginTiers"]?.list ?? [] }
        }
        for coin in universe {
            let name = try text(coin, "name", file)
            var rows: [(from: Exact, leverage: Exact)] = []
            if let id = coin["marginTableId"]?.text, let table = tables[id] {
                for row in table {
                    rows.append((try number(row, "lowerBound", file), try number(row, "maxLeverage", file)))
                }
            } else if let most = try optional(coin, "maxLeverage", file) {
                rows = [(.zero, most)]
            }
            addTiers("hyperliquid", name, rows, line: coin.line)
        }
    }

    /// Maintenance is half the initial margin at the row's largest leverage, on the part of the notional above its floor.
    private mutating func addTiers(
        _ venue: String, _ symbol: String, _ rows: [(from: Exact, leverage: Exact)], line: Int
    ) {
        book.tiers.removeAll { $0.venue == venue && $0.symbol == symbol }
        var deduction = Exact.zero
        for (i, row) in rows.enumerated() {
            let rate = ratio(.one, row.leverage * Exact(2)) ?? .zero
            if i > 0, let before = book.tiers.last { deduction = deduction + row.from * (rate - before.rate) }
            book.tiers.append(
                .init(
                    venue: venue, symbol: symbol, from: row.from,
                    to: i + 1 < rows.count ? rows[i + 1].from : nil, rate: rate,
                    maxLeverage: row.leverage, deduction: deduction, line: line))
            health.rowsRead += 1
            health.rowsKept += 1
        }
    }

    private mutating func hyperliquidPositions(_ d: JSONText, _ file: String) throws(InputError) {
        for market in d.list! {
            let full = try text(market, "market_name", file)
            let symbol = full.split(separator: ":").last.map(String.init) ?? full
            for p in try list(market, "positions", file) {
                let size = try number(p, "size", file), user = try text(p, "user", file)
                let notional = try number(p, "notional_size", file)
                if let value = try optional(p, "account_value", file) { accountValues[user] = value }
                if let mark = ratio(notional.magnitude, size.magnitude) {
                    addMarket(
                        .init(
                            venue: "hyperliquid", symbol: symbol, mark: mark, index: nil, contract: .linear,
                            contractSize: .one, line: p.line), file: file)
                }
                addPosition(
                    .init(
                        account: user, venue: "hyperliquid", symbol: symbol,
                        side: size.isNegative ? .short : .long, size: size.magnitude,
                        entry: try number(p, "entry_price", file), leverage: nil, isolatedMargin: nil,
                        line: p.line), printed: nil, file: file)
                addWithoutWallet(user, "hyperliquid", "USDC", file: file, line: p.line)
            }
        }
    }

    /// Collateral is what an account is worth less what its positions have won: known when every file was read.
    mutating func settleSnapshots() {
        if accountValues.isEmpty { return }
        var marks: [String: Exact] = [:]
        for market in book.markets where market.venue == "hyperliquid" { marks[market.symbol] = market.mark }
        var won: [String: Exact] = [:]
        for p in book.positions where p.venue == "hyperliquid" {
            guard let mark = marks[p.symbol] else { continue }
            let profit = p.size * (mark - p.entry)
            won[p.account] = (won[p.account] ?? .zero) + (p.side == .long ? profit : -profit)
        }
        let idle = accountValues.keys.count { won[$0] == nil }
        health.rowsRead += idle
        for _ in 0..<idle { health.drop("account value without positions") }
        for (user, profit) in won.sorted(by: { $0.key < $1.key }) {
            guard let value = accountValues[user] else { continue }
            addAccount(user, "hyperliquid", "USDC", value - profit, file: "", line: 0)
        }
    }
}
