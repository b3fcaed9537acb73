import Platform
import Synchronization

/// The ring between those who log and the thread that writes, and that thread's work.
final class LogWriter: Sendable {
    private struct State {
        var ring: LogRing
        var isWriting = false
        var isClosed = false
    }

    private let state: Locked<State>
    private let output: LogOutput
    private let encoder: LogEncoder
    private let dropped = Atomic<UInt64>(0)

    init(_ output: LogOutput, ring: LogRing, encoder: LogEncoder) {
        self.output = output
        self.encoder = encoder
        state = Locked(State(ring: ring))
    }

    /// Lines that found no room.
    var droppedLines: UInt64 { dropped.load(ordering: .relaxed) }

    /// Lines that were not taken.
    var refusedLines: UInt64 { output.refusedLines }

    /// Takes a line, from any thread.
    func take(_ entry: LogEntry) {
        state.withLockNotifying { state in
            let lost = state.ring.push(entry)
            if lost > 0 { dropped.wrappingAdd(UInt64(lost), ordering: .relaxed) }
        }
    }

    /// Waits until nothing is left to write.
    ///
    /// - Parameter deadline: of the monotonic clock.
    /// - Returns: false when the time is over first.
    func flush(until deadline: UInt64) -> Bool {
        state.wait(until: deadline) { $0.isWriting || $0.ring.count > 0 ? nil : true } ?? false
    }

    /// Lets `run` return once what waits is written; where nobody reads, at once.
    func close() {
        output.stopWaiting()
        state.withLockNotifying { $0.isClosed = true }
    }

    /// Writes what comes until `close`; on the sink's own thread.
    func run() {
        // Losses of the ring and of the output that no line has told of yet.
        var unreported: UInt64 = 0
        while let (lost, entries) = nextBatch() {
            unreported += lost
            if unreported > 0, output.report(encoder.lossEntry(lines: unreported)) { unreported = 0 }
            unreported += UInt64(output.write(entries))
            state.withLockNotifying { $0.isWriting = false }
        }
    }

    private func nextBatch() -> (lost: UInt64, entries: [LogEntry])? {
        let batch: (lost: UInt64, entries: [LogEntry])?? = state.wait { state in
            guard state.ring.count > 0 else { return state.isClosed ? .some(nil) : nil }
            state.isWriting = true
            return state.ring.take(limit: 256)
        }
        return batch ?? nil
    }
}
