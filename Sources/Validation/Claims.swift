import Foundation
import Recording

/// What the press said of 10 October 2025, beside the record and a run.
public struct Claim: Sendable {
    /// The key of the statement among the facts.
    public var key: String
    public var statement: String
    /// What was recorded, by whom.
    public var evidence: String
    /// The run's figure; nil where the run has nothing to say.
    public var figure: String?
    public var verdict: String

    /// A run's figure and what it makes of the statement; no verdict where the run saw too little.
    struct Judgement {
        var figure: String?
        var verdict: String?
        /// Why there is no verdict.
        var why = ""

        static func unseen(_ why: String) -> Judgement { Judgement(figure: nil, verdict: nil, why: why) }
    }

    /// Every statement, in the order of the facts. What a run did not see is not judged.
    ///
    /// - Throws: `InputError` if the recording of a run of the whole market cannot be read.
    public static func of(_ run: FinishedRun) throws -> [Claim] {
        let judgements: [String: Judgement]
        let why: String
        if !run.isOfTheDay {
            judgements = [:]
            why =
                run.isCalm && run.isOfThatDate
                ? "a run without the announcement" : "\(run.scenario) is not a run of 10 October 2025"
        } else {
            judgements = MarketClaims(try RunRecord(run)).judgements
            why = ""
        }
        return ClaimStatement.all.map { statement in
            let judged = judgements[statement.key] ?? .unseen(why)
            return Claim(
                key: statement.key, statement: statement.statement, evidence: statement.evidence,
                figure: judged.figure,
                verdict: statement.recorded ?? judged.verdict
                    ?? "not judged: \(judged.why.isEmpty ? why : judged.why)")
        }
    }

    static func within(_ value: Double, _ low: Double, _ high: Double) -> String {
        (low...high).contains(value)
            ? "recorded, and the run agrees" : "recorded; the run does not reproduce it"
    }

    static func bn(_ usd: Double) -> String { rounded(usd / 1e9) + " bn USD" }

    /// All of them as a page of Markdown.
    public static func markdown(_ run: FinishedRun) throws -> String {
        var lines = [
            "# What was said of the day", "",
            "Written by `undertow claims RUN` from \(cell(run.scenario)), scale \(run.scale), seed \(run.summary.seed), state hash \(cell(run.summary.stateHash)); do not edit. One run, not an average.",
            "", "| statement | recorded | this run | verdict |", "|---|---|---|---|",
        ]
        for claim in try of(run) {
            lines.append(
                "| \(claim.statement) (`\(claim.key)`) | \(claim.evidence) | \(cell(claim.figure ?? "–")) | \(cell(claim.verdict)) |"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
