import Primitives

/// The plain mean of the samples of a trailing window, taken no more often than the venue samples.
public struct MovingAverage: Sendable {
    public let windowSeconds: Double
    public let sampleSeconds: Double
    private var samples: [(time: SimTime, value: Double)] = []

    public init(windowSeconds: Double, sampleSeconds: Double) {
        self.windowSeconds = windowSeconds
        self.sampleSeconds = sampleSeconds
    }

    public mutating func add(_ value: Double, at time: SimTime) {
        if let last = samples.last, time.seconds(since: last.time) < sampleSeconds { return }
        samples.append((time, value))
        // A sample counts for the window that ends with it.
        let keep = samples.firstIndex { time.seconds(since: $0.time) < windowSeconds } ?? 0
        samples.removeFirst(keep)
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(each: samples) { hash, sample in
            hash.combine(sample.time)
            hash.combine(sample.value)
        }
    }

    public var value: Double? {
        samples.isEmpty ? nil : samples.reduce(0) { $0 + $1.value } / Double(samples.count)
    }
}
