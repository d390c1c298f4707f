import Primitives

/// Who looks on while a run goes: told how far it is, asked whether it shall end. All of it may be left out.
public struct RunWatch {
    /// What a run is at, besides its steps.
    public enum Stage: String, Sendable { case building, simulating, writing, page = "making the page" }

    /// Called when a stage begins.
    public var onStage: (Stage) -> Void = { _ in }
    /// Called after every step with the steps done so far.
    public var onStep: (Double) -> Void
    /// Asked before every step, and from any thread while the world is built; a run that is interrupted after that leaves a
    /// folder that says so.
    public var isInterrupted: @Sendable () -> Bool
    /// Called after every simulated minute with its end and the world's hash; false ends the run there.
    public var onMinute: ((SimTime, String) -> Bool)?
    /// The text of `report.html` for the folder of a finished run; nil where no page is wanted.
    public var page: ((String) throws -> String)?

    public init(
        onStep: @escaping (Double) -> Void = { _ in },
        isInterrupted: @escaping @Sendable () -> Bool = { false },
        onMinute: ((SimTime, String) -> Bool)? = nil, page: ((String) throws -> String)? = nil
    ) {
        self.onStep = onStep
        self.isInterrupted = isInterrupted
        self.onMinute = onMinute
        self.page = page
    }
}
