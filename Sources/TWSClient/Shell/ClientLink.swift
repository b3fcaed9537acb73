import Platform
import Synchronization

/// Leads from any thread to the client's queue, while the client runs.
final class ClientLink: Sendable {
    private let engine = Locked<QueueConfined<ClientEngine>?>(nil)
    private let isWaking = Atomic(false)

    /// The client runs.
    func connect(_ engine: QueueConfined<ClientEngine>) { self.engine.withLock { $0 = engine } }

    /// It has ended: nothing leads there any more.
    func cut() { engine.withLock { $0 = nil } }

    /// Runs `body` on the queue, later.
    func async(_ body: @escaping @Sendable (ClientEngine) -> Void) {
        engine.withLock(\.self)?.async(body)
    }

    /// Something waits in the lane: several calls before it is looked at are one.
    func wake() {
        guard !isWaking.exchange(true, ordering: .acquiringAndReleasing) else { return }
        async { [isWaking = self] engine in
            isWaking.isWaking.store(false, ordering: .releasing)
            engine.laneWaits()
        }
    }
}
