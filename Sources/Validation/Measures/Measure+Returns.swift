import Anatomy
import Primitives

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Statistics of an asset's returns over the whole run, for days on which nothing happens. Returns are logarithmic, of the
/// index at the end of every so many minutes.
extension Measure {
    private static let of = [
        MeasureArgument.asset, .optional("minutes", .number(1...1440), or: "5"),
    ]

    static let returns: [Measure] = [
        Measure(
            "returns_deviation_bp", .basisPoints,
            "standard deviation of an asset's returns over so many minutes", of, isOfEvent: false,
            value: { moments(try $0.returns()).deviation }),
        Measure(
            "returns_kurtosis", .plain, "kurtosis of its returns; 3 for a normal distribution", of,
            isOfEvent: false,
            value: { moments(try $0.returns()).kurtosis }),
        Measure(
            "returns_autocorrelation", .rho, "autocorrelation of its returns at a lag",
            of + [.optional("lag", .number(1...1000), or: "1")], isOfEvent: false,
            value: { autocorrelation(try $0.returns(), lag: Int($0.number("lag"))) }),
        Measure(
            "returns_clustering", .rho, "autocorrelation of its returns' sizes, mean of lags 1 to `lags`",
            of + [.optional("lags", .number(1...1000), or: "6")], isOfEvent: false,
            value: { m in
                let (sizes, lags) = (try m.returns().map(abs), Int(m.number("lags")))
                return (1...lags).reduce(0) { $0 + autocorrelation(sizes, lag: $1) } / Double(lags)
            }),
        Measure(
            "returns_hill", .plain, "Hill exponent of the largest `share` of its returns' sizes",
            of + [.optional("share", .number(0...1), or: "0.05")], isOfEvent: false,
            value: { hill(try $0.returns().map(abs), share: $0.number("share")) }),
    ]

    private static func moments(_ x: [Double]) -> Moments {
        var moments = Moments()
        for value in x { moments.add(value) }
        return moments
    }
}

extension Reading {
    /// Fewer say nothing.
    private static let fewestReturns = 40

    /// In basis points.
    func returns() throws -> [Double] {
        let prices = try run.series.index(asset)
        let closes = stride(from: 0, to: prices.count, by: Int(number("minutes"))).map { prices[$0].usd }
        let returns = zip(closes, closes.dropFirst()).map { log($1 / $0) * 1e4 }
        guard returns.count >= Self.fewestReturns else {
            throw Untold("\(returns.count) returns; \(Self.fewestReturns) are needed")
        }
        return returns
    }
}
