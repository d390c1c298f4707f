import Foundation
import Primitives
import Recording
import Validation

/// Why: what earlier forced sales caused, and the trees they form.
extension RunPage {
    var cascadeSection: Markup {
        let c = run.summary.anatomy
        guard c.closedUsd > 0 else { return "" }
        let parts = c.falls.sorted { $0.key < $1.key }.map { name, p in
            [
                name, Self.log(p.fallLog), Self.log(p.newsLog), Self.log(p.forcedLog), Self.log(p.otherLog),
                p.amplification.map { String(format: "%.1f", $0) } ?? "–",
            ]
        }
        let trees = c.largest.map { tree in
            [
                String(tree.rootUtc.dropFirst(11).prefix(8)), tree.firstAsset, PageFrame.count(tree.accounts),
                shortFigure(tree.usd).replacing(" ", with: "\u{00a0}"),
                "\(tree.generations)", "\(tree.venues)", tree.crossesAssets ? "yes" : "no",
            ]
        }
        let generations = c.accountsByGeneration.enumerated().prefix(12).map {
            ["\($0.offset)", PageFrame.count($0.element)]
        }
        return """
            <section><h2>Why</h2>
            <p class="hint">Of every dollar closed by force, \(String(format: "%.2f", c.branchingRatio)) is owed to earlier forced sales (the branching ratio). \
            Definitions: docs/anatomy.md.</p>
            <div class="charts">\(drawn(owed))\(drawn(branching))</div>
            <h2>What the fall is made of, in logarithms</h2><p class="hint">What forced sales pushed and what everything else, \
            makers' refilling included, pushed or pulled back; the parts add up to the fall.</p>\(PageFrame.table(["asset", "fall to the lowest second", "news", "forced sales", "everything else", "fall over news"], parts))
            <section class="two"><div><h2>Largest trees</h2>\(PageFrame.table(["root", "asset", "accounts", "USD", "generations", "ledgers", "other assets"], trees))</div>
            <div><h2>Accounts by distance from the root</h2>\(PageFrame.table(["generation", "accounts"], generations))</div></section></section>
            """
    }

    private var owed: Chart {
        let closed = zip(series.liquidatedLong, series.liquidatedShort).map(+)
        return marked(
            Chart(
                title: "Closed by force", unit: "USD a minute", times: series.times,
                series: [
                    .init(
                        name: "owed to earlier forced sales", values: series.causedByForced,
                        color: PageFrame.red),
                    .init(
                        name: "to news and everybody else",
                        values: zip(closed, series.causedByForced).map { max(0, $0 - $1) },
                        color: PageFrame.grey),
                ], style: .bars))
    }

    private var branching: Chart {
        let closed = zip(series.liquidatedLong, series.liquidatedShort).map(+)
        return marked(
            Chart(
                title: "Branching ratio", unit: "by minute, of minutes with forced closings",
                times: series.times,
                series: [
                    .init(
                        name: "owed over closed",
                        values: closed.indices.map {
                            closed[$0] > 0 ? series.causedByForced[$0] / closed[$0] : nil
                        },
                        color: PageFrame.red)
                ]))
    }

    private static func log(_ x: Double) -> String { String(format: "%.4f", x) }
}
