import Foundation
import Recording
import Validation

/// For the terminal.
extension RunAnatomy {
    private static func number(_ x: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", x) }
    private static func interval(_ i: Interval) -> String {
        guard let low = i.low, let high = i.high else { return number(i.median) }
        return "\(number(i.median)) [\(number(low)) to \(number(high))]"
    }

    /// Of several runs, which one a part is of.
    private var ofFirst: String { runs.count > 1 ? " of seed \(firstSeed)" : "" }

    public var text: String {
        var lines: [String] = []
        if let branchingRatio {
            lines.append(
                "branching ratio: \(Self.interval(branchingRatio)) of every dollar closed by force is owed to earlier forced sales"
            )
        }
        for (asset, value) in amplification.sorted(by: { $0.key < $1.key }) {
            guard let parts = cascade?.falls[asset] else { continue }
            lines.append(
                "\(asset): amplification \(Self.interval(value)); of the fall\(ofFirst) (log \(Self.number(parts.fallLog, 4))) news \(Self.number(parts.newsLog, 4)), forced sales \(Self.number(parts.forcedLog, 4)), everything else \(Self.number(parts.otherLog, 4))"
            )
        }
        for why in Set(notJudged.values).sorted() {
            let keys = notJudged.filter { $0.value == why }.keys.sorted()
            lines.append(
                "not judged: \(keys.map { $0.replacing("_", with: " ") }.joined(separator: ", ")): \(why)")
        }
        lines += ["", "Waves\(ofFirst) (minutes above a hundredth of the largest):"]
        lines += aligned(
            [["from", "to", "liquidated", "branching ratio"]]
                + waves.map {
                    [
                        $0.fromUtc, $0.toUtc, DollarUnit.words($0.liquidatedUsd),
                        $0.branchingRatio.map { Self.number($0) } ?? "–",
                    ]
                })
        if waves.isEmpty { lines.append("none: nothing was liquidated") }
        if let cascade { lines += trees(cascade) }
        return (lines + ["", payers]).joined(separator: "\n")
    }

    private func trees(_ c: CascadeSummary) -> [String] {
        let rows = c.largest.map { item in
            [
                item.rootUtc, item.firstAsset, "\(item.accounts)", DollarUnit.words(item.usd),
                "\(item.generations)",
                "\(item.venues)", item.crossesAssets ? "yes" : "no",
            ]
        }
        let generations = c.accountsByGeneration.prefix(12).map { "\($0)" }.joined(separator: " ")
        return [
            "",
            "Trees\(ofFirst): \(c.clusters), of \(Self.number(c.meanClusterAccounts, 1)) accounts in the mean; the largest:",
        ]
            + aligned(
                [["root", "asset", "accounts", "closed", "generations", "ledgers", "other assets"]] + rows)
            + [
                "",
                "Accounts by generation\(ofFirst): \(generations)\(c.accountsByGeneration.count > 12 ? " …" : "")",
            ]
    }

    private var payers: String {
        let p = whoPaid
        let lending = p.lendingBadDebtUsd.map { ", in lending \(DollarUnit.words($0))" } ?? ""
        let makers =
            p.makersCapitalLostShare.map {
                "; makers lost \(Self.number(100 * $0, 0)) % of their capital at worst"
            } ?? ""
        return
            "Who paid\(ofFirst): liquidated accounts lost \(DollarUnit.words(p.liquidatedAccountsUsd)) of margin; funds drew \(DollarUnit.words(p.fundDrawUsd)); winners were deleveraged of \(DollarUnit.words(p.deleveragedUsd)) notional; socialised \(DollarUnit.words(p.socialisedUsd)); bad debt \(DollarUnit.words(p.badDebtUsd))\(lending)\(makers)"
    }
}
