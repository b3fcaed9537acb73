import ArgumentParser
import ControlPlane
import Dispatch
import ExactJSON
import Glibc
import Platform

/// `tradectl killswitch engage`
struct EngageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engage",
        abstract: "No new orders from now on; working orders are cancelled. Needs no confirmation.",
        discussion: """
            Levels: reduce (only orders that make a position smaller), halt (no orders, cancel what works), flatten (halt, \
            then positions are brought to zero: see tradectl flatten).
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var scope: ScopeOptions

    @Option(help: "Why; kept in the audit log.")
    var reason: String?

    @Option(help: "How far: reduce, halt (the default) or flatten.")
    var level: String?

    @Flag(help: "Engage every running daemon this user can reach.")
    var all = false

    @Flag(help: "Send the signal that engages when the daemon says nothing for 2 s; it halts everything.")
    var signal = false

    func validate() throws {
        guard !all || (connection.socket == nil && connection.profile == nil) else {
            throw ValidationError("--all names every daemon: leave out --socket and --profile")
        }
        guard !signal || (scope.scope == nil && level == nil) else {
            throw ValidationError("--signal halts everything: leave out --scope and --level")
        }
    }

    func run() throws {
        var members: [JSONValue.Member] = []
        members.add("reason", reason)
        members.add("level", level)
        scope.add(to: &members)
        if all { return try engageAll(members) }
        guard
            let result = try Engagement(connection, signal: signal).engage(members, at: try connection.path())
        else { return Console.output("SIGNALLED — look with: tradectl killswitch status\n") }
        try show(result)
    }

    /// All at the same time: one that hangs or refuses must not keep the others from being stopped.
    private func engageAll(_ members: [JSONValue.Member]) throws {
        let sockets = SocketLocator().possibleSockets()
        guard !sockets.isEmpty else { throw Failure("no running tradingd found", exitCode: 3) }
        let engagement = Engagement(connection, signal: signal)
        let answers = Locked([Result<JSONValue?, Failure>?](repeating: nil, count: sockets.count))
        DispatchQueue.concurrentPerform(iterations: sockets.count) { index in
            let answer: Result<JSONValue?, Failure>
            do {
                answer = .success(try engagement.engage(members, at: sockets[index]))
            } catch {
                answer = .failure(error as? Failure ?? Failure("\(error)", exitCode: 1))
            }
            answers.withLock { $0[index] = answer }
        }
        try report(zip(sockets, answers.withLock { $0 }))
    }

    /// What every daemon said, then the first failure.
    private func report(_ answers: Zip2Sequence<[String], [Result<JSONValue?, Failure>?]>) throws {
        var failures: [Failure] = []
        for (socket, answer) in answers {
            do {
                guard let answer else { continue }
                let result = try answer.get()
                if !connection.json { Console.output("\(socket): ") }
                guard let result else {
                    Console.output("SIGNALLED\n")
                    continue
                }
                try show(result)
            } catch let failure as Failure {
                failures.append(Failure("\(socket): \(failure.message)", exitCode: failure.exitCode))
            }
        }
        guard let first = failures.first else { return }
        throw Failure(failures.map(\.message).joined(separator: "; "), exitCode: first.exitCode)
    }

    private func show(_ result: JSONValue) throws { try Engagement.show(result, connection) }
}

/// One call that engages, and the way around a daemon that says nothing.
struct Engagement: Sendable {
    private let timeout: Double
    private let signal: Bool

    /// - Parameter signal: whether to send the signal when the daemon says nothing.
    init(_ connection: ConnectionOptions, signal: Bool = false) {
        timeout = max(connection.timeout, Self.patience)
        self.signal = signal
    }

    /// Seconds that a daemon has: it waits 5 for the cancels, 8 to be flat and 2 for the disk.
    static let patience: Double = 20

    /// How long a daemon may say nothing before it is signalled.
    private static let silence = Duration.seconds(2)

    /// Engages.
    ///
    /// - Returns: the daemon's answer; `nil` when it was signalled instead.
    func engage(_ members: [JSONValue.Member], at path: String) throws(Failure) -> JSONValue? {
        var client = ControlClient(path: path)
        let isLatched = Locked(false)
        client.onNotification = { method, _ in
            if method == "killswitch.latched" { isLatched.withLock { $0 = true } }
        }
        do throws(ControlClientError) {
            return try client.call(
                method: "killswitch.engage", params: members.isEmpty ? nil : .object(members),
                timeout: .milliseconds(Int64(timeout * 1_000)), silence: signal ? Self.silence : nil)
        } catch {
            guard !isLatched.withLock({ $0 }) else {
                throw Failure.partial(
                    "engaged: the daemon has latched it; what became of the orders is not known "
                        + "(\(error.description)): tradectl killswitch status")
            }
            guard error.isSilence else { throw Failure(error) }
            guard signal else {
                throw Failure(
                    "\(error.description): whether it is engaged is not known; the signal engages without an "
                        + "answer: tradectl killswitch engage --signal, or systemctl kill -s USR2 "
                        + "--kill-whom=main tradingd@PROFILE",
                    exitCode: 7)
            }
            try send(to: path, after: error)
            return nil
        }
    }

    private func send(to path: String, after error: ControlClientError) throws(Failure) {
        guard let process = DaemonProcess.listening(at: path) ?? MainProcess.ofService(socket: path) else {
            throw Failure("\(error.description), and no process of it is found to be signalled", exitCode: 3)
        }
        guard kill(process, SIGUSR2) == 0 else {
            throw Failure(
                "process \(process) cannot be signalled: \(String(cString: strerror(errno)))", exitCode: 5)
        }
        Console.error("tradectl: \(error.description); process \(process) was sent SIGUSR2, which engages\n")
    }

    /// Prints what became of it.
    ///
    /// - Throws: exit code 8 when it is engaged, but not everything is confirmed.
    static func show(_ result: JSONValue, _ connection: ConnectionOptions) throws {
        connection.show(result) { result in
            guard result["engaged"]?.boolValue == true else {
                return "NOT ENGAGED — it was latched, and somebody has released it since\n"
            }
            let how = result["changed"]?.boolValue == true ? "ENGAGED" : "ENGAGED already"
            let kept =
                result["persisted"]?.boolValue == true ? "latched, persisted" : "latched, NOT PERSISTED"
            let scope = result.cell("scope") == "all" ? "" : " \(result.cell("scope"))"
            return
                "\(how) \(result.cell("level"))\(scope) (\(kept)) — \(result.cell("cancelled")) cancelled, "
                + "\(result.cell("unconfirmed")) unconfirmed\n" + held(result)
        }
        guard result["engaged"]?.boolValue == true else {
            throw Failure.partial("latched, and released by somebody since")
        }
        let isFlat =
            result.cell("level") != "flatten"
            || result["positions"]?.arrayValue?.isEmpty != false
                && result["uncounted_at_broker"]?.arrayValue?.isEmpty != false
        let isWhole =
            result["persisted"]?.boolValue == true && result["unconfirmed"]?.integerValue == 0 && isFlat
        if !isWhole { throw Failure.partial("engaged, but not everything is confirmed") }
    }

    /// What is still held after everything was to be flattened.
    private static func held(_ result: JSONValue) -> String {
        guard result.cell("level") == "flatten" else { return "" }
        let positions = result["positions"]?.arrayValue ?? []
        let uncounted = result["uncounted_at_broker"]?.arrayValue ?? []
        if positions.isEmpty && uncounted.isEmpty { return "flat\n" }
        return positions.map { "NOT FLAT \($0.cell("symbol")) \($0.cell("position"))\n" }.joined()
            + uncounted.map { "NOT FLAT at the broker, close it in TWS: \($0.stringValue ?? "")\n" }.joined()
    }
}

/// The main process of the service that a socket belongs to.
private enum MainProcess {
    /// - Returns: `nil` for a socket of no service, or when systemd does not say.
    static func ofService(socket path: String) -> pid_t? {
        let parts = path.split(separator: "/")
        guard parts.count == 3, parts[0] == "run", parts[1].hasPrefix("tradingd-") else { return nil }
        let profile = parts[1].dropFirst("tradingd-".count)
        guard profile.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else { return nil }
        let output = popen("systemctl show -p MainPID --value tradingd@\(profile) 2>/dev/null", "r")
        guard let output else { return nil }
        defer { pclose(output) }
        var text = [CChar](repeating: 0, count: 32)
        guard fgets(&text, Int32(text.count), output) != nil else { return nil }
        let digits = text.prefix { $0 >= 0x30 && $0 <= 0x39 }.map { UInt8(bitPattern: $0) }
        return pid_t(String(decoding: digits, as: UTF8.self)).flatMap { $0 > 1 ? $0 : nil }
    }
}

extension ControlClientError {
    /// Whether the daemon is there but does not say that it is engaged: silent, gone silent, or turning callers away.
    fileprivate var isSilence: Bool {
        switch self {
        case .timeout, .disconnected: true
        case .remote(let error): error.code == RPCError.rateLimited("", retryAfterMilliseconds: 0).code
        case .noDaemon, .permissionDenied, .protocolViolation, .system: false
        }
    }
}
