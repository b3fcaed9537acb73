// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode (the package default), warnings are errors.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "tradingd",
    dependencies: [],
    targets: [
        // The system: C libraries and the operating system behind small typed doors.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CLinux"),
        .target(name: "Platform", swiftSettings: strict),
        .target(name: "ExactJSON", swiftSettings: strict),
        // The vocabulary.
        .target(name: "TradingModel", dependencies: ["ExactJSON", "Platform"], swiftSettings: strict),
        // The operator's door.
        .target(
            name: "ControlPlane", dependencies: ["CLinux", "ExactJSON", "Platform"],
            swiftSettings: strict),
        .testTarget(name: "ExactJSONTests", dependencies: ["ExactJSON"], swiftSettings: strict),
        .testTarget(
            name: "TradingModelTests", dependencies: ["TradingModel", "ExactJSON"], swiftSettings: strict),
        .testTarget(
            name: "ControlPlaneTests", dependencies: ["ControlPlane", "ExactJSON", "Platform"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
