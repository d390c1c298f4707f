import Clearing
import Exchanges
import HeapModule
import OrderBook
import Primitives
import Venues

/// What a trader does about a margin call.
public enum CallResponse: UInt8, Sendable, BitwiseCopyable {
    case ignores, adds, reduces
}

/// The leveraged population once the run has begun: it answers margin calls, each trader in its own way and
/// after its own delay, and otherwise holds.
public struct LeveragedTraders: Sendable {
    /// What the population knows of one trader, by account number less `firstAccount`.
    public struct Trader: Sendable, BitwiseCopyable {
        public var response: CallResponse
        public var delaySeconds: Float
        /// Collateral outside the venue that could be added.
        public var reserve: Money
        /// How many accounts this one stands for.
        public var weight: Int32 = 1
        public init(response: CallResponse, delaySeconds: Float, reserve: Money) {
            self.response = response
            self.delaySeconds = delaySeconds
            self.reserve = reserve
        }

        func combine(into hash: inout StateHash) {
            hash.combine(
                reserve.micros, Int64(weight) << 8 | Int64(response.rawValue), Int64(delaySeconds.bitPattern))
        }
    }

    struct Pending: Comparable {
        var due: SimTime
        var account: AccountID
        static func < (a: Pending, b: Pending) -> Bool { (a.due, a.account) < (b.due, b.account) }
        func combine(into hash: inout StateHash) { hash.combine(due.nanoseconds, Int64(account.rawValue), 0) }
    }

    let firstAccount: AccountID
    var traders: [Trader]
    var pending = Heap<Pending>()
    /// A caller who adds brings equity to this multiple of maintenance margin, as far as the reserve reaches.
    static let topUpTarget = Rate(2, over: 1)

    /// How far from the mark a market order may fill; nil: any price.
    public var protection: PriceProtection?

    /// The publicised large short, if the scenario has one.
    public let largeShort: AccountID?

    public init(firstAccount: AccountID, traders: [Trader], largeShort: AccountID? = nil) {
        self.firstAccount = firstAccount
        self.traders = traders
        self.largeShort = largeShort
    }

    /// The accounts of the population.
    public var accounts: Identifiers<AccountID> { Identifiers(from: firstAccount, count: traders.count) }

    /// How many accounts a simulated one stands for; 1 for those outside the population.
    public func weight(of account: AccountID) -> Int {
        accounts.place(of: account).map { Int(traders[$0].weight) } ?? 1
    }

    /// Takes note of a margin call.
    public mutating func called(_ account: AccountID, at time: SimTime) {
        guard let i = accounts.place(of: account), traders[i].response != .ignores else { return }
        pending.insert(Pending(due: time.adding(seconds: Double(traders[i].delaySeconds)), account: account))
    }

    func combine(into hash: inout StateHash) {
        for trader in traders { trader.combine(into: &hash) }
        hash.combine(protection?.fraction)
        combinePending(into: &hash)
    }

    /// Adds the calls not answered yet, in the order in which they are kept.
    func combinePending(into hash: inout StateHash) {
        hash.combine(each: pending.unordered) { $1.combine(into: &$0) }
    }

    /// Answers the calls whose delay has passed.
    ///
    /// - Parameters:
    ///   - e: the perpetual venue of the population.
    ///   - canDeposit: whether money can reach the venue now; if not, who would add is asked again in a minute.
    mutating func act(_ exchanges: inout Exchanges, on e: VenueID, canDeposit: Bool) {
        while let next = pending.min, next.due <= exchanges.now {
            pending.removeMin()
            if !canDeposit && traders[accounts.place(of: next.account)!].response == .adds {
                let again = Pending(due: exchanges.now.adding(seconds: 60), account: next.account)
                pending.insert(again)
                continue
            }
            answer(next.account, &exchanges, e)
        }
    }

    private mutating func answer(_ account: AccountID, _ exchanges: inout Exchanges, _ e: VenueID) {
        let i = accounts.place(of: account)!
        var p = exchanges.perps[e].house.account(account).firstPosition
        while p != 0 {
            let position = exchanges.perps[e].house.position(p)
            defer { p = position.next }
            guard position.lots != .zero, !exchanges.perps[e].house.isInLiquidation(p),
                Int(position.market) < exchanges.perps[e].rulebook.markets.count
            else { continue }
            let margin = exchanges.perps[e].house.margin(exchanges.perps[e].house.scope(of: p))
            switch traders[i].response {
            case .ignores: break
            case .adds:
                let wanted = margin.maintenance.timesUp(Self.topUpTarget) - margin.equity
                let amount = min(wanted, traders[i].reserve)
                guard amount > .zero else { continue }
                traders[i].reserve -= amount
                exchanges.topUp(e, account, amount, isolated: position.isolated ? p : nil)
            case .reduces:
                reduce(p, &exchanges, e)
            }
        }
    }

    /// Sells (or buys back) half of a position at market, reduce-only.
    private func reduce(_ p: Int32, _ exchanges: inout Exchanges, _ e: VenueID) {
        let position = exchanges.perps[e].house.position(p)
        let side: Side = position.lots > .zero ? .sell : .buy
        var order = NewOrder.market(
            side, Lots((position.lots.magnitude.count + 1) / 2), account: position.account,
            maxTicks: exchanges.perps[e].house.maxTicks(position.market),
            selfTrade: .cancelMaker)
        order.reduceOnly = true
        if let protection {
            order.limit = protection.limit(side, exchanges.perps[e].house.mark(position.market), order.limit)
        }
        let result = exchanges.submit(e, market: position.market, order)
        guard result.filled > .zero else { return }
        var event = ClearingEvent(.voluntaryReduction, at: exchanges.now, account: position.account)
        event.market = position.market
        event.lots = side == .sell ? -result.filled : result.filled
        event.amount = side == .sell ? -exchanges.perps[e].lastOrderValue : exchanges.perps[e].lastOrderValue
        event.price = exchanges.perps[e].house.unit(position.market).price(
            of: result.filled, worth: exchanges.perps[e].lastOrderValue)
        exchanges.note(event, on: e)
    }
}
