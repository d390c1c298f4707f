/// A 64-bit hash of a sequence of words: two states hash alike only if they were fed the same words in the
/// same order. Not cryptographic: it finds differences, it does not resist an adversary.
@frozen
public struct StateHash: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline var state: UInt64 = 0x243F_6A88_85A3_08D3
    @inlinable public var value: UInt64 { state }

    public init() {}

    public mutating func combine(_ word: UInt64) {
        state = mixed(state ^ word) &+ rotateLeft(word, 29) &* 0x9E37_79B9_7F4A_7C15
    }
    /// Three words of one record at about the cost of one: they are spread independently and chained once.
    @inlinable
    public mutating func combine(_ a: Int64, _ b: Int64, _ c: Int64) {
        let x = UInt64(bitPattern: a) &* 0x9E37_79B9_7F4A_7C15
        let y = rotateLeft(UInt64(bitPattern: b) &* 0xBF58_476D_1CE4_E5B9, 23)
        let z = rotateLeft(UInt64(bitPattern: c) &* 0x94D0_49BB_1331_11EB, 41)
        let word = x ^ y ^ z
        state = rotateLeft(state ^ word ^ (word &>> 32), 31) &* 0xFF51_AFD7_ED55_8CCD &+ 1
    }

    public mutating func combine(_ word: Int64) { combine(UInt64(bitPattern: word)) }
    public mutating func combine(_ word: Int) { combine(UInt64(bitPattern: Int64(word))) }
    public mutating func combine(_ number: Double) { combine(number.bitPattern) }
    public mutating func combine(_ flag: Bool) { combine(flag ? 1 as UInt64 : 0) }
    /// Nothing hashes like no number that counts anything.
    public mutating func combine(_ number: Double?) { combine(number?.bitPattern ?? .max) }
    public mutating func combine(_ money: Money) { combine(money.micros) }
    public mutating func combine(_ time: SimTime) { combine(time.nanoseconds) }
    public mutating func combine(_ time: SimTime?) { combine(time?.nanoseconds ?? .min) }
    /// Where a stream of random numbers stands.
    public mutating func combine(_ stream: RandomStream) {
        combine(stream.s0)
        combine(stream.s1)
        combine(stream.s2)
        combine(stream.s3)
    }

    /// The elements of a list and how many there are.
    public mutating func combine<Element>(
        each elements: some Collection<Element>, _ body: (inout StateHash, Element) -> Void
    ) {
        combine(elements.count)
        for element in elements { body(&self, element) }
    }

    /// The elements of a list that is not an array, and how many there are.
    public mutating func combine<Element>(
        each elements: borrowing Buffer<Element>, from first: Int = 0,
        _ body: (inout StateHash, Element) -> Void
    ) {
        combine(elements.count - first)
        for i in first..<elements.count { body(&self, elements[i]) }
    }

    /// The hash of a name (FNV-1a, then mixed).
    public static func of(_ text: String) -> UInt64 {
        var h: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { h = (h ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mixed(h)
    }

    /// Sixteen hexadecimal digits.
    public var hex: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
