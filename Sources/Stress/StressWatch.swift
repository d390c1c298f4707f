/// Who looks on while a book is stressed: told how far it is, asked whether it shall end.
public struct StressWatch: Sendable {
    /// Told which part of the work it is, and how many of how many are done; from any thread, one call at a time.
    public var onProgress: @Sendable (_ part: String, _ done: Int, _ total: Int) -> Void
    /// Asked before every shock, path and try, from any thread; true ends the work with a `CancellationError`.
    public var isInterrupted: @Sendable () -> Bool

    public init(
        onProgress: @escaping @Sendable (_ part: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
        self.onProgress = onProgress
        self.isInterrupted = isInterrupted
    }

    func check() throws(CancellationError) { if isInterrupted() { throw CancellationError() } }
}
