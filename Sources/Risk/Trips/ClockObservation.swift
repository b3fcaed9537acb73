import TradingModel

/// What was seen of the wall clock, as a notice tells it: `synchronised=1 error_ns=1000 step_ns=-5`.
public struct ClockObservation: Sendable, Hashable, BitwiseCopyable {
    /// Whether something keeps it synchronised.
    public var isSynchronised: Bool
    /// Nanoseconds by which it may be wrong.
    public var error: Int64
    /// Nanoseconds by which it was set since it was looked at before; negative for back.
    public var step: Int64

    /// An observation.
    public init(isSynchronised: Bool, error: Int64, step: Int64 = 0) {
        self.isSynchronised = isSynchronised
        self.error = error
        self.step = step
    }

    /// The notice that tells it.
    public var notice: SystemNotice {
        SystemNotice(
            .clockRead, actor: "clock",
            detail: "synchronised=\(isSynchronised ? 1 : 0) error_ns=\(error) step_ns=\(step)")
    }

    /// What a notice tells; `nil` for what is no observation.
    public init?(_ notice: SystemNotice) {
        guard notice.kind == .clockRead else { return nil }
        let parts = notice.detail.split(separator: " ")
        guard parts.count == 3, let isSynchronised = Self.value(parts[0], "synchronised="),
            let error = Self.value(parts[1], "error_ns="), let step = Self.value(parts[2], "step_ns="),
            isSynchronised == 0 || isSynchronised == 1, error >= 0
        else { return nil }
        self.init(isSynchronised: isSynchronised == 1, error: error, step: step)
    }

    private static func value(_ part: Substring, _ key: String) -> Int64? {
        part.hasPrefix(key) ? Int64(part.dropFirst(key.count)) : nil
    }
}
