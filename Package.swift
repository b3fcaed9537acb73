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
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // The system: C libraries and the operating system behind small typed doors.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "Platform", swiftSettings: strict),
        .target(name: "ExactJSON", swiftSettings: strict),
        // The vocabulary.
        .target(name: "TradingModel", dependencies: ["ExactJSON", "Platform"], swiftSettings: strict),
        // What is kept and what is told: the audit trail, the service manager, logs and metrics.
        .target(
            name: "Audit",
            dependencies: [
                "TradingModel", "ExactJSON", "Platform", .product(name: "Crypto", package: "swift-crypto"),
            ], swiftSettings: strict),
        .target(name: "Systemd", dependencies: ["CSystemd", "Platform"], swiftSettings: strict),
        .target(
            name: "Telemetry",
            dependencies: [
                "TradingModel", "ExactJSON", "Platform", "Systemd",
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
        .testTarget(name: "ExactJSONTests", dependencies: ["ExactJSON"], swiftSettings: strict),
        .testTarget(
            name: "TradingModelTests", dependencies: ["TradingModel", "ExactJSON"], swiftSettings: strict),
        .testTarget(
            name: "AuditTests", dependencies: ["Audit", "TradingModel", "ExactJSON", "Platform"],
            exclude: ["Vectors"], swiftSettings: strict),
        .testTarget(name: "SystemdTests", dependencies: ["Systemd", "Platform"], swiftSettings: strict),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "Telemetry", "TradingModel", "ExactJSON", "Platform", "Systemd",
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
