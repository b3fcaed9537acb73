import Dispatch
import Platform

/// Has ids marked on a queue of its own, so that a slow disk holds nobody up; after a failure not before a pause, from a second
/// to a minute. Used by one thread at a time.
struct OrderIDRefill {
    static let shortestPause: UInt64 = 1_000_000_000
    static let longestPause: UInt64 = 60_000_000_000

    private let queue = DispatchQueue(label: "tws.order-ids", qos: .utility)
    private var pause = shortestPause
    private var notBefore: UInt64 = 0
    private var isUnderWay = false

    /// Begins unless it is under way, or not due.
    ///
    /// - Parameter told: called on another queue with what went wrong; hand it on to `ended`.
    mutating func begin(_ ids: OrderIDs, _ now: UInt64, told: @escaping @Sendable (SystemError?) -> Void) {
        guard !isUnderWay, now >= notBefore, ids.needsRefill else { return }
        isUnderWay = true
        queue.async {
            do throws(SystemError) {
                try ids.refill()
                told(nil)
            } catch {
                told(error)
            }
        }
    }

    /// It is over.
    mutating func ended(_ failure: SystemError?, _ now: UInt64) {
        isUnderWay = false
        guard failure != nil else {
            (pause, notBefore) = (Self.shortestPause, 0)
            return
        }
        notBefore = now &+ pause
        pause = min(pause * 2, Self.longestPause)
    }
}
