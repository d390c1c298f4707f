import Clearing
import Desk
import Primitives
import Venues

/// What a shock does to one account on one ledger, event by event.
public struct StressTrace: Sendable {
    public struct Scope: Sendable {
        /// `cross`, or the symbol of an isolated position.
        public var name: String
        /// In the ledger's currency: before the shock, and at the final marks before anything is cleared.
        public var equityBefore: Double
        public var equity: Double
        public var maintenance: Double
    }
    public struct Step: Sendable {
        public var kind: ClearingEvent.Kind
        public var symbol: String
        public var isLong: Bool
        /// Contracts, or coins of a linear one; dollars a coin.
        public var size: Double
        public var price: Double
        /// In the ledger's currency.
        public var amount: Double
        public var loss: Double
        public var equity: Double
        public var maintenance: Double
        /// The other account's name; empty for the venue's own and the rest of the market.
        public var counterparty: String
    }
    public var venue: String
    public var currency: String
    public var rulebook: Rulebook
    public var scopes: [Scope]
    public var steps: [Step]
}

extension StressedBook {
    /// What a shock does to one account's loans.
    public func loanTraces(of account: String, _ shock: Shock, impact: Impact) -> [LoanTrace] {
        guard let owner = names.firstIndex(of: account).map(Int32.init) else { return [] }
        let extra = rest(shock, impact, clears: false).extra
        return loans.traces(of: owner) { $0.price(shock, extra) }
    }

    /// By account with loans: the lowest health factor of them as the book is.
    public func healthFactors() -> [String: Double?] {
        var all: [String: Double?] = [:]
        var notes = StressNotes("")
        let labels = names
        loans.clear(
            &notes,
            each: { owner, standing in
                let factors = [all[labels[owner]] ?? nil, standing.healthFactor].compactMap { $0 }
                all[labels[owner]] = .some(factors.min())
            }, price: { $0.price })
        return all
    }

    /// One account's traces, a ledger each; empty where the book has no such account.
    public func traces(of account: String, _ shock: Shock, impact: Impact) -> [StressTrace] {
        guard let owner = names.firstIndex(of: account).map(Int32.init) else { return [] }
        let extra = rest(shock, impact, clears: false).extra
        var traces: [StressTrace] = []
        for l in 0..<ledgers.count {
            guard let place = ledgers[l].owners.firstIndex(of: owner) else { continue }
            var ledger = StressLedger(copying: ledgers[l])
            ledger.move(shock, extra)
            traces.append(
                ledger.trace(AccountID(rawValue: Int32(place)), before: ledgers[l], names: names, book: book))
        }
        return traces
    }
}

extension StressLedger {
    fileprivate mutating func trace(
        _ account: AccountID, before: borrowing StressLedger, names: [String], book: AccountBook
    ) -> StressTrace {
        let one = 1 / Double(power(places))
        func amount(_ money: Money) -> Double { Double(money.micros) * one }
        let symbols = markets.map { book.markets[$0.inBook].symbol } + collateral.map(\.asset)
        var scopes: [StressTrace.Scope] = []
        for scope in venue.house.scopes(of: account) {
            let state = venue.house.margin(scope)
            scopes.append(
                .init(
                    name: scope.isolatedPosition.map { symbols[Int(venue.house.position($0).market)] }
                        ?? "cross",
                    equityBefore: amount(before.venue.house.margin(scope).equity),
                    equity: amount(state.equity),
                    maintenance: amount(state.maintenance)))
        }
        venue.house.events.removeAll()
        settle()
        var steps: [StressTrace.Step] = []
        for i in 0..<venue.house.events.count {
            let event = venue.house.events[i]
            // A winner's story has its own side of a deleveraging.
            guard event.account == account || event.counterparty == account else { continue }
            let other = event.account == account ? event.counterparty : event.account
            let owner = owner(other)
            let m = Int(event.market)
            let quanta =
                m < 0 ? nil : m < markets.count ? markets[m].quanta : collateral[m - markets.count].quanta
            let lots = event.account == account ? event.lots : -event.lots
            steps.append(
                .init(
                    kind: event.kind, symbol: m < 0 ? "" : symbols[m], isLong: lots < .zero,
                    size: quanta.map {
                        Double(abs(lots.count)) / Exact(digits: 1, places: -$0.lotPlaces).double
                    } ?? 0,
                    price: quanta.map { Double(event.price.count) / $0.ticksPerUSD }
                        ?? 0,
                    amount: amount(event.amount), loss: event.account == account ? amount(event.loss) : 0,
                    equity: amount(event.equity), maintenance: amount(event.maintenance),
                    counterparty: owner < 0 ? "" : names[Int(owner)]))
        }
        return StressTrace(
            venue: name, currency: currency, rulebook: venue.rulebook, scopes: scopes, steps: steps)
    }
}
