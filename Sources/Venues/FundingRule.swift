import Primitives

/// How a venue computes funding.
public enum FundingRule: Sendable {
    case none
    case hyperliquid(HyperliquidFunding)

    /// Seconds between premium samples and between payments; nil where there is no funding.
    public var cadence: (sampleSeconds: Double, paymentSeconds: Int64)? {
        switch self {
        case .none: nil
        case .hyperliquid(let rule): (rule.sampleSeconds, rule.paymentSeconds)
        }
    }
}

/// Hyperliquid's hourly funding.
///
///     premium = (max(impact bid - oracle, 0) - max(oracle - impact ask, 0)) / oracle, every 5 s
///     F8      = P + clamp(interest - P, -0.0005, 0.0005),  P the hour's mean premium
///     rate    = clamp(F8 / 8, -0.04, 0.04), paid on the oracle price
///
/// Source: hyperliquid docs, "Funding" (A); re-checked by third parties on 494 settled hours.
public struct HyperliquidFunding: Sendable {
    public var interestPer8Hours = 0.0001
    public var clampWidth = 0.0005
    public var capPerHour = 0.04
    public var sampleSeconds = 5.0
    public var paymentSeconds: Int64 = 3600
    public private(set) var sum = 0.0
    public private(set) var samples = 0

    public init() {}

    public static func premium(oracle: Double, impactBid: Double, impactAsk: Double) -> Double {
        (max(impactBid - oracle, 0) - max(oracle - impactAsk, 0)) / oracle
    }

    public func hourlyRate(averagePremium p: Double) -> Double {
        let f8 = p + min(max(interestPer8Hours - p, -clampWidth), clampWidth)
        return min(max(f8 / 8, -capPerHour), capPerHour)
    }

    mutating func sample(_ premium: Double) {
        sum += premium
        samples += 1
    }

    /// The rate of the hour that ends now; starts the next one.
    mutating func settle() -> Rate {
        let rate = hourlyRate(averagePremium: samples > 0 ? sum / Double(samples) : 0)
        (sum, samples) = (0, 0)
        return Rate(nearest: rate)
    }
}
