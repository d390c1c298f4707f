/// Where the time of a run goes, by part of the step: kept only when asked for, the run is the same with and without.
public struct StepParts: Sendable {
    public private(set) var parts: [(name: String, seconds: Double)] = []
    private var next = 0
    private var last = ContinuousClock.now

    public init() {}

    mutating func begin() {
        next = 0
        last = .now
    }

    /// Everything since the last call was `name`; a step's parts come in the same order every time.
    mutating func end(_ name: String) {
        let now = ContinuousClock.now
        let passed = (now - last).components
        let seconds = Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
        if next < parts.count { parts[next].seconds += seconds } else { parts.append((name, seconds)) }
        next += 1
        last = now
    }
}
