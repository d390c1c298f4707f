import Primitives

/// A token as the protocols hold it. Wrapped and staked forms count as the coin itself.
enum Collateral {
    /// Decimals of the token that stands for a ticker on Ethereum; nil for one that is no collateral here.
    static func decimals(of ticker: String) -> Int? {
        switch ticker {
        case "ETH", "WETH", "LINK", "UNI", "COMP", "AAVE": 18
        case "BTC", "WBTC": 8
        case "SOL": 9
        default: nil
        }
    }

    /// The name under which the presets list a ticker.
    static func listing(of ticker: String) -> String {
        switch ticker {
        case "ETH": "WETH"
        case "BTC": "WBTC"
        default: ticker
        }
    }

    static func isMajor(_ ticker: String) -> Bool { ["WETH", "WBTC"].contains(listing(of: ticker)) }

    /// How often each of some tickers is a borrower's first collateral; sums to one.
    static func shares(of tickers: [String], _ parameters: LendingParameters) -> [Double] {
        let minors = tickers.count { !isMajor($0) }
        let rest = max(0, 1 - parameters.ethShare - parameters.btcShare)
        let raw = tickers.map { ticker in
            switch listing(of: ticker) {
            case "WETH": parameters.ethShare
            case "WBTC": parameters.btcShare
            default: rest / Double(minors)
            }
        }
        let total = raw.reduce(0, +)
        return total > 0 ? raw.map { $0 / total } : raw.map { _ in 1 / Double(raw.count) }
    }

    /// At least `tokens`, base units.
    static func baseUnits(_ tokens: Double, decimals: Int) -> UInt256 {
        guard let hundredMillionths = UInt256(exactly: (tokens * 1e8).rounded(.up)) else {
            preconditionFailure("\(tokens) tokens cannot be held")
        }
        return hundredMillionths.mulDivUp(.powerOf10(decimals), 100_000_000)
    }

    /// At most `dollars`, in base units of a dollar token.
    static func dollars(_ dollars: Double, decimals: Int) -> UInt256 {
        guard let micros = UInt256(exactly: (dollars * 1e6).rounded(.down)) else {
            preconditionFailure("\(dollars) dollars cannot be owed")
        }
        return micros * .powerOf10(decimals) / 1_000_000
    }
}

extension UInt256 {
    /// The distance between two numbers.
    func distance(to other: UInt256) -> UInt256 { self > other ? self - other : other - self }
}

extension StateHash {
    mutating func combine(_ value: UInt256) {
        combine(UInt64(truncatingIfNeeded: value.low))
        combine(UInt64(truncatingIfNeeded: value.low >> 64))
        combine(UInt64(truncatingIfNeeded: value.high))
        combine(UInt64(truncatingIfNeeded: value.high >> 64))
    }
}
