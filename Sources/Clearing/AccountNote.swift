import Primitives

/// What happens to a watched account that the clearing log does not hold: its own fills, its stop and take-profit orders,
/// funding.
public struct AccountNote: Sendable {
    public enum Kind: Sendable, Hashable {
        /// An order of the account, resting (maker) or incoming, filled; forced where the venue sent it.
        case fill(isMaker: Bool, isForced: Bool)
        /// A waiting stop or take-profit order was reached and went out; `refusal` is why nothing came of it.
        case trigger(isStop: Bool, refusal: String?)
        case funding(rate: Rate)
    }

    public var kind: Kind
    public var time: SimTime
    /// Entries of the step's log that came before it.
    public var eventsBefore: Int
    public var market: Int32
    /// Change of the position; of a trigger, what the order asks for.
    public var lots = Lots.zero
    /// Of a fill; of a trigger, the price it waited for.
    public var price = Ticks(0)
    /// Of a trigger: the mark at that moment.
    public var mark = Ticks(0)
    /// The fee of a fill, or the funding paid (negative: received).
    public var paid = Money.zero
    /// Whether a fill closed some of the position, and the profit of that against its cost.
    public var closes = false
    public var realised = Money.zero
}

extension ClearingHouse {
    @inline(never)
    mutating func noteFill(
        _ position: Int32, _ signed: Lots, at price: Ticks, fee: Money, realised: Money, isMaker: Bool
    ) {
        guard positions[position].account == watchedAccount else { return }
        var note = note(
            .fill(isMaker: isMaker, isForced: !isMaker && isInLiquidation(position)), position)
        note.lots = signed
        note.price = price
        note.paid = fee
        let before = positions[position].lots - signed
        note.closes = before != .zero && (before > .zero) != (signed > .zero)
        note.realised = realised
        accountNotes.append(note)
    }

    @inline(never)
    mutating func noteFunding(_ position: Int32, _ payment: Money, rate: Rate) {
        var note = note(.funding(rate: rate), position)
        note.paid = payment
        accountNotes.append(note)
    }

    /// Keeps a note that a stop or take-profit order of the watched account goes out; returns its place.
    public mutating func noteTrigger(isStop: Bool, _ market: Int32, _ signed: Lots, at price: Ticks) -> Int {
        var note = AccountNote(
            kind: .trigger(isStop: isStop, refusal: nil), time: now, eventsBefore: events.count,
            market: market)
        note.lots = signed
        note.price = price
        note.mark = mark(market)
        accountNotes.append(note)
        return accountNotes.count - 1
    }

    /// Completes a note of a trigger whose order the venue refused.
    public mutating func refuseTrigger(_ place: Int, isStop: Bool, _ reason: String) {
        accountNotes[place].kind = .trigger(isStop: isStop, refusal: reason)
    }

    private func note(_ kind: AccountNote.Kind, _ position: Int32) -> AccountNote {
        AccountNote(
            kind: kind, time: now, eventsBefore: events.count, market: positions[position].market)
    }

    /// The notes since they were last taken, in the order in which it happened.
    public mutating func takeAccountNotes() -> [AccountNote] {
        defer { accountNotes.removeAll(keepingCapacity: true) }
        return accountNotes
    }
}
