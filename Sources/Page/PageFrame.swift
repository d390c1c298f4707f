import Foundation
import Validation

/// What every page has in common: head, policy, style, footer, tables. A page asks the network for nothing, and its policy
/// lets no script and no style run but the ones that stand in it, each named by its hash.
struct PageFrame {
    var title: String
    var lead: String
    var main: Markup
    var footer: Markup
    var library: ChartLibrary?

    // Okabe and Ito's palette: told apart with every kind of colour vision, on light and on dark.
    static let blue = "#0072B2"
    static let red = "#D55E00"
    static let green = "#009E73"
    static let amber = "#E69F00"
    static let grey = "#8a94a3"

    private var scripts: [String] {
        (library.map { [$0.script, ChartLibrary.drawing] } ?? []) + [SortedTables.script]
    }

    var policy: String {
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src \(SHA256.source(of: Self.style)); script-src "
            + scripts.map(SHA256.source).joined(separator: " ")
    }

    var html: String {
        let code = scripts.map { Markup(ours: "<script>\($0)</script>") }.joined()
        let licence: Markup = library == nil ? "" : "\(ChartLibrary.attribution)<br>"
        let page: Markup = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="\(Markup(ours: policy))">
            <title>\(title)</title>
            <style>\(Markup(ours: Self.style))</style></head><body>
            <header><h1>\(title)</h1>
            <p>\(lead)</p></header>
            <main>
            \(main)
            </main>
            <footer>\(licence)\(footer)</footer>
            \(code)</body></html>

            """
        return page.text
    }

    // MARK: Parts

    /// A figure with its name and what it means, shown when pointed at.
    struct Card {
        var name: String
        var value: String
        var meaning: String
        init(_ name: String, _ value: String, _ meaning: String) {
            self.name = name
            self.value = value
            self.meaning = meaning
        }
    }

    static func cards(_ cards: [Card]) -> Markup {
        let boxes = cards.map {
            "<div><dt><abbr title=\"\($0.meaning)\">\($0.name)</abbr></dt><dd>\($0.value)</dd></div>"
                as Markup
        }.joined()
        return "<dl class=\"cards\">\(boxes)</dl>"
    }

    /// What a cell of a table says.
    enum Cell: ExpressibleByStringInterpolation {
        case text(String)
        /// To another place of the same page.
        case link(String, to: String)
        init(stringLiteral text: String) { self = .text(text) }

        var text: String {
            switch self {
            case .text(let text), .link(let text, _): text
            }
        }
        var markup: Markup {
            switch self {
            case .text(let text): "\(text)"
            case .link(let text, let anchor): "<a href=\"#\(anchor)\">\(text)</a>"
            }
        }
    }

    static func table(_ titles: [String], _ rows: [[String]], classes: [String] = []) -> Markup {
        table(titles, rows.map { $0.map(Cell.text) }, classes: classes)
    }

    /// Columns of figures are set flush right; a table wider than the screen scrolls, and says so on a phone.
    static func table(_ titles: [String], _ rows: [[Cell]], classes: [String] = []) -> Markup {
        let numeric = titles.indices.map { c in
            !rows.isEmpty && rows.allSatisfy { c < $0.count && isFigure($0[c].text) }
        }
        func cell(_ tag: Markup, _ text: Markup, _ c: Int) -> Markup {
            numeric[c] ? "<\(tag) class=\"n\">\(text)</\(tag)>" : "<\(tag)>\(text)</\(tag)>"
        }
        let head = titles.enumerated().map { cell("th", "\($1)", $0) }.joined()
        let body = rows.enumerated().map { i, row in
            let kind: Markup = i < classes.count && !classes[i].isEmpty ? " class=\"\(classes[i])\"" : ""
            return "<tr\(kind)>\(row.enumerated().map { cell("td", $1.markup, $0) }.joined())</tr>" as Markup
        }.joined("\n")
        return scrolling("<table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table>")
    }

    static func scrolling(_ table: Markup) -> Markup {
        "<div class=\"scroll\" tabindex=\"0\">\(table)</div><p class=\"swipe\">Wider than this screen: swipe it sideways.</p>"
    }

    private static func isFigure(_ text: String) -> Bool {
        guard let first = text.first else { return true }
        return first.isNumber || "-−–".contains(first) || text == "not seen"
    }

    // MARK: Numbers

    static func percent(_ value: Double?) -> String {
        value.map { String(format: "%.1f %%", $0) } ?? "not seen"
    }

    /// 1 234 567
    static func count(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: "\u{202f}")
    }

    static let style = """
        :root{color-scheme:light dark;--ink:#1a202c;--soft:#5a6577;--line:#d9dee6;--card:#f5f7fa;--bad:#c53030}
        @media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b8;--line:#38414e;--card:#222933;--bad:#fc8181}body{background:#171c23}}
        *{box-sizing:border-box}body{margin:0 auto;max-width:1180px;padding:1rem;font:15px/1.45 system-ui,sans-serif;color:var(--ink)}
        h1{font-size:1.5rem;margin:.2em 0}h2{font-size:1.1rem;margin:1.6em 0 .5em}.hint,header p,footer,small,figure p{color:var(--soft)}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:.6rem;margin:0}.cards div{background:var(--card);padding:.6rem .8rem;border-radius:6px}
        dt{color:var(--soft);font-size:.8rem}dd{margin:0;font-size:1.15rem;font-variant-numeric:tabular-nums}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:1.2rem}figure{margin:0;min-width:0}figcaption{font-weight:600}
        .chart{height:250px}.map svg{max-width:420px}.whisker{stroke:var(--ink)}svg text.strong{fill:var(--ink);font-weight:700}details{margin:.4em 0}summary{cursor:pointer}
        figure p{font-size:.8rem;margin:.2em 0}svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:12px}.grid{stroke:var(--line);stroke-width:.6}
        .mark{stroke:var(--ink);stroke-dasharray:2 3}.legend{font-size:.8rem;color:var(--soft);min-height:1.3em}.legend span{margin-right:1em;white-space:nowrap}
        .legend svg{display:inline-block;width:.8em;height:.8em;margin-right:.35em}
        .legend b{color:var(--ink);font-weight:600}.legend .when{color:var(--ink)}.tools{font-size:.8rem;color:var(--soft)}.chart:focus{outline:2px solid #0072B2}
        .chart.small{height:120px}.multiples small{display:block}.multiples{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,260px),1fr));gap:1rem}.marks{font-size:.85rem}.marks span{display:inline-block;margin-right:1.2em}a{color:inherit}
        th[aria-sort]{cursor:pointer}th[aria-sort=ascending]::after{content:' ↑'}th[aria-sort=descending]::after{content:' ↓'}details table td{max-width:26rem;overflow-wrap:anywhere}
        .story{font-size:1.1rem;max-width:62rem}h3{font-size:.95rem;margin:.8em 0 .4em}.groups{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:0 1.2rem}
        .groups .cards{grid-template-columns:repeat(auto-fill,minmax(140px,1fr))}abbr{text-decoration:underline dotted;text-underline-offset:3px;cursor:help}.bills{margin-top:1.4rem;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:1.2rem 2rem}.bills figure{max-width:480px}
        .scroll .n{text-align:right;white-space:nowrap}.swipe{display:none;font-size:.8rem;color:var(--soft);margin:.2em 0}@media(max-width:640px){.swipe{display:block}}.range{width:150px;height:16px}.key{display:inline;width:.8em;height:.8em;vertical-align:-.1em}.band{fill:var(--line)}.at{fill:var(--ink)}.miss .at{fill:var(--bad)}
        @media print{body{max-width:none}figure,table,.cards div{break-inside:avoid}.swipe{display:none}}
        .scroll{overflow-x:auto}.scroll table{min-width:24rem;border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}.facts th:nth-child(7){min-width:9rem}.scroll td:first-child{min-width:8rem}.scroll th,.scroll td{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        .scroll th{color:var(--soft);font-weight:500}.scroll .miss .verdict{color:var(--bad);font-weight:600}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:1.5rem}
        ul{font-size:.85rem;padding-left:1.1em}footer{margin-top:2rem;font-size:.8rem}
        """
}
