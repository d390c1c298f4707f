import Foundation
import Primitives
import Recording
import Validation

/// The first screen: what happened in a few sentences, then what fell, who was liquidated and who paid.
extension RunPage {
    var storySection: Markup {
        let s = run.summary
        return """
            <section><h2>What happened</h2>
            <p class="story">\(sentences.joined(separator: " "))</p>
            <div class="groups"><div><h3>What fell</h3>\(PageFrame.cards(fell(s)))</div>
            <div><h3>Who was liquidated</h3>\(PageFrame.cards(liquidated(s)))</div>
            <div><h3>Who paid</h3>\(PageFrame.cards(paid(s)))</div></div>
            <div class="bills">\(bill)\(winners)</div></section>
            """
    }

    /// One thing a sentence.
    private var sentences: [String] {
        let s = run.summary
        var all = ["\(s.title ?? s.scenario)."]
        let falls = s.majors.prefix(2).compactMap { name in
            s.fallPct[name].map { "\(name) fell \(PageFrame.percent($0))" }
        }
        if !falls.isEmpty { all.append(falls.joined(separator: ", ") + ".") }
        let liquidated = s.liquidatedLongUsd + s.liquidatedShortUsd
        guard liquidated > 0 else { return all + ["Nobody was liquidated."] }
        all.append(
            "\(shortFigure(liquidated)) USD of positions were closed by force, \(PageFrame.percent(s.liquidatedLongUsd / liquidated * 100)) of it long."
        )
        all.append("\(PageFrame.count(s.accountsLiquidated)) accounts lost a position that way.")
        let payers = self.payers.sorted { $0.usd > $1.usd }
        if let first = payers.first, payers.count > 1 {
            all.append(
                "Most of the loss was borne by \(first.name) (\(shortFigure(first.usd)) USD), then by \(payers[1].name) (\(shortFigure(payers[1].usd)) USD)."
            )
        }
        return all
    }

    /// Who bore the loss of what was closed by force, in the order of the waterfall; those who paid nothing are left out.
    private var payers: [(name: String, usd: Double)] {
        let s = run.summary
        return [
            ("their own margin", s.marginLostUsd), ("insurance funds", s.fundDrawUsd),
            ("winners closed below the mark", s.deleveragedForgoneUsd),
            ("winners charged a share", s.socialisedLossUsd), ("nobody: bad debt", s.badDebtUsd),
            ("lenders", s.lendingBadDebtUsd),
        ].filter { $0.1 > 0 }
    }

    /// A waterfall: each payer's part stands where the one before ended.
    private var bill: Markup {
        let rows = payers
        guard rows.count > 1 else { return "" }
        let total = rows.reduce(0) { $0 + $1.usd }
        let (width, step) = (380.0, 40.0)
        var parts: [Markup] = []
        var paid = 0.0
        func row(_ i: Int, _ name: String, _ from: Double, _ usd: Double, _ color: String) -> Markup {
            let y = 12 + Double(i) * step
            return """
                <text x="0" y="\(at: y)">\(name)</text>\
                <text class="strong" x="\(at: width)" y="\(at: y)" text-anchor="end">\(shortFigure(usd))</text>\
                <rect x="\(at: from / total * width)" y="\(at: y + 5)" width="\(at: max(1, usd / total * width))" height="12" fill="\(color)"/>
                """
        }
        parts.append(row(0, "the loss of what was closed by force", 0, total, PageFrame.grey))
        for (i, one) in rows.enumerated() {
            parts.append(row(i + 1, one.name, paid, one.usd, PageFrame.red))
            paid += one.usd
        }
        return """
            <figure><figcaption>Who bore the loss <small>USD, the parts in the order of the waterfall</small></figcaption>
            <svg viewBox="0 0 380 \((rows.count + 1) * Int(step))" role="img" aria-label="Who bore the loss">\(parts.joined("\n"))</svg>
            <p>The loss is the sum of its parts. What holders of coins lost on paper is not in it.</p></figure>
            """
    }

    private func fell(_ s: MarketSummary) -> [PageFrame.Card] {
        s.majors.prefix(2).map {
            .init(
                "\($0)", PageFrame.percent(s.fallPct[$0]),
                "from the minute before the announcement to the lowest second of its index")
        }
            + [
                s.fallPct["TOTAL3"].map {
                    .init(
                        "TOTAL3", PageFrame.percent($0),
                        "the worth of all coins but \(s.majors.prefix(2).joined(separator: " and "))")
                },
                .init(
                    "coins down 90 % somewhere", PageFrame.percent(s.assetsBeyond90Pct),
                    "of all coins, those whose lowest trade on some book was 90 % below"),
                .init(
                    "open interest",
                    s.openInterestBeforeUsd > 0
                        ? "−" + PageFrame.percent((1 - s.openInterestLowUsd / s.openInterestBeforeUsd) * 100)
                        : "none",
                    "one side of all perpetual contracts in dollars, from the start to its lowest"),
            ].compactMap { $0 }
    }

    private func liquidated(_ s: MarketSummary) -> [PageFrame.Card] {
        let total = s.liquidatedLongUsd + s.liquidatedShortUsd
        return [
            .init("accounts", PageFrame.count(s.accountsLiquidated), "with a position closed by force"),
            .init(
                "longs", shortFigure(s.liquidatedLongUsd) + " USD",
                "notional of longs closed by force, in truth"),
            .init("shorts", shortFigure(s.liquidatedShortUsd) + " USD", "of shorts"),
            .init(
                "shown by public feeds",
                total > 0
                    ? PageFrame.percent((s.reportedLongUsd + s.reportedShortUsd) / total * 100) : "nothing",
                "what the venues' public streams of liquidations showed of it, by each venue's own rule"),
            .init("margin calls", PageFrame.count(s.marginCalls), "accounts warned, each time anew"),
        ]
    }

    private func paid(_ s: MarketSummary) -> [PageFrame.Card] {
        [
            .init(
                "margin lost", shortFigure(s.marginLostUsd) + " USD",
                "equity that liquidated accounts lost, top-ups included"),
            .init(
                "deleveraged", shortFigure(s.deleveragedUsd) + " USD",
                "positions of winners closed against losers that no book, fund or vault took; notional"),
            .init(
                "forgone by them", shortFigure(s.deleveragedForgoneUsd) + " USD",
                "what deleveraged winners would have had more, had they been closed at the mark"),
            .init(
                "paid by funds", shortFigure(s.fundDrawUsd) + " USD", "deficits that insurance funds made up"),
            .init(
                "bad debt", shortFigure(s.badDebtUsd + s.lendingBadDebtUsd) + " USD",
                "equity below zero that nobody made up, and lent dollars without collateral, at the end"),
        ]
    }

    /// Gains and losses by side: they add up to zero, so every dollar lost is somebody's.
    private var winners: Markup {
        let rows = run.summary.gainsUsd.filter { abs($0.value) >= 1 }.sorted {
            ($0.value, $0.key) < ($1.value, $1.key)
        }
        guard !rows.isEmpty else { return "" }
        let most = rows.map { abs($0.value) }.max() ?? 1
        let (middle, half, step) = (190.0, 185.0, 40.0)
        var parts: [Markup] = []
        for (i, row) in rows.enumerated() {
            let y = 12 + Double(i) * step
            let width = max(1, abs(row.value) / most * half)
            let isLoss = row.value < 0
            parts.append(
                """
                <text x="0" y="\(at: y)">\(Self.short(row.key))</text>\
                <text class="strong" x="380" y="\(at: y)" text-anchor="end">\(isLoss ? "−" : "+")\(shortFigure(abs(row.value)))</text>\
                <rect x="\(at: isLoss ? middle - width : middle)" y="\(at: y + 5)" width="\(at: width)" height="12" fill="\(isLoss ? PageFrame.red : PageFrame.blue)"/>
                """)
        }
        return """
            <figure><figcaption>Winners and losers <small>USD, change of equity by the side held at the start</small></figcaption>
            <svg viewBox="0 0 380 \(rows.count * Int(step))" role="img" aria-label="Winners and losers by side">\(parts.joined("\n"))</svg>
            <p>On perpetual venues, at the mark, less what was paid in. The bars add up to zero.</p></figure>
            """
    }

    private static func short(_ name: String) -> String {
        name.split(separator: ":").first.map(String.init) ?? name
    }
}
