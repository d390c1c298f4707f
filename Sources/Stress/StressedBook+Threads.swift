import Dispatch
import Synchronization

extension StressedBook {
    /// Answers of several questions about the same book, side by side, in their order. Each works on copies of its own: the
    /// answers are the same for any number of threads.
    ///
    /// - Parameters:
    ///   - threads: as many copies of the book are held at once.
    ///   - progress: told how many are answered, by any thread, one at a time.
    func answers<Answer: Sendable>(
        _ count: Int, threads: Int, progress: (Int) -> Void = { _ in }, _ answer: (Int) -> Answer
    ) -> [Answer] {
        let told = Mutex((found: [Answer?](repeating: nil, count: count), next: 0, done: 0))
        withoutActuallyEscaping(answer) { answer in
            withoutActuallyEscaping(progress) { progress in
                // They read the book and write to copies; what is told is told under the lock.
                nonisolated(unsafe) let (answer, progress) = (answer, progress)
                DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
                    while true {
                        let i = told.withLock { state in
                            defer { state.next += 1 }
                            return state.next
                        }
                        if i >= count { return }
                        let one = answer(i)
                        told.withLock { state in
                            state.found[i] = one
                            state.done += 1
                            progress(state.done)
                        }
                    }
                }
            }
        }
        return told.withLock { $0.found.map { $0! } }
    }
}
