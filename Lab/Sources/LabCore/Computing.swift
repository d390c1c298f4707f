import Foundation

/// Computes on a thread of its own: the threads that answer requests are as many as the machine has cores, and a world would
/// keep one for minutes.
func computing<T: Sendable>(_ name: String, _ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { answer in
        let thread = Thread { answer.resume(with: Result(catching: work)) }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }
}
