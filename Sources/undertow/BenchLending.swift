import Foundation
import Lending
import Primitives
import Running

/// What an oracle update costs with many borrowers.
struct LendingSweep: Encodable {
    var positions: Int
    var updates: Int
    var microsecondsPerUpdate: Double
    var slowestUpdateMicroseconds: Double
    var scanMicrosecondsPerUpdate: Double
    var unsafeFound: Int
    var unsafeFoundByScan: Int
    /// Updates at which index and scan differ; must be 0.
    var differences: Int
    var positionChecks: Int
    var peakMemoryMb: Double

    init(positions: Int, updates: Int) {
        let start = ContinuousClock.now
        let result = LendingBenchmark.run(positions: positions, updates: updates, seed: 7) {
            (ContinuousClock.now - start).seconds
        }
        self.positions = positions
        self.updates = updates
        microsecondsPerUpdate = result.secondsPerUpdate * 1e6
        slowestUpdateMicroseconds = result.slowestUpdateSeconds * 1e6
        scanMicrosecondsPerUpdate = result.scanSeconds / Double(updates) * 1e6
        unsafeFound = result.found
        unsafeFoundByScan = result.foundByScan
        differences = result.differences
        positionChecks = result.checks
        peakMemoryMb = peakMemoryMegabytes()
    }
}
