import Primitives

/// OKX's v5 answers. Sizes are contracts: what one holds, `ctVal` of instruments says.
extension Import {
    private static func rows(_ d: JSONText) -> [JSONText]? { d["data"]?.list }

    static let okxFormats: [Format] = [
        Format(name: "okx instruments", isLike: { rows($0)?.first?["ctVal"] != nil }) {
            (i, d, f) throws(InputError) in
            for row in rows(d)! {
                let name = try i.text(row, "instId", f)
                guard let size = try i.optional(row, "ctVal", f) else { continue }
                i.contractSizes[name] = size * (try i.optional(row, "ctMult", f) ?? .one)
            }
            for m in i.book.markets.indices where i.book.markets[m].venue == "okx" {
                if let size = i.contractSizes[i.book.markets[m].symbol] {
                    i.book.markets[m].contractSize = size
                }
            }
        },
        Format(
            name: "okx positions",
            isLike: { rows($0)?.first.map { $0["avgPx"] != nil && $0["pos"] != nil } ?? false }
        ) { (i, d, f) throws(InputError) in try i.okxPositions(d, f) },
        Format(name: "okx balance", isLike: { rows($0)?.first?["details"]?.list?.first?["cashBal"] != nil }) {
            (i, d, f) throws(InputError) in
            for row in rows(d)!.first?["details"]?.list ?? [] {
                let amount = try i.number(row, "cashBal", f)
                if !amount.isZero {
                    i.addAccount(
                        i.owner(f), "okx", try i.text(row, "ccy", f), amount, file: f, line: row.line)
                }
            }
        },
        Format(
            name: "okx position-tiers",
            isLike: { rows($0)?.first.map { $0["maxSz"] != nil && $0["mmr"] != nil } ?? false }
        ) { (i, d, f) throws(InputError) in
            // Rows by contracts: the built-in rulebook of OKX has them; a book's tiers.csv counts notional.
            i.health.warn(
                "tiers by contracts", f, d.line,
                "position-tiers count contracts, tiers.csv counts notional: the rows of the rulebook of the day are used"
            )
            i.health.rowsRead += rows(d)!.count
            for _ in rows(d)! { i.health.drop("row of a margin table by contracts") }
        },
        Format(
            name: "okx books",
            isLike: { rows($0)?.first.map { $0["asks"]?.list != nil && $0["bids"]?.list != nil } ?? false }
        ) { (i, d, f) throws(InputError) in
            guard let symbol = d["arg"]?["instId"]?.text ?? rows(d)!.first?["instId"]?.text ?? i.symbol else {
                throw InputError(
                    file: f, line: d.line, key: "instId", found: "a book that does not say of what",
                    allowed: "--symbol BTC-USDT-SWAP")
            }
            if d["action"]?.text == "update" { return i.health.drop("change of a book after its snapshot") }
            let book = rows(d)!.first!
            try i.addDepth("okx", symbol, bids: book["bids"]!.list!, asks: book["asks"]!.list!, f)
        },
    ]

    /// Contracts hold 1, 2 or 5 times a power of ten coins; a dollar that is not quite one blurs it.
    private func nearestContract(_ size: Exact) -> Exact {
        let round = (-12...9).flatMap { n in [1, 2, 5].map { Exact(digits: Int128($0), places: -n) } }
        let near = round.min { abs($0.double / size.double - 1) < abs($1.double / size.double - 1) }!
        return abs(near.double / size.double - 1) < 0.05 ? near : size.rounded(figures: 4)
    }

    private mutating func okxPositions(_ d: JSONText, _ file: String) throws(InputError) {
        let name = owner(file)
        for p in Self.rows(d)! {
            let size = try number(p, "pos", file)
            if isFlat(size) { continue }
            let symbol = try text(p, "instId", file)
            guard ["SWAP", "FUTURES", nil].contains(p["instType"]?.text), !CoinNames.isOption(symbol) else {
                health.rowsRead += 1
                health.drop("neither a perpetual nor a future")
                continue
            }
            let isInverse = symbol.contains("-USD-") || symbol.hasSuffix("-USD")
            // Net mode signs the size; long and short mode names the side.
            let isShort = p["posSide"]?.text == "short" || size.isNegative
            let contract: Exact
            if let known = contractSizes[symbol] {
                contract = known
            } else if !isInverse, let notional = try optional(p, "notionalUsd", file),
                let mark = try optional(p, "markPx", file),
                let one = ratio(notional.magnitude, size.magnitude * mark)
            {
                contract = nearestContract(one)
                health.warn(
                    "contract size from notional", file, p.line,
                    "\(symbol): \(contract) coins a contract, from notionalUsd; give instruments to have it exact"
                )
            } else if isInverse {
                contract = symbol.hasPrefix("BTC-") ? Exact(100) : Exact(10)
            } else {
                throw InputError(
                    file: file, line: p.line, key: "instId",
                    found: "`\(symbol)`, whose contract size is not known",
                    allowed: "the answer of instruments before this file")
            }
            if let mark = try optional(p, "markPx", file) {
                addMarket(
                    .init(
                        venue: "okx", symbol: symbol, mark: mark, index: try optional(p, "idxPx", file),
                        contract: isInverse ? .inverse : .linear, contractSize: contract, line: p.line),
                    file: file)
            }
            addPosition(
                .init(
                    account: name, venue: "okx", symbol: symbol, side: isShort ? .short : .long,
                    size: size.magnitude, entry: try number(p, "avgPx", file),
                    leverage: try optional(p, "lever", file),
                    isolatedMargin: p["mgnMode"]?.text == "isolated" ? try optional(p, "margin", file) : nil,
                    line: p.line),
                printed: try optional(p, "liqPx", file), file: file)
            addWithoutWallet(
                name, "okx", isInverse ? CoinNames.coin(of: symbol) : "USDT", file: file, line: p.line)
        }
    }
}
