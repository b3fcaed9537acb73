import Dispatch
import Glibc
import Platform

/// Publishes checkpoints: to `latest.note` beside the log, and to whoever keeps them elsewhere.
///
/// Runs on a queue of its own, because it waits for the disk: a note must never attest lines that a loss of power could
/// take away. A newer note replaces one that waits.
final class AuditNotes: Sendable {
    private struct Waiting {
        var note: AuditSignedCheckpoint
        var segment: String
    }

    private let path: String
    private let observer: AuditObserver
    private let queue: DispatchQueue
    private let waiting = Locked<Waiting?>(nil)
    private let operations: AuditFileOperations
    private let onSyncFailure = Locked<(@Sendable (SystemError) -> Void)?>(nil)
    /// After a failed sync nobody knows what the disk has: nothing is attested any more.
    private let hasFailed = Locked(false)

    /// Publishes for the log in `directory`.
    init(directory: String, operations: AuditFileOperations, observer: AuditObserver) {
        path = Self.path(in: directory)
        self.operations = operations
        self.observer = observer
        queue = DispatchQueue(label: "tradingd.audit.notes")
    }

    /// Says who hears of a failed sync.
    func onSyncFailure(_ body: @escaping @Sendable (SystemError) -> Void) {
        onSyncFailure.withLock { $0 = body }
    }

    /// The file of the newest note.
    static func path(in directory: String) -> String { directory + "/latest.note" }

    /// Publishes `note`, whose line is written to the file `segment`, as soon as the disk allows.
    func publish(_ note: AuditSignedCheckpoint, segment: String) {
        let isFirst = waiting.withLock { waiting in
            defer { waiting = Waiting(note: note, segment: segment) }
            return waiting == nil
        }
        if isFirst { queue.async { self.publishWaiting() } }
    }

    /// Waits until everything is published.
    func finish() { queue.sync {} }

    private func publishWaiting() {
        let next = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        guard let next, !hasFailed.withLock({ $0 }) else { return }
        do throws(SystemError) {
            try makeDurable(next.segment)
        } catch {
            hasFailed.withLock { $0 = true }
            let tell = onSyncFailure.withLock { $0 }
            tell?(error)
            return
        }
        do throws(SystemError) {
            try Self.write(next.note.note, to: path)
            observer.didSign(next.note)
        } catch {
            observer.didNotPublish(error)
        }
    }

    /// Replaces the file of the newest note.
    static func write(_ note: String, to path: String) throws(SystemError) {
        try DurableFile.replace(path, with: Array(note.utf8), mode: 0o640)
        guard chmod(path, 0o640) == 0 else { throw SystemError("chmod", path) }
    }

    private func makeDurable(_ path: String) throws(SystemError) {
        let file = try OwnedDescriptor(opening: path, O_RDONLY)
        let code = operations.synchronize(file.number)
        guard code == 0 else { throw SystemError("fsync", path, code: code) }
    }
}
