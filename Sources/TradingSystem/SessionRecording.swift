import Audit
import Configuration
import ControlPlane
import Dispatch
import ExactJSON
import Logging
import MarketData
import Platform
import Recorder
import TradingModel

/// The journal of one session: what is recorded, and what log and audit trail are told of it.
///
/// A recorder that fails stops; the session goes on (docs/decisions/0011).
final class SessionRecording: Sendable {
    /// Writes a line of the audit trail.
    typealias Audit = @Sendable (AuditLineType, Timestamp, JSONValue) -> Void

    private struct State {
        var audit: Audit?
        var onFailure: (@Sendable (String, String) -> Void)?
        /// Lines of a replay, written at its end: only there their place does not depend on the disk.
        var lines: [(type: AuditLineType, time: Timestamp, data: JSONValue)] = []
    }

    private let writer: JournalWriter
    private let isReplay: Bool
    private let state = Locked(State())
    private let log = Logger(label: "tradingd.recorder")

    /// Makes the first file; `nil` where the settings want none.
    init?(
        _ settings: Settings, _ mode: Mode, _ paths: StatePaths, origin: String, session: UInt32,
        at time: Timestamp, queue: DispatchQueue
    ) throws(LaunchError) {
        guard settings.recorder.records(mode) else { return nil }
        isReplay = mode == .replay
        let header = JournalHeader(
            product: ProductVersion.current, profile: settings.profile.rawValue, mode: mode.rawValue,
            session: session, configHash: settings.decisionHash(sha256Hex), origin: origin, startedAt: time,
            settings: settings.canonicalText)
        do throws(SystemError) {
            writer = try JournalWriter(
                RecorderSettings(
                    directory: paths.journal, segmentBytes: settings.recorder.segmentBytes,
                    budgetBytes: settings.recorder.budgetBytes),
                header: header, queue: queue)
        } catch {
            throw .output("journal: \(error)")
        }
    }

    /// What the pipeline records with.
    var recorder: SessionRecorder { writer.recorder() }

    /// Why nothing is recorded any more; `nil` while the recorder works.
    var fault: String? { writer.failure }

    private func onFailure(_ file: String, _ reason: String) {
        state.withLock { $0.onFailure }?(file, reason)
    }

    /// Says in the audit trail that the session is recorded.
    ///
    /// - Parameter onFailure: told file and reason when a live session is recorded no more.
    func begin(
        at time: Timestamp, onFailure: @escaping @Sendable (String, String) -> Void, audit: @escaping Audit
    ) {
        state.withLock {
            $0.audit = audit
            $0.onFailure = onFailure
        }
        audit(.recorderOpen, time, ["file": .string(writer.firstFile), "first_seq": 1])
        writer.start { [self] in take($0) }
    }

    /// Puts everything on the disk; nothing may be recorded any more.
    func end() {
        writer.close()
        let (audit, lines) = state.withLock { state in
            defer { state = State() }
            return (state.audit, state.lines)
        }
        for line in lines { audit?(line.type, line.time, line.data) }
    }

    private func take(_ report: RecorderReport) {
        switch report {
        case .opened(let name, let first, let time):
            write(
                .recorderOpen, time, ["file": .string(name), "first_seq": .number(String(first))])
        case .closed(let file): write(.recorderClose, file.lastTime, file.record)
        case .removed(let names):
            log.notice(
                "Old journals removed",
                metadata: ["count": "\(names.count)", "first": "\(names.first ?? "")"])
        case .failed(let file, let reason, let time):
            log.critical(
                "Recording stopped",
                metadata: ["fault": "\(Fault.infraRecorder.code)", "file": "\(file)", "reason": "\(reason)"])
            // A replay decides on its recording alone: what happens to a copy of it is no event of it.
            guard isReplay else { return onFailure(file, reason) }
            write(
                .faultRaise, time,
                [
                    "fault": .string("\(Fault.infraRecorder.code)"), "file": .string(file),
                    "reason": .string(reason),
                ])
        }
    }

    private func write(_ type: AuditLineType, _ time: Timestamp, _ data: JSONValue) {
        let audit = state.withLock { state -> Audit? in
            guard isReplay else { return state.audit }
            state.lines.append((type, time, data))
            return nil
        }
        // A market that is simulated faster than time passes is ahead of the clock.
        audit?(type, isReplay ? time : max(time, UTCClock.now()), data)
    }
}

extension RecordedFile {
    /// The data of the audit line that says a file is complete.
    fileprivate var record: JSONValue {
        [
            "file": .string(name), "first_seq": .number(String(firstSequence)),
            "last_seq": .number(String(lastSequence)), "events": .number(String(events)),
            "bytes": .number(String(bytes)), "sha256": .string(sha256),
        ]
    }
}
