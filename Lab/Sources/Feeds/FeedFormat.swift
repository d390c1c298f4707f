/// Whose stream it is.
public enum FeedFormat: String, Codable, Sendable, CaseIterable {
    case binance, bybit, okx, hyperliquid, coinbase, bitstamp, kraken

    /// By the exchange's name, whatever its case.
    public init?(named name: String) { self.init(rawValue: name.lowercased()) }

    /// From a capture's first lines: the address where one stands there, else the shape of the messages.
    ///
    /// - Returns: nil if no line tells.
    public init?(recognising lines: some Sequence<String>) {
        for line in lines {
            let head = String(line.prefix(2000))
            if let format = Self.byAddress(head) ?? Self.byShape(head) {
                self = format
                return
            }
        }
        return nil
    }

    private static func byAddress(_ line: String) -> FeedFormat? {
        guard let scheme = line.firstRange(of: "://") else { return nil }
        let host = line[scheme.upperBound...].prefix { $0 != "/" && $0 != " " && $0 != ":" }
        let domains: [(String, FeedFormat)] = [
            ("binance.com", .binance), ("bybit.com", .bybit), ("okx.com", .okx),
            ("hyperliquid.xyz", .hyperliquid),
            ("coinbase.com", .coinbase), ("bitstamp.net", .bitstamp), ("kraken.com", .kraken),
        ]
        return domains.first { host == $0.0 || host.hasSuffix("." + $0.0) }?.1
    }

    /// The first shape whose every word stands in the line decides.
    private static func byShape(_ line: String) -> FeedFormat? {
        let shapes: [([String], FeedFormat)] = [
            (["\"arg\":", "\"channel\":", "\"instId\":"], .okx),
            (["\"arg\":", "\"channel\":", "\"instType\":"], .okx),
            (["\"channel\":\"l2Book\""], .hyperliquid),
            (["\"channel\":\"trades\"", "\"coin\":"], .hyperliquid),
            (["\"channel\":\"bbo\"", "\"coin\":"], .hyperliquid),
            (["\"channel\":\"activeAssetCtx\""], .hyperliquid),
            (["\"channel\":\"diff_order_book_"], .bitstamp),
            (["\"channel\":\"live_trades_"], .bitstamp),
            (["\"microtimestamp\":"], .bitstamp),
            (["\"feed\":\"book", "\"product_id"], .kraken),
            (["\"feed\":\"tr", "\"product_id"], .kraken),
            (["\"feed\":\"ticker", "\"product_id"], .kraken),
            (["\"type\":\"", "\"product_id\":"], .coinbase),
            (["\"topic\":\""], .bybit),
            (["\"lastUpdateId\":"], .binance),
            (["\"e\":\"", "\"E\":"], .binance),
            (["\"stream\":\"", "@"], .binance),
        ]
        return shapes.first { shape in shape.0.allSatisfy { line.contains($0) } }?.1
    }
}
