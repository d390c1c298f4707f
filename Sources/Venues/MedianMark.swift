import Primitives

/// The mark of Binance and Bybit: median(price 1, price 2, last trade).
///
///     price 1 = index × (1 + last funding rate × hours to funding / hours of the divisor)
///     price 2 = index + moving average of (mid - index)
///
/// The divisor is the funding interval, or eight hours whatever the interval, as the printed text has it.
public struct MedianMark: Sendable {
    private var basis: MovingAverage
    public let divisorHours: Double

    public init(basis: MovingAverage, divisorHours: Double) {
        self.basis = basis
        self.divisorHours = divisorHours
    }

    /// The premium of price 1 over the index, as a share of it.
    public func fundingBasis(rate: Double, hoursToFunding: Double) -> Double {
        FundingBasisMark(divisorHours: divisorHours).basis(rate: rate, hoursToFunding: hoursToFunding)
    }

    public func price1(index: Double, rate: Double, hoursToFunding: Double) -> Double {
        index * (1 + fundingBasis(rate: rate, hoursToFunding: hoursToFunding))
    }

    public func price2(index: Double, basis: Double) -> Double { index + basis }

    /// Takes one sample of mid less index.
    public mutating func sample(basis value: Double, at time: SimTime) { basis.add(value, at: time) }
    public var averageBasis: Double? { basis.value }
    public var sampleSeconds: Double { basis.sampleSeconds }
    public var windowSeconds: Double { basis.windowSeconds }

    public static func mark(_ price1: Double, _ price2: Double, last: Double) -> Double {
        max(min(price1, price2), min(max(price1, price2), last))
    }

    func combine(into hash: inout StateHash) { basis.combine(into: &hash) }

    public mutating func update(_ inputs: PriceInputs, at time: SimTime) -> Double {
        if let mid = inputs.mid { sample(basis: mid - inputs.oracle, at: time) }
        let first = price1(
            index: inputs.oracle, rate: inputs.fundingRate, hoursToFunding: inputs.hoursToFunding)
        let second = price2(index: inputs.oracle, basis: averageBasis ?? 0)
        return Self.mark(first, second, last: inputs.lastTrade ?? second)
    }
}
