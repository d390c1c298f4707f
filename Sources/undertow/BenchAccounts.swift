import Clearing
import Foundation
import Primitives
import Recording
import Running

/// The answer of the isolated-liquidation workload.
struct AccountBenchResult: Encodable {
    var accounts: Int
    var steps: Int
    var buildSeconds: Double
    var advanceSeconds: Double
    var liquidated: Int
    var closed: Double
    var stepSum: Int
    var indexBytesPerAccount: Double
    @OrNull var asExpected: Bool?
    var peakMemoryMb: Double
}

/// One position each, entered at 100; the mark falls 30 % in equal steps.
func sweepAccounts(_ data: Data, steps: Int, maintenanceRate: Double) -> AccountBenchResult {
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
