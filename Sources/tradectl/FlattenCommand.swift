import ArgumentParser
import ControlPlane
import ExactJSON
import Glibc
import Platform

/// `tradectl flatten [SYMBOL]`
struct FlattenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flatten",
        abstract: "Halts, cancels what works and brings positions to zero; of one symbol or of all.",
        discussion: """
            It is the kill switch at level flatten: nothing else trades until it is released. What is still held after some \
            seconds is named, and is tried again with the same command.
            """)

    @Argument(help: "Symbol; all of them when left out.")
    var symbol: String?

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "Why; kept in the audit log.")
    var reason: String?

    @Flag(help: "Do not ask.")
    var yes = false

    func run() throws {
        if !yes && isatty(STDIN_FILENO) == 1 { try confirm() }
        var members: [JSONValue.Member] = [
            .init("level", .string("flatten")),
            .init("scope", .string(symbol.map { "symbol:\($0)" } ?? "all")),
        ]
        members.add("reason", reason)
        guard let result = try Engagement(connection).engage(members, at: try connection.path()) else {
            return
        }
        try Engagement.show(result, connection)
    }

    private func confirm() throws {
        Console.error(
            "Bring \(symbol.map { "the position in \($0.printable)" } ?? "every position") to zero? [y/N] ")
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw Failure("nothing done", exitCode: 1)
        }
    }
}
