import Testing

@testable import MarketData

struct DecimalTextTests {
    private func parse(_ text: String, _ decimals: Int) -> Int64? {
        parseDecimal(Array(text.utf8), decimals: decimals)
    }

    @Test func decimalsAreExact() {
        #expect(parse("236.47", 2) == 23_647)
        #expect(parse("-0.5", 3) == -500)
        #expect(parse("+7", 2) == 700)
        #expect(parse("1.2300", 2) == 123)
        #expect(parse("5.", 1) == 50)
        #expect(parse(".5", 1) == 5)
        #expect(parse("9223372036854775807", 0) == .max)
        #expect(parse("-9223372036854775808", 0) == .min)
    }

    @Test func whatIsNoDecimalIsRefused() {
        for text in [
            "", "-", ".", "1.239", "1e5", " 1", "1 ", "1,2", "1.2.3", "--1", "nan", "١",
            "9223372036854775808",
        ] {
            #expect(parse(text, 2) == nil, "\(text)")
        }
        #expect(parse("92233720368547758.08", 2) == nil)
    }

    @Test func floatsAreFinite() {
        #expect(parseDouble(Array("121662.5".utf8)) == 121_662.5)
        #expect(parseDouble(Array("1e-05".utf8)) == 1e-5)
        for text in ["nan", "inf", "-inf", "0x10", "1e999", "", "abc", "1 ", "e", "1.2.3"] {
            #expect(parseDouble(Array(text.utf8)) == nil, "\(text)")
        }
    }
}
