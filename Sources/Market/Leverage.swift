import Clearing
import Exchanges
import Primitives
import Venues

/// Gross notional and equity of the leveraged populations, added up over every account.
public struct Leverage: Sendable, Hashable {
    public var grossUSD = 0.0
    public var equityUSD = 0.0
    public var accountsWithPositions = 0
    /// Gross notional over equity.
    public var ratio: Double { equityUSD > 0 ? grossUSD / equityUSD : 0 }

    public init() {}

    /// - Parameter equity: dollars by exchange and account of its population.
    init(_ exchanges: borrowing Exchanges, _ setup: MarketSetup, equity: [[Double]]) {
        for p in exchanges.perpetualIDs {
            let units = exchanges.settlementUnits(p)
            for (i, account) in setup.populations[p].enumerated() {
                var gross = 0.0
                var q = exchanges.perps[p].house.account(account).firstPosition
                while q != 0 {
                    let position = exchanges.perps[p].house.position(q)
                    if position.lots != .zero
                        && Int(position.market) < exchanges.perps[p].rulebook.markets.count
                    {
                        gross += Double(exchanges.perps[p].house.value(q).magnitude.micros)
                    }
                    q = position.next
                }
                guard gross > 0 else { continue }
                grossUSD += gross / units
                equityUSD += equity[p][i]
                accountsWithPositions += i < setup.weights[p].count ? Int(setup.weights[p][i]) : 1
            }
        }
    }
}

/// Leverage before and at the end.
public struct LeverageTrace: Sendable, Hashable {
    public var before = Leverage()
    public var after = Leverage()
    public init() {}
}
