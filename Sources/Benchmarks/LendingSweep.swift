import Foundation
import Lending
import Primitives
import Running

/// What an oracle update costs with many borrowers.
public struct LendingSweep: Encodable {
    public var positions: Int
    public var updates: Int
    public var microsecondsPerUpdate: Double
    public var slowestUpdateMicroseconds: Double
    public var scanMicrosecondsPerUpdate: Double
    public var unsafeFound: Int
    public var unsafeFoundByScan: Int
    /// Updates at which index and scan differ; must be 0.
    public var differences: Int
    public var positionChecks: Int
    public var peakMemoryMb: Double

    public init(positions: Int, updates: Int) {
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
