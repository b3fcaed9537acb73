import Glibc
import Platform

/// The moment at which waiting ends.
struct Deadline {
    private let end: UInt64

    init(after timeout: Duration) {
        let (end, overflow) = MonotonicClock.now().addingReportingOverflow(timeout.clampedNanoseconds)
        self.end = overflow ? .max : end
    }

    /// Milliseconds left, rounded up, for `poll`; 0 when it has passed.
    var remainingMilliseconds: Int32 {
        let now = MonotonicClock.now()
        guard end > now else { return 0 }
        return Int32(clamping: (end - now) / 1_000_000 + 1)
    }
}

/// A client's connection: sends and receives lines, waiting at most until a deadline.
final class Connection {
    /// Above the daemon's own limit for answers.
    private static let longestLine = 8 << 20

    private let socket: OwnedDescriptor
    private var framer = LineFramer(limit: Connection.longestLine)
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(path: String, until deadline: Deadline) throws(ControlClientError) {
        do throws(SystemError) {
            socket = try UnixSocket.open()
            try Self.limitConnecting(socket.number, until: deadline)
            try UnixSocket.connect(socket.number, to: path)
        } catch {
            switch error.code {
            case ENOENT, ENOTDIR, ECONNREFUSED: throw .noDaemon(path: path)
            case EACCES, EPERM: throw .permissionDenied("\(path) (\(String(cString: strerror(error.code))))")
            case EAGAIN: throw .timeout
            default: throw .system(error)
            }
        }
    }

    /// True when the daemon has neither hung up nor said anything unasked.
    var isQuiet: Bool {
        var entry = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) == 0 && framer.pendingBytes == 0
    }

    func send(_ line: [UInt8], until deadline: Deadline) throws(ControlClientError) {
        var sent = 0
        while sent < line.count {
            do throws(SystemError) {
                sent += try UnixSocket.send(socket.number, line[sent...])
            } catch {
                // The daemon may have said why it hung up; the answer is read next.
                if error.code == EPIPE || error.code == ECONNRESET { return }
                throw .system(error)
            }
            if sent < line.count { try wait(for: POLLOUT, until: deadline) }
        }
    }

    func receiveLine(until deadline: Deadline) throws(ControlClientError) -> [UInt8] {
        while true {
            switch framer.next() {
            case .line(let line): return line
            case .tooLong: throw .protocolViolation("a line over \(Self.longestLine) bytes")
            case nil: try receive(until: deadline)
            }
        }
    }

    private func receive(until deadline: Deadline) throws(ControlClientError) {
        do throws(SystemError) {
            switch try UnixSocket.receive(socket.number, into: &buffer) {
            case .bytes(let count): return framer.append(buffer[..<count])
            case .end: throw SystemError("recv", "socket", code: ECONNRESET)
            case .nothingYet: break
            }
        } catch {
            throw error.code == ECONNRESET ? .disconnected : .system(error)
        }
        try wait(for: POLLIN, until: deadline)
    }

    private func wait(for events: Int32, until deadline: Deadline) throws(ControlClientError) {
        while true {
            var entry = pollfd(fd: socket.number, events: Int16(events), revents: 0)
            let count = poll(&entry, 1, deadline.remainingMilliseconds)
            if count > 0 { return }
            if count == 0 { throw .timeout }
            guard errno == EINTR else { throw .system(SystemError("poll", "socket")) }
        }
    }

    /// `connect` waits while the daemon's backlog is full, as long as the socket's send timeout allows.
    private static func limitConnecting(_ socket: Int32, until deadline: Deadline) throws(SystemError) {
        let left = max(1, Int(deadline.remainingMilliseconds))
        var time = timeval(tv_sec: left / 1_000, tv_usec: left % 1_000 * 1_000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, size) == 0 else {
            throw SystemError("setsockopt", "SO_SNDTIMEO")
        }
    }
}
