import Primitives
import Recording

/// Who held what, and on how much margin.
extension Measure {
    private static let ends = MeasureArgument.required("at", .word(["start", "end"]))

    static let holdings: [Measure] = [
        Measure(
            "holdings_change_pct", .percent,
            "coins that a class of holders has at the end over those at the start",
            [.required("holder", .text), .asset],
            value: { m in
                let name = "\(m.text("holder")!) \(m.asset)"
                guard let coins = m.summary.cohorts[name] else {
                    throw Untold(
                        "no such holders: \(m.summary.cohorts.keys.sorted().joined(separator: ", "))")
                }
                guard coins.beforeCoins > 0 else { throw Untold("they held no \(m.asset) before") }
                return (coins.afterCoins / coins.beforeCoins - 1) * 100
            }),
        Measure(
            "gross_leverage", .times, "traders' notional over their equity at the start or the end", [ends],
            isOfEvent: false,
            seen: { m in
                .value(m.text("at") == "start" ? m.summary.leverageBefore : m.summary.leverageAfter)
            }),
        Measure(
            "gross_leverage_fall_pct", .percent, "fall of traders' gross leverage from the start to the end",
            otherwise: "no leverage at the start",
            value: { m in
                m.summary.leverageBefore > 0
                    ? (1 - m.summary.leverageAfter / m.summary.leverageBefore) * 100 : nil
            }),
        Measure(
            "news_share_pct", .percent, "part of an asset's fall that fundamentals moved, of its logarithm",
            [.asset], isOfEvent: true,
            seen: { m in
                guard let fall = m.summary.anatomy.falls[m.asset], fall.fallLog > 0 else {
                    return .nothing(why: "\(m.asset) did not fall")
                }
                return .value(fall.newsLog / fall.fallLog * 100)
            }),
    ]
}
