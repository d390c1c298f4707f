import Clearing
import Lending
import Primitives
import Rules
import Validation
import Venues

/// Rulebooks as people read them: text, and one page of Markdown.
public enum RulePages {
    /// Every rule in words, with its settings and sources.
    public static func rules(_ rules: RuleSet) -> String {
        var lines: [String] = []
        lines.append("\(rules.file.title), rules in force on \(rules.day)\n")
        lines.append("Rules (A official text or code read, B seen in part or republished, C our choice)")
        for entry in rules.entries {
            let since = entry.since.map { " since \($0)" } ?? " (first day not known)"
            let name = entry.revision.map { " (\($0))" } ?? ""
            lines.append("\n  [\(entry.confidence.rawValue)] \(entry.rule)\(name)\(since)")
            lines.append("      \(entry.words)")
            if let missing = entry.missing { lines.append("      NOT BUILT: \(missing)") }
            for setting in entry.settings where !setting.key.hasSuffix("markets") {
                let choice =
                    entry.options[setting.key].map { "  (choice: \($0.joined(separator: ", ")))" } ?? ""
                lines.append("      \(setting.key) = \(rules.printed(setting.key))\(choice)")
            }
            for key in entry.sources {
                if let source = rules.file.sources.first(where: { $0.key == key }) {
                    lines.append("      [\(key)] \(source.title), \(source.url)")
                }
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Margin tiers and sizes of every market.
    public static func tiers(_ book: Rulebook) -> String {
        var lines: [String] = []
        let (unit, scale) = (book.settlement.currency, Double(book.settlement.unitsPerOne))
        lines.append("\nMargin tiers (markets with equal tables together; deduction in \(unit))")
        var groups: [(schedule: MarginSchedule, markets: [MarketRules])] = []
        for market in book.markets {
            if let i = groups.firstIndex(where: { $0.schedule == market.spec.schedule }) {
                groups[i].markets.append(market)
            } else {
                groups.append((market.spec.schedule, [market]))
            }
        }
        for group in groups {
            lines.append("\n  \(group.markets.map(\.spec.name).joined(separator: " "))")
            if let assumption = group.markets[0].assumption { lines.append("  [C] assumed: \(assumption)") }
            let schedule = group.schedule
            let from = schedule.measure == .lots ? "from contracts" : "from \(unit)"
            lines.append(
                "  \(from.padded(20))\("leverage".padded(10))\("initial %".padded(12))\("maintenance %".padded(15))deduction"
            )
            for (k, tier) in schedule.tiers.enumerated() {
                let floor = schedule.measure == .lots ? Double(tier.floor) : Double(tier.floor) / scale
                let share = schedule.maintenanceFraction.map { tier.initialRate.value * $0.value }
                lines.append(
                    "  \(plain(floor).padded(20))\(plain((1e6 / tier.initialRate.value).rounded() / 1e6).padded(10))"
                        + "\(plain(tier.initialRate.value * 100).padded(12))"
                        + "\(plain((share ?? tier.maintenanceRate.value) * 100).padded(15))"
                        + plain(Double(schedule.maintenanceDeduction(row: k).micros) / scale))
            }
            if let slope = schedule.slope {
                lines.append("  both rates + \(plain(slope.perCoin.value * 100)) % per coin")
            }
        }
        lines.append("\nSizes")
        lines.append(
            "  \("market".padded(12))\("tick USD".padded(14))\("lot".padded(16))\("impact notional".padded(18))quotable below USD"
        )
        for market in book.markets {
            let contract = market.spec.unit
            let lot =
                contract.isInverse
                ? "\(plain(1 / contract.lotsPerCoin)) USD" : plain(1 / contract.lotsPerCoin)
            lines.append(
                "  \(market.spec.name.padded(12))\(plain(1 / contract.ticksPerUSD).padded(14))\(lot.padded(16))"
                    + "\(plain((market.impactNotional.dollars * 100).rounded() / 100).padded(18))\(plain(contract.usd(Ticks(market.spec.maxTicks))))"
                    + (market.guessesSizes ? "  [C] tick and lot assumed" : "")
            )
        }
        return lines.joined(separator: "\n")
    }

    /// At most eight places, no trailing zeros.
    private static func plain(_ value: Double) -> String {
        let scaled = (value * 1e8).rounded() / 1e8
        if scaled == scaled.rounded(), abs(scaled) < 1e15 { return "\(Int64(scaled))" }
        if abs(scaled) >= 1e-4 { return "\(scaled)" }
        // Small numbers without an exponent.
        let digits = String(Int64((value * 1e10).rounded()))
        var places = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
        while places.hasSuffix("0") { places.removeLast() }
        return "0." + places
    }

    /// The figures that a lending protocol's presets hold.
    public static func lendingFigures(_ name: String) -> String {
        var lines: [String] = []
        func share(_ value: UInt256, of one: UInt256) -> String { plain(Double(value) / Double(one)) }
        switch name {
        case "aave-v3":
            lines.append(
                "\nListings (loan-to-value %, liquidation threshold %, bonus %; snapshots of different dates)"
            )
            for l in AaveListing.table {
                lines.append(
                    "  \(l.asset.padded(10))\(plain(Double(l.ltvBps) / 100).padded(8))"
                        + "\(plain(Double(l.liquidationThresholdBps) / 100).padded(8))"
                        + "\(plain(Double(l.liquidationBonusBps) / 100 - 100).padded(8))\(l.date), \(l.source)"
                )
            }
        case "compound-v3":
            let market = CometParameters.usdcMainnet
            lines.append("\nUSDC market (borrow, liquidate and liquidation factor %)")
            for (asset, p) in zip(CometParameters.usdcMainnetAssets, market.assets) {
                lines.append(
                    "  \(asset.padded(10))\(share(p.borrowCollateralFactor, of: .wad / 100).padded(8))"
                        + "\(share(p.liquidateCollateralFactor, of: .wad / 100).padded(8))"
                        + share(p.liquidationFactor, of: .wad / 100))
            }
        case "maker":
            lines.append(
                "\nAuctions (start over oracle price, reset after s, reset below share of start, reward share, reward DAI)"
            )
            for (ilk, r) in [("ETH-A", MakerAuctionRules.ethA), ("ETH-B", MakerAuctionRules.ethB)] {
                lines.append(
                    "  \(ilk.padded(10))\(share(r.buf, of: .ray).padded(8))\("\(r.tail)".padded(8))"
                        + "\(share(r.cusp, of: .ray).padded(8))\(share(r.chip, of: .wad).padded(8))\(share(r.tip, of: .rad))"
                )
            }
        case "morpho":
            lines.append("\nLoan-to-value limits and incentive factors")
            for limit in MorphoLimits.all {
                let factor = MorphoLiquidation.incentiveFactor(lltv: limit)
                lines.append("  \(share(limit, of: .wad).padded(10))\(share(factor, of: .wad))")
            }
        default:
            lines.append("\nClose factor 50 %, incentive 1.08, protocol share 2.8 % of the seized tokens")
        }
        return lines.joined(separator: "\n")
    }

    /// The conformance page in Markdown.
    ///
    /// - Throws: `InputError` if a rulebook of our own does not read.
    public static func conformance() throws -> String {
        var page = """
            # Conformance

            Every rule of every rulebook, from the rulebooks themselves (`undertow venues conformance`). Confidence: A official
            text or contract code read, B seen only in part or republished, C our choice. Examples: topics of worked examples
            that `undertow check` drives through the rule's code; a rule with none is held by the tests of its venue alone.
            An empty date is a rule without revisions.

            Built: `yes` where all settings of the rule are read and act, with those that do not or only in some worlds; a test
            changes every setting in sessions of its venue and holds this against what happened. `in words` is a rule without
            a setting and without an example: part of the code, held by nothing of its own. In a run an agent stands for many
            accounts, which the largest orders do not bind, and funding premiums are sampled once a minute at most.

            | venue | rule | built | since | confidence | sources | examples |
            | --- | --- | --- | --- | --- | --- | --- |

            """
        for file in try files() {
            let isLending = LendingRulebooks.names.contains(file.name)
            let texts = isLending ? LendingRulebooks.built(file) : try Rulebook.built(file)
            for (entry, built) in zip(file.entries, texts) {
                let links = entry.sources.compactMap { key in
                    file.sources.first { $0.key == key }.map {
                        // The page lies in docs itself.
                        "[\(key)](\($0.url.hasPrefix("docs/") ? String($0.url.dropFirst(5)) : $0.url))"
                    }
                }
                let rule = entry.rule + (entry.revision.map { " (\($0))" } ?? "")
                page +=
                    "| \(file.name) | \(rule) | \(built) | \(entry.since ?? "") | \(entry.confidence.rawValue) | "
                    + "\(links.joined(separator: " ")) | \(entry.examples.joined(separator: ", ")) |\n"
            }
        }
        return page
    }

    /// Every rulebook, venues first.
    ///
    /// - Throws: `InputError` if one does not read.
    public static func files() throws -> [RuleFile] {
        var files: [RuleFile] = []
        for name in Rulebook.builtInNames { files.append(try Rulebook.file(name)) }
        for name in LendingRulebooks.names { files.append(try LendingRulebooks.file(name)) }
        return files
    }
}
