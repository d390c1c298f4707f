import Primitives

/// What was said of an event, what was recorded of it, and what a run is asked.
public struct Claim: Sendable {
    public var statement: String
    /// What was recorded, by whom.
    public var evidence: String
    /// What a run is asked, each with the band in which it agrees, if it has one.
    public var asked: [(measure: MeasureCall, band: ClosedRange<Double>?)]
    public var verdict: Verdict
    /// Where the statement is from.
    public var source: String

    /// In words.
    public enum Verdict: Sendable, Equatable {
        /// The record alone decides.
        case recorded(String)
        case ofRun(agrees: String, disagrees: String)
    }

    static let usual = Verdict.ofRun(
        agrees: "recorded, and the run agrees", disagrees: "recorded; the run does not reproduce it")

    /// What a run makes of it.
    ///
    /// - Throws: `InputError` for a recording that cannot be read.
    func judged(_ run: RunRecord) throws -> JudgedClaim {
        var (figures, unseen) = ([String](), [String]())
        var agrees = true
        for (measure, band) in asked {
            let seen = try measure.seen(run)
            if let figure = measure.figure(seen, run) { figures.append(figure) }
            guard let band else { continue }
            if let value = seen.value(upTo: band.upperBound) {
                agrees = agrees && band.contains(value)
            } else {
                unseen.append(seen.why)
            }
        }
        let words: String
        switch verdict {
        case .recorded(let text): words = text
        case .ofRun(let yes, let no):
            words = unseen.first.map { "not judged: \($0)" } ?? (agrees ? yes : no)
        }
        return JudgedClaim(
            claim: self, figure: figures.isEmpty ? nil : figures.joined(separator: ", "), verdict: words)
    }

    /// Of a run that does not show it.
    func unjudged(_ why: String) -> JudgedClaim {
        if case .recorded(let text) = verdict { return JudgedClaim(claim: self, verdict: text) }
        return JudgedClaim(claim: self, verdict: "not judged: \(why)")
    }
}

/// A claim beside one run.
public struct JudgedClaim: Sendable {
    public var claim: Claim
    /// The run's figures; nil where the run has nothing to say.
    public var figure: String?
    public var verdict: String
}
