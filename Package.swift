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
        // The sequencer.
        .target(name: "Messaging", dependencies: ["TradingModel", "Platform"], swiftSettings: strict),
        .testTarget(
            name: "MessagingTests", dependencies: ["Messaging", "TradingModel", "Platform"],
            swiftSettings: strict),
        // The decision path, in order: engines, strategies, risk, execution.
        .target(name: "OrderFlow", dependencies: ["Messaging", "TradingModel"], swiftSettings: strict),
        .testTarget(
            name: "OrderFlowTests", dependencies: ["OrderFlow", "Messaging", "TradingModel"],
            swiftSettings: strict),
        .target(
            name: "Strategies", dependencies: ["OrderFlow", "Messaging", "TradingModel"],
            swiftSettings: strict),
        .testTarget(
            name: "StrategiesTests", dependencies: ["Strategies", "OrderFlow", "Messaging", "TradingModel"],
            swiftSettings: strict),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(
            name: "Configuration", dependencies: ["CYAML", "Platform", "TradingModel"], swiftSettings: strict),
        .testTarget(
            name: "ConfigurationTests", dependencies: ["Configuration", "Platform", "TradingModel"],
            swiftSettings: strict),
        .testTarget(name: "ExactJSONTests", dependencies: ["ExactJSON"], swiftSettings: strict),
        .testTarget(
            name: "TradingModelTests", dependencies: ["TradingModel", "ExactJSON"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
