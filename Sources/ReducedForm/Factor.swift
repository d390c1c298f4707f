/// The causes that an outcome can be attributed to, each with its neutral setting: what the world is like without it.
public enum Factor: String, CaseIterable, Sendable {
    case fundamentals
    case behaviour
    case leverage
    case asymmetry
    case makerWithdrawal = "maker_withdrawal"
    case collateralPricing = "collateral_pricing"
    case clearingDesign = "clearing_design"
    case fragmentation

    /// For a table.
    public var title: String {
        switch self {
        case .fundamentals: "the news itself"
        case .behaviour: "makers' fear of the news"
        case .leverage: "leverage"
        case .asymmetry: "longs more levered than shorts"
        case .makerWithdrawal: "makers who leave for volatility and losses"
        case .collateralPricing: "collateral that falls with its own book"
        case .clearingDesign: "takeovers, a finite fund and deleveraging"
        case .fragmentation: "venues apart from each other"
        }
    }

    /// What its absence means.
    public var neutral: String {
        switch self {
        case .fundamentals: "fundamentals do not fall"
        case .behaviour: "grave news takes no quotes away"
        case .leverage: "the leverage of an ordinary month: 0.6 of what is above one, and no stops"
        case .asymmetry: "one leverage law for both sides: the geometric mean of longs' and shorts'"
        case .makerWithdrawal: "presence answers neither volatility nor losses"
        case .collateralPricing: "collateral valued at an index, no coin-margined accounts that lose twice"
        case .clearingDesign:
            "forced orders wait for a buyer; nothing is taken over, nobody is deleveraged, no hedge is lost"
        case .fragmentation: "arbitrage without limit of capital at ten times the speed"
        }
    }

    /// The parameters without this factor.
    func remove(from p: inout ReducedFormParameters) {
        switch self {
        case .fundamentals: p.shock = 0
        case .behaviour: p.newsCut = 0
        case .leverage:
            p.medianLeverage = p.medianLeverage.map { 1 + ($0 - 1) * 0.6 }
            p.stopShare = 0
        case .asymmetry:
            p.medianLeverage = p.medianLeverage.map { max(1, $0 * p.shortLeverage.squareRoot()) }
        case .makerWithdrawal:
            p.volatilityExponent = 0
            p.capital = .infinity
        case .collateralPricing:
            p.ownBookCollateral = 0
            p.coinCollateral = 0
        case .clearingDesign:
            p.patienceSeconds = .infinity
            p.fund = .infinity
            p.hedgedWinners = 0
        case .fragmentation:
            p.arbitrageSpeed *= 10
            p.arbitrageCapital = .infinity
        }
    }
}

extension ReducedFormParameters {
    /// Only the factors of a coalition, a bit each in the order of `Factor.allCases`; the others at their neutral setting.
    public func with(_ coalition: Int) -> ReducedFormParameters {
        var p = self
        for (i, factor) in Factor.allCases.enumerated() where coalition & (1 << i) == 0 {
            factor.remove(from: &p)
        }
        return p
    }
}
