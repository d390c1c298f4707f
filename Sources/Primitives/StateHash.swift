/// A 64-bit hash of a sequence of words: two states hash alike only if they were fed the same words in the
/// same order. Not cryptographic: it finds differences, it does not resist an adversary.
@frozen
public struct StateHash: Hashable, Sendable, BitwiseCopyable {
    public private(set) var value: UInt64 = 0x243F_6A88_85A3_08D3

    public init() {}

    public mutating func combine(_ word: UInt64) {
        value = mixed(value ^ word) &+ rotateLeft(word, 29) &* 0x9E37_79B9_7F4A_7C15
    }
    public mutating func combine(_ word: Int64) { combine(UInt64(bitPattern: word)) }
    public mutating func combine(_ word: Int) { combine(UInt64(bitPattern: Int64(word))) }
    public mutating func combine(_ number: Double) { combine(number.bitPattern) }

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
