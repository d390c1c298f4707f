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

    static let blue = "#2b6cb0"
    static let red = "#c53030"
    static let green = "#2f855a"
    static let amber = "#b7791f"
    static let grey = "#718096"

    private var scripts: [String] { library.map { [$0.script, ChartLibrary.drawing] } ?? [] }

    var policy: String {
        let allowed =
            scripts.isEmpty ? "" : "; script-src " + scripts.map(SHA256.source).joined(separator: " ")
        return
            "default-src 'none'; base-uri 'none'; form-action 'none'; style-src \(SHA256.source(of: Self.style))\(allowed)"
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

    static func cards(_ cards: [(String, String)]) -> Markup {
        let boxes = cards.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" as Markup }.joined()
        return "<dl class=\"cards\">\(boxes)</dl>"
    }

    static func table(_ titles: [String], _ rows: [[String]], classes: [String] = []) -> Markup {
        let head = titles.map { "<th>\($0)</th>" as Markup }.joined()
        let body = rows.enumerated().map { i, row in
            let kind: Markup = i < classes.count && !classes[i].isEmpty ? " class=\"\(classes[i])\"" : ""
            return "<tr\(kind)>\(row.map { "<td>\($0)</td>" as Markup }.joined())</tr>" as Markup
        }.joined("\n")
        return
            "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>"
    }

    /// Recorded facts beside one run; nothing where none are recorded.
    static func facts(_ facts: [FactRow]) -> Markup {
        guard !facts.isEmpty else { return "" }
        let rows = facts.map { row in
            [
                row.name, row.role.replacing("_", with: " "),
                row.recordedLow == row.recordedHigh
                    ? Chart.short(row.recordedLow)
                    : "\(Chart.short(row.recordedLow)) to \(Chart.short(row.recordedHigh))",
                row.simulatedMedian.map(Chart.short) ?? "–", row.unit, row.verdict, row.source,
            ]
        }
        return """
            <section><h2>Beside the record</h2>
            <p class="hint">One run. <em>fit</em>, <em>anchor</em>: the fact was used to set parameters; <em>held out</em>: it set nothing. A miss stays here as missed; what the run did not see is not judged.</p>
            \(table(["fact", "role", "asked", "this run", "unit", "verdict", "source"], rows, classes: facts.map { $0.inside == false ? "miss" : "" }))</section>
            """
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
        .scroll{overflow-x:auto}.scroll table{min-width:24rem;border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}.scroll th:nth-child(7){min-width:9rem}.scroll td:first-child{min-width:8rem}.scroll th,.scroll td{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        .scroll th{color:var(--soft);font-weight:500}.scroll .miss td:nth-child(6){color:var(--bad);font-weight:600}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:1.5rem}
        ul{font-size:.85rem;padding-left:1.1em}footer{margin-top:2rem;font-size:.8rem}
        """
}
