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
        .target(name: "Platform", swiftSettings: strict),
        .target(name: "ExactJSON", swiftSettings: strict),
        // The vocabulary.
        .target(name: "TradingModel", dependencies: ["ExactJSON", "Platform"], swiftSettings: strict),
        // Where events come from.
        .target(
            name: "MarketData", dependencies: ["TradingModel", "ExactJSON", "Platform", "CZlib"],
            swiftSettings: strict),
        .testTarget(name: "ExactJSONTests", dependencies: ["ExactJSON"], swiftSettings: strict),
        .testTarget(
            name: "TradingModelTests", dependencies: ["TradingModel", "ExactJSON"], swiftSettings: strict),
        .testTarget(
            name: "MarketDataTests",
            dependencies: ["MarketData", "TradingModel", "ExactJSON", "Platform", "CZlib"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
