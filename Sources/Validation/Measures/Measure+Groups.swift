import Primitives
import Recording

/// How far groups of assets fell, on which venues.
extension Measure {
    private static let venues = MeasureArgument.required("venues", .venues)
    private static let noBooks = "no such books in the run"

    static let groups: [Measure] = [
        Measure(
            "mean_fall_pct", .percent, "mean fall over the books of a group of assets on some venues",
            [venues] + MeasureArgument.group + [.optional("also_on", .venue)], otherwise: noBooks,
            value: { mean(try $0.groupFalls()) }),
        Measure(
            "median_fall_pct", .percent,
            "median fall over the books of a group of assets on some venues; `also_on`: of those with a book there, too",
            [venues] + MeasureArgument.group + [.optional("also_on", .venue)], otherwise: noBooks,
            value: { quantile(try $0.groupFalls(), 0.5) }),
        Measure(
            "fall_gap_points", .points,
            "median over a group of assets of the fall on a venue less that on another",
            [.required("venue", .venue), .required("other", .venue)] + MeasureArgument.group,
            otherwise: noBooks,
            value: { m in
                let other = m.summary.byVenue[m.text("other")!]?.fallPct ?? [:]
                let gaps = m.groupFalls(m.venue!).compactMap { asset, fall in other[asset].map { fall - $0 } }
                return quantile(gaps, 0.5)
            }),
        Measure(
            "beyond_pct", .percent,
            "assets of a group that fell by more than `fall` on some venue, of those with a book",
            [.required("fall", .number(0...100))] + MeasureArgument.group, otherwise: noBooks,
            value: { m in
                let all = m.fallsByBook
                guard !all.isEmpty else { return nil }
                let fall = m.number("fall")
                return Double(all.filter { $0.last! > fall }.count) / Double(all.count) * 100
            }),
        Measure(
            "apart_assets", .count(of: "assets"),
            "assets of a group whose fall on one book was more than `times` that on another",
            [.optional("times", .number(1...1e9), or: "2")] + MeasureArgument.group, otherwise: noBooks,
            value: { m in
                let many = m.fallsByBook.filter { $0.count > 1 }
                let times = m.number("times")
                return many.isEmpty
                    ? nil : Double(many.filter { $0.first! > 0 && $0.last! > times * $0.first! }.count)
            }),
        Measure(
            "largest_fall_pct", .percent, "largest fall of any asset of a group on any book",
            MeasureArgument.group, otherwise: "no fall was seen",
            value: { m in m.fallsByBook.map { $0.last! }.max() }
        ).noting { m in
            let all = m.summary.byVenue.flatMap { venue, result in
                result.fallPct.filter { m.isInGroup($0.key) }.map { (-$0.value, $0.key, venue) }
            }
            return all.min { $0 < $1 }.map { "\($0.1) on \($0.2)" }
        },
    ]
}

extension Reading {
    /// On one venue, of the assets of the group, by name.
    func groupFalls(_ venue: String) -> [(asset: String, fall: Double)] {
        (summary.byVenue[venue]?.fallPct ?? [:]).filter { isInGroup($0.key) }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func groupFalls() throws -> [Double] {
        let also = text("also_on").map { summary.byVenue[$0]?.fallPct ?? [:] }
        return (list("venues") ?? []).flatMap { venue in
            groupFalls(venue).filter { also?[$0.asset] != nil || also == nil }.map(\.fall)
        }
    }

    /// Of each asset of the group with a book, rising.
    var fallsByBook: [[Double]] {
        var falls: [String: [Double]] = [:]
        for result in summary.byVenue.values {
            for (asset, fall) in result.fallPct where isInGroup(asset) {
                falls[asset, default: []].append(fall)
            }
        }
        return falls.values.map { $0.sorted() }
    }
}
