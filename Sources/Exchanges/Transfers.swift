import Clearing
import Primitives
import Venues

/// Money and coins on their way between venues.
///
/// A transfer leaves its source at once, arrives after the source's withdrawal time, and waits at a venue that does not
/// move funds at that moment.
public struct Transfer: Sendable {
    public enum What: Sendable, Hashable {
        case cash(Money)
        /// Lots of a spot venue's unit; units of one asset are the same on every spot venue.
        case coins(Lots, market: Int32)
    }
    public var due: SimTime
    public var source: VenueID
    public var target: VenueID
    public var account: AccountID
    public var what: What

    public func combine(into hash: inout StateHash) {
        hash.combine(due)
        hash.combine(Int64(source.rawValue), Int64(target.rawValue), Int64(account.rawValue))
        switch what {
        case .cash(let amount): hash.combine(amount.micros, -1, 0)
        case .coins(let lots, let market): hash.combine(lots.count, Int64(market), 1)
        }
    }
}

extension Exchanges {
    /// Sends cash from one venue to another that counts the same currency; false if they are not free there or the source is frozen.
    @discardableResult
    public mutating func transfer(
        _ amount: Money, from source: VenueID, _ sender: AccountID, to target: VenueID, _ receiver: AccountID
    ) -> Bool {
        precondition(
            settlement(source) == settlement(target), "an amount means something else on the other ledger")
        guard amount > .zero, !isFrozen(source), withdraw(amount, source, sender) else { return false }
        inTransit += amount
        transfers.append(
            Transfer(
                due: now.adding(seconds: transferSeconds), source: source, target: target, account: receiver,
                what: .cash(amount)))
        return true
    }

    /// Sends coins of `market` of a spot venue to `targetMarket` of another.
    @discardableResult
    public mutating func transferCoins(
        _ lots: Lots, from source: VenueID, _ market: Int32, _ sender: AccountID, to target: VenueID,
        _ targetMarket: Int32,
        _ receiver: AccountID
    ) -> Bool {
        guard lots > .zero, !isFrozen(source), isSpot(source), isSpot(target),
            spots[spot(source)].ledger.transferCoins(-lots, sender, market)
        else { return false }
        transfers.append(
            Transfer(
                due: now.adding(seconds: transferSeconds), source: source, target: target, account: receiver,
                what: .coins(lots, market: targetMarket)))
        return true
    }

    private mutating func withdraw(_ amount: Money, _ exchange: VenueID, _ account: AccountID) -> Bool {
        if isSpot(exchange) { return spots[spot(exchange)].ledger.transfer(-amount, account) }
        return perps[exchange].withdraw(account, amount)
    }

    /// Delivers what is due; what a frozen venue would receive waits.
    @_spi(World) public mutating func deliverTransfers() {
        if transfers.isEmpty { return }
        var waiting: [Transfer] = []
        for transfer in transfers {
            if transfer.due > now || isFrozen(transfer.target) || isFrozen(transfer.source) {
                waiting.append(transfer)
                continue
            }
            switch transfer.what {
            case .cash(let amount):
                inTransit -= amount
                if isSpot(transfer.target) {
                    _ = spots[spot(transfer.target)].ledger.transfer(amount, transfer.account)
                } else {
                    perps[transfer.target].house.deposit(amount, to: transfer.account)
                }
            case .coins(let lots, let market):
                _ = spots[spot(transfer.target)].ledger.transferCoins(lots, transfer.account, market)
            }
        }
        transfers = waiting
    }

    /// Dollars in transfers, added up: equal to `inTransit`.
    public func cashInTransfers() -> Money {
        transfers.reduce(.zero) { sum, transfer in
            if case .cash(let amount) = transfer.what { return sum + amount }
            return sum
        }
    }
}
