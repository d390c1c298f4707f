import Desk
import Lending
import Primitives

/// Compound v3, a market for each base token, and Morpho, a market for each pair and limit.
extension LoanBuilder {
    func addComet(_ owner: Int32, _ rows: [Int], _ plans: inout [CometPlan]) throws(InputError) {
        // Collateral belongs to a market: that of the row's debt, or the only one the account owes in.
        let bases = rows.map { book.loans[$0].debtAsset.uppercased() }
        let owed = Set(bases.filter { !$0.isEmpty })
        for (row, base) in zip(rows, bases) {
            let loan = book.loans[row]
            guard !base.isEmpty || owed.count <= 1 else {
                throw refuse(
                    loan, "debt_asset",
                    "nothing, of an account with debts in \(owed.sorted().joined(separator: ", "))",
                    "the base token of the market that holds this collateral")
            }
            let name = base.isEmpty ? owed.first ?? "USDC" : base
            let place = plans.firstIndex { $0.assets[0].name == name } ?? plans.count
            if place == plans.count { plans.append(CometPlan(assets: [asset(name)])) }
            var entry = Entry(row: row, collateral: -1, debt: loan.debt.isZero ? -1 : 0)
            if !loan.collateral.isZero {
                let (held, listed) = try cometListing(loan)
                let known = plans[place].listed.indices.first {
                    plans[place].assets[$0 + 1].name == held.name
                        && plans[place].listed[$0].liquidateCollateralFactor
                            == listed.liquidateCollateralFactor
                        && plans[place].listed[$0].liquidationFactor == listed.liquidationFactor
                }
                entry.collateral = known ?? plans[place].listed.count
                if known == nil {
                    plans[place].assets.append(held)
                    plans[place].listed.append(listed)
                }
            }
            if plans[place].borrowers.last?.owner == owner {
                plans[place].borrowers[plans[place].borrowers.count - 1].entries.append(entry)
            } else {
                plans[place].borrowers.append((owner, [entry]))
            }
        }
    }

    private func cometListing(
        _ loan: AccountBook.Loan
    ) throws(InputError) -> (LoanAsset, CometAssetParameters) {
        let held = asset(loan.collateralAsset)
        let names = CometParameters.usdcMainnetAssets
        let known = names.firstIndex(of: listing(loan.collateralAsset)).map {
            CometParameters.usdcMainnet.assets[$0]
        }
        func ofWad(_ factor: UInt256) -> Int { Int((Double(factor) / 1e14).rounded()) }
        guard let threshold = loan.threshold.map(bps) ?? known.map({ ofWad($0.liquidateCollateralFactor) })
        else {
            throw refuse(
                loan, "liquidation_threshold", "nothing, of \(loan.collateralAsset)",
                "a fraction as 0.83; known without are \(names.joined(separator: ", "))")
        }
        let penalty = loan.bonus.map(bps) ?? known.map { 10_000 - ofWad($0.liquidationFactor) } ?? 500
        return (
            held,
            CometAssetParameters(
                decimals: unit(held), borrowCollateralBps: threshold, liquidateCollateralBps: threshold,
                liquidationFactorBps: 10_000 - penalty)
        )
    }

    func comet(_ plan: CometPlan) -> LoanLedger<CometMarket> {
        let flat = CometRateCurve(
            kinkBps: 8_000, baseBpsPerYear: 0, slopeLowBpsPerYear: 0, slopeHighBpsPerYear: 0)
        let answers = plan.assets.map { LoanAsset.answer($0.price) }
        var market = CometMarket(
            CometParameters(
                baseDecimals: unit(plan.assets[0]), supplyRate: flat, borrowRate: flat,
                storeFrontPriceFactor: .wad / 2, targetReserves: .max, minimumBorrow: .zero,
                assets: plan.listed),
            basePrice: answers[0], prices: Array(answers.dropFirst()),
            expectedAccounts: plan.borrowers.count + 1, at: SimTime(seconds: 0))
        let lender = market.addAccount()
        for entry in plan.borrowers.flatMap(\.entries) where entry.debt >= 0 {
            try! market.supply(amount(book.loans[entry.row].debt, plan.assets[0]) + 1, by: lender)
        }
        for (_, entries) in plan.borrowers {
            let account = market.addAccount()
            for entry in entries {
                if entry.collateral >= 0 {
                    let held = amount(book.loans[entry.row].collateral, plan.assets[entry.collateral + 1])
                    if !held.isZero {
                        try! market.supplyCollateral(Int32(entry.collateral), held, by: account)
                    }
                }
                guard entry.debt >= 0 else { continue }
                let owed = amount(book.loans[entry.row].debt, plan.assets[0])
                if !owed.isZero { try! market.owe(owed, by: account) }
            }
        }
        return LoanLedger(
            lender: "compound-v3", assets: plan.assets, pool: market,
            owners: [-1, -1] + plan.borrowers.map(\.owner))
    }

    // MARK: Morpho

    /// Shares are counted with six digits more than tokens, in 128 bits.
    private static let mostOwed = Exact(digits: 1, places: -14)

    func addMorpho(
        _ owner: Int32, _ rows: [Int], _ plans: inout [MorphoPlan], _ health: inout Health
    ) throws(InputError) {
        for row in rows {
            let loan = book.loans[row]
            guard let threshold = loan.threshold, !threshold.isZero else {
                throw refuse(
                    loan, "liquidation_threshold", "nothing",
                    "the market's LLTV, as 0.86: a Morpho market has no other")
            }
            guard loan.debt.isZero || !loan.collateral.isZero else {
                throw refuse(
                    loan, "collateral_asset", "nothing, beside a debt",
                    "the collateral of the same position: a Morpho position is one pair, in one row")
            }
            if loan.bonus != nil {
                health.warn(
                    "unused bonus", book.folder + "/lending.csv", loan.line,
                    "the incentive of a Morpho market follows from its LLTV")
            }
            let (held, owed) = (asset(loan.collateralAsset), asset(loan.debtAsset))
            let lltv = threshold.wide(18)
            let place =
                plans.firstIndex {
                    $0.collateral.name == held.name && $0.loan.name == owed.name && $0.lltv == lltv
                } ?? plans.count
            if place == plans.count { plans.append(MorphoPlan(collateral: held, loan: owed, lltv: lltv)) }
            plans[place].owed = plans[place].owed + loan.debt
            guard plans[place].owed <= Self.mostOwed else {
                throw refuse(
                    loan, "debt_amount", "\(plans[place].owed) \(loan.debtAsset) owed in one market",
                    "at most \(Self.mostOwed)")
            }
            let entry = Entry(row: row, collateral: 0, debt: 0)
            if plans[place].borrowers.last?.owner == owner {
                plans[place].borrowers[plans[place].borrowers.count - 1].entries.append(entry)
            } else {
                plans[place].borrowers.append((owner, [entry]))
            }
        }
    }

    func morpho(_ plan: MorphoPlan) -> LoanLedger<MorphoLoans> {
        let prices = (LoanAsset.answer(plan.collateral.price), LoanAsset.answer(plan.loan.price))
        let decimals = (Int(unit(plan.collateral)), Int(unit(plan.loan)))
        var market = MorphoMarket(
            lltv: plan.lltv, rateCurve: MorphoRateCurve(rateAtTarget: .zero),
            price: MorphoLoans.ratio(prices, decimals), expectedAccounts: plan.borrowers.count + 1,
            at: SimTime(seconds: 0))
        let lender = market.addAccount()
        for entry in plan.borrowers.flatMap(\.entries) {
            try! market.supply(.assets(amount(book.loans[entry.row].debt, plan.loan) + 1), by: lender)
        }
        for (_, entries) in plan.borrowers {
            let account = market.addAccount()
            for entry in entries {
                let held = amount(book.loans[entry.row].collateral, plan.collateral)
                if !held.isZero { try! market.supplyCollateral(held, by: account) }
                let owed = amount(book.loans[entry.row].debt, plan.loan)
                if !owed.isZero { try! market.owe(.assets(owed), by: account) }
            }
        }
        return LoanLedger(
            lender: "morpho", assets: [plan.collateral, plan.loan],
            pool: MorphoLoans(market: market, decimals: decimals, prices: prices),
            owners: [-1, -1] + plan.borrowers.map(\.owner))
    }
}
