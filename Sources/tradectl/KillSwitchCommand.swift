import ArgumentParser
import ControlPlane
import Dispatch
import ExactJSON
import Platform

/// `tradectl killswitch engage|release|status`
struct KillSwitchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "killswitch", abstract: "Stops all trading at once, and allows it again.",
        subcommands: [Engage.self, Release.self, Status.self])

    /// The state in one line.
    static func line(_ state: JSONValue) -> String {
        guard state["engaged"]?.boolValue == true else { return "released" }
        let reason = state.cell("reason")
        return "ENGAGED since \(state.cell("since")) by \(state.cell("by"))"
            + (reason.isEmpty ? "" : ": \(reason)")
    }

    struct Engage: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "No new orders from now on; working orders are cancelled. Needs no confirmation.")

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        @Flag(help: "Engage every running daemon this user can reach.")
        var all = false

        func validate() throws {
            guard !all || (connection.socket == nil && connection.profile == nil) else {
                throw ValidationError("--all names every daemon: leave out --socket and --profile")
            }
        }

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("reason", reason)
            if all { return try engageAll(members) }
            try show(try connection.call("killswitch.engage", members, seconds: 10))
        }

        /// All at the same time: one that hangs or refuses must not keep the others from being stopped.
        private func engageAll(_ members: [JSONValue.Member]) throws {
            let sockets = SocketLocator().possibleSockets()
            guard !sockets.isEmpty else { throw Failure("no running tradingd found", exitCode: 3) }
            let connection = connection
            let answers = Locked([Result<JSONValue, Failure>?](repeating: nil, count: sockets.count))
            DispatchQueue.concurrentPerform(iterations: sockets.count) { index in
                let answer: Result<JSONValue, Failure>
                do {
                    answer = .success(
                        try connection.call("killswitch.engage", members, at: sockets[index], seconds: 10))
                } catch {
                    answer = .failure(error as? Failure ?? Failure("\(error)", exitCode: 1))
                }
                answers.withLock { $0[index] = answer }
            }
            try report(zip(sockets, answers.withLock { $0 }))
        }

        /// What every daemon said, then the first failure.
        private func report(_ answers: Zip2Sequence<[String], [Result<JSONValue, Failure>?]>) throws {
            var failures: [Failure] = []
            for (socket, answer) in answers {
                do {
                    guard let result = try answer?.get() else { continue }
                    if !connection.json { Console.output("\(socket): ") }
                    try show(result)
                } catch let failure as Failure {
                    failures.append(Failure("\(socket): \(failure.message)", exitCode: failure.exitCode))
                }
            }
            guard let first = failures.first else { return }
            throw Failure(failures.map(\.message).joined(separator: "; "), exitCode: first.exitCode)
        }

        private func show(_ result: JSONValue) throws {
            connection.show(result) { result in
                let how = result["changed"]?.boolValue == true ? "ENGAGED" : "ENGAGED already"
                let kept =
                    result["persisted"]?.boolValue == true ? "latched, persisted" : "latched, NOT PERSISTED"
                return "\(how) halt (\(kept)) — \(result.cell("cancelled")) cancelled, "
                    + "\(result.cell("unconfirmed")) unconfirmed\n"
            }
            let isWhole = result["persisted"]?.boolValue == true && result["unconfirmed"]?.integerValue == 0
            if !isWhole { throw Failure.partial("engaged, but not everything is confirmed") }
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends the kill; the daemon is then disarmed, not trading.")

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "Why, at least 10 characters; kept in the audit log.")
        var reason: String

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("reason", reason)
            connection.show(try connection.call("killswitch.release", members, seconds: 10)) { _ in
                "RELEASED — disarmed; arm with: tradectl mode arm\n"
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows the kill switch.")

        @OptionGroup var connection: ConnectionOptions

        func run() throws {
            connection.show(try connection.call("killswitch.status")) { KillSwitchCommand.line($0) + "\n" }
        }
    }
}
