import Primitives

/// Finds every unsafe borrower after a price update without looking at everyone: slack allocation.
///
/// A position with slack B and exposures of size s_i = |slope_i| × factor_i cannot become unsafe while every factor has
/// moved harmfully by less than the fraction r w_i, r = B / sum(s_i w_i): together such moves use up less than B.
/// So it waits at each factor_i (1 -+ r w_i), rounded towards the present value, on the falling side for collateral
/// and on the rising side for debt. When one of these values is reached it is evaluated exactly and filed anew.
/// Weights say how far a factor is expected to move compared with others; they change the cost, not the result.
public struct LendingTriggers: ~Copyable {
    private let factorCount: Int32
    private let weights: [Double]
    private var values: [Double]
    private var falling: FixedArray<TriggerBuckets>
    private var rising: FixedArray<TriggerBuckets>
    /// By position × factors + factor.
    private var nodes: Pool<TriggerNode>
    /// By position: 1 is queued, 2 is undecided.
    private var states: Pool<UInt8>
    private var positionCount: Int32 = 0
    private var queue = Buffer<Int32>()
    private var undecided = Buffer<Int32>()
    /// Exact evaluations made so far: what the index saves.
    public private(set) var checks = 0
    /// Breaks the index on purpose, to prove that the twins notice: some entries are never filed.
    package var dropsTriggers = false

    /// Starts with a look at every position.
    ///
    /// - Parameter weights: one positive number per factor; empty for all alike.
    public init(_ book: borrowing some LendingBook & ~Copyable, weights: [Double] = []) {
        precondition(weights.isEmpty || weights.count == Int(book.factorCount))
        precondition(weights.allSatisfy { $0 > 0 })
        factorCount = book.factorCount
        self.weights = weights.isEmpty ? Array(repeating: 1, count: Int(book.factorCount)) : weights
        values = []
        for f in 0..<book.factorCount { values.append(book.factor(f)) }
        falling = FixedArray(count: Int(book.factorCount)) { _ in TriggerBuckets() }
        rising = FixedArray(count: Int(book.factorCount)) { _ in TriggerBuckets() }
        nodes = Pool(zeroed: Int(book.positionCount) * Int(book.factorCount))
        states = Pool(zeroed: Int(book.positionCount))
        lookAtNew(book.positionCount)
    }

    /// An independent index of the same entries.
    public init(copying other: borrowing LendingTriggers) {
        factorCount = other.factorCount
        weights = other.weights
        values = other.values
        falling = FixedArray(copying: other.falling) { TriggerBuckets(copying: $0) }
        rising = FixedArray(copying: other.rising) { TriggerBuckets(copying: $0) }
        nodes = Pool(copying: other.nodes)
        states = Pool(copying: other.states)
        positionCount = other.positionCount
        queue = Buffer(copying: other.queue)
        undecided = Buffer(copying: other.undecided)
        checks = other.checks
        dropsTriggers = other.dropsTriggers
    }

    /// Queues a position for an exact look: its owner or a liquidator changed it.
    public mutating func look(_ position: Int32) {
        precondition(position >= 0)
        if position >= positionCount { lookAtNew(position + 1) }
        if states[position] & 1 != 0 { return }
        states[position] |= 1
        queue.append(position)
    }

    private mutating func lookAtNew(_ count: Int32) {
        nodes.grow(toAtLeast: Int(count) * Int(factorCount))
        states.grow(toAtLeast: Int(count))
        let first = positionCount
        positionCount = count
        for p in first..<count { look(p) }
    }

    /// Every unsafe position at the book's present prices and indices, ascending.
    public mutating func findUnsafe(
        _ book: borrowing some LendingBook & ~Copyable, into found: inout Buffer<Int32>
    ) {
        found.removeAll()
        if book.positionCount > positionCount { lookAtNew(book.positionCount) }
        for f in 0..<factorCount { moved(f, to: book.factor(f)) }
        let tolerance = book.slackTolerance
        var next = 0
        while next < queue.count {
            let p = queue[next]
            next += 1
            states[p] &= ~1
            unfile(p)
            checks += 1
            switch book.verdict(p) {
            case .unsafe: found.append(p)
            case .undecided:
                if states[p] & 2 == 0 { undecided.append(p) }
                states[p] |= 2
            case .safe: file(p, book, tolerance)
            }
        }
        queue.removeAll()
        found.sort { $0 }
        // What is unsafe is looked at every time until it is resolved.
        for i in 0..<found.count { look(found[i]) }
    }

    /// Queues whoever waited between a factor's old and new value.
    private mutating func moved(_ f: Int32, to value: Double) {
        let old = values[Int(f)]
        guard value != old else { return }
        values[Int(f)] = value
        if old <= 0 { reviveUndecided() }
        let (here, there) = (TriggerBuckets.bucket(of: value), TriggerBuckets.bucket(of: old))
        if value < old {
            var bucket = falling[Int(f)].firstOccupied(from: here, through: there)
            while let b = bucket {
                drain(falling[Int(f)].head(b)) { $0 >= value }
                bucket = falling[Int(f)].firstOccupied(from: b + 1, through: there)
            }
        } else {
            var bucket = rising[Int(f)].firstOccupied(from: there, through: here)
            while let b = bucket {
                drain(rising[Int(f)].head(b)) { $0 <= value }
                bucket = rising[Int(f)].firstOccupied(from: b + 1, through: here)
            }
        }
    }

    /// Unlinks the entries of a list that are reached and queues their positions.
    private mutating func drain(_ head: Int32, _ isReached: (Double) -> Bool) {
        var link = head
        while link != 0 {
            let node = link - 1
            link = nodes[node].next
            if isReached(nodes[node].trigger) {
                unlink(node)
                look(node / factorCount)
            }
        }
    }

    private mutating func reviveUndecided() {
        for i in 0..<undecided.count {
            states[undecided[i]] &= ~2
            look(undecided[i])
        }
        undecided.removeAll()
    }

    // MARK: - Filing

    private mutating func file(
        _ p: Int32, _ book: borrowing some LendingBook & ~Copyable, _ tolerance: Double
    ) {
        var slack = 0.0
        var size = 0.0
        var sensitivity = 0.0
        book.forEachExposure(of: p) { f, slope in
            let part = slope * values[Int(f)]
            slack += part
            size += abs(part)
            sensitivity += abs(part) * weights[Int(f)]
        }
        // Integer rounding, and that of the floating-point sums.
        slack -= tolerance + size * 1e-12
        let r = sensitivity > 0 ? max(0, slack) / sensitivity : 0
        book.forEachExposure(of: p) { f, slope in
            let value = values[Int(f)]
            let move = r * weights[Int(f)]
            let trigger = slope > 0 ? value * (1 - move) : value * (1 + move)
            // A hair towards the present value covers the rounding of this very product.
            if slope > 0 && trigger > 0 { link(p, f, min(value, trigger * (1 + 1e-14)), isFalling: true) }
            if slope < 0 { link(p, f, max(value, trigger * (1 - 1e-14)), isFalling: false) }
        }
    }

    private mutating func link(_ p: Int32, _ f: Int32, _ trigger: Double, isFalling: Bool) {
        if dropsTriggers && p % 3 == 0 { return }
        let node = p * factorCount + f
        let bucket = TriggerBuckets.bucket(of: trigger)
        let head = isFalling ? falling[Int(f)].head(bucket) : rising[Int(f)].head(bucket)
        nodes[node] = TriggerNode(
            filed: isFalling ? bucket + 1 : -(bucket + 1), next: head, previous: 0, trigger: trigger)
        if head != 0 { nodes[head - 1].previous = node + 1 }
        setHead(f, bucket, node + 1, isFalling)
    }

    private mutating func unlink(_ node: Int32) {
        let entry = nodes[node]
        if entry.next != 0 { nodes[entry.next - 1].previous = entry.previous }
        if entry.previous != 0 {
            nodes[entry.previous - 1].next = entry.next
        } else {
            setHead(node % factorCount, abs(entry.filed) - 1, entry.next, entry.filed > 0)
        }
        nodes[node].filed = 0
    }

    private mutating func setHead(_ f: Int32, _ bucket: Int32, _ head: Int32, _ isFalling: Bool) {
        if isFalling {
            falling[Int(f)].setHead(bucket, head)
        } else {
            rising[Int(f)].setHead(bucket, head)
        }
    }

    private mutating func unfile(_ p: Int32) {
        for node in p * factorCount..<(p + 1) * factorCount where nodes[node].filed != 0 { unlink(node) }
    }

    /// The slow twin of the index: looks at everyone and changes nothing.
    public static func unsafeByFullScan(_ book: borrowing some LendingBook & ~Copyable) -> [Int32] {
        var found: [Int32] = []
        for p in 0..<book.positionCount where book.verdict(p) == .unsafe { found.append(p) }
        return found
    }
}
