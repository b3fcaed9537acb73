import ArgumentParser
import Audit
import Blotter
import ExactJSON
import Platform

/// `tradectl blotter`: the store beside its audit trail, without the daemon.
struct BlotterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blotter",
        abstract: "Compares the blotter with the audit trail, or makes it anew from it.",
        subcommands: [Verify.self, Rebuild.self])

    /// Where store and trail are.
    struct Places: ParsableArguments {
        @Argument(help: "State directory of the mode (tradectl status shows the blotter's file in it).")
        var state: String

        @Option(help: "The audit directory; STATE/audit without.")
        var audit: String?

        var store: String { state + "/" + BlotterFile.name }
        var trail: String { audit ?? state + "/audit" }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compares every row with what follows from the audit trail.",
            discussion: """
                Only reads. Exit codes: 0 equal, 1 different, 2 usage, 8 not to be compared: the beginning of the \
                trail is gone.
                """)
        @OptionGroup var places: Places
        /// Of these only `--json` means something here.
        @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

        func run() throws {
            let verdict = try BlotterCommand.reporting { () throws(BlotterError) in
                try BlotterFile.verify(places.store, against: places.trail)
            }
            switch verdict {
            case .equal(let line, let behind):
                Console.output(
                    connection.json
                        ? "{\"ok\":true,\"line\":\(line),\"behind\":\(behind)}\n"
                        : "OK as the audit trail says, up to line \(line)"
                            + (behind > 0 ? "; \(behind) lines behind it\n" : "\n"))
            case .differs(let store, let trail):
                throw Failure("the store has: \(store)\nthe trail says: \(trail)", exitCode: 1)
            case .incomplete(let first):
                throw Failure.partial(
                    "the trail that is kept begins with line \(first): the store cannot be made once more")
            }
        }
    }

    struct Rebuild: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the store anew from the audit trail; the daemon must not be at work.")
        @OptionGroup var places: Places
        /// Of these only `--json` means something here.
        @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

        func run() throws {
            let line = try BlotterCommand.locked(places.trail) {
                try BlotterCommand.reporting { () throws(BlotterError) in
                    try BlotterFile.rebuild(places.store, from: places.trail)
                }
            }
            Console.output(
                connection.json
                    ? "{\"ok\":true,\"line\":\(line)}\n" : "rebuilt from \(line) lines of the audit trail\n")
        }
    }

    fileprivate static func reporting<Result>(
        _ body: () throws(BlotterError) -> Result
    ) throws -> Result {
        do throws(BlotterError) { return try body() } catch { throw Failure(error.description, exitCode: 1) }
    }

    /// Keeps a daemon from beginning meanwhile, and refuses where one is at work.
    fileprivate static func locked<Result>(_ directory: String, _ body: () throws -> Result) throws -> Result
    {
        do {
            return try AuditIdle.hold(directory, body)
        } catch let error as AuditError {
            throw Failure("\(error)", exitCode: 1)
        }
    }
}
