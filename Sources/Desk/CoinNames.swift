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
        if symbol.first == "k", symbol.dropFirst().first?.isUppercase == true { first.removeFirst() }
        return first == "XBT" ? "BTC" : first
    }
}
