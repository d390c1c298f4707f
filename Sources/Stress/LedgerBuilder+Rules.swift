import Clearing
import Desk
import Primitives
import Rules
import Venues

/// Which rules a ledger of a book follows.
extension LedgerBuilder {
    /// The rulebook of a ledger, with the markets of the book in place of its own.
    func rulebook(_ key: Key, _ health: inout Health) throws(InputError) -> (
        book: Rulebook, lines: [MarketRules?]
    ) {
        let markets = (marketPlaces[key] ?? []).map { book.markets[$0] }
        let settings = overrides[key.venue] ?? []
        if Self.isOwn(key.venue) {
            let text = EmbeddedFiles.text("own.yaml")!
            var own = try Rulebook(
                try RuleFile(yaml: text, file: "own.yaml", extending: Rulebook.file), on: day,
                overrides: settings)
            own.waterfall = Waterfall(
                own.waterfall.stages.map { stage in
                    guard case .fullLiquidation(var rule) = stage else { return stage }
                    rule.closesAll = true
                    // Whatever is left of an account, it is closed at the mark.
                    if !settings.contains(where: { $0.key == "full_while_equity_at_least" }) {
                        rule.whileEquityAtLeast = Rate(pico: .min + 1)
                    }
                    return .fullLiquidation(rule)
                })
            return (own, markets.map { _ in nil })
        }
        let name = try rulebookName(key, markets)
        let file = try Rulebook.file(name)
        var all = settings
        if key.currency != "USD" { all.append(("settlement", key.currency)) }
        let whole = try Rulebook(file, on: day, overrides: all)
        var lines: [MarketRules?] = []
        for market in markets {
            let line = whole.markets.first { $0.spec.name == market.coin }
            let hasTiers = book.tiers.contains { $0.venue == market.venue && $0.symbol == market.symbol }
            if line == nil && !hasTiers && !isHeld(market) {
                // Priced, and nobody's: no table is needed.
                lines.append(nil)
                continue
            }
            if line == nil && !hasTiers {
                let known = whole.markets.map(\.spec.name)
                throw InputError(
                    file: path("markets.csv"), line: market.line, key: "symbol",
                    found:
                        "`\(market.symbol)`, read as \(market.coin), which the rulebook \(name) of \(day) does not have",
                    allowed: "a market of that rulebook, or its rows in tiers.csv",
                    nearest: nearestName(to: market.coin, among: known))
            }
            if let note = line?.assumption {
                health.warn("assumed tiers", path("markets.csv"), market.line, "\(market.symbol): \(note)")
            }
            lines.append(line)
        }
        return (whole, lines)
    }

    private func isHeld(_ market: AccountBook.Market) -> Bool {
        book.positions.contains { $0.venue == market.venue && $0.symbol == market.symbol }
    }

    private func rulebookName(_ key: Key, _ markets: [AccountBook.Market]) throws(InputError) -> String {
        let names = Rulebook.builtInNames
        let inverse = [key.venue + "-coinm", key.venue + "-inverse"].first(where: names.contains)
        if key.currency != "USD", let inverse { return inverse }
        if names.contains(key.venue) { return key.venue }
        throw InputError(
            file: path(markets.isEmpty ? "accounts.csv" : "markets.csv"), line: markets.first?.line ?? 0,
            key: "venue",
            found: "`\(key.venue)`", allowed: names.joined(separator: ", ") + ", own",
            nearest: nearestName(to: key.venue, among: names + ["own"]))
    }
}
