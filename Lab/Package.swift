// swift-tools-version: 6.2
import PackageDescription

// The lab beside the engine: it has a server, which the engine's package need not build.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let engine = Target.Dependency.product(name: "Engine", package: "undertow")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "lab",
    products: [.executable(name: "undertow-lab", targets: ["undertow-lab"])],
    dependencies: [
        .package(name: "undertow", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    ],
    targets: [
        // Worlds that are played, stopped, forked and looked into; no network.
        .target(name: "LabCore", dependencies: [engine], swiftSettings: strict),
        // Recorded captures and live streams of exchanges: books rebuilt, gaps labelled; no network.
        .target(name: "Feeds", dependencies: [engine], swiftSettings: strict),
        .target(
            name: "LabFeeds",
            dependencies: [
                "Feeds", engine, .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: strict),
        // The interface: routes, streams, who may ask.
        .target(
            name: "LabServer",
            dependencies: ["LabCore", "LabFeeds", "Feeds", engine, hummingbird, hummingbirdCore],
            exclude: ["Resources"],
            swiftSettings: strict, plugins: [.plugin(name: "EmbedFiles", package: "undertow")]),
        .executableTarget(
            name: "undertow-lab", dependencies: ["LabServer", "LabCore", "LabFeeds", engine, argumentParser],
            swiftSettings: strict),
        .testTarget(
            name: "FeedsTests", dependencies: ["Feeds", engine], exclude: ["count_captures.py"],
            swiftSettings: strict),
        .testTarget(name: "LabCoreTests", dependencies: ["LabCore", engine], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
