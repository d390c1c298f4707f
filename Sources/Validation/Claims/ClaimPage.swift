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
        var all = EventRecord.of(scenario: run.scenario).claims
        if all.isEmpty { all = try Self.ofTheSameDay(run) }
        guard !all.isEmpty else {
            throw InputError(
                file: run.folder, key: "scenario", found: run.scenario,
                allowed: "a run of a day of which claims are kept: "
                    + EventTables.claimed.joined(separator: ", "))
        }
        if run.isCalm {
            claims = all.map { $0.unjudged("a run without the announcement") }
        } else if case .venue = run.figures {
            claims = all.map { $0.unjudged("a run of one venue does not show it") }
        } else {
            let record = try RunRecord(run)
            claims = try all.map { try $0.judged(record) }
        }
    }

    /// A scenario of the user's own has the claims of the built-in event of its day.
    private static func ofTheSameDay(_ run: FinishedRun) throws -> [Claim] {
        guard let day = run.manifest.settings["news.time_utc"]?.text.prefix(10) else { return [] }
        for name in EventTables.claimed {
            let event = try Scenario(ScenarioFile(named: name))
            if event.file.settings["news.time_utc"]?.text.prefix(10) == day {
                return EventRecord.of(scenario: name).claims
            }
        }
        return []
    }

    /// A page of Markdown.
    public var markdown: String {
        let (seed, hash) =
            switch run.figures {
            case .market(let s): (s.seed, s.stateHash)
            case .venue(let s): (s.seed, s.stateHash)
            }
        var lines = [
            "# What was said of the day", "",
            "Written by `undertow claims RUN` from \(cell(run.scenario)), scale \(run.scale), seed \(seed), state hash \(cell(hash)); do not edit. One run, not an average. In brackets: what the run was asked.",
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
