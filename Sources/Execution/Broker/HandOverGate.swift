import Risk
import TradingModel

/// A last look at an approved order, by what holds at this very moment rather than by the sequence of events.
///
/// The bus may have stood still since the approval, for a disk that hangs: the kill that an operator has been told of may
/// still wait behind, and the price that was judged may be long gone. What it refuses is reported as an external event, so
/// that the sequence stays the whole truth for who runs it again.
public struct HandOverGate: Sendable {
    /// Nanoseconds after its approval until which an order may leave.
    public static let longestWait: Int64 = 2_000_000_000

    private let look: @Sendable (ApprovedOrder) -> String?

    private init(_ look: @escaping @Sendable (ApprovedOrder) -> String?) { self.look = look }

    /// Lets everything pass.
    public static let open = HandOverGate { _ in nil }

    /// Asks the kill switch itself and a clock of live time.
    public init(_ killSwitch: KillSwitch, clock: @escaping @Sendable () -> Timestamp) {
        look = { order in
            let request = order.request
            let level = killSwitch.level(request.strategy, request.symbol)
            // What is not to be flattened any more is not traded on.
            let isOver = request.flags.contains(.flatten) && level != .flatten
            if isOver || order.isOvertaken(by: level) { return "kill switch" }
            let isStale = clock().since(order.approvedAt) > Self.longestWait
            return isStale ? "approved too long ago" : nil
        }
    }

    /// Why an order may not leave any more; `nil` where it may.
    func refusal(_ order: ApprovedOrder) -> String? { look(order) }
}
