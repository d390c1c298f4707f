import Foundation
import Primitives
import Validation

/// Recorded facts beside one run: what was asked as a band, this run as a mark on it, misses on top.
enum FactTable {
    static func section(_ facts: [FactRow]) -> Markup {
        guard !facts.isEmpty else { return "" }
        // Within a group as the table of facts has them.
        let order = facts.enumerated().sorted {
            (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
        }.map(\.element)
        let rows = order.map(row).joined("\n")
        let titles = ["fact", "", "asked", "this run", "unit", "verdict", "role", "source"]
        let head = titles.enumerated().map { i, title in
            (2...3).contains(i) ? "<th class=\"n\">\(title)</th>" as Markup : "<th>\(title)</th>"
        }.joined()
        return """
            <section><h2>Beside the record</h2>
            <p class="hint">The band is what was asked, the mark is this run: \
            <svg class="key" viewBox="0 0 12 12"><circle class="at" cx="6" cy="6" r="4"/></svg> \
            <abbr title="the fact was used to set parameters">fit or anchor</abbr>, \
            <svg class="key" viewBox="0 0 12 12"><path class="at" d="M6 1L11 6L6 11L1 6Z"/></svg> \
            <abbr title="the fact set nothing">held out</abbr>, \
            <svg class="key" viewBox="0 0 12 12"><rect class="at" x="2" y="2" width="8" height="8"/></svg> reported, not judged. \
            Misses come first; what the run did not see is not judged.</p>
            \(PageFrame.scrolling("<table class=\"facts\"><thead><tr>\(head)</tr></thead><tbody>\(rows)</tbody></table>"))</section>
            """
    }

    /// In the fact's own unit, which may be millions already.
    private static func figure(_ value: Double) -> String {
        abs(value) >= 1000 && abs(value) < 1e15 ? PageFrame.count(Int(value.rounded())) : shortFigure(value)
    }

    private static func rank(_ fact: FactRow) -> Int {
        fact.inside == false ? 0 : fact.inside == true ? 1 : 2
    }

    private static func row(_ fact: FactRow) -> Markup {
        let asked =
            fact.recordedLow == fact.recordedHigh
            ? figure(fact.recordedLow)
            : "\(figure(fact.recordedLow)) to \(figure(fact.recordedHigh))"
        let kind: Markup = fact.inside == false ? " class=\"miss\"" : ""
        return """
            <tr\(kind)><td>\(fact.name)</td><td>\(bar(fact))</td><td class="n">\(asked)</td><td class="n">\(fact.simulatedMedian.map(figure) ?? "–")</td>\
            <td>\(fact.unit)</td><td class="verdict">\(fact.verdict)</td><td>\(fact.role.replacing("_", with: " "))</td><td>\(fact.source)</td></tr>
            """
    }

    /// The band in the middle half of the bar; a value far outside stands at the bar's end as an arrow would.
    private static func bar(_ fact: FactRow) -> Markup {
        let (low, high) = (fact.recordedLow, fact.recordedHigh)
        guard let value = fact.simulatedMedian, low.isFinite, high.isFinite else { return "" }
        let width = max(high - low, abs(high) * 0.02, 1e-12)
        func x(_ v: Double) -> Double { min(146, max(4, 75 + (v - (low + high) / 2) / width * 70)) }
        let at = x(value)
        let mark: Markup =
            switch fact.role {
            case "held_out":
                "<path class=\"at\" d=\"M\(at: at) 3L\(at: at + 5) 8L\(at: at) 13L\(at: at - 5) 8Z\"/>"
            case "reported": "<rect class=\"at\" x=\"\(at: at - 4)\" y=\"4\" width=\"8\" height=\"8\"/>"
            default: "<circle class=\"at\" cx=\"\(at: at)\" cy=\"8\" r=\"4.5\"/>"
            }
        return """
            <svg class="range" viewBox="0 0 150 16" role="img" aria-label="\(fact.verdict)"><rect class="band" x="\(at: x(low))" y="5" width="\(at: max(2, x(high) - x(low)))" height="6"/>\(mark)</svg>
            """
    }
}
