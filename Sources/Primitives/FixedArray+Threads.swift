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
        precondition(order == nil || order!.count == count, "an order names every place")
        nonisolated(unsafe) let base = elements
        share(count, threads) { taken in
            let i = order?[taken] ?? taken
            body(i, &base[i])
        }
    }

    /// The same over two arrays at once: no thread waits between them.
    public mutating func forEach<Other: ~Copyable>(
        threads: Int, with others: inout FixedArray<Other>, _ body: @Sendable (Int, inout Element) -> Void,
        _ other: @Sendable (Int, inout Other) -> Void
    ) {
        nonisolated(unsafe) let base = elements
        nonisolated(unsafe) let otherBase = others.elements
        let first = count
        share(count + others.count, threads) { i in
            if i < first { body(i, &base[i]) } else { other(i - first, &otherBase[i - first]) }
        }
    }
}

/// Each place is taken by one thread alone, and this returns after the last.
private func share(_ count: Int, _ threads: Int, _ body: @Sendable (Int) -> Void) {
    if threads <= 1 || count <= 1 {
        for i in 0..<count { body(i) }
        return
    }
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
        while true {
            let i = next.add(1, ordering: .relaxed).oldValue
            if i >= count { return }
            body(i)
        }
    }
}
