import ArgumentParser
import ControlPlane
import ExactJSON

/// `tradectl killswitch engage|release|status`
struct KillSwitchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "killswitch", abstract: "Stops trading at once, and allows it again.",
        subcommands: [EngageCommand.self, ReleaseCommand.self, Status.self, DrillCommand.self])

    /// The state in one line.
    static func line(_ state: JSONValue) -> String {
        let latches = state["latches"]?.arrayValue ?? []
        guard state["engaged"]?.boolValue == true else { return "released" }
        guard let latch = latches.first else { return "ENGAGED" }
        return line(ofLatch: latch) + (latches.count > 1 ? "   and \(latches.count - 1) more" : "")
    }

    /// One latch in one line.
    private static func line(ofLatch latch: JSONValue) -> String {
        let reason = latch.cell("reason")
        let scope = latch.cell("scope") == "all" ? "" : " \(latch.cell("scope"))"
        return "ENGAGED \(latch.cell("level"))\(scope) since \(latch.cell("since")) by \(latch.cell("by"))"
            + (reason.isEmpty ? "" : ": \(reason)")
    }

    /// Every latch, a line each.
    static func lines(_ state: JSONValue) -> [String] {
        let latches = state["latches"]?.arrayValue ?? []
        return latches.isEmpty ? [line(state)] : latches.map(line(ofLatch:))
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows every kill that holds.")

        @OptionGroup var connection: ConnectionOptions

        func run() throws {
            connection.show(try connection.call("killswitch.status")) { state in
                let note = state["persisted"]?.boolValue == false ? "NOT PERSISTED\n" : ""
                return KillSwitchCommand.lines(state).joined(separator: "\n") + "\n" + note
            }
        }
    }
}

/// Whom a kill concerns, as options.
struct ScopeOptions: ParsableArguments {
    @Option(help: "Whom: all, symbol:NAME or strategy:NAME.")
    var scope: String?

    /// Adds the parameter, if it was given.
    func add(to members: inout [JSONValue.Member]) { members.add("scope", scope) }
}

/// `tradectl killswitch release`
struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Ends a kill or lowers it; the daemon is then disarmed, not trading.",
        discussion: """
            Under prod two persons release: one asks with --request and gets an id, another one approves it with \
            --approve ID within ten minutes.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var scope: ScopeOptions

    @Option(help: "Why, at least 10 characters; kept in the audit log.")
    var reason: String

    @Option(help: "Lower it to this level instead of ending it: reduce or halt.")
    var level: String?

    @Flag(help: "Ask for a release that another person approves.")
    var request = false

    @Flag(help: "Take the broker's positions for right where our books differ from them.")
    var acceptPositions = false

    @Option(help: "Approve the release that another person has asked for.")
    var approve: String?

    func validate() throws {
        guard !request || approve == nil else { throw ValidationError("either --request or --approve") }
    }

    func run() throws {
        var members: [JSONValue.Member] = []
        members.add("reason", reason)
        members.add("level", level)
        scope.add(to: &members)
        if acceptPositions { members.append(.init("accept_positions", .bool(true))) }
        if request { members.append(.init("request", .bool(true))) }
        members.add("approve", approve)
        connection.show(try connection.call("killswitch.release", members, seconds: 10)) { answer in
            if let id = answer["request"]?.stringValue {
                return "REQUESTED \(id) — another person approves with: tradectl killswitch release "
                    + "--approve \(id) --reason …   before \(answer.cell("expires"))\n"
            }
            let left = answer["state"]?["engaged"]?.boolValue == true
            let rest =
                left ? KillSwitchCommand.lines(answer["state"] ?? .null).joined(separator: "\n") + "\n" : ""
            return "RELEASED — disarmed; arm with: tradectl mode arm\n" + rest
        }
    }
}
