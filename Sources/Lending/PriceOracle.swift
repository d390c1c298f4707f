import Primitives

/// A push oracle: it answers anew when the source has moved by the deviation threshold or the heartbeat has elapsed.
///
/// Between answers every reader sees the last one. What a protocol does with an old answer, or with zero:
///
/// | protocol | old answer | zero |
/// | --- | --- | --- |
/// | Aave v3 | used | `AaveError.noPrice` for every account that holds the asset |
/// | Compound v3 | used | `CometError.badPrice` for whoever needs the feed |
/// | Compound v2 | used | `CompoundV2Error.priceError` for every account in the market |
/// | Maker | the last value of the security module stays in force | the same: zero is no value |
/// | Morpho Blue | used | used: every debt is liquidatable, its collateral free |
///
/// Source: Chainlink data feeds documentation (heartbeat and deviation threshold); the contracts named above.
public struct PriceOracle: Sendable, Equatable {
    /// Seconds.
    public let heartbeat: Int64
    /// Basis points of the last answer.
    public let deviationBps: UInt256
    /// The last answer, in the decimals of its readers.
    public private(set) var answer: UInt256
    public private(set) var updatedAt: SimTime

    public init(answer: UInt256, heartbeat: Int64, deviationBps: Int, at time: SimTime) {
        precondition(heartbeat > 0 && deviationBps >= 0)
        self.answer = answer
        self.heartbeat = heartbeat
        self.deviationBps = UInt256(deviationBps)
        updatedAt = time
    }

    /// Looks at the source; nil means that it has stopped, and then nothing is pushed.
    ///
    /// - Returns: true if a new answer was pushed: |source / answer - 1| ≥ threshold, or heartbeat elapsed. From an
    ///   answer of zero every other price is a deviation.
    public mutating func observe(source: UInt256?, at time: SimTime) -> Bool {
        guard let source else { return false }
        let distance = source > answer ? source - answer : answer - source
        let hasDeviated = !distance.isZero && isAtLeastDeviation(distance)
        guard hasDeviated || isStale(at: time) else { return false }
        answer = source
        updatedAt = time
        return true
    }

    /// distance × 10^4 ≥ threshold × answer, without rounding.
    private func isAtLeastDeviation(_ distance: UInt256) -> Bool {
        let moved = distance.multipliedFullWidth(by: .bps)
        let needed = deviationBps.multipliedFullWidth(by: answer)
        return moved.high == needed.high ? moved.low >= needed.low : moved.high > needed.high
    }

    /// Whether a heartbeat or more has passed since the last answer: from a live source a new one is due.
    public func isStale(at time: SimTime) -> Bool { time.seconds - updatedAt.seconds >= heartbeat }
}
