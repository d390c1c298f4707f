import Desk
import Lending
import Primitives

/// Puts the loans of a book into pools of their protocols.
struct LoanBuilder {
    let book: AccountBook
    /// By row of lending.csv: the name's place.
    let owners: [Int32]
    /// Whose rules hold, YYYY-MM-DD.
    let day: String

    /// Where one row stands in its pool: -1 for a side that it does not have.
    struct Entry {
        var row: Int
        var collateral: Int
        var debt: Int
    }
    struct AavePlan {
        var revision: AaveRevision
        var assets: [LoanAsset] = []
        var reserves: [AaveReserveParameters] = []
        var borrowers: [(owner: Int32, entries: [Entry])] = []
    }
    struct CometPlan {
        /// The base token, then collaterals.
        var assets: [LoanAsset]
        var listed: [CometAssetParameters] = []
        var borrowers: [(owner: Int32, entries: [Entry])] = []
    }
    struct MorphoPlan {
        var collateral: LoanAsset
        var loan: LoanAsset
        var lltv: UInt256
        var owed = Exact.zero
        var borrowers: [(owner: Int32, entries: [Entry])] = []
    }
    struct Plans {
        var aave: [AavePlan] = []
        var comet: [CometPlan] = []
        var morpho: [MorphoPlan] = []
        var counts: [String: Int] = [:]
    }

    func plans(_ health: inout Health) throws(InputError) -> Plans {
        var plans = Plans()
        var rows: [String: [Int32: [Int]]] = [:]
        for (row, loan) in book.loans.enumerated() {
            rows[loan.lender, default: [:]][owners[row], default: []].append(row)
        }
        for (lender, byOwner) in rows.sorted(by: { $0.key < $1.key }) {
            plans.counts[lender] = byOwner.count
            for (owner, rows) in byOwner.sorted(by: { $0.key < $1.key }) {
                switch lender {
                case "aave-v3": try addAave(owner, rows, &plans.aave)
                case "compound-v3": try addComet(owner, rows, &plans.comet)
                default: try addMorpho(owner, rows, &plans.morpho, &health)
                }
            }
        }
        return plans
    }

    func asset(_ name: String) -> LoanAsset {
        // A side that a row leaves empty has no tokens: its price plays no part.
        LoanAsset(name, price: name.isEmpty ? .one : book.price(of: name)!)
    }

    func refuse(_ loan: AccountBook.Loan, _ key: String, _ found: String, _ allowed: String) -> InputError {
        InputError(
            file: book.folder + "/lending.csv", line: loan.line, key: key, found: found, allowed: allowed)
    }

    /// Basis points of a fraction, as governance states them.
    func bps(_ share: Exact) -> Int { Int((share * Exact(10_000)).units(0)!.value) }

    /// The name under which the presets list an asset.
    func listing(_ asset: String) -> String {
        switch asset.uppercased() {
        case "ETH": "WETH"
        case "BTC": "WBTC"
        default: asset
        }
    }

    /// Tokens in base units, cut to what the token can hold.
    func amount(_ tokens: Exact, _ asset: LoanAsset) -> UInt256 {
        tokens.wide(TokenNames.decimals(of: asset.name))
    }
    func unit(_ asset: LoanAsset) -> UInt8 { UInt8(TokenNames.decimals(of: asset.name)) }

    // MARK: Aave

    /// Reserves a pool can have.
    private static let mostReserves = 64
    /// Interest of a moment's shock is nothing: rates play no part.
    private static let rates = AaveRateStrategy(
        optimalUsageBps: 9_000, baseBps: 0, slope1Bps: 0, slope2Bps: 0)

    private func addAave(_ owner: Int32, _ rows: [Int], _ plans: inout [AavePlan]) throws(InputError) {
        var wanted: [(asset: LoanAsset, parameters: AaveReserveParameters)] = []
        func place(_ asset: LoanAsset, _ parameters: AaveReserveParameters) -> Int {
            if let found = wanted.firstIndex(where: {
                $0.asset.name == asset.name
                    && $0.parameters.liquidationThresholdBps == parameters.liquidationThresholdBps
                    && $0.parameters.liquidationBonusBps == parameters.liquidationBonusBps
            }) {
                return found
            }
            wanted.append((asset, parameters))
            return wanted.count - 1
        }
        var entries: [Entry] = []
        for row in rows {
            let loan = book.loans[row]
            var entry = Entry(row: row, collateral: -1, debt: -1)
            if !loan.collateral.isZero {
                let asset = asset(loan.collateralAsset)
                entry.collateral = place(asset, try aaveListing(loan, asset))
            }
            if !loan.debt.isZero {
                let asset = asset(loan.debtAsset)
                entry.debt = place(asset, reserve(asset, threshold: 0, bonus: 0))
            }
            entries.append(entry)
        }
        guard wanted.count <= Self.mostReserves else {
            throw refuse(
                book.loans[rows[0]], "account", "\(wanted.count) assets", "at most \(Self.mostReserves)")
        }
        // The first pool that has room for what is new to it.
        for p in 0...plans.count {
            if p == plans.count {
                plans.append(AavePlan(revision: try LendingRulebooks.aaveRevision(on: day)))
            }
            let places = wanted.map { one in
                plans[p].reserves.indices.first {
                    plans[p].assets[$0].name == one.asset.name
                        && plans[p].reserves[$0].liquidationThresholdBps
                            == one.parameters.liquidationThresholdBps
                        && plans[p].reserves[$0].liquidationBonusBps == one.parameters.liquidationBonusBps
                }
            }
            guard plans[p].reserves.count + places.count(where: { $0 == nil }) <= Self.mostReserves else {
                continue
            }
            let final = zip(wanted, places).map { one, place in
                if let place { return place }
                plans[p].assets.append(one.asset)
                plans[p].reserves.append(one.parameters)
                return plans[p].reserves.count - 1
            }
            plans[p].borrowers.append(
                (
                    owner,
                    entries.map {
                        Entry(
                            row: $0.row, collateral: $0.collateral < 0 ? -1 : final[$0.collateral],
                            debt: $0.debt < 0 ? -1 : final[$0.debt])
                    }
                ))
            return
        }
    }

    private func reserve(_ asset: LoanAsset, threshold: Int, bonus: Int) -> AaveReserveParameters {
        AaveReserveParameters(
            decimals: unit(asset), ltvBps: UInt32(threshold), liquidationThresholdBps: UInt32(threshold),
            liquidationBonusBps: UInt32(10_000 + bonus), rates: Self.rates)
    }

    private func aaveListing(
        _ loan: AccountBook.Loan, _ asset: LoanAsset
    ) throws(InputError) -> AaveReserveParameters {
        let listed = AaveListing.named(listing(loan.collateralAsset))
        guard let threshold = loan.threshold.map(bps) ?? listed.map({ Int($0.liquidationThresholdBps) })
        else {
            throw refuse(
                loan, "liquidation_threshold", "nothing, of \(loan.collateralAsset)",
                "a fraction as 0.83; known without are \(AaveListing.table.map(\.asset).joined(separator: ", "))"
            )
        }
        // Where only the threshold is given the bonus is five per cent, as of the largest reserves.
        let bonus = loan.bonus.map(bps) ?? listed.map { Int($0.liquidationBonusBps) - 10_000 } ?? 500
        return reserve(asset, threshold: threshold, bonus: bonus)
    }

    func aave(_ plan: AavePlan) -> LoanLedger<AavePool> {
        var pool = AavePool(
            reserves: plan.reserves, prices: plan.assets.map { LoanAsset.answer($0.price) },
            revision: plan.revision,
            expectedAccounts: plan.borrowers.count + 2, at: SimTime(seconds: 0))
        var owed = plan.assets.map { _ in UInt256.zero }
        for entry in plan.borrowers.flatMap(\.entries) where entry.debt >= 0 {
            owed[entry.debt] += amount(book.loans[entry.row].debt, plan.assets[entry.debt])
        }
        let lender = pool.addAccount()
        _ = pool.addAccount()
        for (r, amount) in owed.enumerated() where !amount.isZero {
            // Rounded up by a unit a loan at most.
            try! pool.supply(Int32(r), amount + UInt256(plan.borrowers.count), by: lender)
        }
        for (_, entries) in plan.borrowers {
            let account = pool.addAccount()
            for entry in entries where entry.collateral >= 0 {
                let tokens = amount(book.loans[entry.row].collateral, plan.assets[entry.collateral])
                if !tokens.isZero { try! pool.supply(Int32(entry.collateral), tokens, by: account) }
            }
            for entry in entries where entry.debt >= 0 {
                let tokens = amount(book.loans[entry.row].debt, plan.assets[entry.debt])
                if !tokens.isZero { try! pool.owe(Int32(entry.debt), tokens, by: account) }
            }
        }
        return LoanLedger(
            lender: "aave-v3", assets: plan.assets, pool: pool,
            owners: [-1, -1, -1] + plan.borrowers.map(\.owner))
    }
}
