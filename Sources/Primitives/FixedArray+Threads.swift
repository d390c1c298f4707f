import Dispatch
import Synchronization

extension FixedArray where Element: ~Copyable {
    /// Calls `body` once for every element, on up to `threads` threads at once; which thread takes which, and when, is left open,
    /// so `body` may read and change its element and nothing else.
    public mutating func forEach(threads: Int, _ body: @Sendable (inout Element) -> Void) {
        if threads <= 1 || count <= 1 {
            for i in 0..<count { body(&self[i]) }
            return
        }
        // Each element is taken by one thread alone, and this call returns after the last.
        nonisolated(unsafe) let base = elements
        let count = count
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            while true {
                let i = next.add(1, ordering: .relaxed).oldValue
                if i >= count { return }
                body(&base[i])
            }
        }
    }
}
