import Synchronization

/// A number of things that happened; only grows. Safe from any thread, without lock or allocation.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    init() {}

    /// Adds `amount`.
    public func increment(by amount: UInt64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// What was added so far.
    public var value: UInt64 { count.load(ordering: .relaxed) }
}

/// Time spent on something, in sum; only grows. Safe from any thread, without lock or allocation.
public final class TimeCounter: Sendable {
    private let nanoseconds = Atomic<UInt64>(0)

    init() {}

    /// Takes the sum as it stands at its source; one smaller than before changes nothing.
    public func advance(to sum: UInt64) { _ = nanoseconds.max(sum, ordering: .relaxed) }

    /// The sum so far, seconds.
    public var seconds: Double { Double(nanoseconds.load(ordering: .relaxed)) / 1e9 }
}

/// A value that goes up and down. Safe from any thread, without lock or allocation.
public final class Gauge: Sendable {
    private let bits = Atomic<UInt64>(0)

    init() {}

    /// Sets the value.
    public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    /// Sets a whole number; exact up to 2⁵³.
    public func set(_ value: Int) { set(Double(value)) }

    /// Adds `amount`, which may be negative.
    public func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, found) = bits.compareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = found
        }
    }

    /// The value; 0 before it was set.
    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}
