import Glibc
import Platform

/// Why a figure cannot be given.
public struct BenchmarkFault: Error, CustomStringConvertible, Sendable {
    /// The reason, for the operator.
    public let description: String

    /// A reason.
    public init(_ description: String) { self.description = description }
}

/// Time that a duel counts.
public enum StopWatch: Sendable {
    /// CPU time of the calling thread: what others do on the machine is left out.
    case threadCPU
    /// Time that passes: for work that waits for a disk or another thread.
    case wall

    /// Nanoseconds since some start.
    public func now() -> UInt64 {
        guard self == .threadCPU else { return MonotonicClock.now() }
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Times of a duel, in nanoseconds an operation.
public struct DuelTimes: Sendable, Equatable {
    /// Median of ours.
    public let ours: Double
    /// Median of C.
    public let reference: Double
    /// Median of ours ÷ C, pass by pass.
    public let ratio: Double

    /// The medians of passes measured in pairs.
    public init(ours: [Double], reference: [Double]) {
        self.ours = Statistics.median(ours)
        self.reference = Statistics.median(reference)
        ratio = Statistics.median(zip(ours, reference).map { $0 / max($1, .leastNonzeroMagnitude) })
    }
}

/// Runs ours and C in turn over the same input, and holds their results against each other.
public enum Duel {
    /// Measures both, once unmeasured and then `passes` times, C after ours in every pass.
    ///
    /// - Parameters:
    ///   - operations: how many operations one call of either does.
    ///   - ours: gives its result, which makes the work count and must equal that of `reference`.
    /// - Throws: `BenchmarkFault` when the results differ, or what either throws.
    public static func run<Outcome: Equatable>(
        _ name: String, passes: Int, operations: Int, clock: StopWatch = .threadCPU,
        ours: () throws -> Outcome, reference: () throws -> Outcome
    ) throws -> DuelTimes {
        var times: (ours: [Double], reference: [Double]) = ([], [])
        for pass in 0...passes {
            let (mine, myTime) = try timed(clock, ours)
            let (theirs, theirTime) = try timed(clock, reference)
            guard mine == theirs else {
                throw BenchmarkFault("\(name): ours and C disagree: \(mine) and \(theirs)")
            }
            guard pass > 0 else { continue }
            times.ours.append(myTime / Double(operations))
            times.reference.append(theirTime / Double(operations))
        }
        return DuelTimes(ours: times.ours, reference: times.reference)
    }

    /// Measures ours alone; its result must be `expected` in every pass.
    ///
    /// - Returns: the median, in nanoseconds an operation.
    public static func alone<Outcome: Equatable>(
        _ name: String, passes: Int, operations: Int, clock: StopWatch = .threadCPU, expected: Outcome,
        ours: () throws -> Outcome
    ) throws -> Double {
        var times: [Double] = []
        for pass in 0...passes {
            let (mine, time) = try timed(clock, ours)
            guard mine == expected else {
                throw BenchmarkFault("\(name): wrong result: \(mine), not \(expected)")
            }
            if pass > 0 { times.append(time / Double(operations)) }
        }
        return Statistics.median(times)
    }

    private static func timed<Outcome>(
        _ clock: StopWatch, _ body: () throws -> Outcome
    ) rethrows -> (Outcome, Double) {
        let start = clock.now()
        let outcome = try body()
        return (outcome, Double(clock.now() - start))
    }
}
