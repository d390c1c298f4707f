import Clearing
import Foundation
import Primitives
import Venues

/// What the account did itself, and what it paid for holding.
extension AccountStory {
    /// Fills of one kind that follow each other are one line.
    mutating func add(_ notes: ArraySlice<AccountNote>, _ venue: borrowing Venue) {
        var from = notes.startIndex
        while from < notes.endIndex {
            var to = from + 1
            if case .fill = notes[from].kind {
                while to < notes.endIndex, notes[to].kind == notes[from].kind,
                    notes[to].market == notes[from].market, notes[to].closes == notes[from].closes,
                    (notes[to].lots < .zero) == (notes[from].lots < .zero)
                { to += 1 }
            }
            add(Array(notes[from..<to]), venue)
            from = to
        }
    }

    private mutating func add(_ notes: [AccountNote], _ venue: borrowing Venue) {
        let n = notes[0]
        let market = spec(n.market, venue).name
        switch n.kind {
        case .fill(let isMaker, let isForced):
            let paid = notes.reduce(Money.zero) { $0 + $1.paid }
            let fee =
                paid < .zero
                ? "rebate \(money(paid.magnitude, venue))" : "fee \(money(paid, venue))"
            // What the venue sent is told by the log, all but its fee.
            if isForced {
                if paid != .zero {
                    append(
                        n.time, "\(fee) on the venue's order in \(market)",
                        Self.rules(Self.fees, venue.rulebook))
                }
                return
            }
            let lots = notes.reduce(Lots.zero) { $0 + $1.lots }
            let profit = notes.reduce(Money.zero) { $0 + $1.realised }
            let isTakeProfit = isMaker && n.closes && profit > .zero
            let order = isTakeProfit ? "take-profit in the book" : isMaker ? "resting order" : "own order"
            append(
                n.time,
                "\(order) filled: \(n.lots < .zero ? "sold" : "bought") \(size(lots, n.market, venue)) of \(market) at \(average(notes, venue)), \(fee)"
                    + (n.closes ? "; \(result(profit, venue))" : ""), [])
        case .trigger(let isStop, let refusal):
            append(
                n.time,
                "\(isStop ? "own stop" : "own take-profit") reached: mark \(price(n.mark, n.market, venue)), set at \(price(n.price, n.market, venue)); order to \(n.lots < .zero ? "sell" : "buy") \(size(n.lots, n.market, venue)) of \(market)"
                    + (refusal.map { ", of which nothing came: \($0)" } ?? ""), [])
        case .funding(let rate):
            let percent = String(format: "%.5f %%", Double(rate.pico) / 1e10)
            append(
                n.time,
                "funding of \(market) \(n.paid < .zero ? "received" : "paid"): \(money(n.paid.magnitude, venue)), rate \(percent)",
                Self.rules(Self.funding, venue.rulebook))
        }
    }

    private func average(_ notes: [AccountNote], _ venue: borrowing Venue) -> String {
        let unit = spec(notes[0].market, venue).unit
        let lots = notes.reduce(0.0) { $0 + Double($1.lots.magnitude.count) }
        // An inverse contract is worth dollars: its average is that of coins a dollar.
        let ticks =
            unit.isInverse
            ? lots / notes.reduce(0.0) { $0 + Double($1.lots.magnitude.count) / Double($1.price.count) }
            : notes.reduce(0.0) { $0 + Double($1.lots.magnitude.count) * Double($1.price.count) } / lots
        return String(format: "%.6g", ticks / unit.ticksPerUSD)
    }
}
