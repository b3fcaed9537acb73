import Glibc
import Logging
import Platform

/// Where spans go: a bounded ring, and a thread of its own that writes them to a file as OTLP JSON, a request a line.
///
/// When the disk stands still and the ring is full, new spans are dropped and counted; nobody waits.
public final class TraceSink: Sendable {
    /// Who says it: the resource of every span.
    public struct Resource: Sendable {
        /// Version of the program.
        public var version: String
        /// This run of it: systemd's invocation id, or the process id.
        public var instance: String
        /// The profile.
        public var environment: String

        /// A resource named `tradingd`.
        public init(version: String, instance: String, environment: String) {
            self.version = version
            self.instance = instance
            self.environment = environment
        }
    }

    private struct State {
        var spans: [TraceSpan] = []
        var lost: UInt64 = 0
        var isWriting = false
        var isClosed = false
    }

    private static let batch = 256

    private let state = Locked(State())
    private let capacity: Int
    private let file: TraceFile
    private let encoder: OTLPEncoder

    /// A sink into the file at `path`; it must be possible to open it.
    ///
    /// - Parameters:
    ///   - maximumBytes: size at which the file is moved to `PATH.1`.
    ///   - capacity: spans that may wait.
    /// - Throws: `SystemError` when the file cannot be opened or the kernel gives no thread.
    public init(
        path: String, maximumBytes: Int, resource: Resource, capacity: Int = 4_096
    ) throws(SystemError) {
        self.capacity = capacity
        file = try TraceFile(path: path, maximumBytes: maximumBytes)
        encoder = OTLPEncoder(resource)
        try NamedThread.start("tradingd-trace") { [weak self] in Self.run(self?.parts) }
    }

    /// What the thread works on; it must not keep the sink itself alive.
    private struct Parts: Sendable {
        let state: Locked<State>
        let file: TraceFile
        let encoder: OTLPEncoder
    }

    private var parts: Parts { Parts(state: state, file: file, encoder: encoder) }

    deinit { state.withLockNotifying { $0.isClosed = true } }

    /// Spans that were dropped, or that the file did not take.
    public var droppedSpans: UInt64 { state.withLock { $0.lost } }

    /// Takes a finished span; never waits.
    public func record(_ span: TraceSpan) {
        state.withLockNotifying { state in
            // The newest goes: to take the first of an array would move all others.
            guard state.spans.count < capacity else {
                state.lost += 1
                return
            }
            state.spans.append(span)
        }
    }

    /// Waits until every span taken so far is in the file or lost.
    ///
    /// - Returns: false when the time is over first.
    @discardableResult
    public func flush(timeout: UInt64 = 2_000_000_000) -> Bool {
        state.wait(until: MonotonicClock.now() + timeout) { state in
            state.isWriting || !state.spans.isEmpty ? nil : true
        } ?? false
    }

    private static func run(_ parts: Parts?) {
        guard let parts else { return }
        while let spans = nextBatch(parts.state) {
            let isWritten = parts.file.append(parts.encoder.request(spans))
            parts.state.withLockNotifying { state in
                state.isWriting = false
                if !isWritten { state.lost += UInt64(spans.count) }
            }
        }
    }

    private static func nextBatch(_ state: Locked<State>) -> [TraceSpan]? {
        let batch: [TraceSpan]?? = state.wait { state in
            guard !state.spans.isEmpty else { return state.isClosed ? .some(nil) : nil }
            state.isWriting = true
            let spans = Array(state.spans.prefix(Self.batch))
            state.spans.removeFirst(spans.count)
            return spans
        }
        return batch ?? nil
    }
}

/// The file of the spans: appended to, moved aside when it is full. Used by one thread.
final class TraceFile: Sendable {
    private struct Open {
        var descriptor: Int32
        var bytes: Int
    }

    private let path: String
    private let maximumBytes: Int
    private let open: Locked<Open>

    init(path: String, maximumBytes: Int) throws(SystemError) {
        self.path = path
        self.maximumBytes = maximumBytes
        open = Locked(try Self.opened(path))
    }

    deinit {
        let descriptor = open.withLock { $0.descriptor }
        if descriptor >= 0 { close(descriptor) }
    }

    /// - Returns: whether the line is in the file, whole.
    func append(_ line: [UInt8]) -> Bool {
        open.withLock { open in
            if open.descriptor < 0 || open.bytes > 0 && open.bytes + line.count > maximumBytes {
                moveOn(&open)
            }
            guard open.descriptor >= 0 else { return false }
            do throws(SystemError) {
                try DurableFile.writeAll(line, to: open.descriptor, named: path)
            } catch {
                // Half a line may be in it: the next one begins a new file.
                close(open.descriptor)
                open.descriptor = -1
                return false
            }
            open.bytes += line.count
            return true
        }
    }

    /// At most two files: the one before goes.
    private func moveOn(_ open: inout Open) {
        if open.descriptor >= 0 { close(open.descriptor) }
        open.descriptor = -1
        guard rename(path, path + ".1") == 0 || errno == ENOENT else { return }
        do throws(SystemError) {
            open = try Self.opened(path)
        } catch {
            // Tried again with the next spans; these are counted as lost.
        }
    }

    private static func opened(_ path: String) throws(SystemError) -> Open {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw SystemError("open", path, code: EINVAL)
        }
        return Open(descriptor: descriptor, bytes: Int(status.st_size))
    }
}
