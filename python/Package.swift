// swift-tools-version: 6.2
import PackageDescription

// The engine as a shared library for Python, beside the root package. `python/build-wheel` builds it with Swift's runtime
// inside: a product of this kind takes the runtime in by `-Xswiftc -static-stdlib` alone.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let engine = Target.Dependency.product(name: "Engine", package: "undertow")
let commands = Target.Dependency.product(name: "Commands", package: "undertow")

let package = Package(
    name: "undertow-python",
    products: [.library(name: "undertow_native", type: .dynamic, targets: ["undertow_native"])],
    dependencies: [.package(name: "undertow", path: "..")],
    targets: [
        // Arrow's C structures, and the callbacks of a call.
        .target(name: "CUndertow"),
        .target(
            name: "undertow_native", dependencies: ["CUndertow", engine, commands], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
