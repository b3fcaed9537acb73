import Glibc
import Platform

/// Reads the lines of a log as they are written, across segments.
public struct AuditFollower: ~Copyable {
    private let directory: String
    private var number: Int
    private var segment: OwnedDescriptor?
    private var rest: [UInt8] = []
    /// −1 where the system has no watch left: then time alone tells.
    private let watch: Int32

    /// Starts behind what `verification` or nobody has read: at `offset` of segment `number`.
    public init(directory: String, segment number: Int, offset: Int) throws(SystemError) {
        self.directory = directory
        self.number = number
        segment = try Self.open(number, in: directory)
        watch = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        if watch >= 0 { inotify_add_watch(watch, directory, UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO)) }
        if let file = segment?.number { lseek(file, off_t(offset), SEEK_SET) }
    }

    deinit { if watch >= 0 { close(watch) } }

    /// Hands every complete line that has been written since to `body`, without its line feed.
    public mutating func read(_ body: ([UInt8]) -> Void) throws(SystemError) {
        while true {
            if segment == nil { segment = try Self.open(number, in: directory) }
            guard segment != nil else { return }
            // The next segment begins when this one will not grow any more, so look for it first.
            let hasNext = access(AuditSegmentNames.path(number + 1, in: directory), F_OK) == 0
            try drain(body)
            guard hasNext else { return }
            number += 1
            segment = nil
            rest.removeAll(keepingCapacity: true)
        }
    }

    private mutating func drain(_ body: ([UInt8]) -> Void) throws(SystemError) {
        guard let file = segment?.number else { return }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw SystemError("read", AuditSegmentNames.path(number, in: directory)) }
            if count == 0 { return }
            rest += chunk[..<count]
            while let end = rest.firstIndex(of: 0x0A) {
                body(Array(rest[..<end]))
                rest.removeFirst(end + 1)
            }
        }
    }

    /// Waits until something in the directory has changed, and no longer than that.
    public func wait(milliseconds: Int32) {
        var events = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
        guard poll(&events, watch >= 0 ? 1 : 0, milliseconds) > 0 else { return }
        var sink = [UInt8](repeating: 0, count: 4_096)
        _ = sink.withUnsafeMutableBytes { Glibc.read(watch, $0.baseAddress, $0.count) }
    }

    private static func open(_ number: Int, in directory: String) throws(SystemError) -> OwnedDescriptor? {
        do throws(SystemError) {
            return try OwnedDescriptor(opening: AuditSegmentNames.path(number, in: directory), O_RDONLY)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }
}
