import Glibc
import Platform
import Synchronization
import Systemd

/// Writes entries to the stream or the journal; called on the sink's queue only.
final class LogOutput: Sendable {
    private let destination: LogSink.Destination
    private let refused = Atomic<UInt64>(0)
    private let sequence = Atomic<UInt64>(0)

    init(_ destination: LogSink.Destination) { self.destination = destination }

    /// Lines that were not taken.
    var refusedLines: UInt64 { refused.load(ordering: .relaxed) }

    /// Writes the entries, in order.
    func write(_ entries: [LogEntry]) {
        switch destination {
        case .stream(let descriptor): write(entries, to: descriptor)
        case .journal(let send): for entry in entries { self.send(entry, send) }
        }
    }

    private func write(_ entries: [LogEntry], to descriptor: Int32) {
        var bytes: [UInt8] = []
        for case .line(let line) in entries { bytes.append(contentsOf: line) }
        let written = Self.write(bytes, to: descriptor)
        if written < bytes.count { refuse(bytes[written...].count { $0 == 0x0A }) }
    }

    /// The number is given here, so that a hole in it is a record that the journal lost.
    private func send(_ entry: LogEntry, _ send: (Journal.Record) -> Bool) {
        guard case .record(var record) = entry else { return }
        let number = sequence.wrappingAdd(1, ordering: .relaxed).newValue
        record.add("TRADE_SEQ", String(number))
        if !send(record) { refuse(1) }
    }

    private func refuse(_ lines: Int) { refused.wrappingAdd(UInt64(lines), ordering: .relaxed) }

    /// Writes through short writes, interruptions and a full non-blocking pipe.
    ///
    /// - Returns: the bytes written; less than all when the stream is broken.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            }
            if count > 0 {
                done += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                return done
            }
        }
        return done
    }
}
