import Feeds
import Testing

struct FeedNumberTests {
    @Test(arguments: [
        ("1.50", "1.5"), ("0.00000001", "0.00000001"), ("-0.25", "-0.25"), ("1e-05", "0.00001"),
        ("2.5E2", "250"),
        ("999999999999999999", "999999999999999999"), ("0.000000000000000001", "0.000000000000000001"),
        ("0", "0"), ("0.00000000", "0"), ("007", "7"),
    ])
    func readsExactly(_ text: String, _ shown: String) {
        #expect(FeedNumber(text)?.description == shown)
    }

    @Test(arguments: [
        "", "-", ".", "NaN", "Infinity", "1.2.3", "1e", "1e9999", "0x10", "1 ", "1e30",
        "0.0000000000000000001",
        "1234567890123456789", "١",
    ])
    func refuses(_ text: String) { #expect(FeedNumber(text) == nil) }

    @Test func ordersAndEquates() throws {
        #expect(FeedNumber("1.5") == FeedNumber("1.500"))
        #expect(try #require(FeedNumber("9.99")) < #require(FeedNumber("10")))
        #expect(try #require(FeedNumber("-2")) < #require(FeedNumber("-1.9")))
    }
}
