import Clearing
import Exchanges
import Foundation
import Market
import Primitives
import Recording
import Scenarios
import Venues

/// What happens to own accounts in a run, told apart from the population.
final class OwnAccountsWatch {
    private var rows: [OwnAccountRow]
    /// By perpetual venue: its own accounts, and where the first of them stands in `rows`.
    private var ranges: [(accounts: Identifiers<AccountID>, row: Int)] = []
    /// Markets that own accounts hold, and the marks of each time at which it moved.
    private var watched: [(venue: VenueID, market: Int32, name: String, coin: String, last: Ticks)] = []
    private var marks: [String] = ["time,venue,coin,price"]

    init(_ own: [OwnAccount], _ world: borrowing World) {
        rows = []
        for e in world.exchanges.perpetualIDs {
            let accounts = world.ownAccounts[e.index]
            ranges.append((accounts, rows.count))
            let here = own.filter { $0.stands(on: world.exchanges.names[e], coins: Self.coins(world, e)) }
            for (one, account) in zip(here, accounts) {
                rows.append(
                    OwnAccountRow(
                        account: one.name, venue: one.venue, accountNumber: Int(account.rawValue),
                        equityStartUsd: Self.equity(world, e, account)))
            }
        }
        watch(own, world)
    }

    /// Every market that an account of `own` holds.
    private func watch(_ own: [OwnAccount], _ world: borrowing World) {
        for e in world.exchanges.perpetualIDs {
            let name = world.exchanges.names[e]
            let held = Set(
                own.filter { $0.stands(on: name, coins: Self.coins(world, e)) }.flatMap {
                    $0.positions.map(\.coin)
                })
            for book in world.exchanges.bookIDs {
                let place = world.exchanges.place(book)
                guard place.exchange == e, !place.isSpot, held.contains(world.exchanges.assets[place.asset])
                else {
                    continue
                }
                watched.append(
                    (e, Int32(place.market), name, world.exchanges.assets[place.asset], Ticks(0)))
            }
        }
        noteMarks(world)
    }

    /// What a venue's contracts are of.
    private static func coins(_ world: borrowing World, _ e: VenueID) -> [String] {
        world.exchanges.assetsByMarket()[e.index].map { world.exchanges.assets[$0] }
    }

    private func noteMarks(_ world: borrowing World) {
        for i in watched.indices {
            let one = watched[i]
            let mark = world.exchanges.perps[one.venue].house.mark(one.market)
            guard mark != one.last else { continue }
            watched[i].last = mark
            let usd = Double(mark.count) / world.exchanges.perps[one.venue].house.unit(one.market).ticksPerUSD
            marks.append("\(world.now),\(one.name),\(one.coin),\(usd)")
        }
    }

    /// For `stress --event RUN`: the marks that own accounts were margined at.
    var marksTable: String { marks.joined(separator: "\n") + "\n" }
    static let marksFile = "own_marks.csv"

    private static func equity(_ world: borrowing World, _ e: VenueID, _ account: AccountID) -> Double {
        let house = world.exchanges.perps[e].house.equity(of: account)
        return Double(house.micros) * dollarsPerUnit(world, e)
    }

    /// Of a coin-margined ledger at its first market's mark.
    private static func dollarsPerUnit(_ world: borrowing World, _ e: VenueID) -> Double {
        let rules = world.exchanges.perps[e].rulebook
        let one = 1 / Double(rules.settlement.unitsPerOne)
        let unit = rules.markets[0].spec.unit
        return unit.isInverse
            ? one * Double(world.exchanges.perps[e].house.mark(0).count) / unit.ticksPerUSD : one
    }

    /// Takes in what happened in the last step.
    func observe(_ world: borrowing World) {
        noteMarks(world)
        for e in world.exchanges.perpetualIDs where ranges[e.index].accounts.count > 0 {
            let (accounts, row) = ranges[e.index]
            let usd = Self.dollarsPerUnit(world, e)
            for i in 0..<world.exchanges.perps[e].house.events.count {
                let event = world.exchanges.perps[e].house.events[i]
                if let place = accounts.place(of: event.account) {
                    rows[row + place].take(event, abs(Double(event.amount.micros)) * usd)
                }
                if event.kind == .deleveraging, let place = accounts.place(of: event.counterparty) {
                    rows[row + place].takeDeleveraging(event, abs(Double(event.amount.micros)) * usd)
                }
            }
        }
    }

    /// - Returns: every account with what it has left.
    func finish(_ world: borrowing World) -> [OwnAccountRow] {
        for e in world.exchanges.perpetualIDs {
            let (accounts, row) = ranges[e.index]
            for (place, account) in accounts.enumerated() {
                rows[row + place].equityEndUsd = Self.equity(world, e, account)
            }
        }
        return rows
    }
}

/// One own account in a run.
public struct OwnAccountRow: Encodable, Sendable {
    public var account: String
    public var venue: String
    /// Of the venue, as `explain` takes it: VENUE:NUMBER.
    public var accountNumber: Int
    public var equityStartUsd: Double
    public var equityEndUsd = 0.0
    public var calledUtc: String?
    public var liquidatedUtc: String?
    public var deleveragedUtc: String?
    public var liquidatedUsd = 0.0
    public var deleveragedUsd = 0.0

    init(account: String, venue: String, accountNumber: Int, equityStartUsd: Double) {
        self.account = account
        self.venue = venue
        self.accountNumber = accountNumber
        self.equityStartUsd = equityStartUsd
    }

    mutating func take(_ event: ClearingEvent, _ usd: Double) {
        switch event.kind {
        case .marginCall: calledUtc = calledUtc ?? "\(event.time)"
        case .partialLiquidation, .fullLiquidation, .vaultTakeover, .fundTakeover, .deleveraging:
            liquidatedUtc = liquidatedUtc ?? "\(event.time)"
            liquidatedUsd += usd
        default: break
        }
    }

    mutating func takeDeleveraging(_ event: ClearingEvent, _ usd: Double) {
        deleveragedUtc = deleveragedUtc ?? "\(event.time)"
        deleveragedUsd += usd
    }

    static let file = "own_accounts.csv"

    static func csv(_ rows: [OwnAccountRow]) -> String {
        let header =
            "account,venue,account_number,equity_start_usd,equity_end_usd,called_utc,liquidated_utc,deleveraged_utc,liquidated_usd,deleveraged_usd"
        let lines = rows.map { r in
            "\(r.account.spreadsheetCell),\(r.venue),\(r.accountNumber),\(String(format: "%.2f,%.2f", r.equityStartUsd, r.equityEndUsd)),\(r.calledUtc ?? ""),\(r.liquidatedUtc ?? ""),\(r.deleveragedUtc ?? ""),\(String(format: "%.2f,%.2f", r.liquidatedUsd, r.deleveragedUsd))"
        }
        return ([header] + lines).joined(separator: "\n") + "\n"
    }
}

extension [OwnAccountRow] {
    /// For the terminal.
    public func text(leftOut: [String: Int]) -> String {
        let liquidated = filter { $0.liquidatedUtc != nil }
        var lines = [
            "own accounts: \(count) carried, \(count(where: { $0.calledUtc != nil })) called, \(liquidated.count) liquidated (\(shortFigure(reduce(0) { $0 + $1.liquidatedUsd })) USD), \(count(where: { $0.deleveragedUtc != nil })) deleveraged (\(shortFigure(reduce(0) { $0 + $1.deleveragedUsd })) USD); equity \(shortFigure(reduce(0) { $0 + $1.equityStartUsd })) to \(shortFigure(reduce(0) { $0 + $1.equityEndUsd })) USD"
        ]
        for row in liquidated.sorted(by: { ($1.liquidatedUsd, $0.account) < ($0.liquidatedUsd, $1.account) })
            .prefix(10)
        {
            lines.append(
                "  \(row.venue) \(row.account) (--account \(row.venue):\(row.accountNumber)): liquidated \(row.liquidatedUtc!), \(shortFigure(row.liquidatedUsd)) USD"
            )
        }
        for (reason, number) in leftOut.sorted(by: { $0.key < $1.key }) {
            lines.append("  left out, \(reason): \(number)")
        }
        return lines.joined(separator: "\n")
    }
}
