import ArgumentParser
import Glibc
import Platform

/// `tradectl audit replay --journal J --audit A`
struct AuditReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Runs a recorded session again and compares its decisions with the audit trail.",
        discussion: """
            Needs no running daemon and changes nothing. Exits 0 when every decision is the same, 1 at the first that \
            differs, 2 on wrong usage, 4 when a file is missing, 8 when nothing can be said: journal, log or settings \
            cannot be used.
            """)

    @Option(parsing: .upToNextOption, help: "Files of the session's journal.")
    var journal: [String]

    @Option(help: "Directory of the audit log, or one segment of it.")
    var audit: String

    @Option(help: "The tradingd to run it with (default: beside this program, else on PATH).")
    var tradingd: String?

    func run() throws {
        let program = try tradingd ?? SiblingProgram.path(of: "tradingd")
        let arguments = ["audit-replay", "--audit", audit, "--journal"] + journal
        let status: Int32
        do throws(SystemError) {
            status = try SiblingProgram.run(program, arguments)
        } catch {
            throw Failure(error.description, exitCode: error.code == ENOENT ? 4 : 8)
        }
        // 0 is the same and 1 differs; everything else means that nothing was found out.
        switch status {
        case 0: return
        case 1: throw ExitCode(1)
        case 64: throw ExitCode(2)
        case 66: throw ExitCode(4)
        default: throw ExitCode(8)
        }
    }
}
