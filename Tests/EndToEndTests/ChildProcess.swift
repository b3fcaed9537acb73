import Glibc
import Platform
import Testing

/// A program started by a test, with its output in files. It dies with this object at the latest.
final class ChildProcess {
    /// Its process id.
    let identifier: pid_t
    /// Where its standard output goes.
    let outputPath: String
    /// Where its standard error goes.
    let errorPath: String
    /// One end of a pair whose other end only the child holds: it closes when the child is gone.
    private let lifeline: Int32
    private var status: Int32?

    /// Starts `program` with those arguments and nothing but those variables in its environment.
    ///
    /// - Parameter log: path of its output without `.out` and `.err`.
    init(_ program: String, _ arguments: [String], environment: [String: String], log: String) throws {
        outputPath = log + ".out"
        errorPath = log + ".err"
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError("socketpair", program) }
        defer { close(ends[1]) }
        lifeline = ends[0]
        identifier = try Self.spawn(
            [program] + arguments, environment.map { "\($0.key)=\($0.value)" },
            output: outputPath, errors: errorPath, lifeline: ends[1])
    }

    deinit {
        end()
        close(lifeline)
    }

    /// Ends it, whatever it does, and waits until it is gone.
    func end() {
        kill()
        _ = try? exitCode()
    }

    /// Whether it has ended; waits so long at most, and no longer than it lives.
    func hasExited(within milliseconds: Int32 = 0) -> Bool {
        if status != nil { return true }
        var descriptor = pollfd(fd: lifeline, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit code; minus the number of the signal that killed it.
    func exitCode(within seconds: Int32 = 60) throws -> Int32 {
        try #require(hasExited(within: seconds * 1_000), "still running after \(seconds) s")
        if status == nil {
            var value: Int32 = 0
            while waitpid(identifier, &value, 0) < 0 {
                guard errno == EINTR else { throw SystemError("waitpid", String(identifier)) }
            }
            status = value
        }
        let value = status ?? 0
        return value & 0x7F == 0 ? value >> 8 & 0xFF : -(value & 0x7F)
    }

    /// Asks it to end (`SIGTERM`).
    func terminate() { send(SIGTERM) }

    /// Ends it at whatever instruction it is (`SIGKILL`).
    func kill() { send(SIGKILL) }

    /// Sends a signal, unless it has been seen to end.
    func send(_ signal: Int32) {
        if status == nil { Glibc.kill(identifier, signal) }
    }

    /// What it has written to standard output.
    var output: String { get throws { try Self.text(outputPath) } }

    /// What it has written to standard error.
    var errors: String { get throws { try Self.text(errorPath) } }

    private static func text(_ path: String) throws -> String {
        String(decoding: try DurableFile.read(path, limit: 1 << 28) ?? [], as: UTF8.self)
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String], output: String, errors: String, lifeline: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, lifeline, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Dispatch blocks signals on the threads that tests run on; a child would inherit that.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var argumentList = arguments.map { strdup($0) } + [nil]
        var environmentList = environment.map { strdup($0) } + [nil]
        defer { for text in argumentList + environmentList { free(text) } }
        var identifier: pid_t = 0
        let code = posix_spawn(
            &identifier, arguments[0], &actions, &attributes, &argumentList, &environmentList)
        guard code == 0 else { throw SystemError("posix_spawn", arguments[0], code: code) }
        return identifier
    }
}
