import Testing

@testable import ReducedForm

@Suite("Reduced form")
struct ReducedFormTests {
    private func fall(_ p: ReducedFormParameters, seeds: Int = 4) -> Double {
        let model = ReducedForm(p)
        return (1...seeds).reduce(0) { $0 + model.run(seed: UInt64($1)).fallPct[0] } / Double(seeds)
    }

    @Test("Same seed, same numbers; another seed, others")
    func repeatable() {
        let model = ReducedForm(ReducedFormParameters())
        #expect(model.run(seed: 3).fallPct == model.run(seed: 3).fallPct)
        #expect(model.run(seed: 3).fallPct != model.run(seed: 4).fallPct)
    }

    @Test("With everything neutral nothing falls by more than noise")
    func nothing() {
        #expect(fall(ReducedFormParameters().with(0)) < 1.5)
    }

    @Test("More shock, more leverage or less depth never makes the fall much smaller")
    func directions() {
        let base = ReducedFormParameters()
        var more = base
        more.shock *= 1.5
        #expect(fall(more) > fall(base) - 0.5)
        #expect(fall(base.scaled(leverage: 1.3, depth: 1)) > fall(base) - 0.5)
        #expect(fall(base.scaled(leverage: 1, depth: 0.6)) > fall(base) - 0.5)
        #expect(fall(base.scaled(leverage: 1, depth: 8)) < fall(base))
    }

    @Test(
        "A coalition of all factors is the model itself; each factor alone out changes its own settings only")
    func coalitions() {
        let base = ReducedFormParameters()
        let all = base.with((1 << Factor.allCases.count) - 1)
        #expect(all.shock == base.shock && all.newsCut == base.newsCut && all.capital == base.capital)
        let noNews = base.with(0b1111_1110)
        #expect(noNews.shock == 0 && noNews.newsCut == base.newsCut)
    }

    @Test("Liquidation by drawdown: the closed form at a few leverages")
    func leverage() {
        // At a spread of almost nothing all positions have the median leverage: liquidated at its own price and not before.
        let law = Leverage(median: 10, logSD: 1e-4, maintenance: 0.005, flushed: 0)
        #expect(law.share(at: 0.0995) < 0.01)
        #expect(law.share(at: 0.1010) > 0.99)
        let none = Leverage(median: 0.5, logSD: 1e-4, maintenance: 0.005, flushed: 0)
        #expect(none.share(at: 3) == 0)
    }

    @Test("The ensemble gives every setting the same seeds, in order, whatever the threads")
    func ensemble() {
        let base = ReducedFormParameters()
        let runs = Ensemble(seeds: [5, 6]).run([base, base.with(0), base])
        #expect(runs[0]!.map(\.fallPct) == runs[2]!.map(\.fallPct))
        #expect(runs[0]![1].fallPct == ReducedForm(base).run(seed: 6).fallPct)
    }
}
