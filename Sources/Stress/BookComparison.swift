import Desk
import Primitives

/// The same shocks of one book under other rules: what changes, and for whom.
public struct BookComparison: Encodable, Sendable {
    public struct Account: Encodable, Sendable {
        public var account: String
        /// Equity after everything is cleared, no scope below zero, with the rule less without.
        public var usd: Double
    }
    /// One rule at one shock.
    public struct Row: Encodable, Sendable {
        public var rule: String
        public var scenario: String
        public var base: StressOutcome
        public var changed: StressOutcome
        /// Sums over accounts that end with more, and with less.
        public var gainedUsd: Double
        public var lostUsd: Double
        public var gained: Int
        public var lost: Int
        /// The most, up to ten each.
        public var winners: [Account]
        public var losers: [Account]

        enum CodingKeys: String, CodingKey {
            case rule, scenario, base, changed, gained, lost, winners, losers
            case gainedUsd = "gained_usd"
            case lostUsd = "lost_usd"
        }
    }
    public var book: String
    public var impact: String
    public var rows: [Row] = []

    public init(book: String, impact: String) {
        self.book = book
        self.impact = impact
    }

    /// Adds a rule at every shock.
    ///
    /// - Throws: `CancellationError` once the first book's watch says so.
    public mutating func add(
        _ name: String, base: borrowing StressedBook, changed: borrowing StressedBook, shocks: [Shock],
        impact: Impact
    ) throws {
        for (i, shock) in shocks.enumerated() {
            try base.watch.check()
            defer { base.watch.onProgress(name, i + 1, shocks.count) }
            var before = [Double](repeating: 0, count: base.names.count)
            var after = before
            let first = base.outcome(shock, impact: impact, after: { before[$0] += $1 })
            let second = changed.outcome(shock, impact: impact, after: { after[$0] += $1 })
            // A hundredth of a cent is rounding.
            let changes = zip(before, after).enumerated().map { ($0.offset, $0.element.1 - $0.element.0) }
                .filter { abs($0.1) > 1e-4 }
            let sorted = changes.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
            let names = base.names
            rows.append(
                Row(
                    rule: name, scenario: shock.name, base: first, changed: second,
                    gainedUsd: changes.reduce(0) { $0 + max(0, $1.1) },
                    lostUsd: changes.reduce(0) { $0 - min(0, $1.1) },
                    gained: changes.filter { $0.1 > 0 }.count, lost: changes.filter { $0.1 < 0 }.count,
                    winners: sorted.reversed().filter { $0.1 > 0 }.prefix(10).map {
                        Account(account: names[$0.0], usd: $0.1)
                    },
                    losers: sorted.filter { $0.1 < 0 }.prefix(10).map {
                        Account(account: names[$0.0], usd: $0.1)
                    }))
        }
    }

    /// For the terminal.
    public var text: String {
        var lines = ["\(book), each shock under the book's own rules and under another; impact \(impact)"]
        func change(_ name: String, _ a: Double, _ b: Double) -> String? {
            abs(a - b) < 0.005 ? nil : "\(name) \(shortFigure(a)) to \(shortFigure(b))"
        }
        for row in rows {
            let (a, b) = (row.base, row.changed)
            let changes = [
                change("liquidated accounts", Double(a.accountsLiquidated), Double(b.accountsLiquidated)),
                change("called", Double(a.accountsCalled), Double(b.accountsCalled)),
                change(
                    "liquidated", a.liquidatedLongUsd + a.liquidatedShortUsd,
                    b.liquidatedLongUsd + b.liquidatedShortUsd),
                change("deficits", a.deficitUsd, b.deficitUsd),
                change("fund paid", a.fundDrawUsd, b.fundDrawUsd),
                change("fund left", a.fundLeftUsd, b.fundLeftUsd),
                change("deleveraged", a.deleveragedUsd, b.deleveragedUsd),
                change("bad debt", a.badDebtUsd, b.badDebtUsd),
            ].compactMap { $0 }
            lines += [
                "",
                "\(row.rule), \(row.scenario): "
                    + (changes.isEmpty ? "no figure changes" : changes.joined(separator: "; ")),
            ]
            guard row.gained + row.lost > 0 else { continue }
            lines.append(
                "  \(row.gained) accounts end with \(shortFigure(row.gainedUsd)) more, \(row.lost) with \(shortFigure(row.lostUsd)) less"
            )
            func list(_ all: [Account]) -> String {
                all.prefix(3).map { "\($0.account) \(shortFigure($0.usd))" }.joined(separator: ", ")
            }
            if !row.winners.isEmpty { lines.append("  most gained: \(list(row.winners))") }
            if !row.losers.isEmpty { lines.append("  most lost: \(list(row.losers))") }
        }
        return lines.joined(separator: "\n")
    }
}
