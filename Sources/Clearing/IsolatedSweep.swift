import Primitives

/// The trigger ladder at work on a plain population: isolated positions, one market, one falling price, all in
/// floating point, as the common workload is stated. It measures the index alone.
public struct IsolatedSweep: ~Copyable {
    private var ladder: TriggerLadder
    private let buckets = PriceBucket(precision: 17)
    private var drained = Buffer<Int32>()
    private var cursor: Int32
    private let entry: Double
    private let maintenanceRate: Double
    /// Price units a dollar: fine enough that a bucket is about a hundred-thousandth wide.
    private static var scale: Double { 4_194_304 }

    public private(set) var liquidated = 0
    public private(set) var closed = 0.0
    public private(set) var stepSum = 0

    /// Files every long at the price below which equity + q (p - entry) < rate × |q| p; a price fall can hurt no
    /// short.
    public init(
        quantities: UnsafeBufferPointer<Double>, equities: UnsafeBufferPointer<Double>, entry: Double,
        maintenanceRate: Double
    ) {
        self.entry = entry
        self.maintenanceRate = maintenanceRate
        let top = Int32(Self.scale)
        ladder = TriggerLadder(buckets: buckets.count(maxTicks: top), expectedEntries: quantities.count / 2)
        cursor = buckets.index(top)
        for i in quantities.indices where quantities[i] > 0 {
            let q = quantities[i]
            let trigger = (entry * q - equities[i]) / (q * (1 - maintenanceRate))
            guard trigger > 0 else { continue }
            // Rounded towards the mark by a unit: the exact test decides when it is reached.
            let units = Int32(min(trigger / entry * Self.scale + 1, Self.scale))
            ladder.insert(Int32(truncatingIfNeeded: i), bucket: buckets.index(units))
        }
    }

    /// Lowers the mark: liquidates all that are below maintenance at it.
    public mutating func lower(
        to mark: Double, step: Int, quantities: UnsafeBufferPointer<Double>,
        equities: UnsafeBufferPointer<Double>
    ) {
        let here = buckets.index(Int32(max(1, mark / entry * Self.scale)))
        drained.removeAll()
        while cursor > here {
            ladder.drain(cursor, into: &drained)
            cursor -= 1
        }
        ladder.drain(here, into: &drained)
        for k in 0..<drained.count {
            let i = Int(drained[k])
            let q = quantities[i]
            if equities[i] + q * (mark - entry) < maintenanceRate * q * mark {
                liquidated += 1
                closed += q
                stepSum += step
            } else {
                ladder.insert(drained[k], bucket: here)
            }
        }
    }

    public var indexBytes: Int { ladder.bytes }
}
