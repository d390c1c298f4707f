import Primitives
import Recording
import Scenarios

/// The figures themselves.
extension Measures {
    func venue(_ name: String) -> MarketVenueResult? { run.summary.byVenue[name] }

    /// Falls on a venue's books of the coins ranked so.
    func falls(_ name: String, _ range: ClosedRange<Int>) -> [Double] {
        (venue(name)?.fallPct ?? [:]).filter { ranks[$0.key].map(range.contains) ?? false }
            .sorted { $0.key < $1.key }.map(\.value)
    }

    var liquidated: Double { run.summary.liquidatedLongUsd + run.summary.liquidatedShortUsd }
    var reported: Double { run.summary.reportedLongUsd + run.summary.reportedShortUsd }
    var hasOpenInterest: Bool { run.summary.openInterestBeforeUsd > 0 }
    var hasDepthBefore: Bool { run.depth.contains { $0.seconds < news && $0.usd > 0 } }

    var worst40USD: Double? {
        let usd = liquidated * run.summary.worst40MinShare
        return usd > 0 ? usd : nil
    }

    /// Coins other than Bitcoin and Ether with a coin-margined book, and their fall on Binance's dollar-margined one.
    var coinMarginedAlts: [(own: Double, dollar: Double)] {
        guard let coin = venue("binance-coinm"), let dollar = venue("binance") else { return [] }
        return coin.fallPct.sorted { $0.key < $1.key }.compactMap { name, fall in
            guard name != "BTC", name != "ETH", let other = dollar.fallPct[name] else { return nil }
            return (fall, other)
        }
    }

    func fallsByBook(_ name: String) -> [Double] {
        run.summary.byVenue.values.compactMap { $0.fallPct[name] }.sorted()
    }

    var smallCapsBeyond90: Double? {
        let small = ranks.filter { $0.value > 50 }.keys.filter { !fallsByBook($0).isEmpty }
        guard !small.isEmpty else { return nil }
        return Double(small.filter { fallsByBook($0).last! > 90 }.count) / Double(small.count) * 100
    }

    var coinsTwiceAsFar: Double? {
        let many = ranks.keys.map(fallsByBook).filter { $0.count > 1 }
        return many.isEmpty
            ? nil : Double(many.filter { $0.first! > 0 && $0.last! > 2 * $0.first! }.count)
    }

    /// Over the twelve minutes in which the most was taken over.
    var densestDeleveragedShare: Double? {
        var best = (takenOver: 0.0, deleveraged: 0.0)
        for row in run.hyperliquid {
            let window = run.hyperliquid.filter { (row.seconds..<row.seconds + 720).contains($0.seconds) }
            let taken = window.reduce(0) { $0 + $1.takenOver }
            if taken > best.takenOver { best = (taken, window.reduce(0) { $0 + $1.deleveraged }) }
        }
        return best.takenOver > 0 ? best.deleveraged / best.takenOver : nil
    }

    // MARK: Moments that a run may end before

    /// From the announcement until depth is back for good above half of before.
    var depthHalfBack: Seen {
        guard hasDepthBefore else { return .nothing(why: "no depth was recorded before the announcement") }
        guard minutesAfterNews > 0 else { return .nothing(why: "the run ended before the announcement") }
        guard run.summary.depth1pctMinShare < 0.5 else {
            return .nothing(why: "depth did not fall below half")
        }
        if let back = run.summary.depthHalfBackUtc.flatMap({ SimTime(iso8601: $0) }) {
            return Seen(Double(back.seconds - news) / 3600, otherwise: "")
        }
        let hours = minutesAfterNews / 60
        return .atLeast(
            hours, why: "not back when the run ended, \(rounded(hours)) h after the announcement")
    }

    /// Nil where the lowest minute was seen as such: prices rose after it.
    private var stillFalling: String? {
        guard let path, let last = run.bitcoin.last else {
            return "no price before or after the announcement"
        }
        let seen = (last.seconds - news) / 60
        return path.troughMinute >= Int(seen) ? "the run ended in Bitcoin's lowest minute" : nil
    }

    var trough: Seen {
        if let why = stillFalling {
            return path.map { .atLeast(Double($0.troughMinute), why: why) } ?? .nothing(why: why)
        }
        return Seen(path.map { Double($0.troughMinute) }, otherwise: "")
    }

    var cliff: Seen {
        if let why = stillFalling { return .nothing(why: why) }
        return Seen(path?.cliffMinutes.map(Double.init), otherwise: "Bitcoin did not fall by 3.5 %")
    }

    /// From the trough.
    var halfRegained: Seen {
        if let why = stillFalling { return .nothing(why: why) }
        guard let path, let last = run.bitcoin.last else { return .nothing(why: "no price") }
        if let minutes = path.halfRegainedMinutes { return .value(Double(minutes)) }
        let seen = Double((last.seconds - news) / 60) - Double(path.troughMinute)
        return .atLeast(seen, why: "not regained when the run ended, \(rounded(seen)) min after the trough")
    }

    var usdeBooks: [Double] {
        (run.summary.collateralLowUsd["USDE"] ?? [:]).filter { $0.key != "on-chain pool" }.map(\.value)
    }

    var lows: VenueLows.Correlation? { VenueLows.correlation(run.summary) }
}
