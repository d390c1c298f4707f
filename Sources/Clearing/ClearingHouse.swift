import HeapModule
import Primitives

/// The exact ledger of one venue: accounts, positions, margin and the index that finds who must be liquidated.
///
/// It knows nothing of order books: fills come in, margin answers come out. Rules that differ by venue are
/// passed in or live in the waterfall.
public struct ClearingHouse: ~Copyable {
    private let byAddress = PassedByAddress()
    public internal(set) var markets: [MarketSpec]
    /// What every `Money` of this ledger counts.
    public let settlement: Settlement
    public let convention: MarginConvention
    /// Ratios of equity to maintenance margin at which a trader is called, falling; all above one.
    public let callRatios: [Rate]

    var accounts: Pool<Account>
    public internal(set) var accountCount: Int32 = 0
    public var accountIDs: Identifiers<AccountID> { AccountID.first(Int(accountCount)) }
    var positions: Pool<Position>
    /// Slot 0 is never used: link 0 means none.
    public internal(set) var positionEnd: Int32 = 1
    /// The positions of each market, in order of opening.
    var positionsByMarket: FixedArray<Buffer<Int32>>
    /// By market × 2 + side (0 long, 1 short): every position that was ever on that side, each once. Deleveraging ranks one
    /// side and need not load the other.
    var positionsBySide: FixedArray<Buffer<Int32>>

    var table: MarginTable
    var marks: Pool<Int32>
    var previousMarks: Pool<Int32>
    /// The factor of `signedValue` by market.
    var units: Pool<Int64>
    /// By market: what collateral counts for, in 1e-12; zero for contracts.
    var collateralShares: Pool<Int64>
    /// By market: the sum of its long positions.
    var longLots: Pool<Int64>
    /// By market: added to the initial margin rate, in 1e-12 (dYdX: with open interest).
    var initialSurcharges: Pool<Int64>
    /// By market: collateral lots brought in less those taken out.
    var depositedLots: Pool<Int64>
    let numbers: Pool<MarketNumbers>

    /// Fees collected less rebates paid.
    public internal(set) var fees = Money.zero
    /// What rounding of funding left over; never anyone's.
    public var roundingPot = Money.zero
    /// Negative balances made up at the winners' cost and not charged to them yet; zero between steps.
    var uncollectedLoss = Money.zero
    // See `HouseFlows`.
    var fundFlows = HouseFlows()
    var vaultFlows = HouseFlows()
    /// Deposits less withdrawals.
    public internal(set) var netDeposits = Money.zero

    // The trigger index; see `ClearingHouse+Triggers`.
    var triggers: FixedArray<MarketTriggers>
    var queue = Buffer<MarginScope>()
    var drained = Buffer<Int32>()
    /// Scopes to look at every time: see `canFailBothWays`.
    var unsteady = Buffer<MarginScope>()
    /// Scopes with margin calls that were not covered again when last looked at.
    var called = Buffer<MarginScope>()
    /// How long the book is tried before a fund takes over or others are deleveraged, seconds; zero: not at all longer.
    public var takeoverPatience = 0.0
    // Who fails and who of them sleeps; see `ClearingHouse+Sleeping`.
    var failingScopes = FailingScopes()
    var sleepTriggers: FixedArray<MarketTriggers>
    var sleepEntries = Buffer<SleepEntry>()
    var freeSleepEntries = Buffer<Int32>()
    var alarms = Heap<Alarm>()
    /// Flat scopes with a negative balance, in the order in which they began to wait for the fund.
    var unpaid = Buffer<MarginScope>()
    var firstUnpaid = 0
    /// Where loads ahead of use are summed up.
    var preTouched: Int64 = 0
    /// Changes whenever an account of the house itself (vault, fund) or a mark has changed.
    public internal(set) var houseVersion = 0
    /// Loses wake-ups on purpose, to prove that the fuzzer notices.
    package var wakesWrongly: WakeFault?
    /// Breaks the index on purpose, to prove that the twins notice: some positions are never filed.
    package var dropsTriggers = false
    public internal(set) var wakes = WakeCounts()
    /// Margin evaluations made so far: what the index saves.
    public internal(set) var marginChecks = 0

    // The running audit; see `ClearingHouse+Audit`.
    var auditedTotal = Money.zero
    var auditedLots: Pool<Int64>
    /// By position: its lots when last audited.
    var auditedPositions: Pool<Int64>
    /// Positions whose deleveraging stopped at a rule's limit of winners.
    public internal(set) var deleveragingCapHit = 0

    /// The log since it was last taken.
    public var events = Buffer<ClearingEvent>()
    /// The account whose story is kept beside the log; it changes nothing else.
    public var watchedAccount = AccountID.nobody
    var accountNotes: [AccountNote] = []
    public internal(set) var deleveragingNotes: [DeleveragingNote] = []
    public var now: SimTime

    public init(
        markets: [MarketSpec], settlement: Settlement = .dollars, callRatios: [Rate] = [],
        convention: MarginConvention = MarginConvention(),
        expectedAccounts: Int = 1024, expectedPositions: Int? = nil, at time: SimTime
    ) {
        precondition(
            callRatios.allSatisfy { $0 > .one } && zip(callRatios, callRatios.dropFirst()).allSatisfy(>))
        self.markets = markets
        self.settlement = settlement
        self.callRatios = callRatios
        self.convention = convention
        accounts = Pool(zeroed: expectedAccounts)
        let room = (expectedPositions ?? expectedAccounts) + 1
        positions = Pool(zeroed: room)
        auditedPositions = Pool(zeroed: room)
        positionsByMarket = FixedArray(count: markets.count) { _ in Buffer(capacity: room / markets.count + 1)
        }
        positionsBySide = FixedArray(count: markets.count * 2) { _ in Buffer(capacity: 64) }
        table = MarginTable(
            markets.map(\.schedule),
            surcharges: markets.map { convention.closingFee == .atMark ? $0.takerFee : .zero })
        marks = Pool(zeroed: markets.count)
        previousMarks = Pool(zeroed: markets.count)
        units = Pool(zeroed: markets.count)
        collateralShares = Pool(zeroed: markets.count)
        longLots = Pool(zeroed: markets.count)
        depositedLots = Pool(zeroed: markets.count)
        initialSurcharges = Pool(zeroed: markets.count)
        numbers = MarketNumbers.pool(markets)
        auditedLots = Pool(zeroed: markets.count)
        triggers = FixedArray(count: markets.count) { MarketTriggers(maxTicks: markets[$0].maxTicks) }
        sleepTriggers = FixedArray(count: markets.count) {
            // Coarser: sleepers are few, and each entry knows its price.
            MarketTriggers(maxTicks: markets[$0].maxTicks, precision: 9)
        }
        now = time
        for (m, market) in markets.enumerated() {
            units[m] = market.unit.factor
            if case .collateral(let haircut) = market.kind {
                precondition(haircut >= .zero && haircut <= .one, "a haircut lies between 0 and 1")
                collateralShares[m] = (Rate.one - haircut).pico
            }
        }
    }

    // MARK: Accounts and money

    public mutating func openAccount(_ kind: AccountKind = .trader, standingFor members: Int16 = 1)
        -> AccountID
    {
        precondition(members >= 1, "an account stands for at least itself")
        if Int(accountCount) == accounts.capacity { accounts.grow(toAtLeast: Int(accountCount) + 1) }
        accounts[accountCount].kind = kind
        accounts[accountCount].members = members
        accountCount += 1
        return AccountID(rawValue: accountCount - 1)
    }

    public func account(_ id: AccountID) -> Account { accounts[id] }
    public func position(_ id: Int32) -> Position { positions[id] }
    public func exists(account id: AccountID) -> Bool { accountIDs.contains(id) }

    /// Adds collateral from outside. `amount` must be positive.
    public mutating func deposit(_ amount: Money, to account: AccountID) {
        precondition(amount > .zero, "a deposit must be positive")
        accounts[account].cash += amount
        netDeposits += amount
        look(.cross(account))
    }

    /// Takes collateral out if what stays covers max(initial margin, `notionalFloor` × notional); else false.
    public mutating func withdraw(_ amount: Money, from account: AccountID, notionalFloor: Rate) -> Bool {
        guard amount > .zero, amount <= withdrawable(account, notionalFloor: notionalFloor) else {
            return false
        }
        accounts[account].cash -= amount
        netDeposits -= amount
        look(.cross(account))
        return true
    }

    /// Moves collateral between an isolated position and the account's cash; negative takes it out, which must
    /// leave max(initial margin, `notionalFloor` × notional). False if it does not fit.
    public mutating func moveMargin(_ amount: Money, to position: Int32, notionalFloor: Rate) -> Bool {
        let p = positions[position]
        guard p.isolated, p.lots != .zero else { return false }
        if amount > .zero {
            guard amount <= withdrawable(p.account, notionalFloor: notionalFloor) else { return false }
        } else {
            let state = margin(.isolated(position: position))
            let floor = max(initialMargin(position), state.notional.timesUp(notionalFloor))
            guard state.equity + amount >= floor, p.margin + amount >= .zero else { return false }
        }
        accounts[p.account].cash -= amount
        positions[position].margin += amount
        look(.isolated(position: position))
        look(.cross(p.account))
        return true
    }

    @inline(__always)
    public func unit(_ market: Int32) -> ContractUnit { numbers[market].unit }
    /// The highest price that can be quoted.
    @inline(__always)
    public func maxTicks(_ market: Int32) -> Int32 { numbers[market].maxTicks }
    @inline(__always)
    public func takerFee(_ market: Int32) -> Rate { numbers[market].takerFee }
    @inline(__always)
    func makerFee(_ market: Int32) -> Rate { numbers[market].makerFee }

    mutating func collect(fee: Money, from position: Int32) {
        let p = positions[position]
        // An isolated position pays from its own collateral; a flat one has none left and pays from cash.
        if p.isolated && p.lots != .zero {
            positions[position].margin -= fee
        } else {
            accounts[p.account].cash -= fee
        }
        fees += fee
    }

    /// Puts all of an account's cash behind one isolated position: for building an initial state.
    public mutating func sweepCash(into position: Int32) {
        precondition(positions[position].isolated, "only an isolated position has collateral of its own")
        let owner = positions[position].account
        positions[position].margin += accounts[owner].cash
        accounts[owner].cash = .zero
        look(.isolated(position: position))
        look(.cross(owner))
    }

    // MARK: Positions

    /// What signed lots of a market are worth at a price: see `signedValue`.
    @inline(__always)
    public func valueOf(_ market: Int32, _ lots: Int64, _ price: Int32) -> Int64 {
        signedValue(lots, at: price, factor: units[market])
    }

    /// The account's position in a market, or nil if it never had one.
    @inline(__always)
    public func find(_ account: AccountID, _ market: Int32, _ leg: PositionLeg = .net) -> Int32? {
        var p = accounts[account].firstPosition
        while p != 0 {
            if positions[p].marketNumber == market && positions[p].isLeg(leg) { return p }
            p = positions[p].next
        }
        return nil
    }

    /// The account's position in a market, opened flat if it never had one.
    public mutating func positionID(
        _ account: AccountID, _ market: Int32, _ leg: PositionLeg = .net
    ) -> Int32 {
        if let found = find(account, market, leg) { return found }
        let id = positionEnd
        if Int(id) == positions.capacity {
            positions.grow(toAtLeast: Int(id) + 1)
            auditedPositions.grow(toAtLeast: Int(id) + 1)
        }
        positionEnd += 1
        positions[id].account = account
        positions[id].marketNumber = Int16(market)
        positions[id].leverage = 1
        positions[id].leg = leg
        positions[id].next = accounts[account].firstPosition
        accounts[account].firstPosition = id
        positionsByMarket[Int(market)].append(id)
        return id
    }

    /// Sets leverage and margin mode of a flat position without orders. False otherwise.
    public mutating func configure(_ position: Int32, leverage: UInt8, isolated: Bool) -> Bool {
        let p = positions[position]
        guard leverage >= 1, p.lots == .zero, p.bidNotional == .zero, p.askNotional == .zero else {
            return false
        }
        positions[position].leverage = leverage
        positions[position].isolated = isolated
        return true
    }

    /// Books a trade of signed `lots` at `price` into one position, without fee.
    ///
    /// - Returns: the profit realised against cost. The other side must be booked as well.
    @discardableResult
    @inline(__always)
    public mutating func book(_ id: Int32, _ signed: Lots, at price: Ticks) -> Money {
        let p = positions[id]
        let value = valueOf(p.market, signed.count, price.count)
        let held = p.lots.count
        if held == 0 || (held > 0) == (signed.count > 0) {
            positions[id].lots.count = held + signed.count
            list(id)
            positions[id].cost.micros += value
            longLots[p.market] += max(signed.count, 0)
            if p.isolated { fundIsolated(id, opening: Money(micros: value).magnitude) }
            look(scope(of: id))
            return .zero
        }
        // Closing: a share of the cost leaves with the lots; what truncation keeps stays in the cost, so
        // cash - cost changes by exactly minus the signed value of the trade.
        let closing = min(abs(signed.count), abs(held))
        let share =
            closing == abs(held) ? p.cost.micros : mulDivTowardsZero(p.cost.micros, closing, abs(held))
        let sign: Int64 = held > 0 ? 1 : -1
        let rest = signed.count + sign * closing
        let closed = rest == 0 ? -value : valueOf(p.market, sign * closing, price.count)
        let realised = closed - share
        positions[id].cost.micros -= share
        positions[id].lots.count = held - sign * closing
        longLots[p.market] -= held > 0 ? closing : 0
        if p.isolated {
            releaseIsolated(id, realised: realised, closing: closing, of: abs(held))
        } else {
            accounts[p.account].cash.micros += realised
        }
        if rest != 0 {
            positions[id].lots.count = rest
            list(id)
            positions[id].cost.micros = value + closed
            longLots[p.market] += max(rest, 0)
            if p.isolated { fundIsolated(id, opening: Money(micros: positions[id].cost.micros).magnitude) }
        }
        look(scope(of: id))
        return Money(micros: realised)
    }

    /// Notes the side a position is on, once.
    @inline(__always)
    mutating func list(_ id: Int32) {
        let side = positions[id].lots.count > 0 ? 0 : 1
        if positions[id].isListed(side) || positions[id].lots.count == 0 { return }
        positions[id].setListed(side)
        positionsBySide[Int(positions[id].market) * 2 + side].append(id)
    }

    /// Sets collateral aside for newly opened notional: notional / leverage, rounded up.
    private mutating func fundIsolated(_ id: Int32, opening notional: Money) {
        let p = positions[id]
        let amount = Self.initialMargin(notional, leverage: p.leverage)
        positions[id].margin += amount
        accounts[p.account].cash -= amount
        look(.cross(p.account))
    }

    /// Gives back the closed share of an isolated position's collateral with its profit or loss, and all of it once
    /// flat: equity per lot stays what it was. While the position is being liquidated nothing is given back, so
    /// that a partial sale restores its margin. What is lost beyond the share is taken from the rest; what is
    /// left below zero stays with the position: the account's other collateral does not answer for it.
    private mutating func releaseIsolated(_ id: Int32, realised: Int64, closing: Int64, of held: Int64) {
        let p = positions[id]
        let before = p.margin.micros
        let after = before + realised
        let released: Int64
        if p.lots == .zero {
            released = max(0, after)
        } else if p.scopeState.inLiquidation {
            released = 0
        } else {
            let share = before > 0 ? mulDivDown(before, closing, held) : 0
            released = max(0, min(after, share + realised))
        }
        positions[id].margin.micros = after - released
        accounts[p.account].cash.micros += released
        look(.cross(p.account))
    }

    // MARK: Prices

    public func mark(_ market: Int32) -> Ticks { Ticks(marks[market]) }
    /// The mark before the last change.
    public func previousMark(_ market: Int32) -> Ticks { Ticks(previousMarks[market]) }

    /// Sets a market's mark price. Whose margin that touches is found by `scopesToLiquidate`.
    public mutating func setMark(_ market: Int32, _ price: Ticks) {
        precondition(
            price.count > 0 && price.count <= numbers[market].maxTicks,
            "a mark price must be one the market can quote")
        let before = marks[market]
        previousMarks[market] = before == 0 ? price.count : before
        if before == price.count { return }
        marks[market] = price.count
        triggers[Int(market)].moved(to: price)
        sleepTriggers[Int(market)].moved(to: price)
        houseVersion &+= 1
    }

    /// Raises a market's initial margin rate for new orders and withdrawals.
    public mutating func setInitialSurcharge(_ market: Int32, _ rate: Rate) {
        initialSurcharges[market] = rate.pico
    }
}
