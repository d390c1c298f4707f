import Exchanges
import OrderBook
import Primitives
import RealModule

/// Those who buy what falls and sell what rises, whatever the makers do: resting orders whose sum grows with the
/// displacement from what news says the asset is worth,
///
///     within d of the fundamental:  demand at 5 % of Bitcoin's × share of the book × size^deepness × (d / (5 % × s))^exponent
///
/// with s the asset's volatility over Bitcoin's. On perpetual venues they begin as shorts (who took the other side of
/// leveraged longs) and buying back is taking profit, so open interest falls; on spot venues it is money. Placed before
/// the news, moved with the fundamental, bounded by what the account has, refilled slowly.
public struct PatientCapital: Strategy {
    public struct Parameters: Sendable {
        public var demandAt5PctUSD = 900e6
        public var exponent = 2.4
        public var deepness = 1.5
        public var refillMinutes = 40.0
        public init() {}
    }

    struct Slot: BitwiseCopyable {
        var id: UInt64 = 0
        var lots: Int64 = 0
        var price: Int32 = 0
        /// Share of the whole size that is there; falls when taken, comes back slowly.
        var filled: Float = 1

        func combine(into hash: inout StateHash) {
            hash.combine(Int64(bitPattern: id), lots, Int64(price))
            hash.combine(UInt64(filled.bitPattern))
        }
    }

    public let name = "patient capital"
    /// Displacements of the pieces, in units of s × 1 %.
    private static let steps: [Double] = [1, 2, 3, 4, 5, 6.5, 8, 10, 12.5, 15, 18, 22, 27, 33]
    private static let farthest = 0.85
    /// The share of a piece that must have come back before it is offered again.
    private static let returns: Float = 0.3
    private static let everySeconds = 60
    private let parameters: Parameters
    private let accounts: [AccountID]
    var slots: [Slot]
    var anchors: [Double]
    /// Dollars of piece k, by book.
    private let base: [Double]
    private let widths: [Double]
    private let stepSeconds: Double
    var step = 0

    /// - Parameter shares: by book, its share of the asset's patient orders.
    public init(
        _ parameters: Parameters, accounts: [AccountID], shares: [Double], _ exchanges: borrowing Exchanges,
        stepSeconds: Double
    ) {
        self.parameters = parameters
        self.accounts = accounts
        self.stepSeconds = stepSeconds
        slots = Array(repeating: Slot(), count: accounts.count * Self.steps.count * 2)
        anchors = Array(repeating: 0, count: accounts.count)
        var base: [Double] = []
        var widths: [Double] = []
        let bitcoin = exchanges.views[exchanges.reference].calmVolatility
        for book in exchanges.bookIDs {
            let view = exchanges.views[exchanges.place(book).asset]
            base.append(
                parameters.demandAt5PctUSD * Double.power(view.size, parameters.deepness) * shares[book])
            widths.append(max(0.05, view.calmVolatility / max(bitcoin, 1e-12)))
        }
        self.base = base
        self.widths = widths
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        let every = max(1, Int(Double(Self.everySeconds) / stepSeconds))
        for book in exchanges.bookIDs where step == 0 || (book.index + step) % every == 0 {
            place(book, &exchanges)
        }
        step += 1
    }

    private mutating func place(_ book: BookID, _ exchanges: inout Exchanges) {
        let view = exchanges.views[exchanges.place(book).asset]
        if abs(view.fundamental - anchors[book]) > 0.004 * widths[book] { anchors[book] = view.fundamental }
        let centre = Double.exp(anchors[book])
        let unit = exchanges.unit(book)
        let top = Double(exchanges.maxTicks(book) - 1)
        let back = Float(1 - Double.exp(-Double(Self.everySeconds) / 60 / parameters.refillMinutes))
        var before = 0.0
        for k in Self.steps.indices {
            let within = Double.power(Self.steps[k] / 5, parameters.exponent)
            let usd = base[book] * (within - before)
            before = within
            let distance = Self.steps[k] * 0.01 * widths[book]
            for side in [Side.buy, .sell] {
                let price =
                    side == .buy ? centre * (1 - min(distance, Self.farthest)) : centre * (1 + distance)
                if side == .buy && distance > Self.farthest { continue }
                let tick = Ticks(Int(min(max((price * unit.ticksPerUSD).rounded(), 1), top)))
                let lots = unit.isInverse ? usd * unit.lotsPerCoin : usd / price * unit.lotsPerCoin
                let i = (book.index * Self.steps.count + k) * 2 + Int(side.rawValue)
                keep(
                    i, book, side, Int64(lots), exchanges.onGrid(book, tick, side), accounts[book], back,
                    &exchanges)
            }
        }
    }

    private mutating func keep(
        _ i: Int, _ book: BookID, _ side: Side, _ full: Int64, _ price: Ticks, _ account: AccountID,
        _ back: Float,
        _ exchanges: inout Exchanges
    ) {
        guard full > 0 else { return }
        let left = exchanges.remaining(book, OrderID(raw: slots[i].id)).count
        if left < slots[i].lots { slots[i].filled = min(slots[i].filled, Float(left) / Float(full)) }
        slots[i].filled += (1 - slots[i].filled) * back
        // What was taken comes back in earnest or not at all: a sliver at the old price would be a quote, not capital.
        if slots[i].filled < Self.returns {
            slots[i].lots = left
            return
        }
        let lots = Int64(Double(full) * Double(slots[i].filled))
        if left > 0 {
            if price.count == slots[i].price && abs(lots - left) * 10 <= lots {
                slots[i].lots = left
                return
            }
            exchanges.cancel(book, OrderID(raw: slots[i].id), account: account)
        }
        slots[i].id = 0
        slots[i].lots = 0
        guard lots > 0 else { return }
        let result = exchanges.submit(
            book,
            NewOrder(
                side, Lots(lots), at: price, account: account, timeInForce: .postOnly, selfTrade: .cancelMaker
            ))
        if result.resting != .none {
            slots[i].id = result.resting.raw
            slots[i].lots = lots
            slots[i].price = price.count
        }
    }
    public func combine(into hash: inout StateHash) {
        for slot in slots { slot.combine(into: &hash) }
        for anchor in anchors { hash.combine(anchor) }
        hash.combine(step)
    }
}

extension PatientCapital: Agent {
    public static let keys = [
        SettingKey(
            "patient.demand_at_5pct_usd", .usd,
            "resting within 5 % of the reference asset's fundamental, a side, all books"),
        SettingKey("patient.exponent", .number(0.1...6), "demand grows as displacement to this power"),
        SettingKey(
            "patient.demand_at_thousandth", .number(1e-9...1),
            "of a coin with a thousandth of the reference asset's volume, as a share of the reference asset's"
        ),
        SettingKey("patient.refill_minutes", .number(0.1...1e6), "in which what was taken comes back"),
    ]

    public static func means(_ book: BookID, _ opening: AgentOpening) -> Means? {
        let usd = opening.patientUSD(book)
        if opening.books[book].isSpot { return Means(dollars: usd * 1.5, coinsUSD: usd * 1.5) }
        // It has the other side of what leveraged traders hold at the start.
        return Means(dollars: 4 * opening.openInterestUSD[book] + 2 * usd)
    }

    public static var meansKeys: [String] { ["patient.demand_at_5pct_usd", "patient.exponent"] }

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> PatientCapital? {
        let s = opening.settings
        var parameters = Parameters()
        parameters.demandAt5PctUSD = s.number("patient.demand_at_5pct_usd")
        parameters.exponent = s.number("patient.exponent")
        parameters.deepness = -Double.log(s.number("patient.demand_at_thousandth")) / Double.log(1000)
        parameters.refillMinutes = s.number("patient.refill_minutes")
        return PatientCapital(
            parameters, accounts: opening.accounts(of: PatientCapital.self), shares: opening.patientShares,
            exchanges, stepSeconds: opening.stepSeconds)
    }
}

extension AgentOpening {
    /// Dollars of one side of a book's patient orders.
    func patientUSD(_ book: BookID) -> Double {
        let deepness = -Double.log(settings.number("patient.demand_at_thousandth")) / Double.log(1000)
        let farthest = Double.power(33.0 / 5, settings.number("patient.exponent"))
        return settings.number("patient.demand_at_5pct_usd") * Double.power(size(book), deepness)
            * patientShares[book] * farthest
    }
}
