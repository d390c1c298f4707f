import Primitives
import Testing

@Suite struct RandomTests {
    /// First outputs of xoshiro256** from the state 1, 2, 3, 4, as other implementations publish them.
    @Test func xoshiroAsPublished() {
        var stream = RandomStream(state: (1, 2, 3, 4))
        let expected: [UInt64] = [
            11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
            607_988_272_756_665_600,
            16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
        ]
        for value in expected { #expect(stream.next() == value) }
    }

    @Test func splitMixAsPublished() {
        var stream = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        for value in expected { #expect(stream.next() == value) }
    }

    /// The known answers of Philox4x32-10 from the paper's own test set.
    @Test func philoxAsPublished() {
        let zero = CounterStream.block(counter: (0, 0, 0, 0), key: (0, 0))
        #expect(zero == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let ones = CounterStream.block(
            counter: (0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff), key: (0xffff_ffff, 0xffff_ffff))
        #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        let pi = CounterStream.block(
            counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
        #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test func namedStreamsDiffer() {
        var a = RandomStream(seed: 7, name: "noise/BTC")
        var b = RandomStream(seed: 7, name: "noise/ETH")
        var c = RandomStream(seed: 7, name: "noise/BTC")
        let first = a.next()
        #expect(first != b.next())
        #expect(first == c.next())
    }

    /// Mean and variance of 200,000 draws within five standard errors.
    @Test func moments() {
        var r = RandomStream(seed: 11, name: "moments")
        func check(_ name: String, mean: Double, variance: Double, _ draw: (inout RandomStream) -> Double) {
            let n = 200_000.0
            var (sum, squares) = (0.0, 0.0)
            for _ in 0..<Int(n) {
                let x = draw(&r)
                sum += x
                squares += x * x
            }
            let m = sum / n
            #expect(abs(m - mean) < 5 * (variance / n).squareRoot(), "\(name): mean \(m)")
            let v = squares / n - m * m
            #expect(abs(v - variance) < 0.05 * variance + 0.01, "\(name): variance \(v)")
        }
        check("uniform", mean: 0.5, variance: 1.0 / 12) { $0.uniform() }
        check("normal", mean: 0, variance: 1) { $0.normal() }
        check("exponential", mean: 2, variance: 4) { $0.exponential(mean: 2) }
        check("poisson small", mean: 3, variance: 3) { Double($0.poisson(mean: 3)) }
        check("poisson large", mean: 90, variance: 90) { Double($0.poisson(mean: 90)) }
        // Lognormal: median 1, log-sd 0.5; Pareto: minimum 1, shape 5.
        check("lognormal", mean: 1.133148, variance: 0.364696) { $0.logNormal(median: 1, logSD: 0.5) }
        check("pareto", mean: 1.25, variance: 0.104167) { $0.pareto(minimum: 1, shape: 5) }
    }

    @Test func integersStayBelow() {
        var r = RandomStream(seed: 3, name: "integers")
        var seen = [Int](repeating: 0, count: 7)
        for _ in 0..<7000 { seen[r.integer(below: 7)] += 1 }
        for count in seen { #expect(abs(count - 1000) < 160) }
    }
}
