import Desk
import Lending
import Primitives
import RealModule

/// What a shock does to the loans of one protocol. Dollars at the shocked oracle prices.
public struct LoanOutcome: Sendable, Encodable {
    public var lender: String
    public var accounts = 0
    /// Below a health factor of one.
    public var accountsLiquidated = 0
    /// Of those, before keepers came.
    public var unsafeDebtUsd = 0.0
    /// Nil where nobody is unsafe.
    public var lowestHealthFactor: Double?
    /// Debt that keepers paid, or that the protocol took over for the collateral.
    public var repaidUsd = 0.0
    public var seizedUsd = 0.0
    /// Debt that no collateral covers.
    public var badDebtUsd = 0.0

    public init(lender: String) { self.lender = lender }

    enum CodingKeys: String, CodingKey {
        case accounts
        case lender = "protocol"
        case accountsLiquidated = "accounts_liquidated"
        case unsafeDebtUsd = "unsafe_debt_usd"
        case lowestHealthFactor = "lowest_health_factor"
        case repaidUsd = "repaid_usd"
        case seizedUsd = "seized_usd"
        case badDebtUsd = "bad_debt_usd"
    }
}

/// An asset of loans and the coin it moves with.
struct LoanAsset: Sendable {
    var name: String
    /// Nil for a dollar.
    var coin: String?
    var price: Exact

    init(_ name: String, price: Exact) {
        self.name = name.uppercased()
        coin = TokenNames.coin(of: name)
        self.price = price
    }

    /// The price after a shock and a further fall of coins in logarithms.
    func price(_ shock: Shock, _ extra: [String: Double]) -> Exact {
        let shocked =
            price
            * (shock.moves[name].map { _ in shock.factor(name) } ?? coin.map { shock.factor($0) } ?? .one)
        return shocked * StressedBook.factor(ofFall: coin.flatMap { extra[$0] } ?? 0)
    }

    /// With eight decimals, as oracles answer; the smallest there is in place of none, and no price above a thousand million.
    static func answer(_ price: Exact) -> UInt256 { min(max(.one, price.wide(8)), .powerOf10(17)) }
}

/// Loans of a book in one pool: shocked as often as is asked, each time from a copy.
struct LoanLedger<Pool: LoanPool & ~Copyable>: ~Copyable {
    let lender: String
    /// In the pool's order.
    let assets: [LoanAsset]
    var pool: Pool
    private var triggers: LendingTriggers
    /// By account of the pool: the name's place in the book's list; -1 of lenders and keepers.
    let owners: [Int32]
    /// By asset: what the oracle says, dollars.
    private var answers: [Double]
    /// By account that keepers have come for: the bad debt that is noted of it.
    private var closed: [Int32: Double] = [:]

    init(lender: String, assets: [LoanAsset], pool: consuming Pool, owners: [Int32]) {
        self.lender = lender
        self.assets = assets
        self.owners = owners
        answers = assets.map(\.price.double)
        triggers = LendingTriggers(pool)
        self.pool = pool
    }

    init(copying other: borrowing LoanLedger) {
        lender = other.lender
        assets = other.assets
        pool = Pool(copying: other.pool)
        triggers = LendingTriggers(copying: other.triggers)
        owners = other.owners
        answers = other.answers
        closed = other.closed
    }

    mutating func set(_ price: (LoanAsset) -> Exact) {
        for (a, asset) in assets.enumerated() {
            let price = price(asset)
            pool.answer(a, LoanAsset.answer(price))
            answers[a] = price.double
        }
    }

    /// Every borrower as it stands at the prices.
    func tell(_ each: (_ owner: Int, LoanStanding) -> Void) {
        for (account, owner) in owners.enumerated() where owner >= 0 {
            each(Int(owner), pool.standing(of: Int32(account)))
        }
    }

    /// Lets keepers come for everybody who is unsafe.
    mutating func clear(_ notes: inout StressNotes, at time: SimTime) {
        var found = Buffer<Int32>()
        triggers.findUnsafe(pool, into: &found)
        var outcome = notes.loans[lender] ?? LoanOutcome(lender: lender)
        for i in 0..<found.count { close(found[i], &outcome, &notes, at: time) }
        notes.loans[lender] = outcome
    }

    private mutating func close(
        _ account: Int32, _ outcome: inout LoanOutcome, _ notes: inout StressNotes, at time: SimTime
    ) {
        let before = pool.standing(of: account)
        if closed[account] == nil { outcome.unsafeDebtUsd += before.debtUsd }
        // A borrower of several pools is one.
        if notes.borrowers[lender, default: []].insert(owners[Int(account)]).inserted {
            outcome.accountsLiquidated += 1
        }
        if let factor = before.healthFactor {
            outcome.lowestHealthFactor = min(outcome.lowestHealthFactor ?? factor, factor)
        }
        let closing = pool.close(account)
        var seized = 0.0
        for part in closing.seized { seized += sell(part.asset, part.tokens, &notes) }
        for part in closing.repaid { outcome.repaidUsd -= sell(part.asset, -part.tokens, &notes) }
        outcome.seizedUsd += seized
        // Debt without collateral that no rule burns is found again at every later price: noted once.
        outcome.badDebtUsd += max(0, closing.badDebtUsd - (closed[account] ?? 0))
        closed[account] = max(closed[account] ?? 0, closing.badDebtUsd)
        notes.tell(owners[Int(account)], lender) {
            $0.liquidatedUtc = $0.liquidatedUtc ?? "\(time)"
            $0.liquidatedUsd += seized
        }
    }

    /// Keepers sell what they seize for dollars, and buy with them what they repay: at the book's own prices.
    ///
    /// - Returns: dollars at the oracle's prices.
    private func sell(_ a: Int, _ tokens: Double, _ notes: inout StressNotes) -> Double {
        if let coin = assets[a].coin { notes.soldUsd[coin, default: 0] += tokens * assets[a].price.double }
        return tokens * answers[a]
    }
}
