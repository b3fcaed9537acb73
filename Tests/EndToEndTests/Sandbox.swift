import Glibc
import Platform
import TestSupport
import Testing

/// What a finished program has left behind.
struct Ended {
    let exitCode: Int32
    let output: String
    let errors: String

    /// Waits for the end of a program.
    init(_ process: ChildProcess) throws {
        exitCode = try process.exitCode()
        output = try process.output
        errors = try process.errors
    }

    /// Lines on standard error.
    var errorLines: [Substring] { errors.split(separator: "\n") }
}

/// Where the programs under test are: in `$TRADINGD_PROGRAMS`, for a release build, else beside the test bundle.
enum Products {
    static let tradingd = directory + "/tradingd"
    static let tradectl = directory + "/tradectl"

    /// The daemon as built with the tests, for debugging.
    static let debugTradingd = besideTests + "/tradingd"
    /// Whether the programs under test are not those built with the tests.
    static var areOthers: Bool { directory != besideTests }

    private static let directory =
        getenv("TRADINGD_PROGRAMS").map { String(cString: $0) } ?? besideTests

    private static let besideTests: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = String(
            decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return DurableFile.directoryName(bundle)
    }()
}

/// The repository this file belongs to.
enum Repository {
    static let path = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    /// The configuration as shipped.
    static let configuration = path + "/config"
}

/// A machine of its own for one test: home, state, sockets and recordings in one temporary directory.
final class Sandbox {
    let directory: TemporaryDirectory
    /// More for the environment of the programs.
    var variables: [String: String] = [:]
    private var started = 0

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["home", "run", "state"] { try DurableFile.makeDirectories(path(name)) }
    }

    /// Path of `name` here.
    func path(_ name: String) -> String { directory.path + "/" + name }

    /// Whether there is something of that name.
    func exists(_ name: String) -> Bool { access(path(name), F_OK) == 0 }

    /// The child's whole environment: nothing of the machine's own state or sockets can be met.
    private var environment: [String: String] {
        [
            "PATH": "/usr/bin:/bin", "HOME": path("home"), "XDG_RUNTIME_DIR": path("run"),
            "XDG_STATE_HOME": path("state"),
            // Machines of tests need not keep the time.
            "TRADINGD_MAX_CLOCK_ERROR": "0s",
        ].merging(variables) { $1 }
    }

    /// Starts a program.
    func start(_ program: String, _ arguments: [String]) throws -> ChildProcess {
        started += 1
        return try ChildProcess(
            program, arguments, environment: environment,
            log: path("process-\(started)"))
    }

    /// Runs a program to its end.
    func run(_ program: String, _ arguments: [String]) throws -> Ended {
        try Ended(try start(program, arguments))
    }

    /// Runs `tradectl` to its end.
    func tradectl(_ arguments: String...) throws -> Ended { try run(Products.tradectl, arguments) }

    /// Runs `tradingd` to its end, under the shipped configuration unless `arguments` name another.
    func tradingd(_ arguments: String..., configuration: String = Repository.configuration) throws -> Ended {
        try run(Products.tradingd, ["--config", configuration] + arguments)
    }

    /// A copy of the shipped configuration with texts replaced; each must be there.
    ///
    /// - Parameter changes: file, what stands there, what shall stand there.
    func configuration(_ changes: (file: String, old: String, new: String)...) throws -> String {
        try configuration(changes)
    }

    /// A copy of the shipped configuration with texts replaced; each must be there.
    func configuration(_ changes: [(file: String, old: String, new: String)]) throws -> String {
        try DurableFile.makeDirectories(path("config/profiles"))
        for file in ["settings.yaml", "profiles/dev.yaml", "profiles/paper.yaml", "profiles/prod.yaml"] {
            let bytes = try #require(try DurableFile.read(Repository.configuration + "/" + file))
            var text = String(decoding: bytes, as: UTF8.self)
            for change in changes where change.file == file {
                let parts = text.split(separator: change.old, omittingEmptySubsequences: false)
                try #require(parts.count == 2, "\(file) has not one '\(change.old)'")
                text = parts.joined(separator: change.new)
            }
            try directory.write(Array(text.utf8), to: "config/" + file)
        }
        return path("config")
    }
}
