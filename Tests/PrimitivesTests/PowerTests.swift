import Primitives
import RealModule
import Testing

@Suite struct PowerTests {
    @Test func anExponentOfNoughtTakesTheEffectAwayWhateverTheBase() {
        for base in [0.0, 0.3, 1, 7, .infinity] { #expect(Double.power(base, 0) == 1) }
    }

    @Test func elsewhereItIsTheLibrarysPower() {
        #expect(Double.power(0, 2) == 0)
        #expect(Double.power(4, 0.5) == 2)
        for (base, exponent) in [(0.7, 1.49), (3.1, -0.25), (1e-9, 2.2)] {
            #expect(Double.power(base, exponent).bitPattern == Double.pow(base, exponent).bitPattern)
        }
    }
}
