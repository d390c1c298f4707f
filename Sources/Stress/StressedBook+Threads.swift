import Dispatch
import Synchronization

extension StressedBook {
    /// Answers of several questions about the same book, side by side, in their order. Each works on copies of its own: the
    /// answers are the same for any number of threads.
    ///
    /// - Parameters:
    ///   - part: of the work, for `watch`.
    ///   - threads: as many copies of the book are held at once.
    /// - Throws: `CancellationError` once it is interrupted.
    func answers<Answer: Sendable>(
        _ count: Int, of part: String, threads: Int, _ answer: (Int) -> Answer
    ) throws -> [Answer] {
        let watch = watch
        let told = Mutex((found: [Answer?](repeating: nil, count: count), next: 0, done: 0))
        withoutActuallyEscaping(answer) { answer in
            // They read the book and write to copies; what is told is told under the lock.
            nonisolated(unsafe) let answer = answer
            DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
                while !watch.isInterrupted() {
                    let i = told.withLock { state in
                        defer { state.next += 1 }
                        return state.next
                    }
                    if i >= count { return }
                    let one = answer(i)
                    told.withLock { state in
                        state.found[i] = one
                        state.done += 1
                        watch.onProgress(part, state.done, count)
                    }
                }
            }
        }
        let found = told.withLock { $0.found.compactMap { $0 } }
        if found.count < count { throw CancellationError() }
        return found
    }
}
