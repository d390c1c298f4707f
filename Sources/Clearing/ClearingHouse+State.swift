import HeapModule
import Primitives

/// Copying a house, and hashing what it is.
extension ClearingHouse {
    /// An independent house with the same accounts, positions and queues.
    public init(copying other: borrowing ClearingHouse, as kind: CopyKind = .live) {
        markets = other.markets
        settlement = other.settlement
        convention = other.convention
        callRatios = other.callRatios
        accounts = Pool(copying: other.accounts, first: Int(other.accountCount))
        accountCount = other.accountCount
        positions = Pool(copying: other.positions, first: Int(other.positionEnd))
        positionEnd = other.positionEnd
        positionsByMarket = FixedArray(copying: other.positionsByMarket) { Buffer(copying: $0) }
        positionsBySide = FixedArray(copying: other.positionsBySide) { Buffer(copying: $0) }
        table = MarginTable(copying: other.table)
        marks = Pool(copying: other.marks)
        previousMarks = Pool(copying: other.previousMarks)
        units = Pool(copying: other.units)
        collateralShares = Pool(copying: other.collateralShares)
        longLots = Pool(copying: other.longLots)
        initialSurcharges = Pool(copying: other.initialSurcharges)
        depositedLots = Pool(copying: other.depositedLots)
        numbers = Pool(copying: other.numbers)
        fees = other.fees
        roundingPot = other.roundingPot
        uncollectedLoss = other.uncollectedLoss
        fundFlows = other.fundFlows
        vaultFlows = other.vaultFlows
        netDeposits = other.netDeposits
        triggers = FixedArray(copying: other.triggers) { MarketTriggers(copying: $0, as: kind) }
        queue = Buffer(copying: other.queue)
        drained = Buffer(copying: other.drained)
        unsteady = Buffer(copying: other.unsteady)
        called = Buffer(copying: other.called)
        takeoverPatience = other.takeoverPatience
        failingScopes = FailingScopes(copying: other.failingScopes)
        sleepTriggers = FixedArray(copying: other.sleepTriggers) { MarketTriggers(copying: $0, as: kind) }
        sleepEntries = Buffer(copying: other.sleepEntries)
        freeSleepEntries = Buffer(copying: other.freeSleepEntries)
        alarms = other.alarms
        unpaid = Buffer(copying: other.unpaid)
        firstUnpaid = other.firstUnpaid
        preTouched = other.preTouched
        houseVersion = other.houseVersion
        dropsTriggers = other.dropsTriggers
        wakesWrongly = other.wakesWrongly
        marginChecks = other.marginChecks
        wakes = other.wakes
        auditedTotal = other.auditedTotal
        auditedLots = Pool(copying: other.auditedLots)
        auditedPositions = Pool(copying: other.auditedPositions, first: Int(other.positionEnd))
        deleveragingCapHit = other.deleveragingCapHit
        events = Buffer(copying: other.events)
        watchedAccount = other.watchedAccount
        accountNotes = other.accountNotes
        deleveragingNotes = other.deleveragingNotes
        now = other.now
    }

    /// A hash of everything that decides how the house goes on. The log and the notes of a watched account are told, not
    /// looked at; caches and the running audit say again what the balances say.
    public func stateHash() -> StateHash {
        var hash = StateHash()
        hash.combine(now)
        for money in [fees, roundingPot, uncollectedLoss, netDeposits] { hash.combine(money) }
        for flows in [fundFlows, vaultFlows] {
            hash.combine(flows.paid.micros, flows.received.micros, flows.leftOwing.micros)
        }
        for m in 0..<markets.count {
            hash.combine(Int64(marks[m]), Int64(previousMarks[m]), longLots[m])
            hash.combine(initialSurcharges[m], depositedLots[m], 0)
            triggers[m].combine(into: &hash)
            sleepTriggers[m].combine(into: &hash)
        }
        for list in 0..<positionsBySide.count {
            hash.combine(each: positionsBySide[list]) { $0.combine(Int64($1), 0, 0) }
        }
        combineAccounts(into: &hash)
        combineWaiting(into: &hash)
        return hash
    }

    private func combineAccounts(into hash: inout StateHash) {
        hash.combine(Int64(accountCount), Int64(positionEnd), 0)
        for a in 0..<accountCount {
            let account = accounts[a]
            hash.combine(
                account.cash.micros, Int64(account.firstPosition) << 32 | account.scopeState.word,
                Int64(account.kind.rawValue) << 16 | Int64(account.members))
        }
        for p in 1..<positionEnd {
            let position = positions[p]
            hash.combine(position.lots.count, position.cost.micros, position.margin.micros)
            hash.combine(
                position.bidNotional.micros, position.askNotional.micros,
                Int64(position.account.rawValue) << 32 | Int64(position.next))
            hash.combine(
                Int64(position.trigger) << 32 | Int64(UInt32(bitPattern: position.filed)),
                position.scopeState.word, position.modeWord)
        }
    }

    /// Who is to be looked at, called, woken or paid for.
    private func combineWaiting(into hash: inout StateHash) {
        hash.combine(each: queue) { $0.combine(Int64($1.raw), 1, 0) }
        hash.combine(each: unsteady) { $0.combine(Int64($1.raw), 2, 0) }
        hash.combine(each: called) { $0.combine(Int64($1.raw), 3, 0) }
        hash.combine(each: sleepEntries) { $0.combine(Int64($1.row), Int64($1.sleep), Int64($1.price)) }
        hash.combine(each: freeSleepEntries) { $0.combine(Int64($1), 4, 0) }
        hash.combine(each: alarms.unordered) {
            $0.combine($1.due.nanoseconds, Int64($1.row), Int64($1.scope.raw))
        }
        hash.combine(each: unpaid, from: firstUnpaid) { $0.combine(Int64($1.raw), 5, 0) }
        failingScopes.combine(into: &hash)
        hash.combine(takeoverPatience)
    }
}
