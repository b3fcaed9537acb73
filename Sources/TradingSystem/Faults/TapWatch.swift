import Messaging
import Platform
import TradingModel

/// Sees that observers of the bus miss events: `INFRA_TAP`, until one has missed nothing for a while.
final class TapWatch: Sendable {
    /// Looks without a loss after which the fault is over.
    static let calm = 10

    private struct Seen {
        var dropped: UInt64 = 0
        /// Looks since the newest loss; `nil` while the fault does not hold.
        var quiet: Int?
    }

    private let taps: @Sendable () -> [EventTap]
    private let tell: @Sendable (FaultNotice, String) -> Void
    private let seen = Locked<[String: Seen]>([:])

    convenience init(_ session: TradingSession, _ taps: @escaping @Sendable () -> [EventTap]) {
        self.init(taps) { [weak session] fault, reason in session?.tell(fault, reason) }
    }

    /// - Parameter tell: told of the beginning and the end of a fault.
    init(
        _ taps: @escaping @Sendable () -> [EventTap], tell: @escaping @Sendable (FaultNotice, String) -> Void
    ) {
        self.taps = taps
        self.tell = tell
    }

    /// Looks at all of them; to be called every second.
    func look() {
        for tap in taps() { look(tap.name, tap.dropped) }
    }

    private func look(_ name: String, _ dropped: UInt64) {
        let (isNew, isOver, lost) = seen.withLock { seen in
            var own = seen[name] ?? Seen()
            defer { seen[name] = own }
            let lost = dropped - own.dropped
            own.dropped = dropped
            if lost > 0 {
                defer { own.quiet = 0 }
                return (own.quiet == nil, false, lost)
            }
            guard let quiet = own.quiet else { return (false, false, 0) }
            own.quiet = quiet + 1 < Self.calm ? quiet + 1 : nil
            return (false, own.quiet == nil, 0)
        }
        if isNew { tell(FaultNotice(.infraTap, name), "\(lost) events missed") }
        if isOver { tell(FaultNotice(.infraTap, name, isCleared: true), "nothing missed for \(Self.calm) s") }
    }
}

extension TradingSession {
    /// Tells the sequence of a fault that was found outside of it, or of its end.
    func tell(_ fault: FaultNotice, _ reason: String) {
        publish(
            fault.notice(actor: "session", reason: reason), at: usesEventTime ? .zero : UTCClock.now())
    }

    /// Tells the sequence of a fault that was found outside of it.
    func raise(_ fault: Fault, _ subject: String, _ reason: String) {
        tell(FaultNotice(fault, subject), reason)
    }
}
