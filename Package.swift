// swift-tools-version: 6.2
import PackageDescription

// One target per room of the house. A target imports only targets above it in this list;
// `docs/architecture.md` says what each room holds and what never enters it.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

func room(_ name: String, _ imports: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: imports, resources: resources, swiftSettings: strict)
}

func tests(_ room: String, _ imports: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(room)Tests", dependencies: [.target(name: room)] + imports, swiftSettings: strict)
}

let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "undertow",
    products: [.executable(name: "undertow", targets: ["undertow"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        room("Primitives"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        room("InputFiles", ["Primitives", "CZlib"]),
        room("OrderBook", ["Primitives", heap]),
        room("Clearing", ["Primitives", heap]),
        room("Rules", ["Primitives", "InputFiles", yams]),
        room(
            "Venues", ["Primitives", "OrderBook", "Clearing", "Rules"],
            resources: (["binance-markets.csv", "binance-tiers.csv"]
                + [
                    "binance", "binance-coinm", "bybit", "bybit-inverse", "okx", "hyperliquid", "dydx",
                    "deribit", "bitmex", "other", "textbook",
                ]
                .map { $0 + ".yaml" }).map { .embedInCode("Resources/" + $0) }),
        room(
            "Lending", ["Primitives", "Rules"],
            resources: ["aave-v3", "compound-v3", "compound-v2", "maker", "morpho"].map {
                .embedInCode("Resources/" + $0 + ".yaml")
            }),
        room("Exchanges", ["Primitives", "OrderBook", "Clearing", "Venues"]),
        room("LendingMarkets", ["Primitives", "Lending"]),
        room("Agents", ["Primitives", "OrderBook", "Clearing", "Venues", "Exchanges", heap, deque]),
        room(
            "Market",
            ["Primitives", "OrderBook", "Clearing", "Venues", "Exchanges", "LendingMarkets", "Agents"]),
        room("MarketData", ["Primitives", "InputFiles", "OrderBook"]),
        room(
            "Scenarios",
            [
                "Primitives", "OrderBook", "Clearing", "Rules", "Venues", "Exchanges", "LendingMarkets",
                "Agents",
                "Market", "MarketData", yams,
            ],
            resources: [
                "october-2025-btc.yaml", "textbook-waterfall.yaml", "textbook-socialised.yaml",
                "btc-index-2025-10-10.csv", "btc-history-2025-10.csv", "facts-october-2025-btc.csv",
                "october-2025.yaml", "october-2025-calm.yaml", "october-2025-6h.yaml",
                "october-2025-assets.csv",
                "october-2025-history.csv", "facts-october-2025.csv", "venue-lows-2025-10-10.csv",
                "comparators.csv", "scale-check.csv",
            ].map { .embedInCode("Resources/" + $0) }),
        room(
            "Recording",
            [
                "Primitives", "Clearing", "Venues", "Exchanges", "LendingMarkets", "Agents", "Market",
                "MarketData", "InputFiles", grdb, sqlite,
            ]),
        room("Validation", ["Primitives", "InputFiles", "Recording", "Scenarios", "Anatomy", grdb]),
        room("Page", ["Primitives", "InputFiles", "Recording", "Scenarios", "Validation", grdb]),
        room("Anatomy", ["Primitives", "InputFiles"]),
        room("ReducedForm", ["Primitives"]),
        room(
            "Reproductions", ["Primitives", "InputFiles", "OrderBook", "Anatomy", "ReducedForm"],
            resources: ["eba-2018.csv", "deleveraging-waves-2025-10-10.csv"].map {
                .embedInCode("Resources/" + $0)
            }),
        room("Ensembles", ["Primitives", "Rules", yams]),
        room("Examples", ["Primitives", "InputFiles", "Clearing", "Rules", "Venues", "Lending"]),
        .executableTarget(
            name: "undertow",
            dependencies: [
                "Primitives", "InputFiles", "OrderBook", "Clearing", "Rules", "Venues", "Exchanges", "Agents",
                "Market", "MarketData", "Scenarios", "Recording", "LendingMarkets", "Lending", "Examples",
                "Validation", "Page", "Anatomy", "ReducedForm", "Reproductions", "Ensembles", grdb,
                argumentParser,
            ],
            swiftSettings: strict),
        // Twins, fuzzers and checkers: for tests and `make fuzz`, never imported by a room.
        room("Checks", ["Primitives", "OrderBook", "Clearing", "Venues"]),
        .executableTarget(
            name: "fuzz", dependencies: ["Checks", "Venues", "Rules", "Primitives", "Market", "Scenarios"],
            swiftSettings: strict),
        tests("Primitives"),
        tests("OrderBook", ["Primitives", "Checks"]),
        tests("Clearing", ["Primitives", "Checks"]),
        tests("Rules", ["Primitives", yams]),
        .testTarget(
            name: "VenuesTests",
            dependencies: ["Venues", "Primitives", "OrderBook", "Clearing", "Rules", "Checks", "Anatomy"],
            exclude: ["Figures"], swiftSettings: strict),
        tests("Exchanges", ["Primitives", "OrderBook"]),
        tests("Market", ["Primitives", "OrderBook", "Clearing", "Rules", "Venues", "Exchanges"]),
        tests("Lending", ["Primitives", "Rules"]),
        tests("LendingMarkets", ["Primitives"]),
        .testTarget(
            name: "ExamplesTests", dependencies: ["Examples", "Primitives"], exclude: ["worked-examples.csv"],
            swiftSettings: strict),
        tests("InputFiles", ["Primitives", "CZlib"]),
        tests("MarketData", ["Primitives", "CZlib"]),
        tests(
            "Page",
            ["Primitives", "Recording", "Scenarios", "Market", "Venues", "Clearing", "Validation", grdb]),
        tests("Recording", ["Primitives", "Clearing", "Venues", "Exchanges", "Market", "Scenarios", grdb]),
        tests(
            "undertow", ["Primitives", "Clearing", "OrderBook", "Venues", "Market", "Recording", "Scenarios"]),
        .testTarget(
            name: "ReadersTests",
            dependencies: [
                "Primitives", "InputFiles", "CZlib", "Anatomy", "Ensembles", "Examples", "MarketData",
                "Scenarios",
                "Validation",
            ], swiftSettings: strict),
        tests("Anatomy", ["Primitives"]),
        tests("Ensembles", ["Primitives"]),
        tests("ReducedForm", ["Primitives"]),
        tests("Reproductions", ["Primitives", "Anatomy"]),
        tests("Validation", ["Primitives", "Recording", "Scenarios"]),
        tests(
            "Scenarios",
            [
                "Primitives", "OrderBook", "MarketData", "Market", "Clearing", "Venues", "Exchanges",
                "Agents",
                "LendingMarkets",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
