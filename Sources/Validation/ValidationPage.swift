import Recording

/// The comparison as text: a table for the terminal or a page of Markdown.
public struct ValidationPage {
    public var facts: [FactRow]
    public var controls: [ControlRow]
    public var runs: [RunRecord]
    /// Facts that controls have of their own, by what the control is.
    public var ofControls: [(what: String, facts: [FactRow])]

    public init(
        facts: [FactRow], controls: [ControlRow], runs: [RunRecord],
        ofControls: [(what: String, facts: [FactRow])] = []
    ) {
        self.ofControls = ofControls
        self.facts = facts
        self.controls = controls
        self.runs = runs
    }

    /// How many of a role are inside, of those with a verdict.
    private func score(_ role: String) -> String {
        let rows = facts.filter { $0.role == role && $0.inside != nil }
        return "\(rows.filter { $0.inside == true }.count) of \(rows.count)"
    }

    private var header: String {
        let first = runs[0].summary
        let seeds = runs.map { String($0.summary.seed) }.joined(separator: ", ")
        return
            "\(cell(first.scenario)), scale \(first.scale), seed\(runs.count == 1 ? "" : "s") \(seeds): fitted facts inside \(score("fit")), held out \(score("held_out"))"
    }

    public var text: String {
        var lines = [header, ""] + FactRow.lines(facts)
        lines.append("")
        for control in controls {
            let verdict = control.holds.map { $0 ? "holds" : "DOES NOT HOLD" } ?? control.unjudged
            lines.append("\(control.control): \(control.found) (\(control.allowed)): \(verdict)")
        }
        for (what, rows) in ofControls { lines += ["", what, ""] + FactRow.lines(rows) }
        return lines.joined(separator: "\n")
    }

    private static func table(_ rows: [FactRow]) -> [String] {
        ["| fact | asked | median | 5-95 % | unit | verdict | source |", "|---|---|---|---|---|---|---|"]
            + rows.map { row in
                let c = row.cells
                return
                    "| \(cell(c[0])) | \(c[2]) | \(c[3]) | \(c[4]) | \(cell(c[5])) | \(row.inside == false ? "**missed**" : c[6]) | \(cell(row.source)) |"
            }
    }

    public var markdown: String {
        var lines = [
            "# Validation", "",
            "Written by `make validation`; do not edit. Every fall is from the price in the minute before the announcement. *Fit*: the fact was used to set parameters; *held out*: it set nothing. The verdict is that of the median over the seeds; a miss stays here as missed.",
            "", header + ".", "",
        ]
        for (role, title) in [
            ("fit", "Facts used to set parameters"), ("held_out", "Held-out facts"),
            ("always", "Always"), ("reported", "Reported, without a verdict"),
        ] {
            let rows = facts.filter { $0.role == role }
            if rows.isEmpty { continue }
            lines += ["## \(title)", ""] + Self.table(rows) + [""]
        }
        lines += ["## Controls", "", "| control | allowed | found | holds |", "|---|---|---|---|"]
        for row in controls {
            lines.append(
                "| \(cell(row.control)) | \(cell(row.allowed)) | \(cell(row.found)) | \(row.holds.map { $0 ? "yes" : "**no**" } ?? row.unjudged) |"
            )
        }
        for (what, rows) in ofControls { lines += ["", "## Control: \(cell(what))", ""] + Self.table(rows) }
        lines += [
            "", "## Worst assets by venue, seed \(runs[0].summary.seed)", "",
            "| asset | venue | fall % |", "|---|---|---|",
        ]
        for row in runs[0].summary.worstAssets.prefix(12) {
            lines.append("| \(cell(row.asset)) | \(cell(row.venue)) | \(rounded(row.fallPct)) |")
        }
        lines += besideOthers + losses
        return lines.joined(separator: "\n") + "\n"
    }
}
