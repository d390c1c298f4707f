/// One key of `run --json` and `summary.json`: its unit and what it means. docs/summary.md is made from the list.
struct SummaryKey: Sendable {
    /// From the top; `*` stands for any name, `[]` for each entry of a list.
    let path: String
    let unit: String
    let meaning: String
    /// Whether `by_venue.*` has it as well.
    let isByVenue: Bool

    init(_ path: String, _ unit: String, _ meaning: String, byVenue: Bool = false) {
        self.path = path
        self.unit = unit
        self.meaning = meaning
        isByVenue = byVenue
    }

    /// Every place of the key.
    var paths: [String] { isByVenue ? [path, "by_venue.*." + path] : [path] }

    /// The table of docs/summary.md.
    static var markdown: String {
        (["| key | unit | by venue | what it is |", "| --- | --- | --- | --- |"]
            + all.map { "| `\($0.path)` | \($0.unit) | \($0.isByVenue ? "yes" : "") | \($0.meaning) |" })
            .joined(separator: "\n")
    }
}
