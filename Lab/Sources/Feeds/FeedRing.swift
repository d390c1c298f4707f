/// The newest few of a stream.
struct FeedRing<Element: Sendable>: Sendable {
    private var slots: [Element] = []
    private var next = 0
    private let most: Int

    init(most: Int) { self.most = max(1, most) }

    mutating func append(_ element: Element) {
        if slots.count < most {
            slots.append(element)
        } else {
            slots[next] = element
            next = (next + 1) % most
        }
    }

    /// The oldest first.
    var elements: [Element] { Array(slots[next...] + slots[..<next]) }
}
