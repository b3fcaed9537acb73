import Benchmarking
import CReference
import ExactJSON
import Glibc
import MarketData
import Platform

/// From the last byte of an engage until risk knows of it, while the daemon replays as fast as it can and 30 idle and 8 hostile
/// clients are connected; beside the time from a byte to a thread of this process that waits for it, in the same run.
enum LatchFigures {
    /// Clients besides the operator.
    private static let idle = 30
    private static let hostile = 8

    static func measure(_ bench: Bench) throws -> [Figure] {
        _ = reference_use_all_cores()
        let cycles = bench.plan.size(1_000, short: 20)
        let input = try bench.recordings.simulated(
            .jsonLines, events: bench.plan.size(200_000, short: 20_000))
        let run = try bench.scratch.directory("latch")
        defer { Scratch.remove(run) }
        let child = try bench.daemon.startReplay(in: run, input)
        let socket = run + "/control.sock"
        let staff = try connect(socket)
        // The crowd is made of users who are in none of our groups.
        chmod(socket, 0o666)
        Self.open(run)
        let crowd = Crowd(socket, idle: idle, hostile: hostile)
        try crowd.begin()
        defer { crowd.end() }
        let figures = try figures(staff, crowd, cycles)
        guard child.memory("VmRSS") != nil else { throw BenchmarkFault("latch: the daemon is gone") }
        return figures
    }

    /// Lets other users pass through the directories above a socket; those that are not ours stay as they are.
    private static func open(_ directory: String) {
        var path = directory
        while path.utf8.count > 1 {
            var status = stat()
            if stat(path, &status) == 0, status.st_mode & 0o1 == 0 {
                chmod(path, status.st_mode & 0o7777 | 0o11)
            }
            path = DurableFile.directoryName(path)
        }
    }

    private static func connect(_ socket: String) throws -> TimedOperator {
        let deadline = MonotonicClock.now() + 20_000_000_000
        while MonotonicClock.now() < deadline {
            if let staff = try? TimedOperator(socket),
                let answer = try? staff.call("killswitch.status", reason: "x"),
                answer.message["id"] != nil, try isSeen(staff)
            {
                return staff
            }
            _ = poll(nil, 0, 10)
        }
        throw BenchmarkFault("latch: no daemon that decides within 20 s")
    }

    /// Whether the session has begun: before, an engage holds, but nobody decides who could see it.
    private static func isSeen(_ staff: TimedOperator) throws -> Bool {
        let engaged = try staff.call("killswitch.engage", reason: "latch figure, warming up")
        try release(staff)
        return engaged.message["result"]?["monotonic_ns"]?["seen"]?.integerValue ?? 0 > 0
    }

    private static func figures(_ staff: TimedOperator, _ crowd: Crowd, _ cycles: Int) throws -> [Figure] {
        let echo = try EchoThread()
        defer { echo.end() }
        var seen: [UInt64] = []
        var latched: [UInt64] = []
        var heard: [UInt64] = []
        var wakes: [UInt64] = []
        for cycle in 0..<cycles {
            // Uneven pauses: no phase of the daemon is preferred, and a user's budget of requests is kept.
            _ = poll(nil, 0, Int32(15 + cycle % 11))
            wakes.append(try echo.wake())
            let engaged = try staff.call("killswitch.engage", reason: "latch figure")
            let moments = engaged.message["result"]?["monotonic_ns"]
            guard let latch = moments?["latched"]?.integerValue, let moment = moments?["seen"]?.integerValue,
                UInt64(latch) >= engaged.sentAt, UInt64(moment) >= engaged.sentAt
            else { throw BenchmarkFault("latch: an engage without its moments: \(engaged.message.text)") }
            latched.append(UInt64(latch) - engaged.sentAt)
            seen.append(UInt64(moment) - engaged.sentAt)
            heard.append(engaged.heardAt - engaged.sentAt)
            try release(staff)
        }
        let notes =
            crowd.idle.count + crowd.hostile.count < idle + hostile ? ["not all clients were let in"] : []
        return [
            figure(
                "kill_latch_set", latched, wakes, crowd, Target(.value, better: .less, floor: 10, aim: 1),
                notes
            ),
            figure(
                "kill_latch_seen", seen, wakes, crowd, Target(.value, better: .less, floor: 10, aim: 1), notes
            ),
            figure(
                "kill_latched_heard", heard, wakes, crowd, Target(.value, better: .less, floor: 100, aim: 50),
                notes),
        ]
    }

    private static func release(_ staff: TimedOperator) throws {
        for _ in 0..<200 {
            let answer = try staff.call("killswitch.release", reason: "latch figure, next one")
            if answer.message["result"] != nil { return }
            _ = poll(nil, 0, 20)
        }
        throw BenchmarkFault("latch: a release is refused again and again")
    }

    /// The 99th of a hundred, in milliseconds; the others beside it.
    private static func figure(
        _ name: String, _ times: [UInt64], _ wakes: [UInt64], _ crowd: Crowd, _ target: Target,
        _ notes: [String]
    ) -> Figure {
        let (ours, baseline) = (milliseconds(times), milliseconds(wakes))
        var figure = Figure(
            name, .milliseconds, ours: ours.p99, reference: baseline.p99, target: target, passes: times.count,
            input: "simulated")
        figure.details = [
            ("median", ours.half), ("max", ours.max), ("c_median", baseline.half), ("c_max", baseline.max),
            ("idle_clients", Double(crowd.idle.count)), ("hostile_clients", Double(crowd.hostile.count)),
        ]
        figure.notes = notes
        return figure
    }

    private static func milliseconds(_ times: [UInt64]) -> (half: Double, p99: Double, max: Double) {
        let sorted = times.sorted().map { Double($0) / 1e6 }
        guard let last = sorted.last else { return (0, 0, 0) }
        return (sorted[sorted.count / 2], sorted[min(sorted.count - 1, sorted.count * 99 / 100)], last)
    }
}
