import Foundation
import HTTPTypes
import Hummingbird
import LabCore
import Primitives

/// Questions that take forks to answer: asked, looked at while they are answered, cancelled.
struct QuestionRoutes: Sendable {
    let lab: Lab
    let questions = Questions()

    private struct Ask: Decodable {
        var kind: String
        var changes: [String]?
        var shock: String?
        var observable: AlertRule.Observable?
        var limit: Double?
        var minutes: Int?
        var account: String?
    }

    private static let fields: [Interface.Field] = [
        .init(
            name: "kind", kind: .choice(["effect", "smallest", "story"]),
            meaning:
                "effect: what changes do, beside nothing; smallest: the smallest shock that breaks a limit; story: what happened to an account",
            isRequired: true),
        .init(name: "changes", kind: .texts(most: 20), meaning: "of an effect, as a fork takes them"),
        .init(name: "shock", kind: .text(), meaning: "of a smallest: `sell=BTC@binance` or `news`"),
        .init(
            name: "observable", kind: .choice(AlertRule.Observable.allCases.map(\.rawValue)),
            meaning: "of a smallest: as alerts have them"),
        .init(name: "limit", kind: .number(0...1e15), meaning: "of a smallest: broken at or above it"),
        .init(
            name: "minutes", kind: .integer(1...240),
            meaning: "of an effect and a smallest: how far is looked; default 10"),
        .init(
            name: "account", kind: .text(),
            meaning: "of a story: VENUE:NUMBER, of a coin-margined venue VENUE~COIN:NUMBER"),
    ]

    func add(to all: inout Interface) {
        let (lab, questions) = (self.lab, self.questions)
        all.add(
            .post, "/api/runs/{run}/questions",
            "Asks something of the present moment; the run does not notice.",
            body: Self.fields, status: 201,
            refusals: [409: "four are being answered", 422: "a question that cannot be"]
        ) { request, context in
            let run = try await RunRoutes.find(lab, context)
            let kind = try Self.kind(try await Answer.body(request, Ask.self))
            // Its worlds take memory as a run does.
            let place = try await lab.hold(for: run)
            do {
                let question = try await questions.ask(run, kind) { await lab.release(place) }
                return try Answer.json(question.state, status: .created)
            } catch {
                await lab.release(place)
                throw error
            }
        }
        all.add(.get, "/api/questions", "All questions and their answers so far.") { _, _ in
            try Answer.json(await questions.list())
        }
        all.add(.get, "/api/questions/{question}", "One question: its progress, then its answer.") {
            _, context in
            try Answer.json(try await Self.find(questions, context).state)
        }
        all.add(.delete, "/api/questions/{question}", "Cancels it.") { _, context in
            let question = try await Self.find(questions, context)
            question.cancel()
            return try Answer.json(question.state)
        }
    }

    private static func find(_ questions: Questions, _ context: Answer.Context) async throws -> Question {
        guard let id = Int(context.parameters.get("question") ?? ""), let found = await questions.find(id)
        else {
            throw HTTPError(.notFound, message: "no such question")
        }
        return found
    }

    private static func kind(_ ask: Ask) throws -> Question.Kind {
        func refuse(_ key: String, _ found: String, _ allowed: String) -> InputError {
            InputError(file: "question", key: key, found: found, allowed: allowed)
        }
        let minutes = ask.minutes ?? 10
        switch ask.kind {
        case "effect":
            guard let changes = ask.changes, !changes.isEmpty else {
                throw refuse("changes", "none", "one or more")
            }
            return .effect(actions: changes, minutes: minutes)
        case "smallest":
            guard let observable = ask.observable else {
                throw refuse(
                    "observable", "none",
                    AlertRule.Observable.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard let limit = ask.limit, limit > 0 else {
                throw refuse("limit", "\(ask.limit ?? 0)", "a number above 0, up to 1e15")
            }
            let shock: Question.Shock
            switch ask.shock ?? "" {
            case "news": shock = .news
            case let text where text.hasPrefix("sell=") && text.contains("@"):
                shock = .sale(String(text.dropFirst(5)))
            default:
                throw refuse("shock", "`\((ask.shock ?? "").prefix(80))`", "`sell=BTC@binance` or `news`")
            }
            return .smallest(shock: shock, observable: observable, limit: limit, minutes: minutes)
        case "story":
            guard let account = ask.account else { throw refuse("account", "none", "VENUE:NUMBER") }
            return .story(account: LookRoutes.account(account))
        default: throw refuse("kind", "`\(ask.kind.prefix(40))`", "effect, smallest, story")
        }
    }
}
