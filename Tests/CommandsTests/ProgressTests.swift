import Testing

@testable import Commands

@Suite("Progress")
struct ProgressTests {
    @Test(arguments: [
        (3600.0, 3600.0, "steps", 58.0, "62 steps/s, 58 s left"),
        (3.0, 3.0, "points", 18.0, "10.0 points/min, 18 s left"),
        (15.0, 30.0, "points", 10.0, "1.5 points/s, 20 s left"),
        (0.0, 6.0, "points", 5.0, "none of the points yet"),
    ])
    func saysThePaceThereIs(done: Double, left: Double, unit: String, seconds: Double, expected: String) {
        #expect(Progress.pace(done: done, left: left, unit: unit, seconds: seconds) == expected)
    }
}
