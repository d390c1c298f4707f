import Primitives
import Recording

/// How far prices fell, when, and how they came back.
extension Measure {
    static let prices: [Measure] = [
        Measure(
            "fall_pct", .percent,
            "from the end of the reference minute to the lowest second since, on the index; with `venue` on its own trades",
            [.asset, .ofVenue], value: { try $0.fall() }),
        Measure(
            "early_fall_pct", .percent,
            "largest fall at the end of a minute within `minutes` of the announcement",
            [.asset, .required("minutes", .number(1...100_000)), .ofVenue], isOfEvent: false,
            seen: { m in
                let minutes = Int(m.number("minutes"))
                let fall = try m.path().early(minutes: minutes)
                let seen = (m.run.end - m.run.news) / 60
                guard seen < minutes else { return .value(fall) }
                return .soFar(
                    fall, why: "the run ended \(seen) min after \(m.run.newsInWords); \(minutes) are needed")
            }),
        Measure(
            "trough_minutes", .minutes, "from the announcement to the lowest minute's end",
            [.asset, .ofVenue], isOfEvent: false,
            seen: { m in
                let path = try m.path()
                return path.stillFalling
                    ? .atLeast(Double(path.troughMinute), why: m.endedInLowest)
                    : .value(Double(path.troughMinute))
            }),
        Measure(
            "cliff_minutes", .minutes, "from the last minute less than `fall` percent down to the lowest",
            [.asset, .optional("fall", .number(0...100), or: "3.5"), .ofVenue], isOfEvent: false,
            seen: { m in
                let path = try m.path()
                if path.stillFalling { return .nothing(why: m.endedInLowest) }
                return Seen(
                    path.cliffMinutes(from: m.number("fall")).map(Double.init),
                    otherwise: "\(m.asset) did not fall by \(plain(m.number("fall"))) %")
            }),
        Measure(
            "regained_minutes", .minutes, "from the lowest minute until a share of the fall was regained",
            [.asset, .optional("share", .number(0...1), or: "0.5"), .ofVenue], isOfEvent: false,
            seen: { m in
                let path = try m.path()
                if path.stillFalling { return .nothing(why: m.endedInLowest) }
                if let minutes = path.regainedMinutes(share: m.number("share")) {
                    return .value(Double(minutes))
                }
                let seen = Double(path.lastMinute - path.troughMinute)
                return .atLeast(
                    seen, why: "not regained when the run ended, \(rounded(seen)) min after the trough")
            }),
        Measure(
            "regained_pct", .percent, "part of the fall that was regained at a moment",
            [.asset, .optional("at", .moment, or: "midnight"), .ofVenue],
            otherwise: "no fall, or no price at that moment", value: { try $0.regained() }),
        Measure(
            "price_usd", .usd, "the index at a moment, by the end of a minute; with `venue` its last trade",
            [.asset, .required("at", .moment), .ofVenue], isOfEvent: false,
            seen: { m in
                Seen(
                    try m.prices().last { $0.seconds + 60 <= (try m.moment("at")!) }?.usd,
                    otherwise: "no price of \(m.asset) then")
            }),
        Measure(
            "premium_pct", .percent, "a venue's middle price over the index at a moment",
            [.asset, .required("venue", .venue), .required("at", .moment)], isOfEvent: false,
            seen: { m in
                let index = try m.run.series.index(m.asset)
                let (venue, at) = (m.venue!, try m.moment("at")!)
                guard let mid = try m.mid(venue, at), let price = index.last(where: { $0.seconds + 60 <= at })
                else { return .nothing(why: m.noMid(venue)) }
                return .value((mid / price.usd - 1) * 100)
            }),
        Measure(
            "gap_pct", .percent, "a venue's middle price over that of another at a moment",
            [
                .asset, .required("venue", .venue), .required("other", .venue),
                .optional("at", .moment, or: "low"),
            ],
            isOfEvent: false,
            seen: { m in
                let (venue, other, at) = (m.venue!, m.text("other")!, try m.moment("at")!)
                guard let mid = try m.mid(venue, at) else { return .nothing(why: m.noMid(venue)) }
                guard let base = try m.mid(other, at) else { return .nothing(why: m.noMid(other)) }
                return .value((mid / base - 1) * 100)
            }),
        Measure(
            "low_usd", .usd, "lowest trade since the reference minute on a venue",
            [.asset, .required("venue", .venue)],
            value: { m in
                guard let low = try m.low(m.venue!) else {
                    throw Untold("no book of \(m.asset) on \(m.venue!) in the recording")
                }
                return low
            }),
        Measure(
            "lowest_usd", .usd,
            "lowest trade since the reference minute on the venue where it was lowest; with `nth` 2 on the next one, and so on",
            [.asset, .optional("nth", .number(1...1000), or: "1")],
            value: { m in
                let lows = try m.lows().sorted()
                let nth = Int(m.number("nth"))
                guard lows.count >= nth else {
                    throw Untold("\(lows.count) books of \(m.asset) in the recording")
                }
                return lows[nth - 1]
            }),
        Measure(
            "pool_low_usd", .usd, "lowest price in the asset's on-chain pool since the reference minute",
            [.asset],
            value: { m in
                guard let low = m.summary.collateralLowUsd[m.asset]?[Reading.pool] else {
                    throw Untold("no pool of \(m.asset)")
                }
                return low
            }),
    ]
}

extension Reading {
    /// The name of a pool among the venues where collateral was cheapest.
    static let pool = "on-chain pool"

    func noMid(_ venue: String) -> String { "no price of \(asset) on both sides of \(venue)'s book then" }
    var endedInLowest: String { "the run ended in \(asset)'s lowest minute" }

    func fall() throws -> Double {
        guard let fall = try venueResult()?.fallPct[asset] ?? (venue == nil ? summary.fallPct[asset] : nil)
        else { throw Untold("no price of \(asset) after the reference minute") }
        return fall
    }

    /// At the ends of minutes: the index, or a venue's last trades.
    func prices() throws -> [RecordedSeries.Price] {
        guard let venue else { return try run.series.index(asset) }
        return try run.series.book(venue, asset).map { .init(seconds: $0.seconds, usd: $0.last) }
    }

    func path() throws -> FallPath {
        if let why = run.endedBefore { throw Untold(why) }
        guard let path = FallPath(try prices(), news: run.news) else {
            throw Untold("no price before or after \(run.newsInWords)")
        }
        return path
    }

    func regained() throws -> Double? {
        let (fall, at) = (try fall(), try moment("at")!)
        let prices = try prices()
        guard fall > 0, at > run.reference, let then = prices.last(where: { $0.seconds + 60 <= at }),
            let before = prices.last(where: { $0.seconds < run.reference }), before.usd > 0
        else { return nil }
        return (then.usd / before.usd - (1 - fall / 100)) / (fall / 100) * 100
    }

    func mid(_ venue: String, _ at: Int64) throws -> Double? {
        try run.series.book(venue, asset).last { $0.seconds + 60 <= at }?.mid
    }

    /// On a venue; nil where it has no book, or none was kept.
    func low(_ venue: String) throws -> Double? {
        if let low = summary.collateralLowUsd[asset]?[venue] { return low }
        let minutes = try run.series.book(venue, asset)
        let before = minutes.last { $0.seconds < run.reference }?.last
        let after = minutes.filter { $0.seconds >= run.reference }.map(\.lowest).min()
        return after.map { min($0, before ?? $0) }
    }

    /// On every venue with a book of it.
    func lows() throws -> [Double] {
        if let known = summary.collateralLowUsd[asset] {
            return known.filter { $0.key != Self.pool }.map(\.value)
        }
        return try names.venues.compactMap { try low($0) }
    }
}
