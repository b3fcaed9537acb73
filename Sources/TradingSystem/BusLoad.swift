/// How far the bus is behind, as somebody has found it who had to wait for it.
struct BusLoad: Sendable, Hashable {
    /// Share of the ring, in percent, that is too much when it is passed.
    static let fullest = 80

    /// Events that waited.
    let depth: Int
    /// Events that can wait.
    let capacity: Int
    /// Nanoseconds until the bus got to who asked.
    let waited: Int64

    /// Why the daemon does not keep up; `nil` while it does.
    ///
    /// - Parameter lag: nanoseconds that the bus may take; 0 judges nothing.
    func fault(lag: Int64) -> String? {
        guard lag > 0 else { return nil }
        if depth * 100 > capacity * Self.fullest { return "\(depth) of \(capacity) events wait for the bus" }
        guard waited > lag else { return nil }
        return "the bus took \(waited / 1_000_000) ms, limit \(lag / 1_000_000) ms"
    }
}
