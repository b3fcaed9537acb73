import Platform

/// One thing to tell systemd.
public enum ServiceNotification: Equatable, Sendable {
    /// Start-up or a reload is done; a line for `systemctl status`.
    case ready(status: String)
    /// A line for `systemctl status`.
    case status(String)
    /// A reload begins, at this time of the monotonic clock.
    case reloading(monotonicNanoseconds: UInt64)
    /// The service is going down; a line for `systemctl status`.
    case stopping(status: String)
    /// The daemon lives and makes progress.
    case watchdog
    /// Start, stop or watchdog may take this much longer from now on.
    case extendTimeout(Duration)

    /// A reload begins now.
    public static var reloading: ServiceNotification {
        .reloading(monotonicNanoseconds: MonotonicClock.now())
    }

    /// The assignments, a line each. Source: `sd_notify(3)`.
    var text: String {
        switch self {
        case .ready(let status): "READY=1\nSTATUS=\(Self.oneLine(status))"
        case .status(let status): "STATUS=\(Self.oneLine(status))"
        case .reloading(let now): "RELOADING=1\nMONOTONIC_USEC=\(now / 1_000)"
        case .stopping(let status): "STOPPING=1\nSTATUS=\(Self.oneLine(status))"
        case .watchdog: "WATCHDOG=1"
        case .extendTimeout(let time): "EXTEND_TIMEOUT_USEC=\(Self.microseconds(time))"
        }
    }

    /// A status with a line feed in it could forge other assignments.
    private static func oneLine(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
    }

    private static func microseconds(_ time: Duration) -> Int64 {
        let (seconds, attoseconds) = time.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max : max(0, product.addingReportingOverflow(attoseconds / 1_000_000_000_000).0)
    }
}
