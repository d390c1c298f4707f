import Primitives
import Recording

/// What was liquidated, and what the public feeds showed of it.
extension Measure {
    private static let anywhere = [MeasureArgument.side, .ofVenue] + MeasureArgument.window
    private static let nothingClosed = "nothing was liquidated"

    static let forced: [Measure] = [
        Measure(
            "liquidated_usd", .usd, "notional closed by force, in truth", anywhere,
            value: { try $0.liquidated() }
        ).settled(by: "before"),
        Measure(
            "reported_usd", .usd, "notional that the public feeds showed", anywhere,
            value: { try $0.reported() }
        ).settled(by: "before"),
        Measure(
            "liquidated_share", .share,
            "what was liquidated so, of all that was; with `venue` and `side`, `after` or `before`: of that venue's",
            anywhere, otherwise: nothingClosed,
            value: { m in
                // A venue alone is a part of the market; a side or a window of a venue is a part of the venue.
                let isPart = m.side != nil || m.hasWindow
                let all = try isPart ? m.liquidatedInAll() : m.run.summary.liquidated
                return all > 0 ? try m.liquidated() / all : nil
            }),
        Measure(
            "reported_share", .share, "what the feeds showed so, of all that they showed", anywhere,
            otherwise: "the feeds reported nothing",
            value: { m in
                let all = m.summary.reported
                return all > 0 ? try m.reported() / all : nil
            }),
        Measure(
            "reported_long_share", .share, "longs of what the feeds showed, of all or a venue's", [.ofVenue],
            otherwise: "the feeds reported nothing",
            value: { m in
                let long = try m.figure(\.reportedLongUsd, \.reportedLongUsd)
                let short = try m.figure(\.reportedShortUsd, \.reportedShortUsd)
                return long + short > 0 ? long / (long + short) : nil
            }),
        Measure(
            "long_short_ratio", .times, "longs over shorts liquidated", [.ofVenue],
            otherwise: "no short was liquidated",
            value: { m in
                let long = try m.figure(\.liquidatedLongUsd, \.liquidatedLongUsd)
                let short = try m.figure(\.liquidatedShortUsd, \.liquidatedShortUsd)
                return short > 0 ? long / short : nil
            }),
        Measure(
            "liquidated_over_reported", .times, "notional in truth over that of the feeds", [.ofVenue],
            otherwise: "the feeds reported nothing",
            value: { m in
                let reported = try m.reported()
                return reported > 0 ? try m.liquidated() / reported : nil
            }),
        Measure(
            "realised_loss_over_reported", .times,
            "loss of forced closings over the notional of the feeds", [.ofVenue],
            otherwise: "the feeds reported nothing",
            value: { m in
                let reported = try m.reported()
                return reported > 0 ? try m.figure(\.realisedLossUsd, \.realisedLossUsd) / reported : nil
            }),
        Measure(
            "worst_share", .share, "liquidations inside the worst `minutes` of the run",
            [.required("minutes", .number(1...100_000)), .ofVenue], otherwise: nothingClosed,
            value: { m in
                let usd = try m.liquidatedByMinute()
                let all = usd.reduce(0, +)
                return all > 0 ? worst(usd, minutes: Int(m.number("minutes"))) / all : nil
            }),
        Measure(
            "peak_minute_share", .share,
            "liquidations of the peak minute over those of the worst `of` minutes",
            [.required("of", .number(1...100_000)), .ofVenue], otherwise: nothingClosed,
            value: { m in
                let usd = try m.liquidatedByMinute()
                let most = worst(usd, minutes: Int(m.number("of")))
                return most > 0 ? usd.max()! / most : nil
            }),
        Measure(
            "peak_minute_usd", .usd, "liquidations of the peak minute", [.ofVenue],
            value: { try $0.figure(\.peakMinuteUsd, \.peakMinuteUsd) }),
        Measure(
            "accounts_liquidated", .count(of: "accounts"), "accounts of which something was liquidated",
            [.ofVenue], value: { Double(try $0.figure(\.accountsLiquidated, \.accountsLiquidated)) }),
        Measure(
            "margin_calls", .count(of: "calls"), "margin calls", [.ofVenue],
            value: { Double(try $0.figure(\.marginCalls, \.marginCalls)) }),
        Measure(
            "realised_loss_usd", .usd, "cost less proceeds of forced closings", [.ofVenue],
            value: { try $0.figure(\.realisedLossUsd, \.realisedLossUsd) }),
        Measure(
            "margin_lost_usd", .usd, "margin that liquidated accounts lost", [.ofVenue],
            value: { try $0.figure(\.marginLostUsd, \.marginLostUsd) }),
    ]

    /// The most in so many minutes on end.
    private static func worst(_ usd: [Double], minutes: Int) -> Double {
        var (window, most) = (0.0, 0.0)
        for i in usd.indices {
            window += usd[i]
            if i >= minutes { window -= usd[i - minutes] }
            most = max(most, window)
        }
        return most
    }
}

extension MarketSummary {
    var liquidated: Double { liquidatedLongUsd + liquidatedShortUsd }
    var reported: Double { reportedLongUsd + reportedShortUsd }
}

extension Reading {
    var hasWindow: Bool { call.values["after"] != nil || call.values["before"] != nil }

    /// On the side, the venue and in the window asked for.
    func liquidated() throws -> Double {
        guard let window = try window() else { return try bySide(liquidatedSides()) }
        return try bySide(
            sums(window, \.liquidatedLong, \.liquidatedLong, \.liquidatedShort, \.liquidatedShort))
    }

    /// Both sides, the whole run, the venue asked for.
    func liquidatedInAll() throws -> Double {
        let sides = try liquidatedSides()
        return sides.long + sides.short
    }

    func reported() throws -> Double {
        guard let window = try window() else {
            return try bySide(
                (
                    figure(\.reportedLongUsd, \.reportedLongUsd),
                    figure(\.reportedShortUsd, \.reportedShortUsd)
                ))
        }
        return try bySide(sums(window, \.reportedLong, \.reportedLong, \.reportedShort, \.reportedShort))
    }

    func liquidatedByMinute() throws -> [Double] {
        guard let venue else { return run.minutes.map(\.liquidated) }
        _ = try venueResult()
        return try run.series.venue(venue).map { $0.liquidatedLong + $0.liquidatedShort }
    }

    private func liquidatedSides() throws -> (long: Double, short: Double) {
        (
            try figure(\.liquidatedLongUsd, \.liquidatedLongUsd),
            try figure(\.liquidatedShortUsd, \.liquidatedShortUsd)
        )
    }

    /// Both sides, or the one asked for.
    private func bySide(_ sides: (long: Double, short: Double)) -> Double {
        switch side {
        case "long": sides.long
        case "short": sides.short
        default: sides.long + sides.short
        }
    }

    private func sums(
        _ window: Range<Int64>, _ long: KeyPath<RunRecord.Minute, Double>,
        _ longOfVenue: KeyPath<RecordedSeries.VenueMinute, Double>,
        _ short: KeyPath<RunRecord.Minute, Double>,
        _ shortOfVenue: KeyPath<RecordedSeries.VenueMinute, Double>
    ) throws -> (long: Double, short: Double) {
        guard let venue else {
            let rows = run.minutes.filter { window.contains($0.seconds) }
            return (
                rows.reduce(0) { $0 + $1[keyPath: long] }, rows.reduce(0) { $0 + $1[keyPath: short] }
            )
        }
        _ = try venueResult()
        let rows = try run.series.venue(venue).filter { window.contains($0.seconds) }
        return (
            rows.reduce(0) { $0 + $1[keyPath: longOfVenue] },
            rows.reduce(0) { $0 + $1[keyPath: shortOfVenue] }
        )
    }
}
