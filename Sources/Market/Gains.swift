import Clearing
import Exchanges
import Primitives
import Venues

/// Who won and who lost on the perpetual venues: the change of equity at the mark from the start to the end, less what was
/// paid in after margin calls, by the side each account was on at the start. Coins that hedge a short elsewhere do not count.
public struct Gains: Sendable {
    public enum Group: UInt8, Sendable, CaseIterable {
        case longs, shorts, hedgedShorts, flat
        case insuranceFunds, backstopVaults

        public var name: String {
            switch self {
            case .longs: "leveraged longs"
            case .shorts: "leveraged shorts"
            case .hedgedShorts: "hedged shorts"
            case .flat: "without a position at the start"
            case .insuranceFunds: "insurance funds"
            case .backstopVaults: "backstop vaults"
            }
        }
    }
    /// Makers, patient orders, arbitrage and the fees: what is left when the groups are added up.
    public static let rest = "everyone else: makers, patient orders, arbitrage, fees"

    /// By exchange and account of its population.
    private var groups: [[Group]] = []
    /// Dollars of equity at the start, of the same accounts: seven digits each are enough for a sum of losses.
    private var startEquity: [[Float]] = []
    /// Dollars paid in since, by exchange and account.
    private var toppedUp: [[AccountID: Double]] = []
    /// Dollars by group: equity at the start, paid in since, equity at the end.
    private var before = [Double](repeating: 0, count: Group.allCases.count)
    private var paidIn = [Double](repeating: 0, count: Group.allCases.count)
    private var after = [Double](repeating: 0, count: Group.allCases.count)

    public init() {}

    /// Dollars; negative for a loss.
    public subscript(_ group: Group) -> Double {
        let g = Int(group.rawValue)
        return after[g] - before[g] - paidIn[g]
    }

    /// - Parameter equity: dollars by exchange and account of its population, at the start.
    mutating func begin(_ exchanges: borrowing Exchanges, _ setup: MarketSetup, equity: [[Double]]) {
        for p in exchanges.perpetualIDs {
            var found: [Group] = []
            found.reserveCapacity(setup.populations[p].count)
            for account in setup.populations[p] {
                let net = Self.netValue(account, p, exchanges)
                let isHedged = setup.hedged[p].contains(account)
                found.append(
                    net > 0 ? .longs : net == 0 ? .flat : isHedged ? .hedgedShorts : .shorts)
            }
            groups.append(found)
            startEquity.append(equity[p].map { Float($0) })
            toppedUp.append([:])
        }
        before = sums(exchanges, equity)
        after = before
    }

    /// - Parameter equity: the same at the end.
    mutating func end(_ exchanges: borrowing Exchanges, equity: [[Double]]) {
        after = sums(exchanges, equity)
    }

    mutating func paid(_ usd: Double, by account: AccountID, _ p: VenueID, _ setup: MarketSetup) {
        guard let i = setup.populations[p].place(of: account) else { return }
        paidIn[Int(groups[p][i].rawValue)] += usd
        toppedUp[p][account, default: 0] += usd
    }

    /// Dollars of equity that accounts have less of now than at the start, what they paid in counted, none below zero.
    ///
    /// - Parameters:
    ///   - chosen: by account of the exchange: whether it counts.
    ///   - equity: now, dollars by account of the population.
    func marginLost(_ p: VenueID, _ setup: MarketSetup, of chosen: [Bool], equity: [Double]) -> Double {
        var lost = 0.0
        for (i, account) in setup.populations[p].enumerated() where chosen[account] {
            let before = Double(startEquity[p][i])
            lost += max(0, before + (toppedUp[p][account] ?? 0) - equity[i])
        }
        return lost
    }

    /// Long minus short at the mark, in settlement units; above zero for a long, of inverse contracts, too.
    private static func netValue(_ account: AccountID, _ p: VenueID, _ exchanges: borrowing Exchanges)
        -> Double
    {
        var net = 0.0
        var q = exchanges.perps[p].house.account(account).firstPosition
        while q != 0 {
            let position = exchanges.perps[p].house.position(q)
            let value = Double(exchanges.perps[p].house.value(q).magnitude.micros)
            net += position.lots > .zero ? value : position.lots < .zero ? -value : 0
            q = position.next
        }
        return net
    }

    private func sums(_ exchanges: borrowing Exchanges, _ equity: [[Double]]) -> [Double] {
        var sums = [Double](repeating: 0, count: Group.allCases.count)
        for p in exchanges.perpetualIDs {
            for (group, dollars) in zip(groups[p], equity[p]) { sums[Int(group.rawValue)] += dollars }
            if let fund = exchanges.perps[p].fund {
                sums[Int(Group.insuranceFunds.rawValue)] += exchanges.equityUSD(p, fund)
            }
            if let vault = exchanges.perps[p].vault {
                sums[Int(Group.backstopVaults.rawValue)] += exchanges.equityUSD(p, vault)
            }
        }
        return sums
    }
}
