import MarketData
import Primitives
import RealModule

/// The index of an event whose prices are given: a recorded path (index.csv, or a file of the user's) or a model's.
enum ImposedIndex {
    /// Prices in dollars by asset after each step, entry 0 at the start; nil where the world makes its own index.
    ///
    /// - Parameter path: a recorded path of the reference asset that wins over the event's own.
    /// - Throws: `InputError` for an asset without prices, and prices that do not cover the run.
    static func prices(_ scenario: Scenario, path: PricePath?, until: SimTime, seed: UInt64) throws
        -> [[Double]]?
    {
        let kind = scenario.text("index.kind")
        if path != nil && !scenario.isIndexImposed {
            throw InputError(
                file: "--index-path", found: "a path for a world that makes its own index",
                allowed: "an event with index.kind imposed or model: here indices come from the spot books")
        }
        guard scenario.isIndexImposed else { return nil }
        let times = (0...scenario.steps).map {
            scenario.start.adding(seconds: Double($0) * scenario.stepSeconds)
        }
        if let path {
            if path.start > scenario.start || path.end < until.adding(seconds: -60) {
                throw InputError(
                    file: "--index-path", found: "a path from \(path.start) to \(path.end)",
                    allowed: "one that covers \(scenario.start) to \(until)")
            }
            return follow(scenario, times.map { path.price(at: $0) })
        }
        if kind == "model" { return follow(scenario, model(scenario, seed: seed)) }
        return try table(scenario, until).map { path in times.map { path.price(at: $0) } }
    }

    /// Other assets move with the reference asset, times their beta.
    private static func follow(_ scenario: Scenario, _ prices: [Double]) -> [[Double]] {
        scenario.event.assetIDs.map { a in
            let asset = scenario.event.assets[a]
            return a == scenario.referenceAsset
                ? prices : prices.map { asset.priceUSD * Double.power($0 / prices[0], asset.beta) }
        }
    }

    /// The paths of index.csv by asset.
    private static func table(_ scenario: Scenario, _ until: SimTime) throws -> [PricePath] {
        let event = scenario.event
        guard let file = event.files[EventTableKind.index.file] else {
            throw scenario.refuse("index.kind", "imposed with an index.csv in the event; it has none")
        }
        let rows = try event.split(EventTable(.index, file).rows, everySeconds: 60)
        return try event.assetIDs.map { a in
            let asset = event.assets[a]
            let candles = (rows[a] ?? []).map { row in
                Candle(
                    time: row.time("time_utc"), open: row.number("open_usd")!, high: row.number("high_usd")!,
                    low: row.number("low_usd")!, close: row.number("close_usd")!)
            }
            guard let path = PricePath(candles: candles) else {
                throw InputError(
                    file: file.path, key: "asset", found: "no minute of \(asset.name)",
                    allowed: "an index for every asset of assets.csv")
            }
            guard path.start <= scenario.start, path.end >= until.adding(seconds: -60) else {
                throw InputError(
                    file: file.path, key: "time_utc",
                    found: "\(asset.name) from \(path.start) to \(path.end)",
                    allowed: "every minute from \(scenario.start) to \(until), or another window")
            }
            return path
        }
    }

    /// A geometric random walk with one shock, linear in the logarithm, of which a share is regained.
    private static func model(_ s: Scenario, seed: UInt64) -> [Double] {
        let asset = s.event.assets[s.referenceAsset]
        var random = RandomStream(seed: seed, name: "index/\(asset.name)")
        let perStep = asset.volatility * (s.stepSeconds / 86_400).squareRoot()
        let shock = Double.log(1 + s.number("index.shock_pct") / 100)
        let onset = s.number("index.shock_after_minutes") * 60
        let length = s.number("index.shock_minutes") * 60
        let back = s.number("index.recovery_minutes") * 60
        var walk = 0.0
        return (0...s.steps).map { i in
            let t = Double(i) * s.stepSeconds
            if i > 0 { walk += perStep * random.normal() }
            let fallen = min(1, max(0, (t - onset) / length))
            let regained = s.number("index.recovered_share") * min(1, max(0, (t - onset - length) / back))
            return asset.priceUSD * Double.exp(walk + shock * (fallen - regained))
        }
    }
}
