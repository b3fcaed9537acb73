import Glibc
import Platform

/// A program started by the suite; killed with this object at the latest.
public final class Child {
    /// How a program ended, and what it cost.
    public struct End: Sendable {
        /// Its exit code; minus the number of the signal that killed it.
        public let exitCode: Int32
        /// From before its start until it was gone, in seconds.
        public let wallSeconds: Double
        /// User and system time, in seconds.
        public let cpuSeconds: Double
    }

    /// Its process id.
    public let identifier: pid_t
    private let startedAt: UInt64
    private var end: End?

    /// Starts a program with exactly those variables in its environment; the cores it may use are ours.
    ///
    /// - Parameters:
    ///   - output: file for its standard output.
    ///   - errors: file for its standard error.
    /// - Throws: `SystemError`.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String], output: String,
        errors: String
    ) throws(SystemError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var argumentList = ([program] + arguments).map { strdup($0) } + [nil]
        var environmentList =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argumentList + environmentList { free(text) } }
        var started: pid_t = 0
        startedAt = MonotonicClock.now()
        let code = posix_spawn(&started, program, &actions, nil, &argumentList, &environmentList)
        guard code == 0 else { throw SystemError("posix_spawn", program, code: code) }
        identifier = started
    }

    deinit {
        guard end == nil else { return }
        kill(identifier, SIGKILL)
        waitpid(identifier, nil, 0)
    }

    /// Asks it to end.
    public func terminate() {
        if end == nil { kill(identifier, SIGTERM) }
    }

    /// Waits until it is gone.
    ///
    /// - Throws: `SystemError`.
    public func wait() throws(SystemError) -> End {
        if let end { return end }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(identifier, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw SystemError("wait4", String(identifier)) }
        }
        let wall = Double(MonotonicClock.now() - startedAt) / 1e9
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
        let finished = End(
            exitCode: code, wallSeconds: wall,
            cpuSeconds: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime))
        end = finished
        return finished
    }

    /// A line of its `/proc` status in KiB, such as `VmRSS`; `nil` when it is gone.
    public func memory(_ name: String) -> Double? {
        let bytes = try? DurableFile.read("/proc/\(identifier)/status")
        guard let bytes else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix(name + ":") {
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap {
                Double($0)
            }
        }
        return nil
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}
