import Agents
import Exchanges
import OrderBook
import Primitives

/// What somebody outside the world may do in it between two steps: have accounts and bring orders.
extension World {
    /// An account with dollars, or a wallet on a spot venue; of a coin-margined venue coins worth as many.
    public mutating func openOutsideAccount(on exchange: VenueID, usd: Double) -> AccountID {
        let account = exchanges.openAccount(exchange)
        exchanges.deposit(usd, to: account, on: exchange)
        return account
    }

    /// Brings an order for the next step.
    ///
    /// - Returns: the number under which `outsideAnswers` tell of it.
    public mutating func bring(_ book: BookID, _ account: AccountID, _ what: OutsideOrders.Command.What)
        -> Int
    {
        var orders = strategies.first as? OutsideOrders ?? OutsideOrders()
        let number = orders.bring(book, account, what)
        if strategies.first is OutsideOrders {
            strategies[0] = orders
        } else {
            strategies.insert(orders, at: 0)
        }
        return number
    }

    /// What became of the orders that went in at the last step.
    public var outsideAnswers: [OutsideOrders.Answer] { (strategies.first as? OutsideOrders)?.answers ?? [] }
}
