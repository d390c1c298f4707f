import Primitives

/// Entries filed by bucket in chunks of fifteen: one cache line yields fifteen ids whose loads overlap.
///
/// Nothing is ever removed by hand: whoever drains a bucket checks each entry against what it stands for, so a
/// stale entry is harmless.
public struct TriggerLadder: ~Copyable {
    /// Sixteen words: the next chunk, then fifteen ids.
    private static var chunk: Int { 16 }
    private var heads: Pool<Int32>
    private var fill: Pool<UInt8>
    private var chunks: Buffer<Int32>
    private var firstFree: Int32 = 0
    private let buckets: Int
    /// Of a kept copy, instead of `heads` and `fill`: the buckets that hold something.
    private var keptHeads: [KeptHead] = []
    private var isKept = false

    private struct KeptHead {
        var bucket: Int32
        var head: Int32
        var fill: UInt8
    }

    public init(buckets: Int, expectedEntries: Int = 0) {
        self.buckets = buckets
        heads = Pool(zeroed: buckets)
        fill = Pool(zeroed: buckets)
        // Chunk 0 is never used: head 0 means an empty bucket.
        chunks = Buffer(capacity: (expectedEntries / 12 + 2) * Self.chunk)
        for _ in 0..<Self.chunk { chunks.append(0) }
    }

    public init(copying other: borrowing TriggerLadder, as kind: CopyKind = .live) {
        buckets = other.buckets
        chunks = Buffer(copying: other.chunks)
        firstFree = other.firstFree
        isKept = kind == .kept
        switch (kind, other.isKept) {
        case (.live, false):
            heads = Pool(copying: other.heads)
            fill = Pool(copying: other.fill)
        case (.live, true):
            heads = Pool(zeroed: buckets)
            fill = Pool(zeroed: buckets)
            for kept in other.keptHeads {
                heads[kept.bucket] = kept.head
                fill[kept.bucket] = kept.fill
            }
        case (.kept, _):
            heads = Pool(zeroed: 0)
            fill = Pool(zeroed: 0)
            keptHeads = other.filledHeads()
        }
    }

    private borrowing func filledHeads() -> [KeptHead] {
        if isKept { return keptHeads }
        var all: [KeptHead] = []
        for bucket in 0..<Int32(heads.capacity) where heads[bucket] != 0 {
            all.append(KeptHead(bucket: bucket, head: heads[bucket], fill: fill[bucket]))
        }
        return all
    }

    /// Adds the entries in the order in which they were filed, by chunk: which bucket holds a chunk is said by `filed` of its
    /// positions, so heads and fill need not be looked through.
    func combine(into hash: inout StateHash) {
        hash.combine(each: chunks) { $0.combine(Int64($1), 0, 0) }
        hash.combine(Int64(firstFree), 0, 0)
    }

    @inline(__always)
    public mutating func insert(_ id: Int32, bucket: Int32) {
        var f = Int(fill[bucket])
        if f == 15 || heads[bucket] == 0 {
            let fresh = takeChunk()
            chunks[Int(fresh) &* 16] = heads[bucket]
            heads[bucket] = fresh
            f = 0
        }
        chunks[Int(heads[bucket]) &* 16 &+ 1 &+ f] = id
        fill[bucket] = UInt8(truncatingIfNeeded: f &+ 1)
    }

    @inline(__always)
    public func isEmpty(_ bucket: Int32) -> Bool { heads[bucket] == 0 }

    /// Moves every id of a bucket to `out`.
    @inline(__always)
    public mutating func drain(_ bucket: Int32, into out: inout Buffer<Int32>) {
        var chunk = heads[bucket]
        guard chunk != 0 else { return }
        var count = Int(fill[bucket])
        while chunk != 0 {
            let at = Int(chunk) &* 16
            for i in 0..<count { out.append(chunks[at &+ 1 &+ i]) }
            let next = chunks[at]
            chunks[at] = firstFree
            firstFree = chunk
            chunk = next
            count = 15
        }
        heads[bucket] = 0
        fill[bucket] = 0
    }

    /// Bytes held, for the memory figure of the benchmark.
    public var bytes: Int { heads.capacity * 5 + chunks.count * 4 }

    @inline(__always)
    private mutating func takeChunk() -> Int32 {
        if firstFree != 0 {
            let chunk = firstFree
            firstFree = chunks[Int(chunk) &* 16]
            return chunk
        }
        let chunk = Int32(chunks.count / 16)
        for _ in 0..<16 { chunks.append(0) }
        return chunk
    }
}
