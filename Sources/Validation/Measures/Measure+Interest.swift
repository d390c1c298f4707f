import Primitives
import Recording

/// Open interest.
extension Measure {
    private static let none = "no open interest at the start"

    static let interest: [Measure] = [
        Measure(
            "open_interest_fall_pct", .percent,
            "open interest in dollars from the start to its lowest minute, of all, a venue or an asset",
            [.optional("asset", .asset), .ofVenue], otherwise: none, value: { try $0.openInterestFall() }),
        Measure(
            "open_interest_coins_fall_pct", .percent,
            "open interest of an asset in coins from the start to its lowest minute", [.asset],
            otherwise: none,
            value: { m in
                try m.isWatched("open interest")
                return m.summary.openInterestBeforeUsd > 0 ? m.summary.btcOpenInterestCoinsFallPct : nil
            }),
        Measure(
            "open_interest_usd", .usd, "open interest at a moment",
            [.required("at", .moment), .ofVenue], isOfEvent: false,
            seen: { m in
                let at = try m.moment("at")!
                guard let venue = m.venue else {
                    return Seen(
                        m.run.minutes.last { $0.seconds + 60 <= at }?.openInterest,
                        otherwise: "no minute was recorded before")
                }
                _ = try m.venueResult()
                return Seen(
                    try m.run.series.venue(venue).last { $0.seconds + 60 <= at }?.openInterest,
                    otherwise: "no contracts on \(venue), or no minute recorded before")
            }),
    ]
}

extension Reading {
    /// - Throws: `Untold` for an asset whose depth and open interest the recording has not.
    func isWatched(_ what: String) throws {
        guard asset == run.watched else {
            throw Untold("\(what) is recorded of \(run.watched) alone")
        }
    }

    func openInterestFall() throws -> Double? {
        if text("asset") != nil {
            try isWatched("open interest")
            guard venue == nil else { throw Untold("open interest is recorded by venue or by asset") }
            return summary.openInterestBeforeUsd > 0 ? summary.btcOpenInterestFallPct : nil
        }
        let before = try figure(\.openInterestBeforeUsd, \.openInterestBeforeUsd)
        let low = try figure(\.openInterestLowUsd, \.openInterestLowUsd)
        return before > 0 ? (1 - low / before) * 100 : nil
    }
}
