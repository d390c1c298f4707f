import Primitives
import Testing

@testable import Examples

/// Text to whole units and back without a digit lost.
@Suite struct ExactnessTests {
    @Test(arguments: [
        ("1", 0, "1"), ("0.000000000000000001", 18, "1"), ("1e-18", 18, "1"), ("1e-19", 18, "0"),
        ("123456789012345678.123456789012345678", 18, "123456789012345678123456789012345678"),
        ("1.2345678901234567890123456789e10", 27, "12345678901234567890123456789000000000"),
        ("2.789E18", 0, "2789000000000000000"), ("007.50", 2, "750"), (".5", 1, "5"), ("5.", 0, "5"),
        ("0", 45, "0"), ("0e999", 3, "0"), ("1e77", 0, "1" + String(repeating: "0", count: 77)),
    ]) func decimals(text: String, places: Int, units: String) throws {
        let decimal = try #require(ExactDecimal(text))
        #expect(decimal.magnitude(decimals: places)?.description == units)
    }

    @Test(arguments: [
        "", "-", ".", "1e", "e5", "1.2.3", "1e5e5", "0x10", "nan", "inf", "1 ", "1e99999999", "１",
        "1" + String(repeating: "0", count: 5_000),
    ]) func whatIsNoDecimal(text: String) { #expect(ExactDecimal(text) == nil) }

    @Test func beyond256BitsIsNil() {
        #expect(ExactDecimal("1e78")?.magnitude(decimals: 0) == nil)
        #expect(ExactDecimal("1e60")?.magnitude(decimals: 18) == nil)
        #expect(ExactDecimal("9223372036854.775808")?.units(decimals: 6) == nil)
        #expect(ExactDecimal("-9223372036854.7758074")?.units(decimals: 6) == -.max)
        #expect(ExactDecimal("0.0000005")?.units(decimals: 6) == 1)
        #expect(ExactDecimal("0.00000049999")?.units(decimals: 6) == 0)
    }

    /// Against whole numbers of units written as text, for every number of digits and places.
    @Test func everyLengthComesBack() throws {
        var random = RandomStream(seed: 5, name: "decimals")
        for length in 1...77 {
            for places in stride(from: 0, through: 45, by: 3) {
                let digits = (0..<length).map { _ in String(random.next() % 10) }.joined()
                let padded = String(repeating: "0", count: max(0, places + 1 - length)) + digits
                let text = padded.dropLast(places) + "." + padded.suffix(places) + "0"
                let decimal = try #require(ExactDecimal(text))
                let units = try #require(decimal.magnitude(decimals: places))
                #expect(units == UInt256(digits), "\(text)")
                #expect(ExactDecimal(units, decimals: places) == decimal)
                #expect(ExactDecimal(ExactDecimal(units, decimals: places).description) == decimal)
            }
        }
    }

    @Test(arguments: [
        ("1", "2", "1"), ("-1", "2", "3"), ("0.1", "0.3", "0.2"), ("100", "0.001", "99.999"),
        ("12345678901234567890", "12345678901234567891", "1"), ("5", "5", "0"), ("-3", "-10", "7"),
        ("99", "-1", "100"),
    ]) func distances(a: String, b: String, distance: String) throws {
        let (a, b) = (try #require(ExactDecimal(a)), try #require(ExactDecimal(b)))
        #expect(a.distance(to: b) == ExactDecimal(distance) && b.distance(to: a) == ExactDecimal(distance))
        #expect(a.distance(to: b).isAtMost(ExactDecimal(distance)!))
        #expect(!a.distance(to: b).isAtMost(ExactDecimal("0")!) || distance == "0")
    }

    /// Expected digits are compared to the last; the shortest text of a double but for its last bits.
    @Test(arguments: [
        ("12345678901234567890", "12345678901234567890", 0, true),
        ("12345678901234567891", "12345678901234567890", 0, false),
        ("12345678901234567891", "12345678901234567890", 1, true),
        ("\"12345678901234567891\"", "12345678901234567890", 0, false),
        ("\"12345678901234567891\"", "12345678901234567890", 0.5, false),
        ("1.2345678901234567e19", "12345678901234567890", 0, true),
        ("0.123456789012345678", "0.123456789012345679", 0, false),
        ("0.12345678901234568", "0.123456789012345678", 0, true),
        ("\"0.5\"", "0.50", 0, true), ("\"half\"", "0.5", 1, false), ("NaN", "0.5", 1, false),
    ]) func comparisons(expected: String, got: String, tolerance: Double, isMet: Bool) throws {
        let value = try #require(try ExampleJSON.object("{\"x\":\(expected)}")["x"])
        let figure = ExampleValue.number(ExampleNumber(try #require(ExactDecimal(got))))
        #expect(value.isMet(by: figure, tolerance: tolerance) == isMet)
    }

    @Test func fractionsAreExact() throws {
        func fraction(_ text: String) -> Fraction? {
            var expression = Expression<Fraction>(text)
            return expression.value {
                $0 == "third" ? Fraction(ExactDecimal("1")!)!.over(Fraction(ExactDecimal("3")!)!) : nil
            }
        }
        #expect(fraction("third*3")?.magnitude(decimals: 18, .down) == UInt256.powerOf10(18))
        #expect(fraction("2*third")?.magnitude(decimals: 2, .nearest) == 67)
        #expect(fraction("2*third")?.magnitude(decimals: 2, .down) == 66)
        #expect(fraction("1wei + 1 wei")?.magnitude(decimals: 18, .down) == 2)
        #expect(fraction("1 - 1 wei")?.magnitude(decimals: 18, .down) == UInt256("999999999999999999"))
        #expect(fraction("1 - 2")?.isNegative == true)
        for bad in ["1/(third-third)", "1e77*10", "1e-70*1e-70", "1e60*1e60", "other"] {
            #expect(fraction(bad) == nil, "\(bad)")
        }
    }

    @Test func textsAndNumbersOfJSONKeepWhatTheyAre() throws {
        let json = #"{"a":[1.50,-0,1e-7,"\u00e9\ud83c\udf0a\n\"/",true,null,{"b":[]}],"n":NaN,"m":-Infinity}"#
        let map = try ExampleJSON.object(json)
        #expect(
            ExampleValue.map(map).json
                == "{\"a\":[1.50,-0,1e-7,\"é🌊\\n\\\"/\",true,null,{\"b\":[]}],\"m\":\"-Infinity\",\"n\":\"NaN\"}"
        )
        for bad in [
            "", "[]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":1e}", "{\"a\":+1}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"\\q\"}", "{\"a\":\"\\ud800\"}", "{\"a\":1}x", "{\"a\":1,\"a\":1}", "{\"a\":[1,]}",
            "{a:1}",
            "{\"a\":" + String(repeating: "[", count: 100_000) + "}",
        ] {
            #expect(throws: ExampleJSON.Fault.self, "\(bad.prefix(20))") { try ExampleJSON.object(bad) }
        }
    }
}
