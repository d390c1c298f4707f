import Foundation
import HTTPTypes
import Hummingbird
import LabCore
import Primitives

/// Alerts: rules, what they told, and how often they would have called on recorded days.
struct AlertRoutes: Sendable {
    let lab: Lab
    /// Recorded days that rules may be tried on, by name.
    let records: [String: [Observation]]

    private struct Ask: Decodable {
        var name: String
        var observable: AlertRule.Observable
        var limit: Double
        var clear: Double?
        var minutes: Int?

        var rule: AlertRule {
            AlertRule(name: name, observable: observable, limit: limit, clear: clear, minutes: minutes ?? 5)
        }
    }

    private static let fields: [Interface.Field] = [
        .init(name: "name", kind: .text(most: 80), meaning: "one rule a name", isRequired: true),
        .init(
            name: "observable", kind: .choice(AlertRule.Observable.allCases.map(\.rawValue)),
            meaning: "what is looked at, at the end of every minute", isRequired: true),
        .init(name: "limit", kind: .number(0...1e15), meaning: "told at or above it", isRequired: true),
        .init(name: "clear", kind: .number(0...1e15), meaning: "over at or below it; default half the limit"),
        .init(name: "minutes", kind: .integer(1...1440), meaning: "the time it looks back; default 5"),
    ]

    func add(to all: inout Interface) {
        let lab = self.lab
        all.add(.get, "/api/alerts", "Rules, and the newest of what they told.") { _, _ in
            try Answer.json(lab.alerts.state)
        }
        all.add(
            .post, "/api/alerts", "Sets a rule; one of the same name is replaced.", body: Self.fields,
            status: 201,
            refusals: [409: "no room", 422: "a rule that cannot be"]
        ) { request, _ in
            let rule = try await Answer.body(request, Ask.self).rule
            try lab.alerts.set(rule)
            return try Answer.json(lab.alerts.state, status: .created)
        }
        all.add(.delete, "/api/alerts/{alert}", "Takes a rule away.", refusals: [409: "no such rule"]) {
            _, context in
            let name = context.parameters.get("alert") ?? ""
            try lab.alerts.remove(name.removingPercentEncoding ?? name)
            return try Answer.json(lab.alerts.state)
        }
        let records = self.records
        all.add(
            .post, "/api/alert-history",
            "How often a rule would have called on recorded days, and how often for nothing: the price fell no further 2 % within an hour.",
            body: Self.fields, refusals: [422: "a rule that cannot be"]
        ) { request, _ in
            let rule = try await Answer.body(request, Ask.self).rule
            try rule.check()
            let histories = try await AlertHistory.all(rule, records)
            return try Answer.json(histories)
        }
    }
}
