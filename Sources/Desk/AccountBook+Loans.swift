import InputFiles
import Primitives

/// The tables of loans: lending.csv and prices.csv.
extension AccountBook {
    /// Protocols by the names people write, in the spelling of `undertow venues list`.
    static let lenders = [
        "aave-v3": "aave-v3", "aave": "aave-v3", "aave_v3": "aave-v3", "aavev3": "aave-v3",
        "compound-v3": "compound-v3", "compound": "compound-v3", "comet": "compound-v3",
        "compound_v3": "compound-v3",
        "morpho": "morpho", "morpho-blue": "morpho", "morpho_blue": "morpho",
    ]

    mutating func readLoans(_ path: String, _ health: inout Health) throws(InputError) {
        let file = try BookFile(
            path,
            needed: [
                "protocol", "account", "collateral_asset", "collateral_amount", "debt_asset", "debt_amount",
            ], optional: ["liquidation_threshold", "liquidation_bonus"])
        while let row = try file.next() {
            health.rowsRead += 1
            let name = try row.name(0).lowercased()
            guard let lender = Self.lenders[name] else {
                let known = Set(Self.lenders.values).sorted()
                throw row.refuse(
                    0, known.joined(separator: ", "), nearest: nearestName(to: name, among: known))
            }
            let loan = Loan(
                lender: lender, account: try row.name(1),
                collateralAsset: row.isEmpty(2) ? "" : try row.name(2),
                collateral: try row.amount(3, of: 2), debtAsset: row.isEmpty(4) ? "" : try row.name(4),
                debt: try row.amount(5, of: 4), threshold: try row.share(6), bonus: try row.share(7),
                line: row.line)
            if loan.collateral.isZero && loan.debt.isZero {
                health.drop("loan of nothing")
                continue
            }
            loans.append(loan)
            health.rowsKept += 1
        }
    }

    mutating func readPrices(_ path: String, _ health: inout Health) throws(InputError) {
        let file = try BookFile(path, needed: ["asset", "price_usd"])
        while let row = try file.next() {
            health.rowsRead += 1
            let usd = try row.positive(1)
            guard usd >= Exact(digits: 1, places: 6), usd <= Exact(1_000_000_000) else {
                throw row.refuse(1, "dollars a token, from 0.000001 to 10^9")
            }
            prices.append(Price(asset: try row.name(0), usd: usd, line: row.line))
            health.rowsKept += 1
        }
    }

    func checkLoans() throws(InputError) {
        var lines: [String: Int] = [:]
        for price in prices {
            if let first = lines.updateValue(price.line, forKey: price.asset.uppercased()) {
                throw InputError(
                    file: path("prices.csv"), line: price.line, key: "asset",
                    found: "the same asset as in line \(first)", allowed: "each asset once")
            }
        }
        for asset in loanAssets where price(of: asset) == nil {
            for loan in loans where [loan.collateralAsset, loan.debtAsset].contains(asset) {
                throw InputError(
                    file: path("lending.csv"), line: loan.line,
                    key: loan.collateralAsset == asset ? "collateral_asset" : "debt_asset",
                    found: "`\(asset)`, whose price is in no table",
                    allowed:
                        "a row of it in prices.csv (asset,price_usd), or a market of its coin in markets.csv"
                )
            }
        }
    }

    /// An oracle's price of an asset: that of prices.csv, of a market of its coin (its index, else its mark), of a dollar 1.
    public func price(of asset: String) -> Exact? {
        let name = asset.uppercased()
        if let price = prices.first(where: { $0.asset.uppercased() == name }) { return price.usd }
        if TokenNames.isDollar(name) { return .one }
        // A wrapped or staked token has its own price: only the coin itself and its plain wrapper have the market's.
        guard let coin = TokenNames.coin(of: name), [coin, "W" + coin].contains(name),
            let market = markets.first(where: { $0.coin == coin })
        else { return nil }
        let multiple = CoinNames.multiple(of: market.symbol) - CoinNames.multiple(of: asset)
        return (market.index ?? market.mark) * Exact(digits: 1, places: multiple)
    }
}

extension BookFile.Row {
    /// Tokens, none where the cell is empty; below zero and without an asset it is refused.
    fileprivate func amount(_ column: Int, of asset: Int) throws(InputError) -> Exact {
        guard let amount = try optional(column) else { return .zero }
        if amount.isNegative || amount > Exact(1_000_000_000_000) {
            throw refuse(column, "tokens, from zero to 10^12")
        }
        if !amount.isZero && isEmpty(asset) { throw refuse(asset, "the asset of \(columns[column])") }
        return amount
    }

    /// A share as a fraction, 0.83.
    fileprivate func share(_ column: Int) throws(InputError) -> Exact? {
        guard let share = try optional(column) else { return nil }
        guard !share.isNegative, share < .one else { throw refuse(column, "a fraction from 0 to 1, as 0.83") }
        return share
    }
}
