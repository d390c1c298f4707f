/// Compares an exchange's own best prices with a rebuilt book where both have one number.
///
/// A ticker may come before the book's update of its number: those wait, and go when the book has passed them.
struct TickerCheck {
    static let mostWaiting = 4096

    private var waiting: [FeedTop] = []
    /// Those before are gone.
    private var first = 0

    enum Result { case equal, quantitiesDiffer, different }

    static func compare(_ ticker: FeedTop, _ book: FeedTop) -> Result {
        guard ticker.bid?.price == book.bid?.price, ticker.ask?.price == book.ask?.price else {
            return .different
        }
        return ticker.bid?.quantity == book.bid?.quantity && ticker.ask?.quantity == book.ask?.quantity
            ? .equal : .quantitiesDiffer
    }

    /// Nil where the book is not, or not any more, at the ticker's number.
    mutating func ticker(_ ticker: FeedTop, id: Int64, book: FeedTop?) -> Result? {
        if let at = book?.id {
            if at == id, let book { return Self.compare(ticker, book) }
            if at > id { return nil }
        }
        if waiting.count - first >= Self.mostWaiting { first += 1 }
        waiting.append(ticker)
        tidy()
        return nil
    }

    /// The book stands at a new number.
    mutating func passed(_ book: FeedTop, _ found: (Result) -> Void) {
        guard let at = book.id else { return }
        while first < waiting.count, let id = waiting[first].id, id <= at {
            if id == at { found(Self.compare(waiting[first], book)) }
            first += 1
        }
        tidy()
    }

    private mutating func tidy() {
        if first == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            first = 0
        } else if first > Self.mostWaiting {
            waiting.removeFirst(first)
            first = 0
        }
    }
}
