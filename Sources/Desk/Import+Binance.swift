import Foundation
import Primitives

/// Binance's futures: USDⓈ-M and COIN-M.
extension Import {
    static let binanceFormats: [Format] = [
        Format(
            name: "binance positionRisk",
            isLike: { $0.list?.first.map { $0["positionAmt"] != nil && $0["entryPrice"] != nil } ?? false }
        ) { (i, d, f) throws(InputError) in
            let name = i.owner(f)
            for p in d.list! {
                try i.binancePosition(p, name, f, isAccount: false)
                guard let size = try i.optional(p, "positionAmt", f), !size.isZero else { continue }
                let symbol = try i.text(p, "symbol", f), venue = binanceVenue(symbol)
                i.addWithoutWallet(
                    name, venue, venue == "binance" ? "USDT" : CoinNames.coin(of: symbol), file: f,
                    line: p.line)
            }
        },
        Format(
            name: "binance account",
            isLike: {
                $0["assets"]?.list != nil && $0["positions"]?.list != nil && $0["canTrade"] != nil
                    || $0["totalWalletBalance"] != nil
            }
        ) { (i, d, f) throws(InputError) in
            try i.binanceAccount(d, f)
        },
        Format(
            name: "binance leverageBracket",
            isLike: { $0.list?.first?["brackets"] != nil || $0["brackets"] != nil }
        ) { (i, d, f) throws(InputError) in
            for row in d.list ?? [d] { try i.binanceBrackets(row, f) }
        },
        Format(name: "binance depth", isLike: { $0["lastUpdateId"] != nil && $0["bids"] != nil }) {
            (i, d, f) throws(InputError) in
            guard let symbol = d["symbol"]?.text ?? i.symbol else {
                throw InputError(
                    file: f, line: d.line, key: "symbol", found: "depth that does not say of what",
                    allowed: "--symbol BTCUSDT")
            }
            try i.addDepth(
                binanceVenue(symbol), symbol, bids: try i.list(d, "bids", f),
                asks: try i.list(d, "asks", f), f)
        },
    ]

    /// BTCUSD_PERP and BTCUSD_251226 are coin-margined, BTCUSDT is not.
    static func binanceVenue(_ symbol: String) -> String {
        symbol.contains("USD_") ? "binance-coinm" : "binance"
    }

    private static func contract(_ symbol: String) -> (
        venue: String, kind: AccountBook.Contract, size: Exact
    ) {
        let venue = binanceVenue(symbol)
        if venue == "binance" { return (venue, .linear, .one) }
        return (venue, .inverse, symbol.hasPrefix("BTCUSD_") ? Exact(100) : Exact(10))
    }

    private mutating func binancePosition(
        _ p: JSONText, _ name: String, _ file: String, isAccount: Bool
    ) throws(InputError) {
        let symbol = try text(p, "symbol", file)
        let size = try number(p, "positionAmt", file)
        let (venue, kind, contractSize) = Self.contract(symbol)
        if let mark = try optional(p, "markPrice", file) {
            addMarket(
                .init(
                    venue: venue, symbol: symbol, mark: mark, index: nil, contract: kind,
                    contractSize: contractSize, line: p.line), file: file)
        } else if !size.isZero, let notional = try optional(p, "notional", file), kind == .linear,
            let mark = ratio(notional.magnitude, size.magnitude)
        {
            addMarket(
                .init(
                    venue: venue, symbol: symbol, mark: mark, index: nil, contract: kind,
                    contractSize: contractSize, line: p.line), file: file)
        }
        // The third version says neither: whoever has an isolated wallet is isolated.
        let saysNothing = p["marginType"] == nil && p["isolated"] == nil
        let setAside = try optional(p, any: ["isolatedWallet", "isolatedMargin"], file) ?? .zero
        let isIsolated =
            p["marginType"]?.text?.lowercased() == "isolated" || saysNothing && !setAside.isZero
            || { if case .bool(true)? = p["isolated"]?.value { true } else { false } }()
        var margin: Exact?
        if isIsolated {
            // The wallet is what was set aside; `isolatedMargin` has the profit in it.
            let wallet = try optional(p, "isolatedWallet", file)
            let withProfit = try optional(p, "isolatedMargin", file),
                profit = try optional(p, any: ["unRealizedProfit", "unrealizedProfit"], file)
            margin = wallet ?? withProfit.map { $0 - (profit ?? .zero) } ?? .zero
        }
        let isShort = p["positionSide"]?.text == "SHORT" || size.isNegative
        let position = AccountBook.Position(
            account: name, venue: venue, symbol: symbol, side: isShort ? .short : .long, size: size.magnitude,
            entry: try number(p, "entryPrice", file), leverage: try optional(p, "leverage", file),
            isolatedMargin: margin, line: p.line)
        let place = [name, venue, symbol, position.side.rawValue]
        if !isAccount, !size.isZero, let known = fromAccount.removeValue(forKey: place) {
            // positionRisk says more of a position than account does.
            book.positions[known] = position
            if let price = try optional(p, "liquidationPrice", file), !price.isZero { printed[known] = price }
            return
        }
        if isAccount && !size.isZero { fromAccount[place] = book.positions.count }
        addPosition(position, printed: try optional(p, "liquidationPrice", file), file: file)
    }

    private mutating func binanceAccount(_ d: JSONText, _ file: String) throws(InputError) {
        let name = owner(file)
        let positions = d["positions"]?.list ?? []
        let isCoin = positions.contains { Self.binanceVenue($0["symbol"]?.text ?? "") == "binance-coinm" }
        for asset in d["assets"]?.list ?? [] {
            let amount = try number(asset, any: ["crossWalletBalance", "walletBalance"], file)
            if amount.isZero { continue }
            addAccount(
                name, isCoin ? "binance-coinm" : "binance", try text(asset, "asset", file).uppercased(),
                amount, file: file, line: asset.line)
        }
        let had = Set(book.positions.filter { $0.account == name }.map(\.symbol))
        for p in positions {
            guard let size = try optional(p, "positionAmt", file), !size.isZero else { continue }
            // positionRisk says more of a position than account does.
            if had.contains(p["symbol"]?.text ?? "") { continue }
            try binancePosition(p, name, file, isAccount: true)
        }
        if !hasAccount(name, "binance"), !hasAccount(name, "binance-coinm") {
            addAccount(
                name, isCoin ? "binance-coinm" : "binance", isCoin ? "BTC" : "USDT", .zero, file: file,
                line: d.line)
        }
    }

    private mutating func binanceBrackets(_ row: JSONText, _ file: String) throws(InputError) {
        let symbol = try text(row, "symbol", file)
        let (venue, _, _) = Self.contract(symbol)
        book.tiers.removeAll { $0.venue == venue && $0.symbol == symbol }
        for b in try list(row, "brackets", file) {
            health.rowsRead += 1
            health.rowsKept += 1
            book.tiers.append(
                .init(
                    venue: venue, symbol: symbol,
                    from: try number(b, any: ["notionalFloor", "qtyFloor"], file),
                    to: try number(b, any: ["notionalCap", "qtyCap"], file),
                    rate: try number(b, "maintMarginRatio", file),
                    maxLeverage: try optional(b, "initialLeverage", file),
                    deduction: try optional(b, "cum", file) ?? .zero, line: b.line))
        }
    }
}
