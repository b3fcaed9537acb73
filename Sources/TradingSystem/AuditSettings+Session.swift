import Audit
import Configuration
import Execution
import Logging
import Messaging
import Platform
import Telemetry
import TradingModel

extension AuditSettings {
    /// How the log of a session is written.
    init(_ settings: Settings, mode: Mode, directory: String, keys: AuditKeys) {
        let isReplay = mode == .replay
        let durability: AuditDurability = settings.audit.durability == .disk ? .disk : .process
        self.init(
            directory: directory, durability: durability,
            segmentBytes: settings.audit.segmentBytes, preallocates: !isReplay,
            reserveBytes: isReplay ? 0 : settings.audit.reserveBytes,
            // Threads stamp before they wait for the log.
            stepTolerance: 1_000_000_000, key: keys.key, previousKey: keys.previous,
            publishesContinuously: !isReplay,
            // A replay gives the same bytes again; a key attests only what is on the disk.
            syncsSegments: !isReplay || durability == .disk || keys.key != nil)
    }
}

extension HandOver {
    /// What orders wait for: the bus of a live session never waits for a disk; a replay does, as its order of events may not
    /// depend on one. The simulated venue is part of this process: its orders are no further than their records.
    static func of(_ settings: Settings, _ mode: Mode) -> HandOver {
        if settings.audit.durability == .disk && mode != .replay { return .afterNotice }
        return mode == .ibkr ? .afterCommit : .withBatch
    }
}

/// Turns what the audit log has made durable into events of the session: orders wait for them.
final class DurableLines: Sendable {
    private let publish = Locked<(@Sendable (UInt64) -> Void)?>(nil)

    /// Publishes on `bus` from now on.
    func connect<Core: EventCore>(_ bus: EventBus<Core>) {
        publish.withLock { publish in
            publish = { [weak bus] decision in
                let now = UTCClock.now()
                bus?.publishUrgent(
                    MarketEvent(
                        timestamp: now, receivedAt: now, symbol: .none, source: .clock,
                        payload: .system(
                            SystemNotice(.auditDurable, actor: "audit", decisionSequence: decision))))
            }
        }
    }

    /// The intents of all decisions up to `decision` are on the disk.
    func reached(_ decision: UInt64) {
        let publish = publish.withLock { $0 }
        publish?(decision)
    }
}

extension AuditObserver {
    /// What a session does about its log.
    static func ofSession(
        _ durable: DurableLines, _ trip: AuditTrip, _ latencies: StageLatencies
    ) -> AuditObserver {
        let log = Logger(label: "tradingd.audit")
        let anchor = CheckpointAnchor()
        return AuditObserver(
            didBecomeDurable: durable.reached,
            didSynchronize: { latencies.auditSync.record(nanoseconds: $0) },
            didSign: { signed in
                anchor.write(
                    size: signed.checkpoint.size, root: signed.checkpoint.root.hex, note: signed.note)
            },
            didNotPublish: { error in
                log.error("Checkpoint not published", metadata: ["reason": "\(error)"])
            },
            // Now, and not with the next line: an order that waits for the disk would wait for ever.
            didFail: { trip.pull(.unavailable($0)) },
            isShortOfRoom: {
                log.critical("Disk full: the reserve of the audit log is in use, orders are refused")
                trip.pull(.unavailable(.noRoom))
            })
    }
}
