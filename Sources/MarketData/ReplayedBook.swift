import OrderBook
import Primitives

/// The book a recorded stream is fed to, the recorded names of its orders, and the verdict on every message.
struct ReplayedBook: ~Copyable {
    /// Prices up to 134 million ticks: 13,421 USD at LOBSTER's 1e-4, 1.3 million USD at a cent. Every price
    /// has a place in memory (untouched ones cost none), so the limit is kept where any machine can hold it.
    static let maxTicks: Int32 = 1 << 27 - 1

    /// The account of quantity whose orders are not known one by one.
    private static let anonymous = AccountID.nobody

    var book = OrderBook(maxTicks: maxTicks, capacity: 4096)
    /// Recorded order number → resting order.
    var named: [Int64: OrderID] = [:]
    var start = StartOrders()
    private(set) var accepted = 0
    private(set) var refused: [String: Int] = [:]
    private var events = Buffer<BookEvent>(capacity: 8)

    mutating func accept() { accepted += 1 }
    mutating func refuse(_ refusal: Refusal) { refused[refusal.words, default: 0] += 1 }
    mutating func refuse(_ rejection: Rejection) { refuse(.book(rejection)) }

    /// Counts the message by whether it was refused.
    mutating func count(_ rejection: Rejection?) {
        if let rejection { refuse(rejection) } else { accept() }
    }

    /// Why a message was refused: by a rule of the book or by one of the replay.
    enum Refusal {
        case book(Rejection)
        case mustNotExceedRest
        case numberMustBeNew
        case mustMatchOrder

        var words: String {
            switch self {
            case .book(let rejection): ReplayedBook.words(rejection)
            case .mustNotExceedRest: "size must not exceed what is left of the order"
            case .numberMustBeNew: "order number must be new"
            case .mustMatchOrder: "side and price must be the order's own"
            }
        }
    }

    /// The book's refusal in plain words: `orderMustBeLive` is "order must be live".
    static func words(_ rejection: Rejection) -> String {
        var text = ""
        for c in "\(rejection)" {
            if c.isUppercase { text += " " }
            text += c.lowercased()
        }
        return text.replacing("post only", with: "post-only").replacing("fill or kill", with: "fill-or-kill")
    }

    var best: BestState {
        var state = BestState()
        if let ask = book.bestAsk {
            state.ask = Int64(ask.count)
            state.askSize = book.lots(at: ask).count
        }
        if let bid = book.bestBid {
            state.bid = Int64(bid.count)
            state.bidSize = book.lots(at: bid).count
        }
        return state
    }

    /// Whether an order at `price` would trade at once.
    func crosses(_ side: Side, _ price: Int64) -> Bool {
        if side == .buy { return book.bestAsk.map { price >= Int64($0.count) } ?? false }
        return book.bestBid.map { price <= Int64($0.count) } ?? false
    }

    /// Rests an order that does not cross; the refusal otherwise.
    ///
    /// - Parameters: price in ticks and size in lots, of any value.
    mutating func rest(_ side: Side, _ price: Int64, _ size: Int64, name: Int64) -> Rejection? {
        let (id, rejection) = submit(side, price, size, account: AccountID(0))
        if let rejection { return rejection }
        named[name] = id
        return nil
    }

    private mutating func submit(
        _ side: Side, _ price: Int64, _ size: Int64, account: AccountID
    ) -> (OrderID, Rejection?) {
        // Before the price becomes 32 bits wide.
        if price <= 0 { return (.none, .priceMustBePositive) }
        if price > Int64(Self.maxTicks) { return (.none, .priceMustNotExceedMarketLimit) }
        let order = NewOrder(
            side, Lots(size), at: Ticks(Int(price)), account: account, timeInForce: .postOnly)
        let result = book.submit(order, events: &events)
        return (result.resting, result.rejection)
    }

    /// Rests an order of the replay's start; nil as name makes it anonymous quantity.
    mutating func restAtStart(_ side: Side, _ price: Int64, _ size: Int64, name: Int64?) -> Rejection? {
        let (id, rejection) = submit(side, price, size, account: name == nil ? Self.anonymous : AccountID(0))
        if let rejection { return rejection }
        if let name { named[name] = id }
        start.add(side, Ticks(Int(price)), id)
        return nil
    }

    /// The live order of a recorded number; forgets the number of an order that is gone.
    mutating func live(_ name: Int64) -> RestingOrder? {
        guard let id = named[name] else { return nil }
        if let order = book.order(id) { return order }
        named[name] = nil
        return nil
    }

    /// Takes `lots` off a resting order; false if it has less.
    mutating func reduce(_ order: RestingOrder, by lots: Int64) -> Bool {
        guard lots <= order.lots.count else { return false }
        if lots == order.lots.count {
            _ = book.cancel(order.id)
        } else {
            _ = book.shrink(order.id, to: Lots(order.lots.count - lots))
        }
        return true
    }

    /// Makes part of the anonymous quantity at a price an order of its own, if there is that much.
    mutating func nameAnonymous(_ side: Side, _ price: Int64, _ lots: Int64, name: Int64) {
        guard lots > 0, reduceAnonymous(side, price, by: lots) == nil else { return }
        _ = restAtStart(side, price, lots, name: name)
        start.sort()
    }

    /// A message for an order never seen takes off the anonymous quantity at its price, if there is enough.
    mutating func reduceAnonymous(_ side: Side, _ price: Int64, by lots: Int64) -> Refusal? {
        guard let ticks = Int32(exactly: price), let id = start.first(side, Ticks(ticks), in: book),
            let order = book.order(id), order.account == Self.anonymous
        else { return .book(.orderMustBeLive) }
        return reduce(order, by: lots) ? nil : .mustNotExceedRest
    }
}
