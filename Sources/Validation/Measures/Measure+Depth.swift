import Primitives
import Recording

/// How thin the books were.
extension Measure {
    static let depth: [Measure] = [
        Measure(
            "depth_low_share", .share,
            "depth within 1 % at its lowest since the reference minute, over that in it, all books", [.asset],
            value: { m in
                let (before, after) = try m.depth()
                return min(before, after.map(\.depth).min() ?? before) / before
            }),
        Measure(
            "depth_back_hours", .hours,
            "from the announcement until depth is back for good above a share of that in the reference minute",
            [.asset, .optional("share", .number(0...10), or: "0.5")], isOfEvent: false,
            seen: { try $0.depthBack() }),
        Measure(
            "depth_share", .share,
            "depth at a moment over that at another, of all books; with `venue` of its book, with `rests` of one side of it",
            [
                .asset, .required("at", .moment), .optional("over", .moment, or: "reference"), .ofVenue,
                .optional("rests", .word(["bids", "asks"])),
            ],
            isOfEvent: false,
            seen: { m in
                let before = try m.depth(at: "over")
                guard before > 0 else { return .nothing(why: "no depth at the moment it is set against") }
                return .value(try m.depth(at: "at") / before)
            }),
        Measure(
            "depth_usd", .usd, "depth within 1 % at a moment, both sides, all books",
            [.asset, .required("at", .moment)], isOfEvent: false, seen: { .value(try $0.depth(at: "at")) }),
        Measure(
            "median_depth_usd", .usd, "depth within 1 % in the median minute, both sides, all books",
            [.asset], isOfEvent: false,
            seen: { m in
                try m.isWatched("depth")
                return Seen(quantile(m.run.minutes.map(\.depth), 0.5), otherwise: "no minute was recorded")
            }),
        Measure(
            "median_spread_bp", .basisPoints, "spread of the median book in the median minute", [.asset],
            isOfEvent: false,
            seen: { m in
                try m.isWatched("the spread")
                return Seen(
                    quantile(m.run.minutes.compactMap(\.spreadBp), 0.5), otherwise: "no book had both sides")
            }),
        Measure(
            "maker_capital_left_share", .share, "makers' capital at its lowest over that at the start",
            value: { $0.summary.makerCapitalLeftMinShare }),
    ]
}

extension Reading {
    /// In the reference minute, and the minutes after it.
    func depth() throws -> (before: Double, after: ArraySlice<RunRecord.Minute>) {
        try isWatched("depth")
        guard let before = run.depthBefore else {
            throw Untold("no depth was recorded in the reference minute")
        }
        let first = run.minutes.firstIndex { $0.seconds >= run.reference } ?? run.minutes.endIndex
        return (before, run.minutes[first...])
    }

    func depth(at name: String) throws -> Double {
        if let venue { return try depth(at: name, of: venue) }
        if text("rests") != nil { throw Untold("a side is recorded by book: `venue` says of which") }
        try isWatched("depth")
        guard let at = try moment(name), let minute = run.minutes.last(where: { $0.seconds + 60 <= at })
        else {
            throw Untold("no depth was recorded before that moment")
        }
        return minute.depth
    }

    private func depth(at name: String, of venue: String) throws -> Double {
        guard let at = try moment(name),
            let minute = try run.series.book(venue, asset).last(where: { $0.seconds + 60 <= at })
        else { throw Untold("no depth of \(asset) on \(venue) was recorded before that moment") }
        switch text("rests") {
        case "bids": return minute.bids
        case "asks": return minute.asks
        default: return minute.bids + minute.asks
        }
    }

    func depthBack() throws -> Seen {
        let (before, after) = try depth()
        let wanted = before * number("share")
        if let why = run.endedBefore { return .nothing(why: why) }
        guard let last = after.lastIndex(where: { $0.depth < wanted }) else {
            return .nothing(why: "depth did not fall below \(plain(number("share"))) of before")
        }
        if last + 1 < after.endIndex {
            return .value(Double(after[last + 1].seconds - run.news) / 3600)
        }
        let hours = Double(run.end - run.news) / 3600
        return .atLeast(
            hours, why: "not back when the run ended, \(rounded(hours)) h after \(run.newsInWords)")
    }
}
