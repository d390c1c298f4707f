import Primitives
import Scenarios

/// What the measures of an event may name: its assets, its venues and the tables in its folder.
public struct MeasureNames: Sendable {
    public struct Asset: Sendable {
        public var name: String
        /// Such as `coin`.
        public var kind: String
        /// Among coins by market value, from 1; 0 without one.
        public var rank: Int

        public init(name: String, kind: String, rank: Int) {
            self.name = name
            self.kind = kind
            self.rank = rank
        }
    }

    public let assets: [Asset]
    public let venues: [String]
    /// The texts of its tables, by file name.
    public let tables: [String: String]
    /// The asset that a moment of a measure without an asset is of.
    let leading: String
    private let byName: [String: Asset]

    /// Sums over assets that have falls of their own.
    static let totals = ["TOTAL", "TOTAL2", "TOTAL3"]

    /// - Parameter leading: the asset that a moment of a measure without an asset is of; the one of rank 1 without.
    public init(
        assets: [Asset], venues: [String], tables: [String: String] = [:], leading: String? = nil
    ) {
        self.assets = assets
        self.venues = venues
        self.tables = tables
        byName = Dictionary(assets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.leading = leading ?? assets.first { $0.rank == 1 }?.name ?? assets.first?.name ?? ""
    }

    /// Of an event.
    public init(_ scenario: Scenario) {
        let event = scenario.event
        self.init(
            assets: event.assets.map { Asset(name: $0.name, kind: $0.kind.rawValue, rank: $0.rank) },
            venues: event.venueNames, tables: event.files.tables,
            leading: event.assets[scenario.referenceAsset].name)
    }

    var kinds: [String] { Set(assets.map(\.kind)).sorted() }

    func kind(_ asset: String) -> String? { byName[asset]?.kind }

    /// Of a coin; nil for what is none.
    func rank(_ asset: String) -> Int? {
        byName[asset].flatMap { $0.kind == "coin" && $0.rank > 0 ? $0.rank : nil }
    }
}
