import Dispatch
import MarketData
import Platform
import TestSupport
import Testing
import TradingModel

@testable import Recorder

/// A recorder into a directory of its own.
final class RecorderRig {
    let directory: TemporaryDirectory
    let writer: JournalWriter
    var recorder: SessionRecorder
    private let told = Locked<[RecorderReport]>([])

    init(
        _ directory: TemporaryDirectory, session: UInt32 = 1, segmentBytes: Int = 1 << 30,
        budgetBytes: Int = 1 << 40, operations: RecorderFileOperations = .system
    ) throws {
        self.directory = directory
        writer = try JournalWriter(
            RecorderSettings(
                directory: directory.path, segmentBytes: segmentBytes, budgetBytes: budgetBytes,
                operations: operations),
            header: JournalHeader(
                product: "0", profile: "dev", mode: "sim", session: session, configHash: "", origin: "o",
                startedAt: .zero, settings: ""),
            queue: DispatchQueue(label: "test.recorder"))
        recorder = writer.recorder()
        writer.start { [told] report in told.withLock { $0.append(report) } }
    }

    /// What was told, in order.
    var reports: [RecorderReport] { told.withLock { $0 } }

    /// Records the events, as of one batch.
    func record(_ events: [MarketEvent]) {
        for event in events { recorder.record(event) }
        recorder.settle()
    }

    func finish() {
        recorder.finish()
        writer.close()
    }

    /// Everything that can be read from the journal of the session.
    func journal(session: UInt32 = 1) throws -> [MarketEvent] {
        let files = directory.names.filter { $0.hasPrefix("journal-\(session)-") }
        let reader = try JournalReader(files: files.map { directory.path + "/" + $0 })
        var events: [MarketEvent] = []
        var batch: ContiguousArray<MarketEvent> = []
        while try reader.next(into: &batch) { events += batch }
        return events
    }
}

/// Quotes a millisecond apart, numbered from `first`.
func quotes(_ count: Int, from first: UInt64 = 1, symbol: String = "XAUUSD") throws -> [MarketEvent] {
    let symbol = try #require(SymbolID(symbol))
    return (0..<UInt64(count)).map { index in
        let number = first + index
        let time = Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(number) * 1_000_000)
        var event = MarketEvent(
            timestamp: time, receivedAt: time, symbol: symbol, source: .simulator, feedSequence: number,
            payload: .tick(Tick(bid: Price(rawValue: Int64(number)), ask: Price(rawValue: Int64(number) + 1)))
        )
        event.sequence = number
        return event
    }
}

extension MarketEvent {
    /// The event, numbered, of an operator.
    static func notice(_ number: UInt64) -> MarketEvent {
        let time = Timestamp(nanoseconds: 1_700_000_000_000_000_000 + Int64(number) * 1_000_000)
        var event = MarketEvent(
            timestamp: time, receivedAt: time, symbol: .none, source: .operator_,
            payload: .system(SystemNotice(.armed, actor: "test")))
        event.sequence = number
        return event
    }
}
