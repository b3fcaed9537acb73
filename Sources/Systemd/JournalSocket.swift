import CLinux
import Glibc
import Platform

/// The socket on which journald takes records.
///
/// Never waits: libsystemd's own sender blocks as soon as journald stands still and 512 records are queued. Large
/// records go as a sealed memory file, as journald wants it. A connection that breaks is made again.
public final class JournalSocket: Journal.Connection {
    /// Where journald listens.
    public static let standardPath = "/run/systemd/journal/socket"

    private let path: String
    /// Connected, or −1.
    private let descriptor = Locked<Int32>(-1)

    /// A way to the journal at `path`; nothing is opened before the first record.
    public init(path: String = JournalSocket.standardPath) { self.path = path }

    deinit {
        let handle = descriptor.withLock { $0 }
        if handle >= 0 { close(handle) }
    }

    /// Sends a record.
    public func send(_ record: Journal.Record) -> Journal.Outcome {
        guard !record.isEmpty else { return .taken }
        return descriptor.withLock { handle in
            // A connection to a journald that is gone is noticed by the first record after it.
            for _ in 0..<2 {
                if handle < 0 { handle = Self.connected(to: path) }
                guard handle >= 0 else { return .unavailable }
                let outcome = Self.send(record.bytes, over: handle)
                guard outcome == .unavailable else { return outcome }
                close(handle)
                handle = -1
            }
            return .unavailable
        }
    }

    /// Waits until journald reads again, or for the next attempt to reach it.
    public func wait(milliseconds: Int32) {
        let handle = descriptor.withLock { $0 }
        guard handle >= 0 else {
            poll(nil, 0, milliseconds)
            return
        }
        var ready = pollfd(fd: handle, events: Int16(POLLOUT), revents: 0)
        let count = poll(&ready, 1, milliseconds)
        // Ready, but it did not take the last one: not at full speed against a wall.
        if count != 0 { poll(nil, 0, 1) }
    }

    private static func send(_ bytes: [UInt8], over handle: Int32) -> Journal.Outcome {
        while true {
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            if Glibc.send(handle, bytes, bytes.count, flags) >= 0 { return .taken }
            switch errno {
            case EINTR: continue
            case EMSGSIZE, ENOBUFS: return sendAsFile(bytes, over: handle)
            default: return outcome(of: errno)
            }
        }
    }

    private static func sendAsFile(_ bytes: [UInt8], over handle: Int32) -> Journal.Outcome {
        let file = tradingd_memory_file("tradingd-journal")
        guard file >= 0 else { return .refused }
        defer { close(file) }
        do throws(SystemError) {
            try DurableFile.writeAll(bytes, to: file, named: "memory file")
        } catch {
            return .refused
        }
        guard tradingd_seal(file) == 0 else { return .refused }
        return tradingd_send_descriptor(handle, file) == 0 ? .taken : outcome(of: errno)
    }

    private static func outcome(of code: Int32) -> Journal.Outcome {
        switch code {
        case EAGAIN, EINTR: .busy
        case ECONNREFUSED, ECONNRESET, ENOTCONN, EPIPE, EDESTADDRREQ: .unavailable
        default: .refused
        }
    }

    private static func connected(to path: String) -> Int32 {
        guard let address = UnixAddress(path: path) else { return -1 }
        let handle = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { return -1 }
        guard address.withPointer({ connect(handle, $0, $1) }) == 0 else {
            close(handle)
            return -1
        }
        return handle
    }
}
