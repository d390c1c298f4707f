import Primitives

/// Which prices of a book hold orders: three levels of bits, so that the next occupied price is found in a few
/// instructions however far away it is.
struct PriceBitmap: ~Copyable {
    private var ticks: Pool<UInt64>
    private var words: Pool<UInt64>
    private var blocks: Pool<UInt64>
    private let blockCount: Int

    init(maxTicks: Int) {
        let wordCount = (maxTicks >> 6) + 1
        let groupCount = (wordCount >> 6) + 1
        // Of a kept book, which has no prices: nothing.
        blockCount = maxTicks == 0 ? 0 : (groupCount >> 6) + 1
        ticks = Pool(zeroed: blockCount << 12)
        words = Pool(zeroed: blockCount << 6)
        blocks = Pool(zeroed: blockCount)
    }

    @inline(__always)
    mutating func set(_ i: Int) {
        let w = i &>> 6
        let before = ticks[w]
        ticks[w] = before | bit(i)
        if before == 0 {
            words[w &>> 6] |= bit(w)
            blocks[w &>> 12] |= bit(w &>> 6)
        }
    }

    @inline(__always)
    mutating func clear(_ i: Int) {
        let w = i &>> 6
        ticks[w] &= ~bit(i)
        if ticks[w] == 0 {
            words[w &>> 6] &= ~bit(w)
            if words[w &>> 6] == 0 { blocks[w &>> 12] &= ~bit(w &>> 6) }
        }
    }

    /// The first occupied price above `i`, or -1.
    @inline(__always)
    func next(above i: Int) -> Int {
        var w = (i &+ 1) &>> 6
        let here = ticks[w] & (~0 &<< UInt64(truncatingIfNeeded: (i &+ 1) & 63))
        if here != 0 { return w &<< 6 | here.trailingZeroBitCount }
        w &+= 1
        var g = w &>> 6
        if g >> 6 >= blockCount { return -1 }
        let group = words[g] & (~0 &<< UInt64(truncatingIfNeeded: w & 63))
        if group != 0 { return lowest(inWord: g &<< 6 | group.trailingZeroBitCount) }
        g &+= 1
        var b = g &>> 6
        if b >= blockCount { return -1 }
        var block = blocks[b] & (~0 &<< UInt64(truncatingIfNeeded: g & 63))
        while block == 0 {
            b &+= 1
            if b >= blockCount { return -1 }
            block = blocks[b]
        }
        g = b &<< 6 | block.trailingZeroBitCount
        return lowest(inWord: g &<< 6 | words[g].trailingZeroBitCount)
    }

    /// The first occupied price below `i`, or -1.
    @inline(__always)
    func next(below i: Int) -> Int {
        if i <= 0 { return -1 }
        var w = (i &- 1) &>> 6
        let here = ticks[w] & (~0 &>> UInt64(truncatingIfNeeded: 63 &- ((i &- 1) & 63)))
        if here != 0 { return highest(here, at: w) }
        w &-= 1
        if w < 0 { return -1 }
        var g = w &>> 6
        let group = words[g] & (~0 &>> UInt64(truncatingIfNeeded: 63 &- (w & 63)))
        if group != 0 { return highest(inGroup: group, at: g) }
        g &-= 1
        if g < 0 { return -1 }
        var b = g &>> 6
        var block = blocks[b] & (~0 &>> UInt64(truncatingIfNeeded: 63 &- (g & 63)))
        while block == 0 {
            b &-= 1
            if b < 0 { return -1 }
            block = blocks[b]
        }
        g = b &<< 6 | (63 &- block.leadingZeroBitCount)
        return highest(inGroup: words[g], at: g)
    }

    @inline(__always)
    private func bit(_ i: Int) -> UInt64 { 1 &<< UInt64(truncatingIfNeeded: i & 63) }
    @inline(__always)
    private func lowest(inWord w: Int) -> Int { w &<< 6 | ticks[w].trailingZeroBitCount }
    @inline(__always)
    private func highest(_ bits: UInt64, at w: Int) -> Int { w &<< 6 | (63 &- bits.leadingZeroBitCount) }
    @inline(__always)
    private func highest(inGroup bits: UInt64, at g: Int) -> Int {
        let w = highest(bits, at: g)
        return highest(ticks[w], at: w)
    }
}
