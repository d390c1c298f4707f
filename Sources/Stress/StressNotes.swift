/// What happened to a book while it was cleared, at a shock or along a path: sums, and to whom.
struct StressNotes {
    struct Place: Hashable {
        /// Of the name in the book's list.
        var owner: Int32
        var venue: String
    }
    var outcome: StressOutcome
    /// Sold by force less bought, at the book's own marks, by coin.
    var soldUsd: [String: Double] = [:]
    var deficits: [Int32: Double] = [:]
    /// By protocol.
    var loans: [String: LoanOutcome] = [:]
    /// Whom keepers came for, by protocol.
    var borrowers: [String: Set<Int32>] = [:]
    var called: Set<Int32> = []
    var liquidated: Set<Int32> = []
    /// Who was called, closed and deleveraged, and when; nil where nobody asks.
    var stories: [Place: PathStory]?

    init(_ scenario: String, tells: Bool = false) {
        outcome = StressOutcome(scenario: scenario)
        stories = tells ? [:] : nil
    }

    mutating func tell(_ owner: Int32, _ venue: String, _ change: (inout PathStory) -> Void) {
        guard stories != nil, owner >= 0 else { return }
        change(
            &stories![Place(owner: owner, venue: venue), default: PathStory(account: "", venue: venue)])
    }

    private static let mostDeficits = 10

    /// What is known when every ledger was cleared.
    ///
    /// - Parameter names: the book's.
    mutating func finish(_ names: [String]) {
        if !loans.isEmpty { outcome.lending = loans.values.sorted { $0.lender < $1.lender } }
        outcome.accountsLiquidated = liquidated.count
        outcome.accountsCalled = called.union(liquidated).count
        // Ten of perhaps a hundred thousand: no need to order them all.
        let most = Self.mostDeficits
        var worst: [(key: Int32, value: Double)] = []
        for one in deficits
        where one.value > 0
            && (worst.count < most || (worst[most - 1].value, one.key) < (one.value, worst[most - 1].key))
        {
            let place = worst.firstIndex { ($0.value, one.key) < (one.value, $0.key) } ?? worst.count
            worst.insert((one.key, one.value), at: place)
            if worst.count > most { worst.removeLast() }
        }
        outcome.largestDeficits = worst.map { .init(account: names[Int($0.key)], usd: $0.value) }
        outcome.cover1Usd = worst.first?.value ?? 0
        outcome.cover2Usd = worst.prefix(2).reduce(0) { $0 + $1.value }
    }
}
