import Primitives
import Recording
import Rules
import Validation

/// Venue by venue: a table, small charts beside each other, and the rules that held.
extension RunPage {
    var venueSection: Markup {
        let shown = venueNames.filter { name in
            (series.venueLongs[name] ?? []).contains { $0 > 0 }
                || (series.venueShorts[name] ?? []).contains { $0 > 0 }
        }
        let charts = shown.map { drawn(liquidations(on: $0)) }.joined()
        let small: Markup =
            shown.count < 2
            ? ""
            : """
            <h3>Closed by force, venue by venue</h3>
            <p class="hint">Every chart has its own scale; the largest minute stands above it.</p>
            <div class="multiples">\(charts)</div>
            """
        return "<section><h2>Venues</h2>\(venueTable)\(small)</section>"
    }

    private var venueNames: [String] {
        run.summary.byVenue.filter { $0.value.openInterestBeforeUsd > 0 }.sorted {
            ($1.value.openInterestBeforeUsd, $0.key) < ($0.value.openInterestBeforeUsd, $1.key)
        }.map(\.key)
    }

    private func liquidations(on venue: String) -> Chart {
        let (longs, shorts) = (series.venueLongs[venue] ?? [], series.venueShorts[venue] ?? [])
        let most = zip(longs, shorts).map(+).max() ?? 0
        return Chart(
            title: venue, unit: "most in a minute: \(shortFigure(most)) USD", times: series.times,
            series: [
                .init(name: "longs", values: longs, color: PageFrame.red),
                .init(name: "shorts", values: shorts, color: PageFrame.green),
            ], style: .bars, isSmall: true)
    }

    private var venueTable: Markup {
        let venues = run.summary.byVenue.filter { $0.value.openInterestBeforeUsd > 0 }.sorted {
            ($1.value.openInterestBeforeUsd, $0.key) < ($0.value.openInterestBeforeUsd, $1.key)
        }
        return PageFrame.table(
            [
                "venue", "open interest before", "lowest", "longs liquidated", "shorts liquidated",
                "reported",
                "accounts", "paid by the fund", "deleveraged", "\(reference) fall",
            ],
            venues.map { name, v in
                [PageFrame.Cell.link(name, to: Self.anchor(name))]
                    + [
                        shortFigure(v.openInterestBeforeUsd), shortFigure(v.openInterestLowUsd),
                        shortFigure(v.liquidatedLongUsd), shortFigure(v.liquidatedShortUsd),
                        shortFigure(v.reportedLongUsd + v.reportedShortUsd),
                        PageFrame.count(v.accountsLiquidated),
                        shortFigure(v.fundDrawUsd), shortFigure(v.deleveragedUsd),
                        PageFrame.percent(v.fallPct[reference]),
                    ].map(PageFrame.Cell.text)
            })
    }

    // MARK: Rules

    /// Where the page has a venue's rules.
    static func anchor(_ venue: String) -> String {
        "rules-" + venue.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
    }

    /// The rules of each venue as this run had them, with their settings and sources.
    var ruleSection: Markup {
        guard !rules.isEmpty else { return "" }
        let books = rules.map { venue, rules in
            let rows = rules.entries.map { entry in
                let settings = entry.settings.filter { !$0.key.hasSuffix("markets") }.map {
                    "\($0.key) = \(rules.printed($0.key))"
                }
                let sources = entry.sources.compactMap { key in
                    rules.file.sources.first { $0.key == key }?.url
                }
                return [
                    entry.rule, entry.words, settings.joined(separator: "; "), entry.confidence.rawValue,
                    sources.joined(separator: " "),
                ]
            }
            return """
                <details id="\(Self.anchor(venue))"><summary>\(venue): \(rules.file.title), rules of \(rules.day)</summary>
                \(PageFrame.table(["rule", "in words", "settings", "confidence", "source"], rows))</details>
                """ as Markup
        }
        return """
            <section><h2>Rules of this run</h2><p class="hint">Confidence: A official text or code read, B seen in part or republished, C our choice.</p>
            \(books.joined("\n"))</section>
            """
    }
}
