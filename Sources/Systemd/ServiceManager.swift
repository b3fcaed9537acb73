import Glibc
import Platform

/// What the daemon and systemd say to each other; everything is a no-op when systemd is not there.
///
/// Reads the environment once, when made. Source: `sd_notify(3)`, `systemd.exec(5)`; the protocol is spoken
/// here rather than through libsystemd so that nothing reads the environment while threads run.
public struct ServiceManager: Sendable {
    /// Names of the variables that systemd sets.
    private enum Variable {
        static let notifySocket = "NOTIFY_SOCKET"
        static let watchdogMicroseconds = "WATCHDOG_USEC"
        static let watchdogProcess = "WATCHDOG_PID"
        static let journalStream = "JOURNAL_STREAM"
        static let credentials = "CREDENTIALS_DIRECTORY"
    }

    private let notifySocket: NotifySocket?
    private let journalStream: (device: UInt64, inode: UInt64)?
    private let credentialsDirectory: String?
    /// How often systemd wants to hear that the daemon lives; `nil` when it does not watch this process.
    ///
    /// Ping at less than half of it, and only after proof of progress.
    public let watchdogInterval: Duration?

    /// Takes what `variable` gives for a name; by default, the environment of the process.
    public init(variable: (String) -> String? = ServiceManager.environmentVariable) {
        notifySocket = variable(Variable.notifySocket).flatMap(NotifySocket.init(path:))
        journalStream = variable(Variable.journalStream).flatMap(Self.deviceAndInode)
        credentialsDirectory = variable(Variable.credentials)
        watchdogInterval = Self.watchdogInterval(
            variable(Variable.watchdogMicroseconds), process: variable(Variable.watchdogProcess))
    }

    /// A variable of the process's environment.
    public static func environmentVariable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Whether systemd waits for notifications.
    public var isSupervised: Bool { notifySocket != nil }

    /// Tells systemd about the state of the service.
    ///
    /// - Throws: `SystemError` when there is a socket and it does not take the message; the service need not
    ///   stop for that.
    public func notify(_ notification: ServiceNotification) throws(SystemError) {
        try notifySocket?.send(notification.text)
    }

    /// Whether standard output or standard error goes to the journal, so that records with fields may be sent
    /// there instead of text.
    public var isJournalStream: Bool { isJournalStream(anyOf: [STDOUT_FILENO, STDERR_FILENO]) }

    /// Whether one of the descriptors is the stream that systemd connected to the journal.
    func isJournalStream(anyOf descriptors: [Int32]) -> Bool {
        guard let journalStream else { return false }
        return descriptors.contains { descriptor in
            var status = stat()
            return fstat(descriptor, &status) == 0 && UInt64(status.st_dev) == journalStream.device
                && UInt64(status.st_ino) == journalStream.inode
        }
    }

    /// The content of a credential that the unit loads.
    ///
    /// - Parameter name: as in the unit; a plain file name.
    /// - Returns: at most 1 MiB; `nil` when there are no credentials, or none of that name.
    public func credential(_ name: String) throws(SystemError) -> [UInt8]? {
        guard let credentialsDirectory else { return nil }
        guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
            throw SystemError("open", name, code: EINVAL)
        }
        return try DurableFile.read(credentialsDirectory + "/" + name, limit: 1 << 20)
    }

    private static func watchdogInterval(_ microseconds: String?, process: String?) -> Duration? {
        guard let microseconds = microseconds.flatMap({ Int64($0) }), microseconds > 0 else { return nil }
        if let process, Int32(process) != getpid() { return nil }
        return .microseconds(microseconds)
    }

    private static func deviceAndInode(_ text: String) -> (device: UInt64, inode: UInt64)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else {
            return nil
        }
        return (device, inode)
    }
}
