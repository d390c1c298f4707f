/// Tokens of lending protocols: what they stand for, and how finely they are counted.
public enum TokenNames {
    private static let ether: Set = [
        "ETH", "WETH", "STETH", "WSTETH", "WEETH", "EETH", "EZETH", "RSETH", "OSETH", "CBETH", "RETH", "METH",
        "SFRXETH", "FRXETH", "ETHX", "TETH",
    ]
    private static let bitcoin: Set = [
        "BTC", "WBTC", "CBBTC", "TBTC", "LBTC", "EBTC", "FBTC", "RENBTC", "SBTC",
    ]
    private static let dollars: Set = CoinNames.dollars.union([
        "USDE", "SUSDE", "USDS", "SUSDS", "SDAI", "GHO", "CRVUSD", "PYUSD", "FRAX", "SFRAX", "LUSD", "GUSD",
        "SUSD", "USDP", "RLUSD", "USDTB", "USD0", "UST", "USDD", "MIM", "USDC.E", "USDBC", "USDT0",
    ])

    /// The coin a token moves with; nil for a dollar, which stays where it is unless a shock names it.
    public static func coin(of asset: String) -> String? {
        let name = asset.uppercased()
        if dollars.contains(name) || isUnnamed(name) { return nil }
        if ether.contains(name) { return "ETH" }
        return bitcoin.contains(name) ? "BTC" : name
    }

    /// What an export calls everything that it does not name.
    static func isUnnamed(_ asset: String) -> Bool { asset.uppercased() == "OTHER" }

    public static func isDollar(_ asset: String) -> Bool { dollars.contains(asset.uppercased()) }

    /// Decimals of the token on Ethereum; 18 unless it is known to have others.
    public static func decimals(of asset: String) -> Int {
        switch asset.uppercased() {
        case "USDC", "USDT", "PYUSD", "EURC", "USDC.E", "USDBC", "USDT0", "UST": 6
        case "WBTC", "CBBTC", "LBTC", "RENBTC", "BTC", "FBTC", "EBTC": 8
        case "GUSD": 2
        case "SOL": 9
        default: 18
        }
    }
}
