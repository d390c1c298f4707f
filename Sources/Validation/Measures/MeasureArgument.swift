/// One argument of a measure: what it may be, and what it is where it is not given.
public struct MeasureArgument: Sendable {
    public enum Kind: Sendable, Equatable {
        case asset, assets, venue, venues, side, moment, text
        /// What an asset is, such as `coin`.
        case assetKind
        /// Places among coins by market value, from 1: `5-30`, `51-`, `7`.
        case ranks
        /// A table of the event, by the name of its file: recorded falls, recorded volumes.
        case table, volumes
        case number(ClosedRange<Double>)
        /// One of these words.
        case word([String])

        /// What may be written, for people.
        public var form: String {
            switch self {
            case .asset: "an asset"
            case .assets: "assets with + between"
            case .venue: "a venue"
            case .venues: "venues with + between"
            case .side: "long or short"
            case .moment: Moment.form
            case .text: "a text"
            case .assetKind: "a kind of asset"
            case .ranks: "ranks, 5-30 or 51- or 7"
            case .table, .volumes: "a table of the event"
            case .number(let range):
                range.upperBound >= 1e9
                    ? "a number from \(plain(range.lowerBound))"
                    : "a number from \(plain(range.lowerBound)) to \(plain(range.upperBound))"
            case .word(let words): words.joined(separator: " or ")
            }
        }
    }

    public let name: String
    public let kind: Kind
    /// As it would be written; nil where it may be left out and then narrows nothing.
    public let fallback: String?
    public let isRequired: Bool

    static func required(_ name: String, _ kind: Kind) -> MeasureArgument {
        MeasureArgument(name: name, kind: kind, fallback: nil, isRequired: true)
    }

    static func optional(_ name: String, _ kind: Kind, or fallback: String? = nil) -> MeasureArgument {
        MeasureArgument(name: name, kind: kind, fallback: fallback, isRequired: false)
    }

    static let asset = required("asset", .asset)
    static let ofVenue = optional("venue", .venue)
    static let side = optional("side", .side)
    /// Minutes that begin at `after` or later and end at `before` or earlier.
    static let window = [optional("after", .moment), optional("before", .moment)]
    /// Which of the assets.
    static let group = [
        optional("rank", .ranks), optional("kind", .assetKind), optional("without", .assets),
    ]
}

/// A number as a person writes it: no `.0`.
func plain(_ x: Double) -> String {
    x == x.rounded() && abs(x) < 1e15 ? "\(Int64(x))" : "\(x)"
}
