import Clearing
import Foundation
import Primitives
import Recording
import Running

/// The answer of the isolated-liquidation workload.
public struct AccountBenchResult: Encodable {
    public var accounts: Int
    public var steps: Int
    public var buildSeconds: Double
    public var advanceSeconds: Double
    public var liquidated: Int
    public var closed: Double
    public var stepSum: Int
    public var indexBytesPerAccount: Double
    @OrNull public var asExpected: Bool?
    public var peakMemoryMb: Double
}

/// One position each, entered at 100; the mark falls 30 % in equal steps.
public func sweepAccounts(_ data: Data, steps: Int, maintenanceRate: Double) -> AccountBenchResult {
    data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
        let all = bytes.bindMemory(to: Double.self)
        let n = all.count / 2
        let quantities = UnsafeBufferPointer(rebasing: all[..<n])
        let equities = UnsafeBufferPointer(rebasing: all[n...])
        let start = ContinuousClock.now
        var sweep = IsolatedSweep(
            quantities: quantities, equities: equities, entry: 100, maintenanceRate: maintenanceRate)
        let built = ContinuousClock.now
        for k in 1...steps {
            let mark = 100.0 * (1.0 - 0.3 * Double(k) / Double(steps))
            sweep.lower(to: mark, step: k, quantities: quantities, equities: equities)
        }
        let end = ContinuousClock.now
        return AccountBenchResult(
            accounts: n, steps: steps, buildSeconds: (built - start).seconds,
            advanceSeconds: (end - built).seconds,
            liquidated: sweep.liquidated, closed: sweep.closed, stepSum: sweep.stepSum,
            indexBytesPerAccount: Double(sweep.indexBytes) / Double(n), asExpected: nil,
            peakMemoryMb: peakMemoryMegabytes())
    }
}
