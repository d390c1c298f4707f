import Primitives
import Recording
import Scenarios

/// What was said of an event, beside the record and one run of it.
public struct ClaimPage {
    public let claims: [JudgedClaim]
    private let run: FinishedRun

    /// Every claim kept of the run's event, in the table's order. What the run did not see is not judged.
    ///
    /// - Throws: `InputError` for a run of an event of which nothing is kept, and for a recording that cannot be read.
    public init(_ run: FinishedRun) throws {
        self.run = run
        let all = try EventRecord(run).claims
        guard !all.isEmpty else {
            throw InputError(
                file: run.folder, key: "scenario", found: run.scenario,
                allowed: "a run of an event with a claims.csv, such as october-2025")
        }
        if run.isCalm {
            claims = all.map { $0.unjudged("a run without the announcement") }
        } else {
            let record = try RunRecord(run)
            claims = try all.map { try $0.judged(record) }
        }
    }

    /// A page of Markdown.
    public var markdown: String {
        var lines = [
            "# What was said of the day", "",
            "Written by `undertow claims RUN` from \(cell(run.scenario)), scale \(run.scale), seed \(run.summary.seed), state hash \(cell(run.summary.stateHash)); do not edit. One run, not an average. In brackets: what the run was asked.",
            "", "| statement | recorded | this run | verdict |", "|---|---|---|---|",
        ]
        for judged in claims {
            let claim = judged.claim
            lines.append(
                "| \(cell(claim.statement)) (`\(cell(claim.source))`) | \(cell(claim.evidence)) | \(cell(judged.figure ?? "–")) | \(cell(judged.verdict)) |"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
