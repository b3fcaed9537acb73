import Audit
import Configuration
import Execution
import MarketData
import Messaging
import Platform
import TradingModel

/// A recorded session once more: the same pipeline, the same events in the same order, an audit log of its own.
struct SessionRerun {
    /// How far it came.
    struct Result {
        /// Whether the journal tells the end of the session.
        var isComplete = false
        /// Where the events that followed from others were not as many as before; `nil` when nowhere.
        var sequenceFault: String?
    }

    private let bus: EventBus<TradingPipeline>
    private let audit: AuditLog
    private let failure: Locked<AuditError?>

    /// The settings of the session.
    ///
    /// - Parameter warn: is told when this build understands more than the recording one.
    static func settings(_ header: JournalHeader, warn: (String) -> Void) throws(LaunchError) -> Settings {
        do throws(ConfigurationError) {
            let settings = try SettingsLoader.restore(canonicalText: header.settings, origin: "journal")
            if settings.canonicalText != header.settings {
                warn(
                    "this version has settings that the recording one did not have; they stand at their defaults"
                )
            }
            return settings
        } catch {
            throw .data(error.description)
        }
    }

    /// The stages as the session had them.
    ///
    /// - Parameter directory: for the new audit log; empty.
    init(_ settings: Settings, _ header: JournalHeader, directory: String) throws(LaunchError) {
        let queues = QueuePlan()
        let identity = AuditIdentity(
            origin: header.origin, build: header.product, configHash: header.configHash, machineID: "replay",
            bootID: "replay")
        let failure = Locked<AuditError?>(nil)
        self.failure = failure
        do throws(AuditError) {
            audit = try AuditLog(
                AuditSettings(directory: directory), identity: identity, at: .zero, queue: queues.audit)
        } catch {
            throw LaunchError(error)
        }
        let mode = Mode(named: header.mode) ?? .replay
        let pipeline = try Wiring.pipeline(
            // What the broker said is told by the journal; nobody may be told anything.
            settings, mode: mode, venue: mode == .ibkr ? .silent : nil, session: header.session, audit: audit,
            // What the disk had when is told by the journal.
            handOver: .of(settings, mode), recorder: nil, export: nil,
            measuring: (StageClock(), StageLatencies(), nil)
        ) { error in
            failure.withLock { $0 = $0 ?? error }
        }
        bus = EventBus(core: pipeline, queue: queues.bus)
    }

    /// Delivers the whole journal.
    ///
    /// - Throws: `LaunchError`: a damaged journal, a log that cannot be written.
    func run(_ reader: JournalReader) throws(LaunchError) -> Result {
        var result = Result()
        do throws(JournalError) {
            var batch: ContiguousArray<MarketEvent> = []
            while try reader.next(into: &batch) {
                let next = bus.query { $0.sequence } + 1
                if batch[0].sequence != next && result.sequenceFault == nil {
                    result.sequenceFault =
                        "event \(batch[0].sequence) of the journal became event \(next): another number of "
                        + "events followed from those before it"
                }
                if batch.contains(where: Self.isSessionStop) { result.isComplete = true }
                bus.publish(draining: &batch, waiting: true)
            }
        } catch { throw LaunchError(error) }
        // At the broker more follows the stop: the reports of what it cancels. A torn file may lack some of it.
        if reader.tornTail != nil { result.isComplete = false }
        bus.stop()
        do throws(AuditError) {
            if let failure = failure.withLock({ $0 }) { throw failure }
            try audit.close()
        } catch { throw LaunchError(error) }
        return result
    }

    private static func isSessionStop(_ event: MarketEvent) -> Bool {
        if case .system(let notice) = event.payload { notice.kind == .sessionStop } else { false }
    }
}
