// swift-tools-version: 6.2
import PackageDescription

// One target per room of the house. A target imports only targets above it in this list;
// `docs/architecture.md` says what each room holds and what never enters it.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// With `data`, every file below the room's folder `Resources` is in the program under its path.
func room(_ name: String, _ imports: [Target.Dependency] = [], data: Bool = false) -> Target {
    .target(
        name: name, dependencies: imports, exclude: data ? ["Resources"] : [], swiftSettings: strict,
        plugins: data ? ["EmbedFiles"] : [])
}

func tests(_ room: String, _ imports: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(room)Tests", dependencies: [.target(name: room)] + imports, swiftSettings: strict)
}

let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let real = Target.Dependency.product(name: "RealModule", package: "swift-numerics")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "undertow",
    products: [
        .executable(name: "undertow", targets: ["undertow"]),
        // For packages beside this one, of this repository: the lab and the Python package.
        .library(
            name: "Engine",
            targets: [
                "Primitives", "InputFiles", "OrderBook", "Clearing", "Rules", "Venues", "Exchanges",
                "LendingMarkets", "Agents", "Market", "MarketData", "Events", "Scenarios", "Recording",
                "Running", "Validation", "Analysis", "Page", "Looks",
            ]),
        // The command line as a library, for the Python package: `python/`.
        .library(name: "Commands", targets: ["Commands"]),
        .plugin(name: "EmbedFiles", targets: ["EmbedFiles"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-numerics", exact: "1.1.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        room("Primitives", [real]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        room("InputFiles", ["Primitives", "CZlib"]),
        room("OrderBook", ["Primitives", heap]),
        room("Clearing", ["Primitives", heap]),
        room("Rules", ["Primitives", "InputFiles", yams]),
        room(
            "Venues", ["Primitives", "InputFiles", "OrderBook", "Clearing", "Rules", real], data: true),
        room("Lending", ["Primitives", "Rules"], data: true),
        room("Exchanges", ["Primitives", "OrderBook", "Clearing", "Venues"]),
        room("LendingMarkets", ["Primitives", "Lending"]),
        room("Agents", ["Primitives", "OrderBook", "Clearing", "Venues", "Exchanges", heap, deque, real]),
        room(
            "Market",
            ["Primitives", "OrderBook", "Clearing", "Venues", "Exchanges", "LendingMarkets", "Agents", real]),
        room("MarketData", ["Primitives", "InputFiles", "OrderBook"]),
        room("Events", data: true),
        .executableTarget(name: "embed", swiftSettings: strict),
        .plugin(name: "EmbedFiles", capability: .buildTool(), dependencies: ["embed"]),
        room(
            "Scenarios",
            [
                "Primitives", "InputFiles", "Events", "OrderBook", "Clearing", "Rules", "Venues", "Exchanges",
                "LendingMarkets", "Agents", "Market", "MarketData", yams, real,
            ],
            data: true),
        room(
            "Recording",
            [
                "Primitives", "Clearing", "Venues", "Exchanges", "LendingMarkets", "Agents", "Market",
                "MarketData", "InputFiles", grdb, sqlite,
            ]),
        room("Anatomy", ["Primitives", "InputFiles", real]),
        room("Desk", ["Primitives", "InputFiles"]),
        room(
            "Stress",
            ["Primitives", "InputFiles", "Clearing", "Rules", "Venues", "Lending", "Anatomy", "Desk", real],
            data: true),
        room(
            "Validation",
            ["Primitives", "InputFiles", "Rules", "Recording", "Scenarios", "Anatomy", yams, grdb, real]),
        room(
            "Page",
            [
                "Primitives", "InputFiles", "Rules", "Recording", "Scenarios", "Validation", "Desk", "Stress",
                grdb, real,
            ]),
        room("ReducedForm", ["Primitives", real]),
        room(
            "Reproductions", ["Primitives", "InputFiles", "OrderBook", "Anatomy", "ReducedForm", real],
            data: true),
        room("Ensembles", ["Primitives", "Rules", yams, real]),
        room("Examples", ["Primitives", "InputFiles", "Clearing", "Rules", "Venues", "Lending"]),
        room(
            "Running",
            [
                "Primitives", "InputFiles", "Clearing", "Venues", "Exchanges", "Market", "MarketData",
                "Scenarios",
                "Recording", "Desk",
            ]),
        room(
            "Analysis",
            [
                "Primitives", "InputFiles", "Clearing", "Rules", "Venues", "Lending", "Exchanges", "Market",
                "Scenarios", "Recording", "Running", "Validation", "Anatomy", "ReducedForm", "Ensembles",
                "Desk", "Stress",
                grdb,
                real,
            ]),
        room(
            "Looks",
            [
                "Primitives", "Clearing", "Venues", "Exchanges", "OrderBook", "LendingMarkets", "Market",
                "Analysis",
            ]),
        room(
            "Benchmarks",
            [
                "Primitives", "InputFiles", "OrderBook", "Clearing", "Venues", "Lending", "Exchanges",
                "Market",
                "MarketData", "Scenarios", "Recording", "Running", "Desk", "Stress", real,
            ]),
        room(
            "Commands",
            [
                "Primitives", "InputFiles", "Events", "Clearing", "Rules", "Venues", "Lending", "Market",
                "MarketData",
                "Scenarios", "Recording", "Validation", "Page", "Anatomy", "ReducedForm", "Reproductions",
                "Ensembles", "Examples", "Running", "Analysis", "Benchmarks", "Desk", "Stress",
                argumentParser,
                real,
            ]),
        .executableTarget(name: "undertow", dependencies: ["Commands"], swiftSettings: strict),
        // Twins, fuzzers and checkers: for tests and `make fuzz`, never imported by a room.
        room("Checks", ["Primitives", "OrderBook", "Clearing", "Venues"]),
        .executableTarget(
            name: "fuzz",
            dependencies: ["Checks", "Venues", "Rules", "Primitives", "Market", "Scenarios", real],
            swiftSettings: strict),
        // Counts what a message asks of the heap: `make test` runs it, optimised as it is shipped.
        .target(name: "CountedAllocations"),
        .executableTarget(
            name: "allocations",
            dependencies: ["CountedAllocations", "Primitives", "OrderBook", "Clearing", "Venues"],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
        tests("Desk", ["Primitives"]),
        tests("Stress", ["Primitives", "Desk"]),
        tests("Primitives", [real]),
        tests("OrderBook", ["Primitives", "Checks"]),
        tests("Clearing", ["Primitives", "Checks"]),
        tests("Rules", ["Primitives", yams]),
        .testTarget(
            name: "VenuesTests",
            dependencies: [
                "Venues", "Primitives", "OrderBook", "Clearing", "Rules", "Checks", "Anatomy", real,
            ],
            exclude: ["Figures"], swiftSettings: strict),
        tests("Exchanges", ["Primitives", "OrderBook", "Checks"]),
        tests(
            "Market", ["Primitives", "OrderBook", "Clearing", "Rules", "Venues", "Exchanges", "Checks"]),
        tests(
            "Agents", ["Primitives", "OrderBook", "Clearing", "Venues", "Exchanges", "Checks", heap, deque]),
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
        tests(
            "Recording",
            [
                "Primitives", "Checks", "Clearing", "OrderBook", "Venues", "Exchanges", "Market", "Scenarios",
                grdb,
            ]),
        tests("Running", ["Primitives", "Exchanges", "Market", "Recording", "Scenarios"]),
        tests(
            "Analysis",
            [
                "Primitives", "Checks", "Clearing", "OrderBook", "Venues", "Rules", "Exchanges", "Market",
                "Scenarios", "Recording", "Running", "Validation", "ReducedForm", "Ensembles", grdb, "Desk",
                "Stress",
            ]),
        tests("Benchmarks", ["Primitives"]),
        tests("Commands", ["Primitives", "Market", "Recording", "Running", "Scenarios"]),
        .testTarget(
            name: "ReadersTests",
            dependencies: [
                "Primitives", "InputFiles", "CZlib", "Anatomy", "Ensembles", "Examples", "MarketData",
                "Scenarios",
                "Validation",
            ], swiftSettings: strict),
        tests("Anatomy", ["Primitives", real]),
        tests("Ensembles", ["Primitives"]),
        tests("ReducedForm", ["Primitives"]),
        tests("Reproductions", ["Primitives", "Anatomy"]),
        tests("Validation", ["Primitives", "InputFiles", "Recording", "Scenarios", grdb]),
        tests(
            "Scenarios",
            [
                "Primitives", "Checks", "Events", "OrderBook", "MarketData", "Market", "Clearing", "Venues",
                "Exchanges",
                "Agents",
                "LendingMarkets",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
