import Clearing
import Desk
import Foundation
import Primitives
import Rules
import Stress
import Venues

/// What a shock does to one account of a book, in the words of a run's story: margin before and at the final marks, every step
/// the venues take, and the rule behind it.
public struct StressStory: Encodable, Sendable {
    public struct Line: Encodable, Sendable {
        public var venue: String
        public var what: String
        public var rule: String
    }
    public var account: String
    public var scenario: String
    public var steps: [Line] = []
    /// The rules that were applied, in words with their confidence.
    public var rules: [String] = []

    /// - Throws: `InputError` for an account that the book does not have.
    public init(
        _ book: borrowing StressedBook, account: String, _ shock: Shock, impact: Impact
    ) throws(InputError) {
        self.account = account
        scenario = shock.name
        let traces = book.traces(of: account, shock, impact: impact)
        let loans = book.loanTraces(of: account, shock, impact: impact)
        guard !traces.isEmpty || !loans.isEmpty else {
            throw InputError(
                file: "--account", found: "an account that the book does not have",
                allowed: "a name of accounts.csv",
                nearest: nearestName(to: account, among: Array(book.names.prefix(10_000))))
        }
        for trace in traces { add(trace) }
        for loan in loans { add(loan) }
    }

    private mutating func add(_ loan: LoanTrace) {
        func factor(_ value: Double?) -> String {
            value.map { String(format: "%.4f", $0) } ?? "none: no debt"
        }
        func tokens(_ parts: [(asset: String, tokens: Double)]) -> String {
            parts.map { String(format: "%.8g %@", $0.tokens, $0.asset) }.joined(separator: ", ")
        }
        func tell(_ what: String, _ rule: String) {
            steps.append(Line(venue: loan.lender, what: what, rule: rule))
        }
        tell(
            "health factor \(factor(loan.healthBefore)) before the shock, \(factor(loan.health)) at the final prices; collateral \(String(format: "%.2f", loan.collateralUsd)) USD, debt \(String(format: "%.2f", loan.debtUsd)) USD",
            "health factor")
        if !loan.seized.isEmpty {
            tell(
                "keepers repay \(tokens(loan.repaid)) and take \(tokens(loan.seized))",
                "close factor, seized amounts")
        }
        if loan.badDebtUsd > 0 {
            tell(String(format: "%.2f USD of debt are left without collateral", loan.badDebtUsd), "deficit")
        }
    }

    private mutating func add(_ trace: StressTrace) {
        let place = trace.currency == "USD" ? trace.venue : trace.venue + "/" + trace.currency
        func amount(_ value: Double) -> String {
            trace.currency == "USD"
                ? String(format: "%.2f USD", value) : String(format: "%.8g %@", value, trace.currency)
        }
        for scope in trace.scopes where scope.equityBefore != 0 || scope.maintenance != 0 {
            let verdict = scope.equity < scope.maintenance ? "below it" : "above it"
            steps.append(
                Line(
                    venue: place,
                    what:
                        "\(scope.name): equity \(amount(scope.equityBefore)) before the shock, \(amount(scope.equity)) at the final marks; maintenance there \(amount(scope.maintenance)): \(verdict)",
                    rule: ""))
        }
        for step in trace.steps {
            var words = EventWords(step.kind)
            words.isLong = step.isLong
            words.market = step.symbol
            words.size = String(format: "%.8g", step.size)
            words.closed = String(format: "%.8g at %.8g", step.size, step.price)
            words.margin = "equity \(amount(step.equity)) against maintenance \(amount(step.maintenance))"
            words.result =
                step.loss == 0
                ? "" : step.loss > 0 ? "a loss of \(amount(step.loss))" : "a profit of \(amount(-step.loss))"
            words.amount = amount(step.kind.isNotional ? abs(step.amount) : step.amount)
            words.counterparty =
                step.counterparty.isEmpty ? "the rest of the market" : "account \(step.counterparty)"
            words.ratio = step.maintenance == 0 ? 0 : step.equity / step.maintenance
            let found = AccountStory.rules(step.kind, trace.rulebook)
            steps.append(
                Line(venue: place, what: words.text, rule: found.map(\.rule).joined(separator: ", ")))
            for rule in found {
                let line = "\(place): [\(rule.confidence.rawValue)] \(rule.rule): \(rule.words)"
                if !rules.contains(line) { rules.append(line) }
            }
        }
        if trace.steps.isEmpty {
            steps.append(Line(venue: place, what: "the venue does nothing to it", rule: ""))
        }
    }

    /// For the terminal.
    public var text: String {
        var lines = ["\(account) at \(scenario)\n"]
        for step in steps {
            lines.append(
                "\(step.venue)  \(step.what)" + (step.rule.isEmpty ? "" : "\n    rule: \(step.rule)"))
        }
        if !rules.isEmpty {
            lines.append(
                "\nRules applied (A official text or code read, B seen in part or republished, C our choice):"
            )
            lines += rules.map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}
