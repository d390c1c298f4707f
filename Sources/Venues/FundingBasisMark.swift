/// BitMEX's fair price of a perpetual contract: the index, and of the known funding rate the share that is still to come.
///
///     mark = index × (1 + funding rate × hours to funding / hours of the interval)
public struct FundingBasisMark: Sendable {
    public let divisorHours: Double

    public init(divisorHours: Double) { self.divisorHours = divisorHours }

    /// The premium over the index, as a share of it.
    public func basis(rate: Double, hoursToFunding: Double) -> Double {
        rate * (hoursToFunding / divisorHours)
    }

    func price(_ inputs: PriceInputs) -> Double {
        inputs.oracle * (1 + basis(rate: inputs.fundingRate, hoursToFunding: inputs.hoursToFunding))
    }
}
