import Foundation
import InputFiles
import Primitives

extension AccountBook {
    /// The tables of a book: those that must be there, then those that may.
    public static let tables = [
        "accounts.csv", "positions.csv", "markets.csv", "tiers.csv", "depth.csv", "funds.csv", "lending.csv",
        "prices.csv",
    ]

    /// Reads a book's folder.
    ///
    /// - Throws: `InputError` with file, line and column for what cannot be read or does not go together.
    public init(folder: String, health: inout Health) throws(InputError) {
        self.init()
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw InputError(
                file: folder, found: "nothing",
                allowed: "a book: a folder with accounts.csv, positions.csv, markets.csv")
        }
        guard isFolder.boolValue else {
            throw InputError(
                file: folder, found: "a file",
                allowed: "a book's folder; `undertow import` makes one of other files")
        }
        self.folder = folder
        func isThere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/" + name) }
        // A book of loans alone needs no venue.
        let hasVenues =
            !isThere("lending.csv") || isThere("accounts.csv") || isThere("positions.csv")
            || isThere("markets.csv")
        if hasVenues {
            try readAccounts(folder + "/accounts.csv", &health)
            try readPositions(folder + "/positions.csv", &health)
            try readMarkets(folder + "/markets.csv", &health)
        }
        if isThere("tiers.csv") { try readTiers(folder + "/tiers.csv", &health) }
        if isThere("depth.csv") { try readDepth(folder + "/depth.csv", &health) }
        if isThere("funds.csv") { try readFunds(folder + "/funds.csv", &health) }
        let others = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            $0.hasSuffix(".csv") && !Self.tables.contains($0)
        }
        for name in others.sorted() {
            health.warn("unused table", folder + "/" + name, 0, "a book has no such table")
        }
        if isThere("lending.csv") { try readLoans(folder + "/lending.csv", &health) }
        if isThere("prices.csv") { try readPrices(folder + "/prices.csv", &health) }
        try check(&health)
    }

    mutating func readAccounts(_ path: String, _ health: inout Health) throws(InputError) {
        let file = try BookFile(
            path, needed: ["account", "venue", "margin_mode", "collateral_asset", "collateral_amount"])
        while let row = try file.next() {
            health.rowsRead += 1
            let account = Account(
                name: try row.name(0), venue: try row.name(1), mode: try row.choice(2, MarginMode.self),
                asset: try row.name(3).uppercased(), amount: try row.number(4), line: row.line)
            if account.amount.isNegative {
                health.warn(
                    "negative collateral", path, row.line,
                    "\(account.amount) \(account.asset): taken as a debt of the account")
            }
            accounts.append(account)
            health.rowsKept += 1
        }
    }

    mutating func readPositions(_ path: String, _ health: inout Health) throws(InputError) {
        let file = try BookFile(
            path, needed: ["account", "venue", "symbol", "side", "size", "entry_price"],
            optional: ["leverage", "isolated_margin"])
        while let row = try file.next() {
            health.rowsRead += 1
            let size = try row.number(4)
            if size.isZero {
                health.drop("position of size zero")
                continue
            }
            if size.isNegative { throw row.refuse(4, "a size above zero; `side` says which way") }
            positions.append(
                Position(
                    account: try row.name(0), venue: try row.name(1), symbol: try row.name(2),
                    side: try row.choice(3, Side.self), size: size, entry: try row.positive(5),
                    leverage: try row.optional(6), isolatedMargin: try row.optional(7), line: row.line))
            health.rowsKept += 1
        }
    }

    mutating func readMarkets(_ path: String, _ health: inout Health) throws(InputError) {
        let file = try BookFile(
            path, needed: ["venue", "symbol", "mark_price"],
            optional: ["index_price", "contract", "contract_size"])
        while let row = try file.next() {
            health.rowsRead += 1
            markets.append(
                Market(
                    venue: try row.name(0), symbol: try row.name(1), mark: try row.positive(2),
                    index: row.isEmpty(3) ? nil : try row.positive(3),
                    contract: row.isEmpty(4) ? .linear : try row.choice(4, Contract.self),
                    contractSize: row.isEmpty(5) ? .one : try row.positive(5), line: row.line))
            health.rowsKept += 1
        }
    }

    mutating func readTiers(_ path: String, _ health: inout Health) throws(InputError) {
        let file = try BookFile(
            path, needed: ["venue", "symbol", "min_notional", "maintenance_rate"],
            optional: ["max_notional", "max_leverage", "maintenance_deduction"])
        while let row = try file.next() {
            health.rowsRead += 1
            let rate = try row.number(3)
            guard !rate.isNegative, rate < .one else { throw row.refuse(3, "a rate from 0 to 1, as 0.004") }
            tiers.append(
                Tier(
                    venue: try row.name(0), symbol: try row.name(1), from: try row.number(2),
                    to: try row.optional(4),
                    rate: rate, maxLeverage: try row.optional(5), deduction: try row.optional(6) ?? .zero,
                    line: row.line))
            health.rowsKept += 1
        }
    }

    mutating func readDepth(_ path: String, _ health: inout Health) throws(InputError) {
        let file = try BookFile(path, needed: ["venue", "symbol", "side", "price", "size"])
        enum Quote: String, CaseIterable { case bid, ask, buy, sell }
        while let row = try file.next() {
            health.rowsRead += 1
            let side = try row.choice(2, Quote.self)
            depth.append(
                Level(
                    venue: try row.name(0), symbol: try row.name(1), isBid: side == .bid || side == .buy,
                    price: try row.positive(3), size: try row.positive(4), line: row.line))
            health.rowsKept += 1
        }
    }

    mutating func readFunds(_ path: String, _ health: inout Health) throws(InputError) {
        let file = try BookFile(path, needed: ["venue", "asset", "balance"])
        while let row = try file.next() {
            health.rowsRead += 1
            let balance = try row.number(2)
            if balance.isNegative { throw row.refuse(2, "a balance of zero or more") }
            funds.append(
                Fund(
                    venue: try row.name(0), asset: try row.name(1).uppercased(), balance: balance,
                    line: row.line))
            health.rowsKept += 1
        }
    }
}
