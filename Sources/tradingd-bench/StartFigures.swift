import Benchmarking
import Glibc
import Platform

/// Mode sim from its start to READY, and the memory it then needs.
enum StartFigures {
    static func measure(_ bench: Bench) throws -> [Figure] {
        var milliseconds: [Double] = []
        var mebibytes: [Double] = []
        for run in 0..<bench.plan.runs {
            let directory = try bench.scratch.directory("start-\(run)")
            defer { Scratch.remove(directory) }
            let (time, memory) = try start(bench.daemon, in: directory)
            milliseconds.append(time)
            mebibytes.append(memory)
        }
        return [
            Figure(
                "start_to_ready", .milliseconds, ours: Statistics.median(milliseconds),
                target: Target(.value, better: .less, floor: 1_000, aim: 100), passes: milliseconds.count),
            Figure(
                "idle_rss", .mebibytes, ours: Statistics.median(mebibytes),
                target: Target(.value, better: .less, floor: 40, aim: 25), passes: mebibytes.count),
        ]
    }

    private static func start(_ daemon: Daemon, in directory: String) throws -> (Double, Double) {
        let inbox = try NotifyInbox(directory + "/notify")
        let began = MonotonicClock.now()
        let child = try daemon.startSimulation(in: directory, notify: directory + "/notify")
        guard inbox.waitForReady(milliseconds: 10_000) else {
            throw BenchmarkFault("start: no READY=1 within 10 s")
        }
        let ready = Double(MonotonicClock.now() - began) / 1e6
        guard let kibibytes = child.memory("VmRSS") else { throw BenchmarkFault("start: the daemon is gone") }
        child.terminate()
        let end = try child.wait()
        guard end.exitCode == 0 else {
            throw BenchmarkFault("start: the daemon exited \(end.exitCode) on TERM")
        }
        return (ready, kibibytes / 1_024)
    }
}

/// The socket on which a service manager hears of readiness. Source: `sd_notify(3)`.
private struct NotifyInbox: ~Copyable {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket", path) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            close(descriptor)
            throw SystemError("bind", path, code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw SystemError("bind", path, code: code)
        }
    }

    deinit { close(descriptor) }

    /// Reads notices until one says `READY=1`, or there is none for so long.
    func waitForReady(milliseconds: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, milliseconds) > 0 {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return false }
            if String(decoding: buffer[..<count], as: UTF8.self).contains("READY=1") { return true }
        }
        return false
    }
}
