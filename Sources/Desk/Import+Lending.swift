import Primitives

/// Lending protocols: subgraphs of Aave v3, positions of Morpho's interface, positions of the common lending schema (Compound v3).
extension Import {
    /// What a reserve says of itself.
    struct Reserve: Sendable {
        var symbol: String
        var decimals: Int
        var threshold: Exact?
        var bonus: Exact?
        /// Ray.
        var income: Exact?
        var debt: Exact?
    }

    private static func rows(_ d: JSONText, _ key: String) -> [JSONText]? { (d["data"] ?? d)[key]?.list }

    static let lendingFormats: [Format] = [
        Format(name: "aave reserves", isLike: { rows($0, "reserves")?.first?["symbol"] != nil }) {
            (i, d, f) throws(InputError) in
            for row in rows(d, "reserves")! { _ = try i.aaveReserve(row, f) }
        },
        Format(
            name: "aave users",
            isLike: { rows($0, "users")?.first?["reserves"]?.list != nil }
        ) { (i, d, f) throws(InputError) in
            for user in rows(d, "users")! {
                let name = try i.text(user, "id", f)
                if let mode = user["eModeCategoryId"], !mode.isNull, mode["id"]?.text != "0" {
                    i.health.warn(
                        "efficiency mode", f, user.line,
                        "an account in a category: its own thresholds are not in the file; the reserves' are taken"
                    )
                }
                for row in user["reserves"]!.list! { try i.aaveUserReserve(row, name, f) }
            }
        },
        Format(name: "aave userReserves", isLike: { rows($0, "userReserves")?.first?["reserve"] != nil }) {
            (i, d, f) throws(InputError) in
            for row in rows(d, "userReserves")! {
                guard let name = row["user"]?["id"]?.text ?? row["user"]?.text else {
                    throw refuse(row["user"], row, f, "user", "an address, or an object with its id")
                }
                try i.aaveUserReserve(row, name, f)
            }
        },
        Format(
            name: "morpho marketPositions",
            isLike: {
                (($0["data"] ?? $0)["marketPositions"]?["items"] ?? $0["items"])?.list?.first?["market"]?[
                    "lltv"] != nil
            }
        ) { (i, d, f) throws(InputError) in
            for row in (((d["data"] ?? d)["marketPositions"]?["items"]) ?? d["items"])!.list! {
                try i.morphoPosition(row, f)
            }
        },
        Format(
            name: "lending schema positions",
            isLike: {
                rows($0, "positions")?.first.map {
                    $0["side"] != nil && $0["asset"] != nil && $0["balance"] != nil
                } ?? false
            }
        ) { (i, d, f) throws(InputError) in
            for row in rows(d, "positions")! { try i.schemaPosition(row, f) }
        },
    ]

    /// Whole base units, as contracts count them, with so many decimals; nil for a key that is absent, null or empty.
    private func units(_ parent: JSONText, _ key: String, _ decimals: Int, _ file: String) throws(InputError)
        -> Exact?
    {
        guard let node = parent[key], !node.isNull, node.text != "" else { return nil }
        guard let text = node.text, text.allSatisfy(\.isNumber), let value = Exact("\(text)e-\(decimals)")
        else {
            throw Self.refuse(node, parent, file, key, "a whole number of base units")
        }
        return value
    }

    // MARK: Aave

    private mutating func aaveReserve(_ r: JSONText, _ file: String) throws(InputError) -> Reserve {
        let symbol = try text(r, "symbol", file)
        guard let decimals = Int(try text(r, "decimals", file)), (0...36).contains(decimals) else {
            throw Self.refuse(r["decimals"], r, file, "decimals", "0 to 36")
        }
        func share(_ key: String, less base: Exact) throws(InputError) -> Exact? {
            guard let bps = try optional(r, key, file), !bps.isZero else { return nil }
            return bps * Exact(digits: 1, places: 4) - base
        }
        let reserve = Reserve(
            symbol: symbol, decimals: decimals,
            threshold: try share("reserveLiquidationThreshold", less: .zero),
            bonus: try share("reserveLiquidationBonus", less: .one),
            income: try units(r, "liquidityIndex", 27, file),
            debt: try units(r, "variableBorrowIndex", 27, file))
        if let price = r["price"], let amount = try units(price, "priceInEth", 8, file), !amount.isZero {
            // The pool's base currency: dollars with eight decimals on most markets.
            addLoanPrice(symbol, amount, file: file, line: r.line)
        }
        if let id = r["id"]?.text { reserves[id] = reserve }
        return reserve
    }

    private mutating func aaveUserReserve(_ row: JSONText, _ name: String, _ file: String) throws(InputError)
    {
        guard let node = row["reserve"] else {
            throw Self.refuse(nil, row, file, "reserve", "a reserve or its id")
        }
        let reserve: Reserve
        if node["symbol"] != nil {
            reserve = try aaveReserve(node, file)
        } else if let known = (node["id"]?.text ?? node.text).flatMap({ reserves[$0] }) {
            reserve = known
        } else {
            throw InputError(
                file: file, line: row.line, key: "reserve", found: "a reserve that no file has told of",
                allowed: "the answer of reserves before this file, or symbol and decimals in it")
        }
        func balance(_ scaled: String, _ index: Exact?, _ current: String) throws(InputError) -> Exact {
            if let index, let amount = try units(row, scaled, reserve.decimals, file) {
                return amount * index
            }
            guard let amount = try units(row, current, reserve.decimals, file) else { return .zero }
            if !amount.isZero {
                health.warn(
                    "frozen balance", file, row.line,
                    "\(current) is of the account's last action: no index to bring it on")
            }
            return amount
        }
        var isCollateral = true
        if case .bool(false)? = row["usageAsCollateralEnabledOnUser"]?.value { isCollateral = false }
        let held = try balance("scaledATokenBalance", reserve.income, "currentATokenBalance")
        var owed = try balance("scaledVariableDebt", reserve.debt, "currentVariableDebt")
        owed = owed + (try balance("", nil, "currentStableDebt"))
        if !isCollateral && !held.isZero { health.drop("supply that is no collateral") }
        addLoan(
            "aave-v3", name, isCollateral && !held.isZero ? (reserve.symbol, held) : nil,
            owed.isZero ? nil : (reserve.symbol, owed), threshold: reserve.threshold, bonus: reserve.bonus,
            line: row.line)
    }

    // MARK: Morpho

    private mutating func morphoPosition(_ row: JSONText, _ file: String) throws(InputError) {
        guard let market = row["market"], let name = row["user"]?["address"]?.text ?? row["user"]?.text else {
            throw Self.refuse(row["user"], row, file, "user", "an address")
        }
        guard let lltv = try units(market, "lltv", 18, file) else {
            throw Self.refuse(market["lltv"], market, file, "lltv", "a whole number")
        }
        func side(_ asset: String, _ key: String) throws(InputError) -> (String, Exact)? {
            guard let token = market[asset], !token.isNull else { return nil }
            let symbol = try text(token, "symbol", file)
            guard let decimals = Int(try text(token, "decimals", file)), (0...36).contains(decimals) else {
                throw Self.refuse(token["decimals"], token, file, "decimals", "0 to 36")
            }
            if let usd = try optional(token, "priceUsd", file), !usd.isZero {
                addLoanPrice(symbol, usd, file: file, line: row.line)
            }
            let amount = try units(row["state"] ?? row, key, decimals, file) ?? .zero
            return amount.isZero ? nil : (symbol, amount)
        }
        addLoan(
            "morpho", name, try side("collateralAsset", "collateral"), try side("loanAsset", "borrowAssets"),
            threshold: lltv, bonus: nil, line: row.line)
    }

    // MARK: The lending schema that several subgraphs share

    private mutating func schemaPosition(_ row: JSONText, _ file: String) throws(InputError) {
        guard let asset = row["asset"], let name = row["account"]?["id"]?.text ?? row["account"]?.text else {
            throw Self.refuse(row["account"], row, file, "account", "an account with its id")
        }
        let side = try text(row, "side", file)
        guard ["COLLATERAL", "LENDER", "BORROWER"].contains(side) else {
            throw Self.refuse(row["side"], row, file, "side", "COLLATERAL, LENDER or BORROWER")
        }
        let symbol = try text(asset, "symbol", file)
        guard let decimals = Int(try text(asset, "decimals", file)), (0...36).contains(decimals) else {
            throw Self.refuse(asset["decimals"], asset, file, "decimals", "0 to 36")
        }
        if let usd = try optional(asset, "lastPriceUSD", file), !usd.isZero {
            addLoanPrice(symbol, usd, file: file, line: row.line)
        }
        let amount = try units(row, "balance", decimals, file) ?? .zero
        // Thresholds stand in per cent.
        let percent = try row["market"].flatMap { (market) throws(InputError) in
            try optional(market, "liquidationThreshold", file)
        }
        let threshold = percent.map { $0 * Exact(digits: 1, places: 2) }
        if side == "LENDER" {
            health.rowsRead += 1
            return health.drop("supply that is no collateral")
        }
        addLoan(
            "compound-v3", name, side == "COLLATERAL" ? (symbol, amount) : nil,
            side == "BORROWER" ? (symbol, amount) : nil, threshold: side == "COLLATERAL" ? threshold : nil,
            bonus: nil,
            line: row.line)
    }

    // MARK: Rows

    mutating func addLoan(
        _ lender: String, _ name: String, _ held: (asset: String, tokens: Exact)?,
        _ owed: (asset: String, tokens: Exact)?,
        threshold: Exact?, bonus: Exact?, line: Int
    ) {
        health.rowsRead += 1
        guard held != nil || owed != nil else { return health.drop("loan of nothing") }
        health.rowsKept += 1
        book.loans.append(
            .init(
                lender: lender, account: name, collateralAsset: held?.asset ?? "",
                collateral: held?.tokens ?? .zero,
                debtAsset: owed?.asset ?? "", debt: owed?.tokens ?? .zero,
                threshold: held == nil && lender != "morpho" ? nil : threshold,
                bonus: held == nil ? nil : bonus, line: line))
    }

    /// The later price of an asset counts.
    mutating func addLoanPrice(_ asset: String, _ usd: Exact, file: String, line: Int) {
        if let i = book.prices.firstIndex(where: { $0.asset.uppercased() == asset.uppercased() }) {
            let old = book.prices[i].usd
            if usd.double / old.double > 1.01 || usd.double / old.double < 0.99 {
                health.warn("two prices", file, line, "\(asset): \(old), now \(usd); the later one counts")
            }
            book.prices[i].usd = usd
        } else {
            book.prices.append(.init(asset: asset, usd: usd, line: line))
        }
    }
}
