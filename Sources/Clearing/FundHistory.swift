import Primitives

/// The insurance fund's balance by minute over the last eight hours: what deleveraging triggers compare with.
public struct FundHistory: Sendable {
    public static let minutes = 480
    private var samples: [Money] = []
    private var next = 0
    /// Since 1970, of the last sample.
    public private(set) var lastMinute = Int64.min
    private var sum = Money.zero

    public init() {}

    /// Takes the balance of a minute once.
    public mutating func sample(_ balance: Money, at time: SimTime) {
        let minute = time.seconds / 60
        guard minute != lastMinute else { return }
        lastMinute = minute
        if samples.count < Self.minutes {
            samples.append(balance)
        } else {
            sum -= samples[next]
            samples[next] = balance
            next = (next + 1) % Self.minutes
        }
        sum += balance
        maximum = samples.max()
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(each: samples) { $0.combine($1) }
        hash.combine(Int64(next), lastMinute, sum.micros)
        hash.combine(maximum?.micros ?? .min)
    }

    /// Nil before the first sample.
    public var average: Money? {
        samples.isEmpty ? nil : Money(micros: mulDivDown(sum.micros, 1, Int64(samples.count)))
    }
    public private(set) var maximum: Money?
}
