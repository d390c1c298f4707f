import Exchanges
import OrderBook
import Primitives

/// Orders of somebody outside the world, as a strategy in Python: what was brought since the last step goes in at the next,
/// before anybody else acts, through the door that every strategy has.
///
/// It acts first, so that what it meets is what was seen. It is no `Agent`: a world has it once somebody brings an order.
public struct OutsideOrders: Strategy {
    /// An order or a cancellation, and the number it was brought under, from 1.
    public struct Command: Sendable {
        public enum What: Sendable {
            case submit(NewOrder)
            case cancel(OrderID)
        }
        public var number: Int
        public var book: BookID
        public var account: AccountID
        public var what: What
    }

    /// What became of a command in the step that it went in.
    public struct Answer: Sendable {
        public var number: Int
        public var book: BookID
        public var filled = Lots.zero
        /// What it filled for, in millionths of a dollar; of inverse contracts their face value.
        public var filledMicros: Int64 = 0
        /// The rest that lies in the book, to be cancelled by this; `.none` where nothing rests.
        public var resting = OrderID.none
        public var rejection: Rejection?
    }

    public let name = "outside orders"
    public internal(set) var waiting: [Command] = []
    /// Of the last step.
    public internal(set) var answers: [Answer] = []
    var brought = 0

    public init() {}

    /// - Returns: its number.
    public mutating func bring(_ book: BookID, _ account: AccountID, _ what: Command.What) -> Int {
        brought += 1
        waiting.append(Command(number: brought, book: book, account: account, what: what))
        return brought
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        answers.removeAll(keepingCapacity: true)
        for command in waiting {
            var answer = Answer(number: command.number, book: command.book)
            switch command.what {
            case .submit(let order):
                if !exchanges.place(command.book).isSpot {
                    exchanges.raiseLeverage(command.account, command.book)
                }
                let before = exchanges.volume(command.book)
                let result = exchanges.submit(command.book, order)
                let after = exchanges.volume(command.book)
                answer.filled = result.filled
                answer.filledMicros =
                    order.side == .buy ? after.bought - before.bought : after.sold - before.sold
                answer.resting = result.resting
                answer.rejection = result.rejection
            case .cancel(let id):
                if exchanges.remaining(command.book, id) == .zero {
                    answer.rejection = .orderMustBeLive
                } else {
                    exchanges.cancel(command.book, id, account: command.account)
                }
            }
            answers.append(answer)
        }
        waiting.removeAll(keepingCapacity: true)
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(brought)
        hash.combine(each: waiting) { hash, command in
            hash.combine(command.number)
            hash.combine(Int64(command.book.rawValue), Int64(command.account.rawValue), 0)
            switch command.what {
            case .submit(let order):
                hash.combine(order.lots.count, Int64(order.limit.count), Int64(order.side == .buy ? 1 : 0))
                hash.combine(StateHash.of("\(order.timeInForce) \(order.selfTrade) \(order.reduceOnly)"))
            case .cancel(let id): hash.combine(StateHash.of("\(id)"))
            }
        }
        hash.combine(each: answers) { hash, answer in
            hash.combine(answer.number)
            hash.combine(answer.filled.count, answer.filledMicros, Int64(answer.rejection?.rawValue ?? .max))
            hash.combine(StateHash.of("\(answer.book) \(answer.resting)"))
        }
    }
}
