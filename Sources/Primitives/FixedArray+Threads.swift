import Dispatch
import Synchronization

extension FixedArray where Element: ~Copyable {
    /// Calls `body` once for every element with its place, on up to `threads` threads at once; which thread takes which, and
    /// when, is left open, so `body` may read and change its element and nothing else that another's may.
    ///
    /// - Parameter order: every place once; the longest work first leaves no thread idle at the end.
    public mutating func forEach(
        threads: Int, order: [Int]? = nil, _ body: @Sendable (Int, inout Element) -> Void
    ) {
        precondition(order == nil || order!.count == count)
        if threads <= 1 || count <= 1 {
            for i in 0..<count { body(i, &self[i]) }
            return
        }
        // Each element is taken by one thread alone, and this call returns after the last.
        nonisolated(unsafe) let base = elements
        let count = count
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            while true {
                let taken = next.add(1, ordering: .relaxed).oldValue
                if taken >= count { return }
                let i = order?[taken] ?? taken
                body(i, &base[i])
            }
        }
    }
}
