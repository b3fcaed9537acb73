// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 language mode (the package default), warnings are errors.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// The decision path is one program cut into modules: in a release build the optimiser sees through their walls, so that
/// its generic stages become plain code.
let decisionPath: [SwiftSetting] =
    strict + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A target of ours; the build rejects an import that is not declared here.
func part(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A target on the decision path, or one it writes its records with.
func stage(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: decisionPath)
}

func tests(_ name: String, _ dependencies: Target.Dependency..., exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// The fuzzer of the wire, built only when asked for: it needs the sanitizer's library. See scripts/fuzz.
let fuzzer: [Target] =
    Context.environment["TRADINGD_FUZZER"] == nil
    ? []
    : [
        .target(name: "FuzzerDriver", path: "Tests/FuzzerDriver"),
        .executableTarget(
            name: "wire-fuzzer", dependencies: ["FuzzerDriver", "WireFuzzing"], path: "Tests/WireFuzzer",
            swiftSettings: strict, linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
    ]

let package = Package(
    name: "tradingd",
    products: [
        .executable(name: "tradingd", targets: ["tradingd"]),
        .executable(name: "tradectl", targets: ["tradectl"]),
        // For measuring only, never installed: see docs/benchmarks.md.
        .executable(name: "tradingd-bench", targets: ["tradingd-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        // The system: C libraries and the operating system behind small typed doors.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "CLinux"),
        part("Platform", "CLinux"),
        stage("ExactJSON"),
        part("Systemd", "CSystemd", "CLinux", "Platform"),

        // The vocabulary, and the one order of everything.
        stage("TradingModel", "ExactJSON", "Platform"),
        stage("Positions", "TradingModel"),
        stage("Messaging", "TradingModel", "Platform"),

        // What surrounds the decisions: settings, audit trail, telemetry, control plane, input.
        part("Configuration", "CYAML", "Platform", "TradingModel"),
        stage("Audit", "TradingModel", "ExactJSON", "Platform", "CLinux", "CZlib", crypto),
        part("Telemetry", "TradingModel", "ExactJSON", "Platform", "Systemd", "CLinux", logging, metrics),
        part("ControlPlane", "ExactJSON", "Platform", "CLinux"),

        // The wire of Interactive Brokers: a pure codec.
        stage("TWSProtocol", "TradingModel", "ExactJSON"),

        // The session with a gateway: state machine, socket, pacing, subscriptions, order ids.
        stage("TWSClient", "TWSProtocol", "TradingModel", "ExactJSON", "Platform"),

        part(
            "MarketData", "TWSClient", "TWSProtocol", "TradingModel", "ExactJSON", "Platform", "CLinux",
            "CZlib"),
        part("Recorder", "MarketData", "TradingModel", "Platform", crypto),

        // The decision path, in order.
        stage("OrderFlow", "Messaging", "TradingModel"),
        part("Export", "OrderFlow", "TradingModel", "ExactJSON", "Platform"),
        stage("Strategies", "OrderFlow", "Messaging", "TradingModel"),
        stage("Risk", "Messaging", "Audit", "TradingModel", "ExactJSON", "Platform"),
        stage(
            "Execution", "Positions", "Risk", "TWSClient", "TWSProtocol", "Messaging", "Audit",
            "TradingModel", "ExactJSON", "Platform"),

        // Orders, executions and results in SQLite, made from the lines of the audit trail; nothing is decided by it.
        part("Blotter", "CSQLite", "Positions", "Audit", "TradingModel", "ExactJSON", "Platform"),

        // What stands in for the gateway of Interactive Brokers: the same wire, with faults on demand.
        part(
            "TWSGateway", "Execution", "MarketData", "TWSProtocol", "TradingModel", "ExactJSON", "Platform",
            "CLinux"),

        // The composition root and the programs.
        part(
            "TradingSystem", "Blotter", "Positions", "Execution", "Risk", "Strategies", "Export", "OrderFlow",
            "Recorder",
            "MarketData", "TWSClient", "TWSProtocol",
            "ControlPlane",
            "Telemetry", "Audit", "Configuration", "Systemd", "Messaging", "TradingModel", "ExactJSON",
            "Platform", logging, crypto),
        .executableTarget(
            name: "tradingd",
            dependencies: [
                "TradingSystem", "TWSGateway", "TWSProtocol", "MarketData", "Export", "TradingModel",
                "Configuration", "Telemetry",
                "Systemd",
                "Messaging", "ExactJSON",
                "Platform",
                logging, argumentParser,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "tradectl",
            dependencies: [
                "ControlPlane", "Blotter", "Audit", "TradingModel", "ExactJSON", "Platform", argumentParser,
            ],
            swiftSettings: strict),

        // What measures the rest: plain C that does the same work, a counter in front of malloc, the figures.
        .target(
            name: "CReference", cSettings: [.unsafeFlags(["-O3"], .when(configuration: .release))]),
        .target(name: "AllocationCounter"),
        part("Benchmarking", "ExactJSON", "Platform", "CLinux"),
        .executableTarget(
            name: "tradingd-bench",
            dependencies: [
                "Benchmarking", "AllocationCounter", "CReference", "Risk", "Strategies", "OrderFlow",
                "Messaging",
                "MarketData", "TWSClient", "TWSGateway", "TWSProtocol", "Audit", "TradingModel", "ExactJSON",
                "Platform",
                argumentParser,
            ], swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["CZlib", "Platform", "ExactJSON", "TradingModel"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        tests("PlatformTests", "TestSupport", "Platform"),
        tests("ExactJSONTests", "ExactJSON"),
        tests(
            "TradingModelTests", "TestSupport", "TradingModel", "ExactJSON", "Platform", exclude: ["Fixtures"]
        ),
        tests("ConfigurationTests", "Configuration", "Platform", "TradingModel"),
        tests("MessagingTests", "Messaging", "TradingModel", "Platform"),
        tests("OrderFlowTests", "OrderFlow", "Messaging", "TradingModel"),
        tests(
            "GoldenTests", "TestSupport", "OrderFlow", "MarketData", "Messaging", "TradingModel", "ExactJSON"),
        tests(
            "ExportTests", "TestSupport", "Export", "OrderFlow", "Messaging", "TradingModel", "ExactJSON",
            "Platform"),
        tests("StrategiesTests", "TestSupport", "Strategies", "OrderFlow", "Messaging", "TradingModel"),
        tests(
            "AuditTests", "TestSupport", "Audit", "TradingModel", "ExactJSON", "Platform", "CLinux", crypto,
            exclude: ["Vectors"]),
        tests("SystemdTests", "TestSupport", "Systemd", "Platform"),
        tests(
            "TelemetryTests", "TestSupport", "Telemetry", "TradingModel", "ExactJSON", "Platform", "Systemd",
            logging,
            metrics),
        tests("ControlPlaneTests", "TestSupport", "ControlPlane", "ExactJSON", "Platform", "CLinux"),
        tests(
            "MarketDataTests", "TestSupport", "MarketData", "TWSClient", "TWSGateway", "TWSProtocol",
            "TradingModel", "ExactJSON", "Platform", "CLinux", exclude: ["Fixtures"]),
        .target(
            name: "WireFuzzing", dependencies: ["TWSProtocol"], path: "Tests/WireFuzzing",
            swiftSettings: strict),
        tests(
            "TWSProtocolTests", "TestSupport", "WireFuzzing", "TWSProtocol", "TradingModel", "Platform",
            exclude: ["Corpus.txt"]),
        tests(
            "TWSGatewayTests", "TestSupport", "TWSGateway", "TWSProtocol", "Execution", "MarketData",
            "TradingModel", "ExactJSON", "Platform"),
        tests(
            "TWSClientTests", "TestSupport", "TWSClient", "TWSGateway", "TWSProtocol", "TradingModel",
            "Platform"),
        tests(
            "RecorderTests", "TestSupport", "Recorder", "MarketData", "TradingModel", "Platform"),
        // The properties of risk: a few sequences in the tests, a million in the release test.
        .target(
            name: "RiskProperties", dependencies: ["Risk", "TradingModel"],
            path: "Tests/RiskProperties", swiftSettings: strict),
        .executableTarget(
            name: "risk-properties", dependencies: ["RiskProperties"],
            path: "Tests/RiskPropertyRun", swiftSettings: strict),
        tests(
            "RiskTests", "TestSupport", "RiskProperties", "Risk", "Messaging", "Audit", "ExactJSON",
            "TradingModel",
            "Platform"),
        tests(
            "ExecutionTests", "TestSupport", "Execution", "Positions", "Risk", "TWSClient", "TWSGateway",
            "TWSProtocol",
            "Messaging", "Audit", "TradingModel", "Platform"),
        tests("PositionsTests", "TestSupport", "Positions", "TradingModel"),
        tests(
            "BlotterTests", "TestSupport", "Blotter", "Positions", "Audit", "TradingModel", "ExactJSON",
            "Platform"),
        tests(
            "TradingSystemTests", "TestSupport", "TradingSystem", "Blotter", "Positions", "ControlPlane",
            "Telemetry",
            "Configuration",
            "Messaging",
            "MarketData", "TWSClient", "TWSProtocol",
            "Execution", "Recorder", "Risk", "Audit",
            "TradingModel", "ExactJSON", "Platform"),
        tests("TradectlTests", "tradectl", "Audit", "Risk", "TradingModel", "ExactJSON"),
        tests(
            "BenchmarkingTests", "TestSupport", "Benchmarking", "ExactJSON", "Platform"),
        // The programs as an operator meets them.
        tests(
            "EndToEndTests", "tradingd", "tradectl", "TestSupport", "Blotter", "ControlPlane", "MarketData",
            "TWSGateway",
            "Audit", "TradingModel", "ExactJSON", "Platform"),
    ] + fuzzer,
    swiftLanguageModes: [.v6]
)
