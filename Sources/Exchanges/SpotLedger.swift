import Primitives

/// The wallets of one spot venue, exact: dollars in micro-dollars, coins in the market's lots. Nobody borrows: what an
/// order could pay is set aside while it rests.
public struct SpotLedger: ~Copyable {
    public let markets: Int
    public private(set) var accountCount: Int32 = 0
    private var cash: Pool<Int64>
    private var heldCash: Pool<Int64>
    /// By account and market: lots owned, and lots set aside for resting sells.
    private var coins: Pool<Int64>
    private var heldCoins: Pool<Int64>
    public private(set) var fees = Money.zero
    /// Dollars brought in less those taken out.
    public private(set) var netDeposits = Money.zero
    /// By market: lots brought in less those taken out.
    private var netCoins: Pool<Int64>

    public init(markets: Int, expectedAccounts: Int = 64) {
        self.markets = markets
        cash = Pool(zeroed: expectedAccounts)
        heldCash = Pool(zeroed: expectedAccounts)
        coins = Pool(zeroed: expectedAccounts * markets)
        heldCoins = Pool(zeroed: expectedAccounts * markets)
        netCoins = Pool(zeroed: markets)
    }

    public init(copying other: borrowing SpotLedger) {
        markets = other.markets
        accountCount = other.accountCount
        cash = Pool(copying: other.cash)
        heldCash = Pool(copying: other.heldCash)
        coins = Pool(copying: other.coins)
        heldCoins = Pool(copying: other.heldCoins)
        fees = other.fees
        netDeposits = other.netDeposits
        netCoins = Pool(copying: other.netCoins)
    }

    public var accountIDs: Identifiers<AccountID> { AccountID.first(Int(accountCount)) }

    public mutating func openAccount() -> AccountID {
        let needed = Int(accountCount) + 1
        if needed > cash.capacity {
            cash.grow(toAtLeast: needed)
            heldCash.grow(toAtLeast: needed)
            coins.grow(toAtLeast: needed * 2 * markets)
            heldCoins.grow(toAtLeast: needed * 2 * markets)
        }
        accountCount += 1
        return AccountID(rawValue: accountCount - 1)
    }

    @inline(__always)
    private func slot(_ account: AccountID, _ market: Int32) -> Int { account.index * markets + Int(market) }

    public func cash(_ account: AccountID) -> Money { Money(micros: cash[account]) }
    public func freeCash(_ account: AccountID) -> Money { Money(micros: cash[account] - heldCash[account]) }
    public func coins(_ account: AccountID, _ market: Int32) -> Lots { Lots(coins[slot(account, market)]) }
    public func freeCoins(_ account: AccountID, _ market: Int32) -> Lots {
        Lots(coins[slot(account, market)] - heldCoins[slot(account, market)])
    }

    /// Moves dollars in (positive) or out (negative; false if they are not free).
    public mutating func transfer(_ amount: Money, _ account: AccountID) -> Bool {
        guard amount >= .zero || -amount <= freeCash(account) else { return false }
        cash[account] += amount.micros
        netDeposits += amount
        return true
    }

    /// Moves coins in (positive) or out (negative; false if they are not free).
    public mutating func transferCoins(_ lots: Lots, _ account: AccountID, _ market: Int32) -> Bool {
        guard lots >= .zero || -lots <= freeCoins(account, market) else { return false }
        coins[slot(account, market)] += lots.count
        netCoins[market] += lots.count
        return true
    }

    /// Sets aside (or, negative, releases) what a resting order could cost.
    @inline(__always)
    mutating func hold(_ account: AccountID, _ market: Int32, _ side: Side, _ lots: Int64, worth: Int64) {
        if side == .buy { heldCash[account] += worth } else { heldCoins[slot(account, market)] += lots }
    }

    /// Settles one fill: `value` dollars against `lots`; each side pays its fee in dollars.
    @inline(__always)
    mutating func settle(
        buyer: AccountID, seller: AccountID, _ market: Int32, _ lots: Int64, value: Int64, buyerFee: Money,
        sellerFee: Money
    ) {
        cash[buyer] -= value + buyerFee.micros
        cash[seller] += value - sellerFee.micros
        coins[slot(buyer, market)] += lots
        coins[slot(seller, market)] -= lots
        fees += buyerFee + sellerFee
    }

    /// What the wallets hold more than was brought in, added up from the balances: zero, in dollars and in every coin.
    public func imbalance() -> Int64 {
        var dollars = fees.micros - netDeposits.micros
        for a in accountIDs { dollars += cash[a] }
        var worst = abs(dollars)
        for m in 0..<Int32(markets) {
            var lots = -netCoins[m]
            for a in accountIDs { lots += coins[slot(a, m)] }
            worst += abs(lots)
        }
        return worst
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(fees.micros, netDeposits.micros, Int64(accountCount))
        for a in accountIDs { hash.combine(cash[a], heldCash[a], 0) }
        for i in 0..<Int(accountCount) * markets { hash.combine(coins[i], heldCoins[i], 0) }
        for m in 0..<markets { hash.combine(netCoins[m]) }
    }
}

/// Cash by account.
extension Pool where Element == Int64 {
    @inline(__always)
    fileprivate subscript(_ account: AccountID) -> Int64 {
        _read { yield self[account.index] }
        _modify { yield &self[account.index] }
    }
}
