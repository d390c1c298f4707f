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
            guard let held = positions[owner] else { continue }
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
            // Each coin that contracts settle in is a ledger of its own.
            var ledgers: [[Int]] = [Array(held.indices)]
            if isInverse {
                ledgers = told.map(\.coin).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }.map {
                    coin in
                    held.indices.filter { told[$0].coin == coin }
                }
            }
            for places in ledgers {
                let coin = told[places[0]].coin
                let backing = wallets[owner]!.filter { !isInverse || CoinNames.coin(of: $0.asset) == coin }
                if let account = Self.account(
                    owner.name, name, venue.coins, isInverse, backing, places.map { held[$0] },
                    places.map { told[$0] },
                    book)
                {
                    accounts.append(account)
                } else {
                    leftOut["collateral without a price", default: 0] += 1
                }
            }
        }
    }

    private static func account(
        _ name: String, _ venue: String, _ prices: [String: Double], _ isInverse: Bool,
        _ wallets: [AccountBook.Account],
        _ held: [AccountBook.Position], _ markets: [AccountBook.Market], _ book: AccountBook
    ) -> OwnAccount? {
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
        var sides: [String: Int] = [:]
        for position in held { sides[position.symbol, default: 0] += 1 }
        var positions: [OwnAccount.Position] = []
        for (position, market) in zip(held, markets) {
            let size = position.size.double * market.contractSize.double
            let usd = isInverse ? size : size * market.mark.double
            var margin = position.isolatedMargin.map {
                isInverse ? $0.double * market.mark.double * toVenue : $0.double
            }
            if margin == nil && isIsolated {
                // All of the account behind its one position; behind several, what their leverage sets aside.
                margin =
                    held.count == 1
                    ? cash
                    : usd * toVenue * position.entry.double / market.mark.double
                        / (position.leverage?.double ?? 1)
                cash -= margin!
            }
            positions.append(
                .init(
                    coin: market.coin, isLong: position.side == .long, notionalUSD: usd,
                    entry: position.entry.double / market.mark.double,
                    leverage: Int(position.leverage?.double ?? 1),
                    isolatedMargin: margin, isLeg: sides[position.symbol]! > 1))
        }
        return OwnAccount(name: name, venue: venue, cash: cash, positions: positions)
    }
}
