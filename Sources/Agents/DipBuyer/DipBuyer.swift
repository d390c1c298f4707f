import Exchanges
import OrderBook
import Primitives

/// The example of docs/strategies.md: buys one per cent of its dollars each minute in which an asset lies more than a
/// set fraction below its price of ten minutes before.
public struct DipBuyer: Strategy {
    public let name = "dip buyer"
    public let book: BookID
    public let account: AccountID
    private let drop: Double
    var history: [Double] = []

    public init(book: BookID, account: AccountID, drop: Double) {
        self.book = book
        self.account = account
        self.drop = drop
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        guard exchanges.now.seconds % 60 == 0 else { return }
        let place = exchanges.place(book)
        let price = exchanges.views[place.asset].index
        history.append(price)
        guard history.count > 10, price < history[history.count - 11] * (1 - drop),
            let ask = exchanges.bestAsk(book)
        else { return }
        let cash = exchanges.freeCash(book, account)
        let lots = exchanges.unit(book).lots(worth: cash.dollars * 0.01, at: ask)
        guard lots > .zero else { return }
        let result = exchanges.submit(
            book, NewOrder(.buy, lots, at: ask, account: account, timeInForce: .immediateOrCancel))
        if let refusal = result.rejection { lastRefusal = refusal }
    }

    /// Why the last refused order was refused, if any was.
    public internal(set) var lastRefusal: Rejection?

    public func combine(into hash: inout StateHash) {
        hash.combine(each: history) { $0.combine($1) }
        hash.combine(Int64(lastRefusal?.rawValue ?? .max))
    }
}

extension DipBuyer: Agent {
    public static let keys = [
        SettingKey(
            "example.dip_buyer_usd", .usd,
            "dollars of the example strategy of docs/strategies.md; 0: not there",
            default: "0")
    ]

    /// - Throws: `InputError` for dollars without a venue.
    public static func check(_ settings: any Settings) throws {
        if settings.number("example.dip_buyer_usd") > 0 && settings.text("holders.venue").isEmpty {
            throw settings.refuse("example.dip_buyer_usd", "0 without a holders.venue: it buys there")
        }
    }

    /// A wallet with its dollars, for the reference asset's book on the holders' venue.
    public static func means(_ book: BookID, _ opening: AgentOpening) -> Means? {
        let usd = opening.settings.number("example.dip_buyer_usd")
        guard usd > 0, book == opening.book(opening.reference, on: opening.settings.text("holders.venue"))
        else { return nil }
        return Means(dollars: usd)
    }

    /// - Throws: `InputError` for a venue that does not list what it buys.
    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) throws -> DipBuyer? {
        let accounts = opening.accounts(of: DipBuyer.self)
        guard let book = opening.bookIDs.first(where: { accounts[$0] != .nobody }) else {
            guard opening.settings.number("example.dip_buyer_usd") == 0 else {
                throw opening.settings.refuse(
                    "example.dip_buyer_usd", "0 where holders.venue does not list the reference asset")
            }
            return nil
        }
        return DipBuyer(book: book, account: accounts[book], drop: 0.01)
    }
}
