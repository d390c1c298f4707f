import Foundation
import Primitives

extension AccountBook {
    /// Writes the tables of a book, numbers as they were read.
    ///
    /// - Throws: where a file cannot be written.
    public func write(to folder: String) throws {
        func save(_ name: String, _ header: String, _ rows: [String]) throws {
            // A book of loans alone needs no venue.
            let isNeeded = ["accounts.csv", "positions.csv", "markets.csv"].contains(name)
            guard !rows.isEmpty || isNeeded && !(loans.count > 0 && accounts.isEmpty && markets.isEmpty)
            else {
                return
            }
            try ([header] + rows + [""]).joined(separator: "\n").write(
                toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        }
        func number(_ value: Exact?) -> String { value.map(\.description) ?? "" }
        try save(
            "accounts.csv", "account,venue,margin_mode,collateral_asset,collateral_amount",
            accounts.map {
                "\($0.name.csvCell),\($0.venue.csvCell),\($0.mode.rawValue),\($0.asset.csvCell),\($0.amount)"
            })
        try save(
            "positions.csv", "account,venue,symbol,side,size,entry_price,leverage,isolated_margin",
            positions.map {
                "\($0.account.csvCell),\($0.venue.csvCell),\($0.symbol.csvCell),\($0.side.rawValue),\($0.size),\($0.entry),\(number($0.leverage)),\(number($0.isolatedMargin))"
            })
        try save(
            "markets.csv", "venue,symbol,mark_price,index_price,contract,contract_size",
            markets.map {
                "\($0.venue.csvCell),\($0.symbol.csvCell),\($0.mark),\(number($0.index)),\($0.contract.rawValue),\($0.contractSize)"
            })
        try save(
            "tiers.csv",
            "venue,symbol,min_notional,max_notional,maintenance_rate,max_leverage,maintenance_deduction",
            tiers.map {
                "\($0.venue.csvCell),\($0.symbol.csvCell),\($0.from),\(number($0.to)),\($0.rate),\(number($0.maxLeverage)),\($0.deduction)"
            })
        try save(
            "depth.csv", "venue,symbol,side,price,size",
            depth.map {
                "\($0.venue.csvCell),\($0.symbol.csvCell),\($0.isBid ? "bid" : "ask"),\($0.price),\($0.size)"
            })
        try save(
            "funds.csv", "venue,asset,balance",
            funds.map { "\($0.venue.csvCell),\($0.asset.csvCell),\($0.balance)" })
        try save(
            "lending.csv",
            "protocol,account,collateral_asset,collateral_amount,debt_asset,debt_amount,liquidation_threshold,liquidation_bonus",
            loans.map {
                "\($0.lender.csvCell),\($0.account.csvCell),\($0.collateralAsset.csvCell),\($0.collateral),\($0.debtAsset.csvCell),\($0.debt),\(number($0.threshold)),\(number($0.bonus))"
            })
        try save(
            "prices.csv", "asset,price_usd", prices.map { "\($0.asset.csvCell),\($0.usd)" })
    }
}
