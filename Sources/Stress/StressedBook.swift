import Anatomy
import Clearing
import Desk
import Primitives
import RealModule
import Venues

/// A book whose ledgers are built: shocked as often as is asked, each time from the same state.
public struct StressedBook: ~Copyable {
    public let book: AccountBook
    public let names: [String]
    /// Coins of the book's markets, in their order.
    public let coins: [String]
    var ledgers: FixedArray<StressLedger>
    let loans: BookLoans
    /// Dollars in positions, by coin, long and short together.
    private(set) var openUsd: [String: Double] = [:]
    /// In the order of the coins: the same sum each time.
    var totalOpenUsd: Double { coins.reduce(0) { $0 + (openUsd[$1] ?? 0) } }
    public private(set) var health: Health
    /// Prices are counted up to this multiple of the marks.
    private let room: Double
    /// Seconds between failing and being closed, along paths.
    public var marginPeriod: Int64 = 0
    public var watch = StressWatch()

    /// - Parameters:
    ///   - overrides: settings in place of the rulebooks', by venue.
    ///   - day: of the rules.
    ///   - change: rules of the book in another size.
    ///   - room: prices are counted up to this multiple of the marks: the less room, the finer they are.
    /// - Throws: `InputError` for what no ledger can be made of.
    public init(
        _ book: AccountBook, health: Health, overrides: [String: [(key: String, text: String)]] = [:],
        day: String = Rulebook.defaultDay, room: Double = 4, change: BookChange = BookChange()
    ) throws(InputError) {
        self.room = room
        var book = book
        if change.fund != 1 { book.multiplyFunds(by: change.fund) }
        if change.positions != 1 { book.multiplyPositions(by: change.positions) }
        self.book = book
        var noted = health
        let builder = LedgerBuilder(
            book, overrides: overrides, day: day, room: room, maintenance: change.maintenance)
        let keys = builder.keys
        names = builder.names
        coins = book.coins
        self.health = health
        // Made in one go, as values that cannot be copied have to be; the first refusal is thrown after it.
        var refusal: InputError?
        ledgers = FixedArray(count: keys.count) { i in
            do throws(InputError) { return try builder.ledger(keys[i], &noted) } catch {
                if refusal == nil { refusal = error }
                return StressLedger.empty
            }
        }
        for venue in overrides.keys.sorted() where !keys.contains(where: { $0.venue == venue }) {
            throw InputError(
                file: "--rules", key: venue, found: "a venue the book does not have",
                allowed: Set(keys.map(\.venue)).sorted().joined(separator: ", "),
                nearest: nearestName(to: venue, among: keys.map(\.venue)))
        }
        if let refusal { throw refusal }
        loans = try BookLoans(LoanBuilder(book: book, owners: builder.ownerOfLoan, day: day), &noted)
        self.health = noted
        for l in 0..<ledgers.count {
            for (m, market) in ledgers[l].markets.enumerated() {
                let lots = ledgers[l].venue.house.openInterest(Int32(m))
                let notional = ledgers[l].venue.house.unit(Int32(m)).notional(
                    lots, at: ledgers[l].venue.house.mark(Int32(m)))
                openUsd[market.coin, default: 0] += Double(notional.micros) * ledgers[l].usdPerUnit()
            }
        }
    }

    /// Rounds after which prices that do not come to rest are left where they are.
    static let mostRounds = 500
    /// Rounds after which a move of the price is only ever widened.
    private static let freeRounds = 60

    /// The book after a shock and everything that follows from it.
    ///
    /// Without impact the marks are the shocked ones. With it they are the fixed point: the smallest fall x of each coin with
    /// x = shock + impact(what is sold when everybody who fails at x is closed at x), in logarithms of the price. Where sales of
    /// longs and purchases of shorts would answer each other without end, it is the smallest from which no step leads further.
    ///
    /// - Parameters:
    ///   - each: told of every account at the final marks, before it is cleared: its name's place and its state.
    ///   - after: told of every account's equity after all is cleared, dollars, ledger by ledger.
    public func outcome(
        _ shock: Shock, impact: Impact = .none, each: ((Int, AccountOutcome) -> Void)? = nil,
        after: ((Int, Double) -> Void)? = nil
    ) -> StressOutcome {
        let (extra, found, rounds, isAtRest) = rest(shock, impact, clears: each == nil && after == nil)
        // Who asks for accounts is told once, where prices rest.
        let notes = found ?? clear(shock, extra, each: each, after: after)
        var outcome = notes.outcome
        outcome.rounds = rounds
        outcome.isAtRest = isAtRest
        var (weighted, weight) = (0.0, 0.0)
        for coin in coins {
            let log = -Double.log(shock.factor(coin).double)
            outcome.shockPct[coin] = shock.move(of: coin).double
            outcome.fallPct[coin] = (1 - Double.exp(-(log + (extra[coin] ?? 0)))) * 100
            guard log != 0 else { continue }
            let size = openUsd[coin] ?? 0
            weighted += size * (log + (extra[coin] ?? 0)) / log
            weight += size
        }
        outcome.amplification = weight > 0 ? weighted / weight : 1
        return outcome
    }

    /// Where prices come to rest: falls beyond the shock by coin, in logarithms.
    ///
    /// - Parameter clears: false leaves it to the caller to clear the book there.
    /// - Returns: what happened there, where it was cleared.
    func rest(
        _ shock: Shock, _ impact: Impact, clears: Bool = true
    ) -> (extra: [String: Double], notes: StressNotes?, rounds: Int, isAtRest: Bool) {
        var extra: [String: Double] = [:]
        if impact == .none { return (extra, clears ? clear(shock, extra) : nil, 1, true) }
        var notes = clear(shock, extra)
        for rounds in 1..<Self.mostRounds {
            var next: [String: Double] = [:]
            // A price that would go beyond what can be counted is held there: it is not at rest.
            var cut = false
            for coin in coins {
                let before = extra[coin] ?? 0
                let wanted = impact.fall(of: coin, sold: notes.soldUsd[coin] ?? 0)
                let fall = countable(wanted, shock, coin)
                cut = cut || fall != wanted
                // Sales and purchases that answer each other would go round for ever: then no move is taken back.
                next[coin] = rounds > Self.freeRounds && abs(fall) < abs(before) ? before : fall
            }
            if coins.allSatisfy({ abs(next[$0]! - (extra[$0] ?? 0)) <= 1e-13 }) {
                return (extra, clears ? notes : nil, rounds, !cut)
            }
            extra = next
            notes = clear(shock, extra)
        }
        return (extra, clears ? notes : nil, Self.mostRounds, false)
    }

    /// A fall beyond the shock, no further than a hundredth of the mark and as far up as prices are counted.
    private func countable(_ fall: Double, _ shock: Shock, _ coin: String) -> Double {
        let factor = shock.factor(coin).double
        return min(max(fall, min(0, Double.log(factor / room))), max(0, Double.log(factor * 100)))
    }

    /// e to the minus a fall.
    static func factor(ofFall fall: Double) -> Exact {
        fall == 0 ? .one : Exact(String(Double.exp(-min(60, max(-20, fall)))))!
    }

    /// Everything cleared at given marks, from the book's own state.
    ///
    /// - Parameter extra: falls beyond the shock, by coin, in logarithms.
    private func clear(
        _ shock: Shock, _ extra: [String: Double], each: ((Int, AccountOutcome) -> Void)? = nil,
        after: ((Int, Double) -> Void)? = nil
    ) -> StressNotes {
        var notes = StressNotes(shock.name)
        for l in 0..<ledgers.count {
            var ledger = StressLedger(copying: ledgers[l])
            ledger.move(shock, extra)
            if let each { ledger.tell(each) }
            ledger.clear(&notes, before: ledgers[l])
            if let after { ledger.tellEquity(after) }
        }
        loans.clear(
            &notes,
            each: each.map { tell in { owner, standing in tell(owner, AccountOutcome(of: standing)) } }
        ) { $0.price(shock, extra) }
        notes.finish(names)
        return notes
    }
}

extension StressedBook {
    /// How far above its marks a book's prices must be counted: by what is asked of it. The less room, the finer the ticks.
    public static func room(
        for shocks: [Shock], impact: Impact, paths: [StressPath] = [], reverses: Bool = false,
        draws: Bool = false
    ) -> Double {
        // The map goes up to 60 %, a reverse test to 95; forced purchases may push prices beyond a shock; who knows of drawn paths.
        let least = draws ? 4 : reverses ? 2 : 1.6
        let highest = (shocks.map(\.highest).max() ?? 1) * (impact == .none ? 1 : 1.3)
        return max(least, max(highest, paths.map(\.highest).max() ?? 1) * 1.05)
    }
}
