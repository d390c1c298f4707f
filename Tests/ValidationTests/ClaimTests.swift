import Primitives
import Scenarios
import Testing

@testable import Recording
@testable import Validation

@Suite("What was said")
struct ClaimTests {
    private static let header = "claim,evidence,measure,low,high,verdict,source\n"

    private func read(_ rows: String) throws -> [Claim] {
        try ClaimFile.read(text: Self.header + rows, file: "claims.csv", names: SyntheticRun.names)
    }

    private func judged(_ row: String, _ run: RunRecord) throws -> JudgedClaim {
        try #require(try read(row).first).judged(run)
    }

    @Test func aRunAgreesOrNot() throws {
        let run = try SyntheticRun().record()
        let yes = try judged(
            "8 bn of longs,them,liquidated_usd(side=long); reported_usd,7e9;,9e9;,,me\n", run)
        #expect(yes.verdict == "recorded, and the run agrees")
        #expect(yes.figure == "8.0 USD bn (liquidated_usd(side=long)), 5.0 USD bn (reported_usd)")
        let no = try judged("a third,them,liquidated_share(side=short),0.3,0.4,,me\n", run)
        #expect(no.verdict == "recorded; the run does not reproduce it")
        let words =
            "more,them,liquidated_over_reported; realised_loss_over_reported,1;0,9;0.4,both | not both,me\n"
        #expect(try judged(words, run).verdict == "not both")
        #expect(try judged(words.replacing("0.4", with: "0.6"), run).verdict == "both")
        let worst = try judged("some lost all,them,largest_fall_pct,85,100,,me\n", run)
        #expect(worst.figure == "95.0 pct (largest_fall_pct, ALT on x)")
    }

    @Test func theRecordAloneDecides() throws {
        let run = try SyntheticRun().record()
        let claim = try judged("a post,at ten,fall_pct(asset=BTC),,,true; an input,me\n", run)
        #expect(claim.verdict == "true; an input" && claim.figure == "12.0 pct (fall_pct(asset=BTC))")
        #expect(try judged("a word,an opinion,,,,not decided,me\n", run).figure == nil)
    }

    @Test func whatWasNotSeenIsNotJudged() throws {
        var made = SyntheticRun()
        made.length = 30
        let claim = try judged("8 bn,them,liquidated_usd,7e9,9e9,,me\n", made.record())
        #expect(claim.verdict == "not judged: the run ended 30 min after the announcement; 60 are needed")
        #expect(claim.figure != nil)
        let said = try read("8 bn,them,liquidated_usd,7e9,9e9,,me\na post,at ten,,,,true,me\n")
        #expect(said.map { $0.unjudged("no news").verdict } == ["not judged: no news", "true"])
    }

    @Test(arguments: [
        ("x,y,fall_pct(asset=BTX),1,2,,me\n", "claims.csv:2: `measure`"),
        ("x,y,liquidated_usd,1,,,me\n", "claims.csv:2: `low, high`"),
        ("x,y,liquidated_usd,2,1,,me\n", "claims.csv:2: `low, high`"),
        ("x,y,liquidated_usd,1;2,2;3,,me\n", "claims.csv:2: `low`: found 2 for 1"),
        ("x,y,liquidated_usd,one,2,,me\n", "claims.csv:2: `low`"),
        ("x,y,liquidated_usd,1,2,only one,me\n", "claims.csv:2: `verdict`"),
        ("x,y,liquidated_usd,,,,me\n", "claims.csv:2: `verdict`: found nothing"),
        (",y,,,,true,me\n", "claims.csv:2: `claim`"), ("", "no claim"),
    ])
    func errorsNameThePlace(row: String, mention: String) throws {
        let error = #expect(throws: InputError.self) { try read(row) }
        #expect(try #require(error).description.contains(mention), "\(error!)")
    }

    @Test func everyBuiltInClaimIsRead() throws {
        let claims = try EventRecord(Scenario(ScenarioFile(named: "october-2025"))).claims
        #expect(claims.count == 23 && Set(claims.map(\.source)).count == 23)
        let ofRun = claims.filter { if case .ofRun = $0.verdict { true } else { false } }
        #expect(ofRun.count == 14)
        #expect(ofRun.allSatisfy { $0.asked.contains { $0.band != nil } })
    }

    /// An event of which nothing is kept has no page.
    @Test func anEventWithoutClaimsIsRefused() throws {
        let error = #expect(throws: InputError.self) { try ClaimPage(run(of: "textbook-waterfall")) }
        #expect(try #require(error).found == "made-by-hand")
        #expect(try ClaimPage(run(of: "october-2025-calm")).claims.count == 23)
    }

    /// The figures made by hand as a run of a built-in event.
    private func run(of event: String) throws -> FinishedRun {
        var run = SyntheticRun()
        run.event = try Scenario(ScenarioFile(named: event))
        return try FinishedRun(folder: run.folder())
    }
}
