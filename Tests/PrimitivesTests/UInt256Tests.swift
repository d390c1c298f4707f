import Primitives
import Testing

/// A natural number as decimal-free base-2^16 digits, lowest first: every step one can do on paper.
private struct Schoolbook: Equatable {
    var digits: [UInt32]

    init(digits: [UInt32]) {
        self.digits = digits
        while let last = self.digits.last, last == 0 { self.digits.removeLast() }
    }

    init(_ x: UInt256) {
        self.init(
            digits: (0..<16).map { i in
                let half = i < 8 ? x.low : x.high
                return UInt32(truncatingIfNeeded: half >> UInt128(16 * (i & 7))) & 0xFFFF
            })
    }

    static func * (a: Schoolbook, b: Schoolbook) -> Schoolbook {
        var out = [UInt32](repeating: 0, count: a.digits.count + b.digits.count + 1)
        for (i, x) in a.digits.enumerated() {
            var carry: UInt32 = 0
            for (j, y) in b.digits.enumerated() {
                let sum = UInt64(x) * UInt64(y) + UInt64(out[i + j]) + UInt64(carry)
                out[i + j] = UInt32(sum & 0xFFFF)
                carry = UInt32(sum >> 16)
            }
            out[i + b.digits.count] += carry
        }
        return Schoolbook(digits: out)
    }

    static func + (a: Schoolbook, b: Schoolbook) -> Schoolbook {
        var out: [UInt32] = []
        var carry: UInt32 = 0
        for i in 0..<max(a.digits.count, b.digits.count) + 1 {
            let sum = (i < a.digits.count ? a.digits[i] : 0) + (i < b.digits.count ? b.digits[i] : 0) + carry
            out.append(sum & 0xFFFF)
            carry = sum >> 16
        }
        return Schoolbook(digits: out)
    }

    static func < (a: Schoolbook, b: Schoolbook) -> Bool {
        if a.digits.count != b.digits.count { return a.digits.count < b.digits.count }
        for (x, y) in zip(a.digits.reversed(), b.digits.reversed()) where x != y { return x < y }
        return false
    }
}

private func operand(_ random: inout RandomStream) -> UInt256 {
    let shift = UInt128(random.next() % 128)
    let word = { (r: inout RandomStream) in UInt128(r.next()) << 64 | UInt128(r.next()) }
    switch random.next() % 6 {
    case 0: return UInt256(high: word(&random), low: word(&random))
    case 1: return UInt256(high: word(&random) >> shift, low: word(&random))
    case 2: return UInt256(high: 0, low: word(&random) >> shift)
    case 3: return UInt256(high: .max, low: .max) - UInt256(random.next() % 3)
    case 4: return UInt256(high: UInt128(1) << shift, low: 0) - UInt256(random.next() % 2)
    default: return UInt256(random.next() % 5)
    }
}

@Suite struct UInt256Tests {
    /// q × d + r = a × b with r < d: the only quotient there is.
    @Test func productsAndQuotientsMatchTheSchoolbook() {
        var random = RandomStream(seed: 1, name: "uint256")
        var divided = 0
        for _ in 0..<20_000 {
            let (a, b, d) = (operand(&random), operand(&random), operand(&random))
            let product = Schoolbook(a) * Schoolbook(b)
            let full = a.multipliedFullWidth(by: b)
            let shifted = Schoolbook(digits: [UInt32](repeating: 0, count: 16) + Schoolbook(full.high).digits)
            #expect(shifted + Schoolbook(full.low) == product)
            #expect((a.timesOrNil(b) == nil) == !full.high.isZero)
            guard full.high < d else { continue }
            divided += 1
            let q = a.mulDivDown(b, d)
            let back = Schoolbook(q) * Schoolbook(d)
            #expect(!(product < back))
            #expect(product < back + Schoolbook(d))
            let isExact = back == product
            guard q < .max else { continue }
            #expect(a.mulDivUp(b, d) == (isExact ? q : q + 1))
            let half = back + Schoolbook(d / 2 + d % 2)
            #expect(a.mulDivHalfUp(b, d) == (product < half ? q : q + 1))
        }
        #expect(divided > 5_000)
    }

    @Test func sumsAndDivisionsAgreeWithEachOther() {
        var random = RandomStream(seed: 2, name: "uint256")
        for _ in 0..<20_000 {
            let (a, d) = (operand(&random), operand(&random))
            if a <= .max - d {
                #expect(Schoolbook(a + d) == Schoolbook(a) + Schoolbook(d))
                #expect(a + d - d == a)
            }
            #expect(a.minusOrZero(d) == (a > d ? a - d : .zero))
            guard !d.isZero else { continue }
            let (q, r) = a.quotientAndRemainder(dividingBy: d)
            #expect(r < d)
            #expect(Schoolbook(q) * Schoolbook(d) + Schoolbook(r) == Schoolbook(a))
        }
    }

    @Test func textGoesBothWays() {
        var random = RandomStream(seed: 3, name: "uint256")
        for _ in 0..<2_000 {
            let a = operand(&random)
            #expect(UInt256(a.description) == a)
        }
        let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935"
        #expect(UInt256.max.description == most)
        #expect(UInt256(most) == .max)
        #expect(UInt256(String(most.dropLast()) + "6") == nil)
        for bad in ["", "-1", "1e3", "0x10", " 1", "1.0"] { #expect(UInt256(bad) == nil) }
        #expect(UInt256.powerOf10(77).description == "1" + String(repeating: "0", count: 77))
    }

    @Test(arguments: [
        ("522.5", 18, "522500000000000000000"), ("0", 6, "0"), ("0.000001", 6, "1"), ("7", 0, "7"),
        ("44174.999999", 6, "44174999999"), ("1.10", 1, nil), ("0.0000001", 6, nil), (".5", 6, nil),
        ("5.", 6, nil), ("1.2.3", 6, nil), ("-1", 6, nil), ("", 6, nil),
    ]) func amountsAreExactOrRefused(text: String, decimals: Int, expected: String?) {
        #expect(UInt256(exactDecimal: text, decimals: decimals)?.description == expected)
    }

    @Test func doublesAreNear() {
        #expect(Double(UInt256.powerOf10(20)) == 1e20)
        #expect(abs(Double(UInt256.max) / 0x1p256 - 1) < 1e-15)
        #expect(UInt256(exactly: 2e18) == 2_000_000_000_000_000_000)
        for bad in [0.5, -1, 1e39, .nan, .infinity] { #expect(UInt256(exactly: bad) == nil) }
    }
}
