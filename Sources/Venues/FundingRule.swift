import Primitives

/// How a venue computes and pays funding.
public struct FundingRule: Sendable, Hashable {
    public enum Premium: String, Sendable, CaseIterable {
        /// (max(0, impact bid - index) - max(0, index - impact ask)) / index.
        case impact
        /// (max(0, impact bid - mark) - max(0, mark - impact ask)) / index, and the mark's own premium (BitMEX).
        case impactFromMark = "impact_from_mark"
        /// (mid - index) / index.
        case mid
        /// (mark - index) / index.
        case mark
    }
    /// The mean over the interval.
    public enum Weighting: String, Sendable, CaseIterable {
        case equal
        /// The k-th sample counts k times: late samples most.
        case rising
    }
    public enum PaidOn: String, Sendable, CaseIterable {
        case mark, oracle
    }
    public enum Formula: Sendable, Hashable {
        /// [P + clamp(I - P, -w, w)] / divisor (Binance, Bybit, Hyperliquid).
        case towardsInterest(interest: Double, width: Double, divisor: Double)
        /// P - I (OKX).
        case lessInterest(interest: Double)
        /// P / divisor + I (dYdX).
        case plusInterest(interest: Double, divisor: Double)
        /// max(d, P) + min(-d, P): nothing within the damper (Deribit).
        case damped(Double)
    }
    /// What the rate of one payment may not exceed, either way.
    public enum Cap: Sendable, Hashable {
        case fixed(Double)
        /// A multiple of the maintenance margin rate of the smallest positions.
        case maintenance(multiple: Double)
        /// A multiple of initial less maintenance margin rate, for eight hours.
        case marginDifference(multiple: Double)
    }
    public var premium: Premium
    public var weighting: Weighting
    public var formula: Formula
    public var cap: Cap
    public var sampleSeconds: Double
    public var paymentSeconds: Int64
    public var paidOn: PaidOn
    /// Payments fall on this many seconds after multiples of their interval.
    public var offsetSeconds: Int64 = 0
    /// The rate of a payment is known when its interval begins: that of the premiums of the interval before (BitMEX).
    public var isKnownBefore = false
    /// A rate differs from the one before by at most this multiple of the maintenance margin rate; nil for no such limit.
    public var changeMultiple: Double?

    public init(
        premium: Premium, weighting: Weighting, formula: Formula, cap: Cap, sampleSeconds: Double,
        paymentSeconds: Int64, paidOn: PaidOn
    ) {
        self.premium = premium
        self.weighting = weighting
        self.formula = formula
        self.cap = cap
        self.sampleSeconds = sampleSeconds
        self.paymentSeconds = paymentSeconds
        self.paidOn = paidOn
    }

    /// The premium that the prices of an order of the impact notional stand for.
    public static func impactPremium(oracle: Double, impactBid: Double, impactAsk: Double) -> Double {
        (max(impactBid - oracle, 0) - max(oracle - impactAsk, 0)) / oracle
    }

    /// The same against the mark, which carries a premium of its own over the oracle.
    public static func impactPremium(oracle: Double, mark: Double, impactBid: Double, impactAsk: Double)
        -> Double
    {
        (max(impactBid - mark, 0) - max(mark - impactAsk, 0)) / oracle + (mark - oracle) / oracle
    }

    /// The mean premium of an interval, weighted as the rule does.
    public func average(_ premiums: [Double]) -> Double {
        var average = PremiumAverage(weighting)
        for premium in premiums { average.add(premium) }
        return average.value
    }

    /// The rate by the formula alone.
    public func uncapped(averagePremium p: Double) -> Double {
        switch formula {
        case .towardsInterest(let interest, let width, let divisor):
            (p + min(max(interest - p, -width), width)) / divisor
        case .lessInterest(let interest): p - interest
        case .plusInterest(let interest, let divisor): p / divisor + interest
        case .damped(let d): max(d, p) + min(-d, p)
        }
    }

    /// The rate of one payment.
    public func rate(averagePremium p: Double, cap: Double) -> Double {
        min(max(uncapped(averagePremium: p), -cap), cap)
    }

    /// The rate of one payment: a rate that is stated for eight hours and accrues all the time pays its part.
    public func paymentRate(averagePremium p: Double, cap: Double) -> Double {
        let rate = rate(averagePremium: p, cap: cap)
        if case .damped = formula { return rate * Double(paymentSeconds) / 28_800 }
        return rate
    }

    /// The cap of a market whose smallest positions have these margin rates.
    public func capRate(initial: Double, maintenance: Double) -> Double {
        switch cap {
        case .fixed(let cap): cap
        case .maintenance(let multiple): multiple * maintenance
        case .marginDifference(let multiple):
            FundingRule.marginDifferenceCap(multiple: multiple, initial: initial, maintenance: maintenance)
                * Double(paymentSeconds) / 28_800
        }
    }

    /// The most that a rate may differ from the one before, of a market whose smallest positions have this maintenance rate.
    public func mostChange(maintenance: Double) -> Double {
        changeMultiple.map { $0 * maintenance } ?? .infinity
    }

    /// Seconds to the next payment, never none.
    public func secondsToPayment(_ now: Int64) -> Int64 {
        let into = (now - offsetSeconds) % paymentSeconds
        return paymentSeconds - (into < 0 ? into + paymentSeconds : into)
    }

    /// multiple × (initial - maintenance), of eight hours.
    public static func marginDifferenceCap(multiple: Double, initial: Double, maintenance: Double) -> Double {
        multiple * (initial - maintenance)
    }

    /// The same in parts per million as the chain computes it: maintenance is a fraction of initial margin rounded down.
    public static func marginDifferenceCap(
        multiplePPM: Int64, initialPPM: Int64, maintenanceFractionPPM: Int64
    ) -> Int64 {
        let maintenance = mulDivDown(initialPPM, maintenanceFractionPPM, 1_000_000)
        return mulDivDown(multiplePPM, initialPPM - maintenance, 1_000_000)
    }

    /// The notional whose price makes the premium: an amount of margin at the highest leverage.
    public static func impactNotional(margin: Double, initialRate: Double) -> Double { margin / initialRate }

    /// Where the window of the moving average begins, in seconds: the interval's minutes up to and with the present one.
    public static func windowStart(now seconds: Int64, intervalHours: Int64) -> Int64 {
        seconds - intervalHours * 3600 + 60
    }
}

/// The mean premium of an interval in the making.
public struct PremiumAverage: Sendable, Hashable {
    public let weighting: FundingRule.Weighting
    private var sum = 0.0
    /// The weight of all samples: their number, or 1 + 2 + … + n.
    public private(set) var weight = 0.0
    private var samples = 0.0

    public init(_ weighting: FundingRule.Weighting) { self.weighting = weighting }

    public mutating func add(_ premium: Double) {
        samples += 1
        let own = weighting == .rising ? samples : 1
        sum += premium * own
        weight += own
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(sum)
        hash.combine(weight)
        hash.combine(samples)
    }

    /// Zero without a sample.
    public var value: Double { weight > 0 ? sum / weight : 0 }
}
