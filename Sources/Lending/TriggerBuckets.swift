import Primitives

/// One waiting entry, linked into the list of its bucket.
struct TriggerNode: BitwiseCopyable {
    /// 0: in no list; else the bucket + 1, negative on the rising side.
    var filed: Int32
    /// Neighbours in the bucket's list, as index + 1; 0 for none.
    var next: Int32
    var previous: Int32
    /// The factor's value at which the position must be looked at.
    var trigger: Double
}

/// The lists of entries waiting on one side of one factor, by buckets of values 0.024 % wide.
///
/// The bucket of a value is its binary exponent and first twelve mantissa bits, from 2^-96 to 2^64 (values beyond share
/// the outermost ones): monotone without a logarithm. Coarser ones are slower, because stablecoins wait near their
/// price (measured with 100,000 borrowers: twice the time per update at 0.2 %). Untouched pages cost nothing, and a
/// bitmap of the occupied buckets lets a price jump a million-fold in some thousand steps.
struct TriggerBuckets: ~Copyable {
    private static var fineness: UInt64 { 40 }
    private static var lowest: Int { (1023 - 96) << 12 }
    static var count: Int { 160 << 12 }
    /// Index + 1 of the first entry of each bucket; 0 for none.
    private var heads: Pool<Int32>
    private var occupied: Pool<UInt64>

    init() {
        heads = Pool(zeroed: Self.count)
        occupied = Pool(zeroed: Self.count / 64)
    }

    /// Looks at the occupied buckets only.
    init(copying other: borrowing TriggerBuckets) {
        heads = Pool(zeroed: Self.count)
        occupied = Pool(copying: other.occupied)
        let last = Int32(Self.count - 1)
        var bucket = firstOccupied(from: 0, through: last)
        while let found = bucket {
            heads[found] = other.heads[found]
            bucket = firstOccupied(from: found + 1, through: last)
        }
    }

    static func bucket(of value: Double) -> Int32 {
        guard value > 0 else { return 0 }
        return Int32(min(max(Int(value.bitPattern >> fineness) - lowest, 0), count - 1))
    }

    func head(_ bucket: Int32) -> Int32 { heads[bucket] }

    mutating func setHead(_ bucket: Int32, _ head: Int32) {
        heads[bucket] = head
        let mask: UInt64 = 1 << UInt64(bucket & 63)
        if head == 0 { occupied[bucket >> 6] &= ~mask } else { occupied[bucket >> 6] |= mask }
    }

    /// The first occupied bucket from `bucket` upwards; nil if there is none up to `last`.
    func firstOccupied(from bucket: Int32, through last: Int32) -> Int32? {
        guard bucket <= last else { return nil }
        var word = bucket >> 6
        var bits = occupied[word] & (.max << UInt64(bucket & 63))
        while bits == 0 {
            word += 1
            if word > last >> 6 { return nil }
            bits = occupied[word]
        }
        let found = word << 6 + Int32(bits.trailingZeroBitCount)
        return found <= last ? found : nil
    }
}
