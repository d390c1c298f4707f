/// Random numbers that depend only on (seed, name, index): Philox4x32-10 (Salmon et al. 2011).
///
/// For work whose order must not matter, such as drawing accounts on several threads.
public struct CounterStream: RandomSource, Sendable {
    private var key: (UInt32, UInt32)
    private var counter: (UInt32, UInt32, UInt32, UInt32)
    private var spare: UInt64?

    /// The numbers of item `index` in the stream called `name` of a run with `seed`.
    public init(seed: UInt64, name: String, index: UInt64) {
        let k = mixed(seed ^ StateHash.of(name))
        key = (UInt32(truncatingIfNeeded: k), UInt32(truncatingIfNeeded: k >> 32))
        counter = (0, 0, UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32))
    }

    public mutating func next() -> UInt64 {
        if let value = spare {
            spare = nil
            return value
        }
        let block = Self.block(counter: counter, key: key)
        counter.0 &+= 1
        spare = UInt64(block.3) << 32 | UInt64(block.2)
        return UInt64(block.1) << 32 | UInt64(block.0)
    }

    /// One block of the ten-round function, for checking published values.
    public static func block(
        counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        var c = counter
        var k = key
        for _ in 0..<10 {
            let a = c.0.multipliedFullWidth(by: 0xD251_1F53)
            let b = c.2.multipliedFullWidth(by: 0xCD9E_8D57)
            c = (b.high ^ c.1 ^ k.0, b.low, a.high ^ c.3 ^ k.1, a.low)
            k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
        }
        return c
    }
}
