import Dispatch
import Platform
import TWSProtocol

/// From the lane and the streams to the socket.
extension ClientEngine {
    /// Sends what pace and socket allow.
    func drain(_ now: UInt64) {
        needsDrain = false
        guard core.state.speaks, socket != nil else { return }
        let state = lane.drain(now: now)
        tellUnsent(state.expired)
        table.written(state.left, now: now)
        if let failure = state.failure { return core.socketLost(SessionFailure(failure), now) }
        socket?.listen(wantsToWrite: state.wantsToWrite)
        guard let due = state.nextDue, !isStopped else { return }
        drainTimer.schedule(deadline: DispatchTime(uptimeNanoseconds: max(due, now + 1_000_000)))
    }

    func tellUnsent(_ orders: [UnsentOrder]) {
        unsent += orders.count
        for order in orders {
            tell {
                $0.orders?.unsent(order.orderID, isCancel: order.isCancel, reason: order.reason, at: $0.time)
            }
        }
    }

    /// Asks for streams, and tells what became of them.
    func serveStreams(_ now: UInt64) {
        needsPoll = false
        if core.state == .live {
            table.send(over: lane, now: now)
            needsDrain = true
        }
        let openings = table.openings
        for (stream, notice) in table.takeNotices() where table.concerns(stream, after: openings) {
            tell { $0.market?.take(notice, of: stream, at: $0.time) }
        }
    }
}
