/// What a shock does to a book. Dollars; a coin counts at the mark of its own market after the shock.
public struct StressOutcome: Sendable, Encodable {
    public struct Deficit: Sendable, Encodable {
        public var account: String
        public var usd: Double
    }
    /// The shock as it was given.
    public var scenario: String
    /// By coin, per cent.
    public var shockPct: [String: Double] = [:]
    /// Below the venue's first call ratio at the final marks, those below maintenance included.
    public var accountsCalled = 0
    /// Something of theirs was below maintenance and was closed or taken over.
    public var accountsLiquidated = 0
    /// Notional closed or taken over of failing accounts.
    public var liquidatedLongUsd = 0.0
    public var liquidatedShortUsd = 0.0
    /// What failing scopes had before the shock less what they have at the final marks, neither below zero.
    public var marginLostUsd = 0.0
    /// Equity below zero of failing scopes at the final marks, before anybody pays.
    public var deficitUsd = 0.0
    /// What insurance funds and vaults paid.
    public var fundDrawUsd = 0.0
    public var fundLeftUsd = 0.0
    /// Notional of winners closed by rule.
    public var deleveragedUsd = 0.0
    public var socialisedUsd = 0.0
    /// Equity below zero that nobody made up.
    public var badDebtUsd = 0.0
    /// By coin, from the book's mark to where it came to rest.
    public var fallPct: [String: Double] = [:]
    /// The fall over the shock in logarithms, of the coins shocked by weight of open positions; 1 without impact.
    public var amplification = 1.0
    /// The largest deficit of one account, and the two largest together.
    public var cover1Usd = 0.0
    public var cover2Usd = 0.0
    public var largestDeficits: [Deficit] = []
    /// By protocol; nil of a book without loans. The figures above are of venues alone.
    public var lending: [LoanOutcome]?
    /// What the ledgers are off zero by, in millionths of their currency.
    public var zeroSumMicroUsd: Int64 = 0
    /// Rounds until the prices with impact came to rest; they are not at rest where the most was reached.
    public var rounds = 1
    public var isAtRest = true

    enum CodingKeys: String, CodingKey {
        case scenario, amplification, rounds, lending
        case shockPct = "shock_pct"
        case accountsCalled = "accounts_called"
        case accountsLiquidated = "accounts_liquidated"
        case liquidatedLongUsd = "liquidated_long_usd"
        case liquidatedShortUsd = "liquidated_short_usd"
        case marginLostUsd = "margin_lost_usd"
        case deficitUsd = "deficit_usd"
        case fundDrawUsd = "fund_draw_usd"
        case fundLeftUsd = "fund_left_usd"
        case deleveragedUsd = "deleveraged_usd"
        case socialisedUsd = "socialised_usd"
        case badDebtUsd = "bad_debt_usd"
        case fallPct = "fall_pct"
        case cover1Usd = "cover_1_usd"
        case cover2Usd = "cover_2_usd"
        case largestDeficits = "largest_deficits"
        case zeroSumMicroUsd = "zero_sum_micro_usd"
        case isAtRest = "at_rest"
    }
}

/// One account after a shock, before it is cleared.
public struct AccountOutcome: Sendable, Encodable {
    public var equityUsd = 0.0
    public var maintenanceUsd = 0.0
    public var liquidated = false
    /// The lowest of its loans; nil without debt.
    public var healthFactor: Double?
    /// Collateral of loans less their debt.
    public var loansUsd: Double?

    enum CodingKeys: String, CodingKey {
        case liquidated
        case healthFactor = "health_factor"
        case loansUsd = "loans_usd"
        case equityUsd = "equity_usd"
        case maintenanceUsd = "maintenance_usd"
    }

    /// An account of several venues, ledgers and protocols is the sum of its parts.
    mutating func add(_ part: AccountOutcome) {
        equityUsd += part.equityUsd
        maintenanceUsd += part.maintenanceUsd
        liquidated = liquidated || part.liquidated
        if let factor = part.healthFactor { healthFactor = min(healthFactor ?? factor, factor) }
        if let usd = part.loansUsd { loansUsd = (loansUsd ?? 0) + usd }
    }
}
