import Lending
import Primitives

/// One push feed per collateral, as Aave, Compound or Morpho reads it; Maker takes the source itself, an hour late.
struct MarketFeeds: Sendable {
    /// Indices of the assets that have a feed, ascending.
    let assets: [Int]
    private var oracles: [PriceOracle]
    /// Whether the feed of the asset answered in the last block.
    private(set) var hasMoved: [Bool]

    init(_ tickers: [String], _ prices: [Double], _ parameters: LendingParameters, at time: SimTime) {
        precondition(tickers.count == prices.count)
        var assets: [Int] = []
        var oracles: [PriceOracle] = []
        for (i, ticker) in tickers.enumerated() {
            guard Collateral.decimals(of: ticker) != nil, let answer = Self.answer(prices[i]) else {
                continue
            }
            assets.append(i)
            oracles.append(
                PriceOracle(
                    answer: answer, heartbeat: parameters.oracleHeartbeat,
                    deviationBps: Collateral.isMajor(ticker)
                        ? parameters.oracleDeviationBps : parameters.minorOracleDeviationBps,
                    at: time))
        }
        self.assets = assets
        self.oracles = oracles
        hasMoved = Array(repeating: false, count: assets.count)
    }

    /// Whether a market price is one: not zero, negative, no number or beyond all reason.
    static func isPrice(_ price: Double) -> Bool { price >= 1e-8 && price < 9e10 }

    /// A market price as a feed states it, USD with 8 decimals; nil for one that is none.
    static func answer(_ price: Double) -> UInt256? {
        isPrice(price) ? UInt256(UInt64((price * 1e8).rounded())) : nil
    }

    /// Shows every feed its source.
    ///
    /// - Returns: whether any feed answered anew.
    mutating func observe(_ prices: [Double], at time: SimTime, isStalled: Bool) -> Bool {
        var anyMoved = false
        for i in 0..<assets.count {
            let source = isStalled ? nil : Self.answer(prices[assets[i]])
            let moved = oracles[i].observe(source: source, at: time)
            hasMoved[i] = moved
            anyMoved = anyMoved || moved
        }
        return anyMoved
    }

    /// The last answer of feed `place` (an index into `assets`), USD with 8 decimals.
    func answer(at place: Int) -> UInt256 { oracles[place].answer }

    func combine(into hash: inout StateHash) {
        for oracle in oracles {
            hash.combine(oracle.answer)
            hash.combine(oracle.updatedAt.nanoseconds)
        }
    }
}
