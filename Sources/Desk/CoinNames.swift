/// One spelling of a coin from every venue's name of a market.
public enum CoinNames {
    /// What counts as a dollar unless the book gives it a price.
    public static let dollars: Set = ["USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI"]

    private static let quotes = ["USDT", "USDC", "BUSD", "FDUSD", "USD", "PERP"]
    private static let endings: Set = [
        "PERP", "PERPETUAL", "SWAP", "USD", "USDT", "USDC", "BUSD", "FDUSD", "UMCBL", "DMCBL",
    ]

    /// `BTC` of `BTCUSDT`, `BTC/USDT:USDT`, `BTC-USDT-SWAP`, `BTCUSD_PERP`, `XBTUSD`, `BTC-PERPETUAL`, `xyz:BTC`.
    public static func coin(of symbol: String) -> String {
        var name = symbol.uppercased()
        if let colon = name.firstIndex(of: ":"), !name[..<colon].contains("/") {
            name = String(name[name.index(after: colon)...])
        }
        if isQuarterly(name) { name.removeLast(3) }
        var first = name.split(whereSeparator: { "/-_:".contains($0) }).first.map(String.init) ?? name
        let parts = name.split(whereSeparator: { "/-_:".contains($0) }).dropFirst()
        let isSplit = parts.first.map { endings.contains(String($0)) || $0.allSatisfy(\.isNumber) } ?? false
        if !isSplit
            || parts.first.map({ ["PERP", "SWAP"].contains($0) || $0.allSatisfy(\.isNumber) }) == true
        {
            if let quote = quotes.first(where: { first.hasSuffix($0) && first.count > $0.count }) {
                first.removeLast(quote.count)
            }
        }
        for multiple in ["1000000", "10000", "1000"]
        where first.hasPrefix(multiple) && first.count > multiple.count {
            first.removeFirst(multiple.count)
        }
        if isThousand(symbol), first.count > 1 { first.removeFirst() }
        return first == "XBT" ? "BTC" : first
    }

    /// `kPEPE` is a thousand PEPE.
    private static func isThousand(_ symbol: String) -> Bool {
        symbol.first == "k" && symbol.dropFirst().first?.isUppercase == true
    }

    /// Coins that a symbol counts as one, as a power of ten: 3 of `1000PEPEUSDT` and `kPEPE`, 0 of most.
    public static func multiple(of symbol: String) -> Int {
        if isThousand(symbol) { return 3 }
        let name = symbol.split(separator: ":").last.map(String.init) ?? symbol
        for (text, places) in [("1000000", 6), ("10000", 4), ("1000", 3)] where name.hasPrefix(text) {
            return name.count > text.count ? places : 0
        }
        return 0
    }

    /// Whether a symbol is that of a contract settled in its coin: `BTCUSD_PERP`, `XBTUSD`, `BTC-USD-SWAP`, `BTC-PERPETUAL`,
    /// `BTC/USD:BTC`, `BTCUSDH25`.
    public static func isInverse(_ symbol: String) -> Bool {
        let name = symbol.uppercased()
        if let colon = name.firstIndex(of: ":"), name[..<colon].contains("/") {
            // CCXT names what it settles in, dated ones with a day behind it.
            let settled = name[name.index(after: colon)...].prefix { $0 != "-" }
            return name.hasPrefix(settled + "/")
        }
        return name.contains("USD_") || name.hasSuffix("USD") || name.contains("-USD-")
            || name.hasSuffix("-PERPETUAL")
            || isQuarterly(name)
    }

    /// `BTCUSDH25`: a letter of a quarter's month and a year.
    private static func isQuarterly(_ name: String) -> Bool {
        let end = name.suffix(3)
        return name.dropLast(3).hasSuffix("USD") && end.first.map { "HMUZ".contains($0) } == true
            && end.dropFirst().allSatisfy(\.isNumber)
    }

    /// Options are no part of a book: `BTC-251226-100000-C`.
    public static func isOption(_ symbol: String) -> Bool { symbol.hasSuffix("-C") || symbol.hasSuffix("-P") }
}
