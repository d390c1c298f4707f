import Primitives

/// The plain mean of the samples of a trailing window, taken no more often than the venue samples.
public struct MovingAverage: Sendable {
    public let windowSeconds: Double
    public let sampleSeconds: Double
    private var samples: [(time: SimTime, value: Double)] = []
    /// Where the window begins: samples before it are dropped together, now and then.
    private var first = 0

    public init(windowSeconds: Double, sampleSeconds: Double) {
        self.windowSeconds = windowSeconds
        self.sampleSeconds = sampleSeconds
    }

    public mutating func add(_ value: Double, at time: SimTime) {
        if let last = samples.last, time.seconds(since: last.time) < sampleSeconds { return }
        samples.append((time, value))
        // A sample counts for the window that ends with it.
        while time.seconds(since: samples[first].time) >= windowSeconds && first < samples.count - 1 {
            first += 1
        }
        if first >= 64 {
            samples.removeFirst(first)
            first = 0
        }
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(each: samples[first...]) { hash, sample in
            hash.combine(sample.time)
            hash.combine(sample.value)
        }
    }

    public var value: Double? {
        let window = samples[first...]
        return window.isEmpty ? nil : window.reduce(0) { $0 + $1.value } / Double(window.count)
    }
}
