import Clearing
import Foundation
import Primitives
import RealModule
import Rules
import Venues

/// One account's way through a run, step by step, in the venue's rule order.
public struct AccountStory: Sendable {
    public struct Line: Encodable, Sendable {
        public var timeUtc: String
        public var what: String
        /// Names of the rules behind it, empty where none is.
        public var rule: String
    }

    /// Its number in the venue's house.
    public let account: AccountID
    public private(set) var lines: [Line] = []
    /// Rules that were applied, in the order they were met.
    public private(set) var rules: [String] = []
    private var takenBySide: [Int: Int64] = [:]
    private var notesSeen = 0
    /// Whether the venue acted on it since it was last out of liquidation.
    private var isInLiquidation = false

    /// - Parameter account: whom the house watches while the run goes.
    public init(account: AccountID) { self.account = account }

    /// What the account holds before the first step.
    public mutating func begin(_ venue: borrowing Venue) {
        lines.append(
            Line(timeUtc: venue.house.now.description, what: "starts with " + state(venue), rule: ""))
        addHoldings(venue)
    }

    /// What the account did and what clearing did to it in this step, in the order in which it happened.
    public mutating func see(_ venue: inout Venue) {
        let notes = venue.house.takeAccountNotes()
        var next = 0
        for i in 0...venue.house.events.count {
            var upTo = next
            while upTo < notes.count && notes[upTo].eventsBefore <= i { upTo += 1 }
            add(notes[next..<upTo], venue)
            next = upTo
            guard i < venue.house.events.count else { break }
            let event = venue.house.events[i]
            if event.kind == .deleveraging {
                takenBySide[side(event), default: 0] += event.lots.magnitude.count
            }
            guard event.account == account || (event.counterparty == account && event.kind != .deleveraging)
            else { continue }
            add(event, venue)
        }
        add(notes[next...], venue)
        addDeleveraging(venue)
        takenBySide.removeAll()
    }

    /// What it holds at the end, isolated positions and their collateral included.
    public mutating func end(_ venue: borrowing Venue) {
        lines.append(Line(timeUtc: venue.house.now.description, what: "ends with " + state(venue), rule: ""))
        addHoldings(venue)
    }

    private mutating func addHoldings(_ venue: borrowing Venue) {
        var p = venue.house.account(account).firstPosition
        while p != 0 {
            let position = venue.house.position(p)
            if position.lots != .zero || position.margin != .zero {
                lines.append(Line(timeUtc: venue.house.now.description, what: holding(p, venue), rule: ""))
            }
            p = position.next
        }
    }

    private func side(_ event: ClearingEvent) -> Int { Int(event.market) * 2 + (event.lots < .zero ? 0 : 1) }

    // MARK: Words

    private mutating func add(_ e: ClearingEvent, _ venue: borrowing Venue) {
        var words = EventWords(e.kind)
        words.isLong = e.lots < .zero
        words.margin =
            "equity \(money(e.equity, venue)) against maintenance \(money(e.maintenance, venue))"
        words.counterparty = "account \(e.counterparty)"
        words.amount = money(e.kind.isNotional ? e.amount.magnitude : e.amount, venue)
        if e.market >= 0 {
            words.market = spec(e.market, venue).name
            words.size = size(e.lots, e.market, venue)
            words.closed = "\(words.size) at \(price(e.price, e.market, venue))"
        }
        words.result = result(-e.loss, venue)
        words.orders = e.lots.count
        words.ratio = e.maintenance > .zero ? Double(e.equity.micros) / Double(e.maintenance.micros) : 0
        words.wasInLiquidation = isInLiquidation
        if e.account == account { isInLiquidation = isInLiquidation(after: e.kind) }
        let whose = e.account == account ? "" : "account \(e.account): "
        append(e.time, whose + words.text, Self.rules(e.kind, venue.rulebook))
    }

    private func isInLiquidation(after kind: ClearingEvent.Kind) -> Bool {
        switch kind {
        case .recovered, .closedOut: false
        case .marginCall, .topUp, .voluntaryReduction, .socialisedLoss, .badDebt: isInLiquidation
        default: true
        }
    }

    /// Closings of one market in one step are one line: the place in the queue is that of the first.
    private mutating func addDeleveraging(_ venue: borrowing Venue) {
        let fresh = venue.house.deleveragingNotes[notesSeen...]
        notesSeen = venue.house.deleveragingNotes.count
        var markets: [Int32] = []
        for note in fresh where !markets.contains(note.market) { markets.append(note.market) }
        for market in markets {
            let own = fresh.filter { $0.market == market }
            add(own, own.reduce(Lots.zero) { $0 + $1.lots }, venue)
        }
    }

    private mutating func add(_ notes: [DeleveragingNote], _ closed: Lots, _ venue: borrowing Venue) {
        let n = notes[0]
        let after = notes[notes.count - 1].after
        let leverage = n.equity > .zero ? abs(Double(n.notional.micros)) / Double(n.equity.micros) : .infinity
        // The losers' closings of this side in this step: a long loser takes from the shorts.
        let side = Int(n.market) * 2 + (n.ownLots < .zero ? 0 : 1)
        let taken = Double(takenBySide[side] ?? closed.count)
        let byLots = taken * Double(n.ownLots.magnitude.count) / max(1, Double(n.sideLots.count))
        let byProfit = taken * Double(max(0, n.ownProfit.micros)) / max(1, Double(n.sideProfit.micros))
        func who(_ account: AccountID) -> String { account == .nobody ? "nobody" : "account \(account)" }
        func coins(_ x: Double) -> String { size(Lots(Int64(x)), n.market, venue) }
        append(
            n.time,
            """
            deleveraged: \(size(closed, n.market, venue)) of the \(n.ownLots < .zero ? "short" : "long") in \(spec(n.market, venue).name) at \
            \(price(n.price, n.market, venue)) (mark \(price(n.mark, n.market, venue))) against \(notes.count) losers; rank \(n.rank) of \
            \(n.ranked), score \(String(format: "%.6g", n.score)) from profit \(money(n.ownProfit, venue)), equity \(money(n.equity, venue)), \
            leverage \(String(format: "%.3f", leverage)); before it \(who(n.before)), after it \(who(after)). In this step \(coins(taken)) \
            were taken from this side: pro rata of positions would have closed \(coins(byLots)) of it, pro rata of profits \(coins(byProfit))
            """, Self.rules(Self.deleveraging, venue.rulebook))
    }

    /// - Parameter applied: the rules behind it.
    mutating func append(_ time: SimTime, _ text: String, _ applied: [RuleEntry]) {
        for entry in applied {
            let words = "[\(entry.confidence.rawValue)] \(entry.rule): \(entry.words)"
            if !rules.contains(words) { rules.append(words) }
        }
        lines.append(
            Line(
                timeUtc: time.description, what: text, rule: applied.map(\.rule).joined(separator: "; ")))
    }

    private func state(_ venue: borrowing Venue) -> String {
        let own = venue.house.account(account)
        let margin = venue.house.margin(.cross(account))
        return
            "cash \(money(own.cash, venue)); cross margin: equity \(money(margin.equity, venue)), maintenance \(money(margin.maintenance, venue)), notional \(money(margin.notional, venue))\(own.members > 1 ? "; stands for \(own.members) accounts" : "")"
    }

    private func holding(_ p: Int32, _ venue: borrowing Venue) -> String {
        let position = venue.house.position(p)
        let spec = spec(position.market, venue)
        if position.lots == .zero {
            return "no position in \(spec.name), \(money(position.margin, venue)) left in its isolated margin"
        }
        let entry = abs(Double(position.cost.micros)) / max(1, abs(Double(venue.house.value(p).micros)))
        let mark = Double(venue.house.mark(position.market).count) / spec.unit.ticksPerUSD
        let entered = spec.unit.isInverse ? mark / entry : mark * entry
        let liquidation =
            venue.house.liquidationPrice(p).map {
                "liquidation price \(String(format: "%.6g", $0 / spec.unit.ticksPerUSD))"
            } ?? "no liquidation price"
        let margin =
            position.isolated
            ? "isolated with \(money(position.margin, venue))" : "cross"
        return
            "\(position.lots > .zero ? "long" : "short") \(size(position.lots, position.market, venue)) of \(spec.name), entered at \(String(format: "%.6g", entered)) USD, mark \(String(format: "%.6g", mark)), leverage chosen \(position.leverage), \(margin), profit \(money(venue.house.unrealised(p), venue)), \(liquidation)"
    }

    /// Of a contract, or of a collateral asset, which the house numbers after the contracts.
    func spec(_ market: Int32, _ venue: borrowing Venue) -> MarketSpec {
        let contracts = venue.rulebook.markets.count
        return Int(market) < contracts
            ? venue.rulebook.markets[Int(market)].spec
            : venue.rulebook.collateral[Int(market) - contracts].spec
    }

    /// How much, without a sign: the words around it say which way.
    func size(_ lots: Lots, _ market: Int32, _ venue: borrowing Venue) -> String {
        let unit = spec(market, venue).unit
        let count = Double(lots.magnitude.count)
        return unit.isInverse
            ? String(format: "%.0f contracts", count)
            : String(format: "%.6g coins", count / unit.lotsPerCoin)
    }

    /// A profit or a loss against cost, without a sign.
    func result(_ profit: Money, _ venue: borrowing Venue) -> String {
        "\(profit < .zero ? "loss" : "profit") against cost \(money(profit.magnitude, venue))"
    }

    func price(_ ticks: Ticks, _ market: Int32, _ venue: borrowing Venue) -> String {
        String(format: "%.6g", Double(ticks.count) / spec(market, venue).unit.ticksPerUSD)
    }

    func money(_ amount: Money, _ venue: borrowing Venue) -> String {
        let settlement = venue.house.settlement
        return String(
            format: settlement.isCoin ? "%.8g %@" : "%.2f %@", settlement.amount(amount), settlement.currency)
    }
}
