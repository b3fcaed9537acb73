import Platform

/// Carries notes to whoever takes them, on a thread of its own: a reader that has gone to sleep must not hold up the
/// gateway.
///
/// Bounded: what does not fit is dropped and counted, and the count told when the reader is back.
final class NoteThread: Sendable {
    private struct Waiting {
        var notes: [GatewayNote] = []
        /// Dropped and not told yet; dropped in all.
        var untold = 0
        var dropped = 0
        var isTelling = false
        var isStopped = false

        var isIdle: Bool { notes.isEmpty && untold == 0 && !isTelling }
    }

    /// Most notes that may wait.
    static let room = 1_000
    /// How long `stop` waits for a reader, in nanoseconds.
    private static let farewell: UInt64 = 200_000_000

    private let waiting = Locked(Waiting())

    /// Begins to hand notes to `report`, one at a time.
    ///
    /// - Throws: when the kernel gives no thread.
    init(_ report: @escaping @Sendable (GatewayNote) -> Void) throws(SystemError) {
        try NamedThread.start("gateway.notes") { [waiting] in
            while let notes = Self.take(waiting) {
                for note in notes { report(note) }
                waiting.withLockNotifying { $0.isTelling = false }
            }
        }
    }

    /// Adds a note; never waits for its reader.
    func post(_ note: GatewayNote) {
        waiting.withLockNotifying { waiting in
            if waiting.isStopped { return }
            if waiting.notes.count < Self.room {
                waiting.notes.append(note)
            } else {
                waiting.untold += 1
                waiting.dropped += 1
            }
        }
    }

    /// Notes dropped so far.
    var dropped: Int { waiting.withLock { $0.dropped } }

    /// Ends the thread once everything is told, and waits a moment for that: not for a reader that sleeps.
    func stop() {
        waiting.withLockNotifying { $0.isStopped = true }
        let deadline = MonotonicClock.now() &+ Self.farewell
        _ = waiting.wait(until: deadline) { $0.isIdle ? true : nil }
    }

    /// The next notes; `nil` when there will be none.
    private static func take(_ waiting: Locked<Waiting>) -> [GatewayNote]? {
        waiting.wait { waiting -> [GatewayNote]?? in
            if waiting.isIdle { return waiting.isStopped ? .some(nil) : nil }
            var notes = waiting.notes
            if waiting.untold > 0 {
                notes.append(
                    GatewayNote(session: nil, text: "\(waiting.untold) notes lost: nobody read them"))
            }
            waiting.notes = []
            waiting.untold = 0
            waiting.isTelling = true
            return notes
        } ?? nil
    }
}
