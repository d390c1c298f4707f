import Primitives
import Recording

/// What vaults, funds and winners had to bear.
extension Measure {
    private static let nobody = "nobody was deleveraged"

    static let houses: [Measure] = [
        Measure(
            "takeover_usd", .usd, "notional that vaults and funds took over; `by` one kind of them alone",
            [.ofVenue, .optional("by", .word(["vault", "fund"]))] + MeasureArgument.window,
            value: { try $0.takenOver() }
        ).settled(by: "before"),
        Measure(
            "deleveraged_usd", .usd, "notional closed against winners",
            [.ofVenue] + MeasureArgument.window, value: { try $0.deleveraged() }
        ).settled(by: "before"),
        Measure(
            "deleveraged_accounts", .count(of: "accounts"), "winners of which something was closed",
            [.ofVenue], value: { Double(try $0.figure(\.deleveragedAccounts, \.deleveragedAccounts)) }),
        Measure(
            "deleveraging_fills", .count(of: "fills"), "closings against a winner",
            [.ofVenue, .optional("asset", .asset)],
            value: { Double(try $0.deleveragings().reduce(0) { $0 + $1.count }) }),
        Measure(
            "deleveraging_price_usd", .usd, "mean price of closings against winners, by coins",
            [.asset, .ofVenue],
            otherwise: nobody,
            value: { m in
                let rows = try m.deleveragings()
                let coins = rows.reduce(0) { $0 + $1.coins }
                return coins > 0 ? rows.reduce(0) { $0 + $1.usd } / coins : nil
            }),
        Measure(
            "first_deleveraging_seconds", .seconds,
            "from the moment takeovers had reached `share` of their total to the first deleveraging",
            [.ofVenue, .optional("share", .number(0...1), or: "0.01")],
            value: { try $0.firstDeleveraging() }),
        Measure(
            "deleveraged_over_taken", .share,
            "deleveraged over taken over, in the `minutes` on end in which the most was taken over",
            [.required("venue", .venue), .required("minutes", .number(1...100_000))],
            value: { try $0.densestDeleveragedShare() }),
        Measure(
            "deleveraged_top_1_pct", .percent,
            "what the largest hundredth of deleveraged accounts bore of all", [.ofVenue], otherwise: nobody,
            value: { m in
                try m.figure(\.deleveragedAccounts, \.deleveragedAccounts) > 0
                    ? m.figure(\.deleveragedTop1pctShare, \.deleveragedTop1pctShare) * 100 : nil
            }),
        Measure(
            "deleveraged_most_usd", .usd, "the most that was deleveraged of one account", [.ofVenue],
            otherwise: nobody,
            value: { m in
                _ = try m.venueResult()
                return try m.run.series.mostDeleveragedOfOne(m.venue)
            }),
        Measure(
            "fund_paid_usd", .usd, "what insurance funds paid", [.ofVenue],
            value: { try $0.figure(\.fundDrawUsd, \.fundDrawUsd) }),
        Measure(
            "bad_debt_usd", .usd, "what nobody was charged for", [.ofVenue],
            value: { try $0.figure(\.badDebtUsd, \.badDebtUsd) }),
        Measure(
            "socialised_usd", .usd, "losses shared out among winners or all", [.ofVenue],
            value: { try $0.figure(\.socialisedLossUsd, \.socialisedLossUsd) }),
        Measure(
            "zero_sum_micro_usd", .microUSD, "the most that any ledger was ever off zero by",
            isOfEvent: false, value: { Double($0.summary.zeroSumMicroUsd) }),
        Measure(
            "maker_profit_usd", .usd, "what the makers' accounts have more at the end than at the start",
            isOfEvent: false, value: { $0.summary.makerProfitUsd }),
        Measure(
            "maker_profit_gap_micro_usd", .microUSD,
            "the most that the makers' own count of it was off at the end of any minute", isOfEvent: false,
            value: { Double($0.summary.makerProfitGapMicroUsd) }),
    ]
}

extension Reading {
    private static let deleveraging = "auto-deleveraging"

    private func takeoverStages() -> [String] {
        switch text("by") {
        case "vault": ["vault takeover"]
        case "fund": ["fund takeover"]
        default: ["vault takeover", "fund takeover"]
        }
    }

    func takenOver() throws -> Double {
        guard let window = try window() else {
            let vault = try figure(\.vaultTakeoverUsd, \.vaultTakeoverUsd)
            let fund = try figure(\.fundTakeoverUsd, \.fundTakeoverUsd)
            switch text("by") {
            case "vault": return vault
            case "fund": return fund
            default: return vault + fund
            }
        }
        if venue == nil, text("by") == nil {
            return run.minutes.filter { window.contains($0.seconds) }.reduce(0) { $0 + $1.takenOver }
        }
        return try sum(window, takeoverStages())
    }

    func deleveraged() throws -> Double {
        guard let window = try window() else { return try figure(\.deleveragedUsd, \.deleveragedUsd) }
        if venue == nil {
            return run.minutes.filter { window.contains($0.seconds) }.reduce(0) { $0 + $1.deleveraged }
        }
        return try sum(window, [Self.deleveraging])
    }

    private func sum(_ window: Range<Int64>, _ stages: [String]) throws -> Double {
        let (rows, known) = (try forced(), Set(stages))
        return rows.filter { known.contains($0.stage) && window.contains($0.milliseconds / 60_000 * 60) }
            .reduce(0) { $0 + $1.usd }
    }

    /// Takeovers and deleveraging on the venue asked for.
    ///
    /// - Throws: `Untold` where there were some, and none was recorded one by one.
    private func forced() throws -> [RecordedSeries.Forced] {
        _ = try venueResult()
        let rows = try run.series.forced().filter { venue == nil || $0.venue == venue }
        let total =
            try figure(\.vaultTakeoverUsd, \.vaultTakeoverUsd)
            + figure(\.fundTakeoverUsd, \.fundTakeoverUsd) + figure(\.deleveragedUsd, \.deleveragedUsd)
        guard !rows.isEmpty || total == 0 else {
            throw Untold("the run recorded no events: --record full does")
        }
        return rows
    }

    /// On the venue and of the asset asked for.
    func deleveragings() throws -> [RecordedSeries.Forced] {
        let asset = text("asset")
        return try forced().filter {
            $0.stage == Self.deleveraging && (asset == nil || $0.asset == asset)
        }
    }

    func firstDeleveraging() throws -> Double {
        let why = "nobody was deleveraged\(venue.map { " on \($0)" } ?? "")"
        // What every run knows, recorded in full or not.
        if number("share") == 0.01 {
            let known =
                try venueResult()?.firstDeleveragingSeconds
                ?? (venue == nil ? summary.firstDeleveragingSeconds : nil)
            guard let known else { throw Untold(why) }
            return known
        }
        let rows = try forced()
        let takeovers = rows.filter { $0.stage != Self.deleveraging }
        let total = takeovers.reduce(0) { $0 + $1.usd }
        guard total > 0, let first = rows.first(where: { $0.stage == Self.deleveraging }) else {
            throw Untold(why)
        }
        var sum = 0.0
        let reached = takeovers.first { row in
            sum += row.usd
            return sum >= total * number("share")
        }
        return Double(first.milliseconds - (reached ?? takeovers.last!).milliseconds) / 1000
    }

    /// By minute, over the minutes in which the most was taken over.
    func densestDeleveragedShare() throws -> Double {
        var byMinute: [Int64: (taken: Double, deleveraged: Double)] = [:]
        for row in try forced() {
            let minute = row.milliseconds / 60_000
            if row.stage == Self.deleveraging {
                byMinute[minute, default: (0, 0)].deleveraged += row.usd
            } else {
                byMinute[minute, default: (0, 0)].taken += row.usd
            }
        }
        let minutes = byMinute.sorted { $0.key < $1.key }
        var best = (taken: 0.0, deleveraged: 0.0)
        for (first, _) in minutes {
            let window = minutes.filter { (first..<first + Int64(number("minutes"))).contains($0.key) }
            let taken = window.reduce(0) { $0 + $1.value.taken }
            if taken > best.taken { best = (taken, window.reduce(0) { $0 + $1.value.deleveraged }) }
        }
        guard best.taken > 0 else { throw Untold("no takeover on \(venue!) was recorded") }
        return best.deleveraged / best.taken
    }
}
