import Desk
import Foundation
import Primitives
import Scenarios

/// A book's accounts as a run takes them in, and whom it cannot.
///
/// Dollars stay what they are at the book's own marks: the event's prices differ, so sizes and entries are scaled to it.
public struct OwnBook: Sendable {
    public var accounts: [OwnAccount] = []
    /// By reason: accounts that are left out.
    public var leftOut: [String: Int] = [:]

    private struct Owner: Hashable {
        var name: String
        var venue: String
    }

    /// - Throws: `InputError` for an event whose venues cannot be built.
    public init(_ book: AccountBook, _ scenario: Scenario) throws {
        let venues = try scenario.perpetuals()
        struct Name: Hashable {
            var venue: String
            var symbol: String
        }
        var markets: [Name: AccountBook.Market] = [:]
        for market in book.markets { markets[Name(venue: market.venue, symbol: market.symbol)] = market }
        var positions: [Owner: [AccountBook.Position]] = [:]
        for position in book.positions {
            positions[Owner(name: position.account, venue: position.venue), default: []].append(position)
        }
        var wallets: [Owner: [AccountBook.Account]] = [:]
        var order: [Owner] = []
        for account in book.accounts {
            let owner = Owner(name: account.name, venue: account.venue)
            if wallets[owner] == nil { order.append(owner) }
            wallets[owner, default: []].append(account)
        }
        if !book.loans.isEmpty { leftOut["loans: a run has borrowers of its own"] = book.loans.count }
        for owner in order {
            guard let held = positions[owner] else {
                leftOut["an account without positions", default: 0] += 1
                continue
            }
            let told = held.map { markets[Name(venue: $0.venue, symbol: $0.symbol)]! }
            let isInverse = told[0].contract == .inverse
            guard told.allSatisfy({ ($0.contract == .inverse) == isInverse }) else {
                leftOut["contracts of both currencies in one account", default: 0] += 1
                continue
            }
            let names =
                isInverse ? [owner.venue + "-coinm", owner.venue + "-inverse", owner.venue] : [owner.venue]
            guard let name = names.first(where: { venues[$0]?.isInverse == isInverse }),
                let venue = venues[name]
            else {
                leftOut["a venue the event does not have: \(owner.venue)", default: 0] += 1
                continue
            }
            if let missing = told.first(where: { venue.coins[$0.coin] == nil }) {
                leftOut["a market the event does not have: \(name) \(missing.coin)", default: 0] += 1
                continue
            }
            try take(owner, name, venue.coins, isInverse, wallets[owner]!, held, told, book)
        }
    }

    /// Each coin that contracts settle in is a ledger of its own.
    private mutating func take(
        _ owner: Owner, _ name: String, _ prices: [String: Double], _ isInverse: Bool,
        _ wallets: [AccountBook.Account],
        _ held: [AccountBook.Position], _ told: [AccountBook.Market], _ book: AccountBook
    ) throws(InputError) {
        var ledgers: [[Int]] = [Array(held.indices)]
        if isInverse {
            let settled = told.map(\.coin).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            ledgers = settled.map { coin in held.indices.filter { told[$0].coin == coin } }
            let others = wallets.filter {
                !settled.contains(CoinNames.coin(of: $0.asset)) && !$0.amount.isZero
            }
            if !others.isEmpty {
                leftOut["a wallet that no coin-margined position is settled in", default: 0] += others.count
            }
        }
        for places in ledgers {
            let coin = told[places[0]].coin
            let backing = wallets.filter { !isInverse || CoinNames.coin(of: $0.asset) == coin }
            if let account = try Self.account(
                owner.name, name, prices, isInverse, backing, places.map { held[$0] },
                places.map { told[$0] }, book)
            {
                accounts.append(account)
            } else {
                leftOut["collateral without a price", default: 0] += 1
            }
        }
    }

    private static func account(
        _ name: String, _ venue: String, _ prices: [String: Double], _ isInverse: Bool,
        _ wallets: [AccountBook.Account], _ held: [AccountBook.Position], _ markets: [AccountBook.Market],
        _ book: AccountBook
    ) throws(InputError) -> OwnAccount? {
        // A coin of collateral is worth in dollars what it is worth in the book.
        let first = markets[0]
        let toVenue = isInverse ? 1 / prices[first.coin]! : 1
        var cash = 0.0
        for wallet in wallets {
            if isInverse && CoinNames.coin(of: wallet.asset) == first.coin {
                cash += wallet.amount.double * first.mark.double * toVenue
            } else {
                guard let price = book.price(of: wallet.asset) else { return nil }
                cash += wallet.amount.double * price.double * toVenue
            }
        }
        let isIsolated = wallets.contains { $0.mode == .isolated }
        var positions: [OwnAccount.Position] = []
        for (position, market) in zip(held, markets) {
            let size = position.size.double * market.contractSize.double
            let usd = isInverse ? size : size * market.mark.double
            let entry = position.entry.double / market.mark.double
            let leverage = min(255, max(1, position.leverage?.double ?? 1)).rounded(.down)
            var margin = position.isolatedMargin.map {
                isInverse ? $0.double * market.mark.double * toVenue : $0.double
            }
            if margin == nil && isIsolated {
                // All of the account behind its one position; behind several, what their leverage sets aside of their cost, which
                // of an inverse contract is in coins at the entry price.
                margin = held.count == 1 ? cash : usd * toVenue * (isInverse ? 1 / entry : entry) / leverage
                cash -= margin!
            }
            let one = OwnAccount.Position(
                coin: market.coin, isLong: position.side == .long, notionalUSD: usd, entry: entry,
                leverage: Int(leverage), isolatedMargin: margin, isLeg: false)
            try add(one, to: &positions, position, book, isInverse: isInverse)
        }
        for i in positions.indices {
            positions[i].isLeg = positions.contains {
                $0.coin == positions[i].coin && $0.isLong != positions[i].isLong
            }
        }
        let largest = ([cash] + positions.map { $0.isolatedMargin ?? 0 } + positions.map(\.notionalUSD)).map(
            abs
        ).max()!
        guard largest < 1e12 else {
            throw InputError(
                file: book.folder + "/accounts.csv", line: wallets.first?.line, key: "collateral_amount",
                found: "an account of \(shortFigure(largest))", allowed: "less than 10^12 to carry into a run"
            )
        }
        return OwnAccount(name: name, venue: venue, cash: cash, positions: positions)
    }

    /// Several contracts of one coin are one market of the event: the same side is one position at the average entry.
    private static func add(
        _ one: OwnAccount.Position, to positions: inout [OwnAccount.Position], _ row: AccountBook.Position,
        _ book: AccountBook, isInverse: Bool
    ) throws(InputError) {
        guard let i = positions.firstIndex(where: { $0.coin == one.coin && $0.isLong == one.isLong }) else {
            return positions.append(one)
        }
        guard (positions[i].isolatedMargin == nil) == (one.isolatedMargin == nil) else {
            throw InputError(
                file: book.folder + "/positions.csv", line: row.line, key: "isolated_margin",
                found: "a cross and an isolated position of \(one.coin), which the event has one market of",
                allowed: "both cross or both isolated, to carry into a run")
        }
        // Coins add up: of a linear contract dollars at the mark are coins; of an inverse one coins go by one over the price.
        let (a, b) = (positions[i].notionalUSD, one.notionalUSD)
        positions[i].entry =
            isInverse
            ? (a + b) / (a / positions[i].entry + b / one.entry)
            : (a * positions[i].entry + b * one.entry) / (a + b)
        positions[i].notionalUSD = a + b
        if let margin = one.isolatedMargin { positions[i].isolatedMargin! += margin }
    }
}
