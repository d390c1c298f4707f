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
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
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
        room("OrderBook", ["Primitives", heap]),
        room("Clearing", ["Primitives", heap]),
        room("Venues", ["Primitives", "OrderBook", "Clearing"]),
        .executableTarget(
            name: "undertow",
            dependencies: ["Primitives", "OrderBook", yams, grdb, argumentParser],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
