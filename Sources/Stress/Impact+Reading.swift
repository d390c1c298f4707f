import Anatomy
import Desk
import Primitives
import RealModule

extension Impact {
    /// `none`, `book[:REFILL,MINUTES]`, `linear:DEPTH`, `sqrt:Y,SIGMA,V[,CHILD]`. A book refills: forced orders that last so many
    /// minutes meet depth × (1 + refill × minutes).
    ///
    /// - Throws: `InputError` for another text, and for `book` where the book has no depth.
    public init(_ text: String, book: AccountBook) throws {
        switch text {
        case "none": self = .none
        case _ where text == "book" || text.hasPrefix("book:"):
            guard !book.depth.isEmpty else {
                throw InputError(
                    file: book.folder, key: "depth.csv", found: "no depth",
                    allowed: "a depth.csv, or --impact linear:DEPTH")
            }
            let numbers = text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false).map {
                Double($0) ?? .nan
            }
            guard
                text == "book"
                    || numbers.count == 2
                        && numbers.allSatisfy({ $0.isFinite && $0 >= 0 && $0 <= 10_000 })
            else {
                throw InputError(
                    file: "--impact", found: "`\(text)`",
                    allowed:
                        "book, or book:REFILL,MINUTES: the share of the depth that comes back each minute, and for how long forced orders last"
                )
            }
            let whole = Impact.book(DepthCurve.curves(book))
            self = text == "book" ? whole : whole.thinned(by: -100 * numbers[0] * numbers[1])
        default:
            do { self = .law(try ImpactLaw(text)) } catch let error as InputError {
                throw InputError(
                    file: "--impact", found: "`\(text)`", allowed: "none, book, " + error.allowed,
                    nearest: nearestName(to: text, among: ["none", "book"]))
            }
        }
    }
}

extension DepthCurve {
    /// The books of each coin laid together, each level at its distance from its own market's mark.
    static func curves(_ book: AccountBook) -> [String: DepthCurve] {
        struct Name: Hashable {
            var venue: String
            var symbol: String
        }
        var markets: [Name: AccountBook.Market] = [:]
        for market in book.markets { markets[Name(venue: market.venue, symbol: market.symbol)] = market }
        var found: [String: (bids: [(Double, Double)], asks: [(Double, Double)])] = [:]
        for level in book.depth {
            guard let market = markets[Name(venue: level.venue, symbol: level.symbol)] else { continue }
            let distance = Double.log(market.mark.double / level.price.double)
            let size = level.size.double * market.contractSize.double
            let usd = market.contract == .linear ? size * market.mark.double : size
            if level.isBid {
                found[market.coin, default: ([], [])].bids.append((distance, usd))
            } else {
                found[market.coin, default: ([], [])].asks.append((-distance, usd))
            }
        }
        func side(_ levels: [(Double, Double)]) -> Side {
            var side = Side()
            var sum = 0.0
            for (distance, usd) in levels.sorted(by: { $0.0 < $1.0 }) {
                sum += usd
                side.levels.append((max(0, distance), sum))
            }
            return side
        }
        return found.mapValues { DepthCurve(bids: side($0.bids), asks: side($0.asks)) }
    }
}
