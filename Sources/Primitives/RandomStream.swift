/// A named, seeded stream of random numbers: xoshiro256** (Blackman and Vigna, public domain algorithm).
///
/// Every entity draws from a stream of its own, keyed by name, so that adding an agent does not disturb the
/// others and a what-if run shares its noise with the base run. Our own generator, so that a toolchain release
/// cannot change a published result.
@frozen
public struct RandomStream: Sendable {
    @usableFromInline var s0: UInt64
    @usableFromInline var s1: UInt64
    @usableFromInline var s2: UInt64
    @usableFromInline var s3: UInt64

    /// The stream called `name` of a run with `seed`.
    public init(seed: UInt64, name: String) {
        var state = SplitMix64(seed: seed ^ StateHash.of(name))
        (s0, s1, s2, s3) = (state.next(), state.next(), state.next(), state.next())
    }

    /// The generator at an explicit state, for checking published values.
    public init(state: (UInt64, UInt64, UInt64, UInt64)) { (s0, s1, s2, s3) = state }

    @inlinable @inline(__always)
    public mutating func next() -> UInt64 {
        let result = rotateLeft(s1 &* 5, 7) &* 9
        let t = s1 &<< 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = rotateLeft(s3, 45)
        return result
    }
}

extension RandomStream: RandomSource {}

/// SplitMix64 (Steele, Lea and Flood 2014): spreads one seed over the state of another generator.
public struct SplitMix64: Sendable {
    var state: UInt64
    public init(seed: UInt64) { state = seed }
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return mixed(state)
    }
}

@inlinable @inline(__always)
func rotateLeft(_ x: UInt64, _ k: UInt64) -> UInt64 { (x &<< k) | (x &>> (64 &- k)) }

@inlinable
func mixed(_ x: UInt64) -> UInt64 {
    var z = x
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
}
