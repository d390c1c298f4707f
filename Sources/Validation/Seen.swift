/// What a run tells of a figure.
public enum Seen: Sendable, Equatable {
    case value(Double)
    /// It had not happened when the run ended: the figure is this or more.
    case atLeast(Double, why: String)
    /// What it came to in a run that ended too early to tell: shown, never judged.
    case soFar(Double, why: String)
    /// The run does not tell, and why.
    case nothing(why: String)

    init(_ value: Double?, otherwise why: String) {
        self = value.flatMap { $0.isFinite ? $0 : nil }.map(Seen.value) ?? .nothing(why: why)
    }

    /// The figure, as far as it decides about a band that ends at `high`: a figure known to be beyond it is a miss, however
    /// much more it is.
    public func value(upTo high: Double) -> Double? {
        switch self {
        case .value(let x): x
        case .atLeast(let x, _): x > high ? x : nil
        case .soFar, .nothing: nil
        }
    }

    /// What there is to show where nothing is judged.
    var shown: Double? { if case .soFar(let x, _) = self { x } else { nil } }

    /// Whatever figure there is.
    var figure: Double? {
        switch self {
        case .value(let x), .atLeast(let x, _), .soFar(let x, _): x
        case .nothing: nil
        }
    }

    var why: String {
        switch self {
        case .value: ""
        case .atLeast(_, let why), .soFar(_, let why), .nothing(let why): why
        }
    }
}
