import Desk
import Lending
import Primitives
import RealModule

/// All loans of a book, protocol by protocol.
struct BookLoans: ~Copyable {
    private var aave: FixedArray<LoanLedger<AavePool>>
    private var comet: FixedArray<LoanLedger<CometMarket>>
    private var morpho: FixedArray<LoanLedger<MorphoLoans>>
    /// Accounts by protocol.
    private let counts: [String: Int]

    init(_ builder: LoanBuilder, _ health: inout Health) throws(InputError) {
        // Made in one go, as values that cannot be copied have to be: what can be refused is refused before.
        let plans = try builder.plans(&health)
        aave = FixedArray(count: plans.aave.count) { builder.aave(plans.aave[$0]) }
        comet = FixedArray(count: plans.comet.count) { builder.comet(plans.comet[$0]) }
        morpho = FixedArray(count: plans.morpho.count) { builder.morpho(plans.morpho[$0]) }
        counts = plans.counts
    }

    /// Every pool cleared at given prices, from the book's own state.
    ///
    /// - Parameter each: told of every borrower before keepers come.
    func clear(
        _ notes: inout StressNotes, each: ((_ owner: Int, LoanStanding) -> Void)?,
        price: (LoanAsset) -> Exact
    ) {
        func cleared<Pool: LoanPool & ~Copyable>(
            _ ledgers: borrowing FixedArray<LoanLedger<Pool>>, _ notes: inout StressNotes
        ) {
            for l in 0..<ledgers.count {
                var ledger = LoanLedger(copying: ledgers[l])
                ledger.set(price)
                if let each { ledger.tell(each) }
                ledger.clear(&notes, at: SimTime(seconds: 0))
            }
        }
        cleared(aave, &notes)
        cleared(comet, &notes)
        cleared(morpho, &notes)
        count(&notes)
    }

    /// Every pool along a path, keepers coming at each of its times.
    func walk(_ path: StressPath, _ notes: inout StressNotes) {
        func walked<Pool: LoanPool & ~Copyable>(
            _ ledgers: borrowing FixedArray<LoanLedger<Pool>>, _ notes: inout StressNotes
        ) {
            for l in 0..<ledgers.count {
                var ledger = LoanLedger(copying: ledgers[l])
                for step in path.times.indices {
                    ledger.set { asset in
                        guard let coin = asset.coin, let factor = Exact(String(path.factor(coin, step)))
                        else {
                            return asset.price
                        }
                        return asset.price * factor
                    }
                    ledger.clear(&notes, at: path.times[step])
                }
            }
        }
        walked(aave, &notes)
        walked(comet, &notes)
        walked(morpho, &notes)
        count(&notes)
    }

    /// Standings of one borrower before and at given prices, and what keepers then do.
    func traces(of owner: Int32, price: (LoanAsset) -> Exact) -> [LoanTrace] {
        var all: [LoanTrace] = []
        func traced<Pool: LoanPool & ~Copyable>(_ ledgers: borrowing FixedArray<LoanLedger<Pool>>) {
            for l in 0..<ledgers.count {
                for (account, one) in ledgers[l].owners.enumerated() where one == owner {
                    var ledger = LoanLedger(copying: ledgers[l])
                    let before = ledger.pool.standing(of: Int32(account))
                    ledger.set(price)
                    let after = ledger.pool.standing(of: Int32(account))
                    let isUnsafe = ledger.pool.verdict(Int32(account)) == .unsafe
                    let closing = isUnsafe ? ledger.pool.close(Int32(account)) : nil
                    let names = ledger.assets.map(\.name)
                    all.append(
                        LoanTrace(
                            lender: ledger.lender, healthBefore: before.healthFactor,
                            collateralUsd: after.collateralUsd, debtUsd: after.debtUsd,
                            health: after.healthFactor,
                            seized: closing?.seized.map { (names[$0.asset], $0.tokens) } ?? [],
                            repaid: closing?.repaid.map { (names[$0.asset], $0.tokens) } ?? [],
                            badDebtUsd: closing?.badDebtUsd ?? 0))
                }
            }
        }
        traced(aave)
        traced(comet)
        traced(morpho)
        return all
    }

    private func count(_ notes: inout StressNotes) {
        for (lender, accounts) in counts {
            notes.loans[lender, default: LoanOutcome(lender: lender)].accounts = accounts
        }
    }
}

/// What a shock does to one borrower on one protocol.
public struct LoanTrace: Sendable {
    public var lender: String
    /// Nil without debt.
    public var healthBefore: Double?
    /// At the final prices, before keepers come.
    public var collateralUsd: Double
    public var debtUsd: Double
    public var health: Double?
    public var seized: [(asset: String, tokens: Double)]
    public var repaid: [(asset: String, tokens: Double)]
    public var badDebtUsd: Double
}
