import Primitives

/// What a message to come will touch in a book, so that it can be loaded ahead. Any order and any price above zero will do
/// where there is none.
public struct UpcomingOrder: BitwiseCopyable, Sendable {
    public var order: OrderID
    public var price: Ticks

    public init(order: OrderID, price: Ticks) {
        self.order = order
        self.price = price
    }
}
