/// Where on a row of a map the fall becomes the market's own doing: more than three times the news.
///
/// Read off the row as it is printed, in the order given: the first cell beyond, after one that is not.
public enum Cliff: Equatable, Sendable {
    /// No cell of the row is beyond.
    case none
    /// The first cell is: the cliff lies before the row begins.
    case before(Double)
    /// Between two neighbouring cells.
    case between(Double, Double)

    /// A fall of so many times the news is the market's own doing.
    public static let multiple = 3.0

    public static func isBeyond(fall: Double, news: Double) -> Bool { news > 0 && fall > multiple * news }

    /// - Parameters:
    ///   - places: what changes along the row.
    ///   - falls, news: per cent, cell by cell.
    public init(_ places: [Double], falls: [Double], news: [Double]) {
        guard let first = falls.indices.first(where: { Self.isBeyond(fall: falls[$0], news: news[$0]) })
        else {
            self = .none
            return
        }
        self = first == 0 ? .before(places[0]) : .between(places[first - 1], places[first])
    }

    /// Halves the way from the cell that is not beyond to the one that is; equal ratios, seven times.
    ///
    /// - Returns: the nearest place found beyond; nil where the row has no cliff.
    public func edge(_ isBeyond: (Double) throws -> Bool) rethrows -> Double? {
        switch self {
        case .none: return nil
        case .before(let place): return place
        case .between(var safe, var beyond):
            for _ in 0..<7 {
                let middle = (safe * beyond).squareRoot()
                if try isBeyond(middle) { beyond = middle } else { safe = middle }
            }
            return beyond
        }
    }
}
