import Dispatch
import MarketData
import Platform
import TradingModel

/// Writes full blocks on its own queue and gives them back empty. At most `blocks` of them exist: whoever wants
/// one waits until it is there, since inputs must not be lost.
///
/// After a failure nothing is written any more and nobody waits.
public final class JournalWriter: Sendable {
    private struct Pool {
        var free: [JournalBlock] = []
        var full: [JournalBlock] = []
        var isWriting = false
        var failure: String?
        var isClosed = false
        var removed: [String] = []
        var report: (@Sendable (RecorderReport) -> Void)?
    }

    /// Blocks under way at most: 1 MiB, or 16,000 events.
    private static let blocks = 16

    /// Name of the first file.
    public let firstFile: String
    private let queue: DispatchQueue
    private let pool: Locked<Pool>
    private let output: Confined<JournalOutput>

    /// Makes the first file of a session; nothing is written into it but its header.
    ///
    /// - Parameter queue: serial, `tradingd.recorder`.
    /// - Throws: `SystemError`; `EEXIST` when the session has a journal already.
    public init(
        _ settings: RecorderSettings, header: JournalHeader, queue: DispatchQueue
    ) throws(SystemError) {
        var removed: [String] = []
        let output = try JournalOutput(settings, header, removed: &removed)
        firstFile = output.name
        self.output = Confined(output)
        self.queue = queue
        pool = Locked(Pool(free: (1..<Self.blocks).map { _ in JournalBlock() }, removed: removed))
    }

    deinit { output.withValue { $0.release() } }

    /// What a session records with; there is one for a writer.
    public func recorder() -> SessionRecorder { SessionRecorder(self, JournalBlock()) }

    /// Says whom to tell what happens; to be called before anything is recorded.
    public func start(_ report: @escaping @Sendable (RecorderReport) -> Void) {
        let removed = pool.withLock { pool in
            pool.report = report
            defer { pool.removed = [] }
            return pool.removed
        }
        if !removed.isEmpty { report(.removed(removed)) }
    }

    /// Why nothing is written any more; `nil` while the writer works.
    public var failure: String? { pool.withLock { $0.failure } }

    /// Takes a full block and gives an empty one for it; waits for one.
    ///
    /// - Returns: `nil` when nothing is written any more.
    func exchange(_ block: JournalBlock) -> JournalBlock? {
        submit(block)
        return pool.wait { pool -> JournalBlock?? in
            if pool.failure != nil { return .some(nil) }
            return pool.free.popLast().map { .some($0) }
        } ?? nil
    }

    /// Takes a full block.
    func submit(_ block: JournalBlock) {
        let mustStart = pool.withLock { pool in
            guard pool.failure == nil else { return false }
            pool.full.append(block)
            defer { pool.isWriting = true }
            return !pool.isWriting
        }
        if mustStart { queue.async { self.write() } }
    }

    /// Stops the recording because of an event that cannot be recorded.
    func abandon(_ reason: String) {
        queue.async { self.output.withValue { self.fail(reason, &$0) } }
    }

    /// Writes what is waiting, puts the file on the disk and closes it. Nothing may be recorded any more.
    public func close() {
        queue.sync {
            write()
            let isFirst = pool.withLock { pool in
                defer { pool.isClosed = true }
                return !pool.isClosed && pool.failure == nil
            }
            if isFirst { output.withValue { closeFile(&$0) } }
            pool.withLock { $0.report = nil }
        }
    }

    private func closeFile(_ output: inout JournalOutput) {
        do throws(SystemError) {
            tell(.closed(try output.close()))
        } catch {
            fail(error.description, &output)
        }
    }

    /// Writes until no block is waiting; on the queue.
    private func write() {
        while true {
            let full = pool.withLock { pool in
                defer { pool.full.removeAll() }
                if pool.full.isEmpty { pool.isWriting = false }
                return pool.full
            }
            guard !full.isEmpty else { return }
            for block in full {
                output.withValue { write(block, to: &$0) }
                block.clear()
                pool.withLockNotifying { $0.free.append(block) }
            }
        }
    }

    private func write(_ block: JournalBlock, to output: inout JournalOutput) {
        guard failure == nil else { return }
        do throws(SystemError) {
            if output.isFull(for: block) {
                tell(.closed(try output.close()))
                let removed = try output.next()
                if !removed.isEmpty { tell(.removed(removed)) }
                tell(
                    .opened(
                        name: output.name, firstSequence: block.firstSequence,
                        time: Timestamp(nanoseconds: block.firstTime)))
            }
            try output.write(block)
        } catch {
            fail(error.description, &output)
        }
    }

    private func fail(_ reason: String, _ output: inout JournalOutput) {
        let isFirst = pool.withLockNotifying { pool in
            defer { pool.failure = pool.failure ?? reason }
            return pool.failure == nil
        }
        guard isFirst else { return }
        output.release()
        tell(.failed(file: output.name, reason: reason, time: output.lastTime))
    }

    private func tell(_ report: RecorderReport) { pool.withLock { $0.report }?(report) }
}

/// A value that only one serial queue touches.
///
/// `@unchecked Sendable` holds because `JournalWriter` reaches it on its queue alone.
private final class Confined<Value>: @unchecked Sendable {
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withValue(_ body: (inout Value) -> Void) { body(&value) }
}
