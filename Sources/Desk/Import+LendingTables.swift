import InputFiles
import Primitives

/// Tables of lending positions as researchers export them: collateral of large borrowers, their debts, and the history of one user.
extension Import {
    /// `asset_name,liquidation_threshold,collateral_amount,…,debt_amount_usdt,original_user_address`: a row a collateral, the same
    /// debt in every row of an account.
    mutating func largeBorrowers(_ file: String) throws(InputError) {
        let table = try BookFile(
            file, needed: ["asset_name", "collateral_amount", "debt_amount_usdt", "original_user_address"],
            optional: ["liquidation_threshold", "collateral_usd_estimate"])
        var owed: [String: (debt: Exact, line: Int)] = [:]
        var order: [String] = []
        while let row = try table.next() {
            let name = try row.name(3), asset = try row.name(0)
            let tokens = try row.number(1)
            let known = owed.updateValue((try row.number(2), row.line), forKey: name)
            if known == nil { order.append(name) }
            if let usd = try row.optional(5), let price = ratio(usd, tokens) {
                addLoanPrice(asset, price.rounded(figures: 8), file: file, line: row.line)
            }
            addLoan(
                "aave-v3", name, tokens.isZero ? nil : (asset, tokens), nil, threshold: try row.optional(4),
                bonus: nil,
                line: row.line)
        }
        for name in order where outstanding[name] == nil {
            if let known = firstDebt[name] {
                health.warn("account twice", file, owed[name]!.line, "the debt of a second table counts")
                book.loans[known].debt = owed[name]!.debt
                continue
            }
            addLoan(
                "aave-v3", name, nil, ("USDT", owed[name]!.debt), threshold: nil, bonus: nil,
                line: owed[name]!.line)
            firstDebt[name] = book.loans.count - 1
        }
        health.warn(
            "rough prices", file, 0,
            "prices are those that the file's dollar estimates imply, one for each asset")
    }

    /// `user_address,outstanding_debt_usdt,current_hf`: in place of the debt of another table.
    mutating func outstandingDebts(_ file: String) throws(InputError) {
        let table = try BookFile(file, needed: ["user_address", "outstanding_debt_usdt", "current_hf"])
        while let row = try table.next() {
            let name = try row.name(0), debt = try row.number(1)
            if let known = firstDebt[name] {
                health.rowsRead += 1
                health.rowsKept += 1
                book.loans[known].debt = debt
            } else {
                addLoan("aave-v3", name, nil, ("USDT", debt), threshold: nil, bonus: nil, line: row.line)
                firstDebt[name] = book.loans.count - 1
            }
            outstanding[name] = true
            printedHealth.append((name, try row.number(2), file, row.line))
        }
    }

    /// The history of a user of Aave v2: balances of tokens in base units, prices, a health factor. The last row with a health factor of one or more counts; without one the last.
    mutating func userHistory(_ file: String) throws(InputError) {
        let rows = try TableRows(path: file, comments: .aboveHeader)
        guard let header = try rows.next() else { return }
        let names = header.texts
        func place(_ name: String) -> Int { names.firstIndex(of: name)! }
        let (user, debt, collateral, factor) = (
            place("user"), place("totalDebt"), place("totalCollateral"), place("healthFactor")
        )
        var last: (line: Int, cells: [String], isSafe: Bool)?
        var count = 0
        while let row = try rows.next() {
            health.rowsRead += 1
            count += 1
            guard row.cells.count == names.count else {
                throw rows.error(
                    row, found: "\(row.cells.count) columns", allowed: "\(names.count), as in the header")
            }
            let (owed, held) = (Exact(row.texts[debt]) ?? .zero, Exact(row.texts[collateral]) ?? .zero)
            guard owed > .zero && held > .zero else { continue }
            let isSafe = (Exact(row.texts[factor]) ?? .zero) >= .one
            // After a liquidation little is left to look at.
            if isSafe || last == nil || !last!.isSafe { last = (row.line, row.texts, isSafe) }
        }
        guard let last else {
            return health.warn("no debt", file, 0, "no row of this user has a debt and collateral")
        }
        for _ in 1..<max(1, count) { health.drop("earlier state of the same account") }
        func number(_ column: Int) throws(InputError) -> Exact {
            guard let value = Exact(last.cells[column]) else {
                throw InputError(
                    file: file, line: last.line, key: names[column],
                    found: "`\(last.cells[column].prefix(40))`",
                    allowed: "a number")
            }
            return value
        }
        // One threshold for all of its collateral: health factor = threshold × collateral / debt.
        let threshold = ratio(try number(factor) * (try number(debt)), try number(collateral))?.rounded(
            figures: 4)
        for (c, name) in names.enumerated() where !name.contains(" ") {
            let isDebt = name.hasSuffix("_debt")
            guard isDebt || name.hasSuffix("_collateral") else { continue }
            let asset = String(name.dropLast(isDebt ? 5 : 11))
            let tokens = try number(c) * Exact(digits: 1, places: TokenNames.decimals(of: asset))
            if tokens.isZero { continue }
            if let p = names.firstIndex(of: asset + "_USD_price") {
                addLoanPrice(asset, try number(p).rounded(figures: 10), file: file, line: last.line)
            }
            addLoan(
                "aave-v3", last.cells[user], isDebt ? nil : (asset, tokens), isDebt ? (asset, tokens) : nil,
                threshold: isDebt ? nil : threshold, bonus: nil, line: last.line)
        }
        health.warn(
            "threshold from health factor", file, last.line,
            "the file has no thresholds: one of \(threshold?.description ?? "none") for all of the account, from its health factor of two decimals"
        )
        health.warn("another rulebook", file, last.line, "a position of Aave v2 is put under the rules of v3")
        printedHealth.append((last.cells[user], try number(factor), file, last.line))
    }

    /// A debt whose collateral no file tells is no position.
    mutating func settleLoans() {
        let held = Set(book.loans.filter { !$0.collateral.isZero }.map { $0.lender + "\n" + $0.account })
        var unknown: [AccountBook.Loan] = []
        book.loans.removeAll { loan in
            guard loan.lender == "aave-v3", outstanding[loan.account] != nil,
                !held.contains(loan.lender + "\n" + loan.account)
            else { return false }
            unknown.append(loan)
            return true
        }
        for _ in unknown {
            health.rowsKept -= 1
            health.drop("debt whose collateral is in no file")
        }
        for loan in book.loans where TokenNames.isUnnamed(loan.collateralAsset) {
            health.warn(
                "unnamed asset", "lending.csv", loan.line,
                "`\(loan.collateralAsset)` stays at its price whatever happens")
        }
    }
}
