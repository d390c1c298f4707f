/// What a built-in event is set beside, as the texts of its files, and what those texts may name.
public enum EventTables {
    /// A file of an event.
    public struct File: Sendable {
        /// What errors name.
        public var name: String
        public var text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// Recorded facts; nil where none are recorded.
    public static func facts(of scenario: String) -> File? {
        switch scenario {
        case "october-2025-btc": file("facts-october-2025-btc.csv", BuiltIn.factBytes)
        case "october-2025", "october-2025-6h": file("facts-october-2025.csv", BuiltIn.marketFactBytes)
        case "october-2025-calm": file(calmFacts, BuiltIn.calmFactBytes)
        default: nil
        }
    }

    private static let calmFacts = "facts-october-2025-calm.csv"

    /// What was said of the day; nil where nothing is kept.
    public static func claims(of scenario: String) -> File? {
        switch scenario {
        case "october-2025", "october-2025-6h", "october-2025-calm", "october-2025-btc":
            file("claims-october-2025.csv", BuiltIn.claimBytes)
        default: nil
        }
    }

    /// The scenarios that have claims.
    public static let claimed = ["october-2025", "october-2025-btc"]

    /// The control runs; nil where none are described.
    public static func controls(of scenario: String) -> File? {
        switch scenario {
        case "october-2025", "october-2025-6h":
            file("controls-october-2025.yaml", BuiltIn.controlBytes)
        default: nil
        }
    }

    /// Tables that measures and controls may name, by file name.
    public static let tables = [
        "venue-lows-2025-10-10.csv": String(decoding: BuiltIn.venueLowBytes, as: UTF8.self),
        calmFacts: String(decoding: BuiltIn.calmFactBytes, as: UTF8.self),
    ]

    /// Every asset of the built-in table; those that are no coin have a rank there, too.
    public static let assets = AssetTable.rows().map {
        (name: $0.name, kind: $0.kind.rawValue, rank: $0.rank)
    }

    public static let venues = Scenario.perpetualVenues + Scenario.spotVenues

    private static func file(_ name: String, _ bytes: [UInt8]) -> File {
        File(name: name, text: String(decoding: bytes, as: UTF8.self))
    }
}
