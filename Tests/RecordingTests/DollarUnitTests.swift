import Recording
import Testing

@Suite("Dollars as people read them")
struct DollarUnitTests {
    @Test(arguments: [
        (0.0, "0 USD"), (-0.2, "0 USD"), (12.4, "12 USD"), (999.4, "999 USD"), (999.6, "1.0 thousand USD"),
        (45_300, "45.3 thousand USD"), (999_600, "1.00 M USD"), (-3_000_000, "-3.00 M USD"),
        (999.6e6, "1.000 bn USD"), (1.2346e9, "1.235 bn USD"),
    ])
    func theUnitFitsTheSize(usd: Double, text: String) { #expect(DollarUnit.words(usd) == text) }

    @Test func noughtHasNoSign() {
        #expect(fixed(-0.000001, 5) == "0.00000" && fixed(-0.00001, 5) == "-0.00001" && fixed(0, 2) == "0.00")
    }
}
