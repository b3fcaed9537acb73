import MarketData
import TradingModel

/// The recorder's part on the bus queue: puts every external event into a block and hands full blocks on.
///
/// Takes no lock and allocates nothing for an event; only for a full block it may wait for the writer.
public struct SessionRecorder: Sendable {
    /// Nanoseconds of event time after which a block is handed on though it is not full.
    static let patience: Int64 = 50_000_000

    private let writer: JournalWriter
    private var encoder = JournalEncoder()
    private var block: JournalBlock
    private var isOn = true
    /// Whether the block holds what should not wait: a command of an operator, a state of the feed.
    private var isUrgent = false

    init(_ writer: JournalWriter, _ block: JournalBlock) {
        self.writer = writer
        self.block = block
    }

    /// Records a delivered event, if it came from outside.
    public mutating func record(_ event: MarketEvent) {
        guard isOn, JournalEncoder.isExternal(event) else { return }
        var outcome = encoder.add(event, to: block)
        if outcome == .full {
            handOn()
            guard isOn else { return }
            outcome = encoder.add(event, to: block)
        }
        switch outcome {
        case .added: if event.eventType == .system || event.eventType == .feedStatus { isUrgent = true }
        case .full: stop("an event fits into no block")
        case .impossible(let reason): stop(reason)
        }
    }

    /// Hands on what has waited long enough; to be called when a batch of events is over.
    public mutating func settle() {
        guard isOn, !block.isEmpty,
            isUrgent || block.lastTime &- block.firstTime >= Self.patience
        else { return }
        handOn()
    }

    /// Hands on what there is; nothing is recorded from here on.
    public mutating func finish() {
        guard isOn else { return }
        isOn = false
        guard !block.isEmpty else { return }
        encoder.close(block)
        writer.submit(block)
        block = JournalBlock(capacity: 0)
    }

    private mutating func handOn() {
        isUrgent = false
        encoder.close(block)
        if let next = writer.exchange(block) {
            block = next
        } else {
            isOn = false
        }
    }

    private mutating func stop(_ reason: String) {
        finish()
        writer.abandon(reason)
    }
}
