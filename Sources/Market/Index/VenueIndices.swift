import Exchanges
import Primitives
import Venues

/// The index of every market of every perpetual venue, made by the venue's own rule from the spot books it names.
///
/// A source is the mid of a spot book, or its last trade while a side is empty. A spot venue that is halted or whose feed is
/// stalled counts with its last price until the venue's rule finds it silent for too long. What a rulebook names and this
/// world does not have is left out: the others' weights grow in proportion. A rulebook that prints no weights takes the
/// world's own.
public struct VenueIndices: Sendable {
    /// What a spot book last said.
    private struct Quote {
        var priceUSD = 0.0
        var time: SimTime?
    }
    private struct Source {
        var quote: Int
        var weight: Double
    }
    /// By spot book, in the order of the books; and which book each is.
    private var quotes: [Quote]
    private let books: [BookID]
    /// By perpetual exchange and market.
    private let sources: [[[Source]]]
    /// What the world lacks of the indices the rulebooks describe, in words; a line a venue.
    public let notes: [String]

    /// - Parameter weights: the world's own, by exchange.
    public init(_ exchanges: borrowing Exchanges, weights: [Double]) {
        var spotBooks: [BookID] = []
        var quoteOfBook: [BookID: Int] = [:]
        for book in exchanges.bookIDs where exchanges.place(book).isSpot {
            quoteOfBook[book] = spotBooks.count
            spotBooks.append(book)
        }
        books = spotBooks
        quotes = Array(repeating: Quote(), count: spotBooks.count)
        var all: [[[Source]]] = []
        var notes: [String] = []
        for p in exchanges.perpetualIDs {
            let printed = exchanges.perps[p].rulebook.indexWeights
            var ofVenue = [[Source]](repeating: [], count: exchanges.perps[p].rulebook.markets.count)
            var unpriced: [String] = []
            for place in exchanges.books where !place.isSpot && place.exchange == p {
                var found: [Source] = []
                for book in exchanges.booksOfAsset[place.asset] {
                    guard let quote = quoteOfBook[book] else { continue }
                    let spot = exchanges.place(book).exchange
                    let weight =
                        printed.isEmpty
                        ? weights[spot] : printed.first { $0.venue == exchanges.names[spot] }?.weight ?? 0
                    if weight > 0 { found.append(Source(quote: quote, weight: weight)) }
                }
                ofVenue[Int(place.market)] = found
                if found.isEmpty { unpriced.append(exchanges.assets[place.asset]) }
            }
            all.append(ofVenue)
            notes += Self.notes(exchanges, p, printed, unpriced).filter { !notes.contains($0) }
        }
        sources = all
        self.notes = notes
    }

    private static func notes(
        _ exchanges: borrowing Exchanges, _ p: VenueID, _ printed: [IndexWeight], _ unpriced: [String]
    ) -> [String] {
        let venue = exchanges.names[p]
        var spots: [String] = []
        for e in exchanges.venueIDs where exchanges.isSpot(e) { spots.append(exchanges.names[e]) }
        let absent = printed.filter { !spots.contains($0.venue) }
        var lines: [String] = []
        if !absent.isEmpty && absent.count < printed.count {
            let percent = (absent.reduce(0) { $0 + $1.weight } * 10_000).rounded() / 100
            let others = printed.filter { spots.contains($0.venue) }.map(\.venue)
            lines.append(
                "\(venue): no book of \(absent.map(\.venue).joined(separator: ", ")); their \(percent) % of the index"
                    + " goes to \(others.joined(separator: ", "))")
        }
        if !unpriced.isEmpty {
            lines.append(
                "\(venue): no source of its index for \(unpriced.joined(separator: ", ")); the median of all spot"
                    + " books stands for it")
        }
        return lines
    }

    /// Looks at every spot book that speaks.
    mutating func observe(_ exchanges: borrowing Exchanges) {
        for (q, book) in books.enumerated() {
            let place = exchanges.place(book)
            let exchange = place.exchange
            let spot = exchanges.spot(exchange)
            if exchanges.spots[spot].isHalted || exchanges.isOut(.oracle, exchange) { continue }
            let market = place.market
            let ticks: Double
            if let bid = exchanges.spots[spot].bestBid(market),
                let ask = exchanges.spots[spot].bestAsk(market)
            {
                ticks = Double(bid.count + ask.count) / 2
            } else if let trade = exchanges.spots[spot].lastTrade(market) {
                ticks = Double(trade.count)
            } else {
                continue
            }
            quotes[q].priceUSD = ticks / exchanges.spots[spot].markets[Int(market)].unit.ticksPerUSD
            quotes[q].time = exchanges.now
        }
    }

    /// What a venue's rule is given for a market, in ticks of that market; nil where none of its sources is in this world.
    func sources(exchange: VenueID, market: Int, ticksPerUSD: Double, at now: SimTime) -> [IndexSource]? {
        let own = sources[exchange][market]
        if own.isEmpty { return nil }
        var found: [IndexSource] = []
        found.reserveCapacity(own.count)
        for source in own {
            guard let time = quotes[source.quote].time else { continue }
            found.append(
                IndexSource(
                    price: quotes[source.quote].priceUSD * ticksPerUSD, weight: source.weight,
                    silentSeconds: now.seconds(since: time)))
        }
        return found
    }

    func combine(into hash: inout StateHash) {
        for quote in quotes {
            hash.combine(quote.priceUSD)
            hash.combine(quote.time?.nanoseconds ?? -1)
        }
    }
}
