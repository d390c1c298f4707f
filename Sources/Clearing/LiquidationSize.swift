import Primitives

/// How much of a position one forced order closes.
public enum LiquidationSize: Sendable, Hashable {
    /// A share of it, at least one lot (Hyperliquid: a fifth).
    case share(Rate)
    /// The least that brings the scope back above maintenance margin, the order's fee included (Binance).
    case untilMargined
    /// Down to the top of the margin row so many rows lower (OKX: two, Bybit: one).
    case rowsDown(Int)
    /// Down to the top of the first margin row at once (OKX, older text).
    case toFirstRow
    /// At most so many US dollars, at least one lot (Deribit).
    case dollars(Int64)
}

/// Marks of one market between two prices, both included, ticks.
public struct MarkRange: BitwiseCopyable, Sendable {
    public var lowest: Int32
    public var highest: Int32
    public static let all = MarkRange(lowest: 0, highest: .max)
    public init(lowest: Int32, highest: Int32) {
        self.lowest = lowest
        self.highest = highest
    }
}

extension ClearingHouse {
    /// The marks, and a tick or two more, at which a position is worth more than `least` and in `row` or a higher one; nil if
    /// none does it.
    public func marks(where position: Int32, exceeds least: Money, andReachesRow row: Int) -> MarkRange? {
        let p = positions[position]
        let members = Int64(accounts[p.account].members)
        let schedule = markets[Int(p.market)].schedule
        guard row < schedule.tiers.count else { return nil }
        var value = Double(least.micros)
        let floor = schedule.tiers[row].floor
        switch schedule.measure {
        case .lots: if row > 0 && p.lots.magnitude.count / members < floor { return nil }
        case .notional: if row > 0 { value = max(value, Double(floor)) }
        }
        value *= Double(members)
        guard value > 0 else { return .all }
        let perTick = Double(p.lots.magnitude.count) * Double(abs(units[p.market]))
        let most = Double(Int32.max - 2)
        if units[p.market] > 0 {
            let lowest = (value / perTick).rounded(.down) - 1
            return lowest > most ? nil : MarkRange(lowest: Int32(max(lowest, 0)), highest: .max)
        }
        return MarkRange(lowest: 0, highest: Int32(min((perTick / value).rounded(.up) + 1, most)))
    }

    /// The margin row of a position, from 0.
    public func marginRow(_ position: Int32) -> Int {
        let p = positions[position]
        let members = Int64(accounts[p.account].members)
        return markets[Int(p.market)].schedule.row(
            Money(micros: value(position).magnitude.micros / members), lots: Lots(p.lots.count / members))
    }

    /// Lots of a position that a forced order of this size closes; fees in the notional at the mark.
    public func liquidationLots(_ position: Int32, _ size: LiquidationSize, fee: Rate = .zero) -> Lots {
        let held = positions[position].lots.magnitude
        switch size {
        case .share(let share):
            return Lots(max(1, mulDivDown(held.count, share.pico, Rate.one.pico)))
        case .untilMargined: return lotsUntilMargined(position, fee: fee)
        case .rowsDown(let rows): return held - top(ofRow: marginRow(position) - rows, position)
        case .toFirstRow: return held - top(ofRow: 0, position)
        case .dollars(let most):
            let market = positions[position].market
            let lots = numbers[market].unit.lots(
                worth: Double(most) * Double(accounts[positions[position].account].members), at: mark(market))
            return min(held, max(Lots(1), lots))
        }
    }

    /// The most lots that a position may have in a row; its own size if it is in that row or a lower one.
    private func top(ofRow row: Int, _ position: Int32) -> Lots {
        let p = positions[position]
        let schedule = markets[Int(p.market)].schedule
        let row = max(row, 0)
        guard row + 1 < schedule.tiers.count else { return p.lots.magnitude }
        let end = schedule.tiers[row + 1].floor * Int64(accounts[p.account].members)
        switch schedule.measure {
        case .lots: return min(p.lots.magnitude, Lots(end - 1))
        case .notional:
            // Value is proportional to lots but for the rounding of inverse contracts.
            let value = max(1, value(position).magnitude.micros)
            return min(p.lots.magnitude, Lots(mulDivDown(p.lots.magnitude.count, end - 1, value)))
        }
    }

    private func lotsUntilMargined(_ position: Int32, fee: Rate) -> Lots {
        let p = positions[position]
        let market = Int(p.market)
        let state = margin(scope(of: position))
        func maintenance(_ lots: Int64) -> Money {
            let value = Money(micros: valueOf(p.market, lots, marks[p.market])).magnitude
            let measured =
                convention.basis == .mark
                ? value : Money(micros: mulDivUp(p.cost.magnitude.micros, lots, p.lots.magnitude.count))
            return table.maintenance(market, measured, Lots(lots), members: accounts[p.account].members)
        }
        let others = state.maintenance - maintenance(p.lots.magnitude.count)
        func suffices(_ closed: Int64) -> Bool {
            let paid = Money(micros: valueOf(p.market, closed, marks[p.market])).magnitude.timesUp(fee)
            return state.equity - paid >= others + maintenance(p.lots.magnitude.count - closed)
        }
        var (low, high) = (Int64(1), p.lots.magnitude.count)
        guard suffices(high) else { return p.lots.magnitude }
        while low < high {
            let middle = low + (high - low) / 2
            if suffices(middle) { high = middle } else { low = middle + 1 }
        }
        return Lots(low)
    }
}
