import Glibc
import Platform
import Synchronization
import Systemd

/// Writes entries to the stream or the journal; called on the sink's thread only, which may wait.
final class LogOutput: Sendable {
    /// Longest wait before looking whether waiting still makes sense.
    private static let patience: Int32 = 100

    private let destination: LogSink.Destination
    private let refused = Atomic<UInt64>(0)
    private let sequence = Atomic<UInt64>(0)
    private let isClosing = Atomic<Bool>(false)

    init(_ destination: LogSink.Destination) { self.destination = destination }

    /// Lines that were not taken.
    var refusedLines: UInt64 { refused.load(ordering: .relaxed) }

    /// From now on nothing is waited for: what does not go at once is refused.
    func stopWaiting() { isClosing.store(true, ordering: .relaxed) }

    /// Writes the line that tells of losses; that it is refused itself is no further loss.
    ///
    /// - Returns: whether it was taken.
    func report(_ entry: LogEntry) -> Bool { deliver([entry]) == 0 }

    /// Writes the entries, in order.
    ///
    /// - Returns: how many were refused.
    func write(_ entries: [LogEntry]) -> Int {
        let lost = deliver(entries)
        if lost > 0 { refused.wrappingAdd(UInt64(lost), ordering: .relaxed) }
        return lost
    }

    private func deliver(_ entries: [LogEntry]) -> Int {
        switch destination {
        case .stream(let descriptor): write(entries, to: descriptor)
        case .journal(let journal): entries.count { !send($0, to: journal) }
        }
    }

    /// The number of a record is spent only when the journal has taken it: a hole is a record that the journal lost.
    private func send(_ entry: LogEntry, to journal: any Journal.Connection) -> Bool {
        guard case .record(var record) = entry else { return false }
        let number = sequence.load(ordering: .relaxed) + 1
        record.add("TRADE_SEQ", String(number))
        while true {
            switch journal.send(record) {
            case .taken:
                sequence.store(number, ordering: .relaxed)
                return true
            case .refused: return false
            case .busy, .unavailable:
                if isClosing.load(ordering: .relaxed) { return false }
                journal.wait(milliseconds: Self.patience)
            }
        }
    }

    private func write(_ entries: [LogEntry], to descriptor: Int32) -> Int {
        var bytes: [UInt8] = []
        for case .line(let line) in entries { bytes.append(contentsOf: line) }
        let written = write(bytes, to: descriptor)
        return written < bytes.count ? bytes[written...].count { $0 == 0x0A } : 0
    }

    /// Writes through short writes, interruptions and a full non-blocking pipe.
    ///
    /// - Returns: the bytes written; less than all when the stream is broken.
    private func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            }
            if count > 0 {
                done += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                if isClosing.load(ordering: .relaxed) { return done }
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, Self.patience)
            } else if errno != EINTR {
                return done
            }
        }
        return done
    }
}
