import ExactJSON
import TradingModel

/// Events → records. Pure: blocks come from the caller and go back to it.
///
/// The frequent events cost a few stores; nothing is allocated for them.
public struct JournalEncoder: Sendable {
    /// What became of an event.
    public enum Outcome: Sendable, Equatable {
        /// It is in the block.
        case added
        /// The block is full: close it, and add the event to another.
        case full
        /// It cannot be recorded, with the reason.
        case impossible(String)
    }

    private var numbers = InstrumentTable<UInt16>(default: 0)
    private var names = 0
    private var blocks: UInt32 = 0
    private var events: UInt64 = 0
    /// What follows the record at hand.
    private var tail: [UInt8] = []

    /// Nothing recorded yet.
    public init() {}

    /// Whether the bus was told of the event from outside, so that a replay has to tell it, too; everything else
    /// follows from those.
    @inline(__always)
    public static func isExternal(_ event: MarketEvent) -> Bool {
        switch event.eventType {
        case .tick, .trade, .domDelta, .domSnapshot: true
        default: !event.source.isOfStage
        }
    }

    /// Adds a delivered event to `block`.
    @inline(__always)
    public mutating func add(_ event: MarketEvent, to block: JournalBlock) -> Outcome {
        let number = event.symbol == .none ? 0 : numbers[event.symbol]
        guard number != 0 || event.symbol == .none, event.trace == .none,
            block.isEmpty || event.sequence &- block.firstSequence <= UInt64(UInt32.max),
            block.hasRoom(JournalFormat.recordBytes)
        else { return addSlowly(event, to: block) }
        var record = JournalWords(
            kind: .tick, marks: event.source.rawValue, symbol: number, offset: offset(event, block))
        guard Self.fill(&record, with: event) else { return addSlowly(event, to: block) }
        block.note(sequence: event.sequence, time: event.receivedAt.nanoseconds)
        block.append(record)
        return .added
    }

    /// Gives a block that is to be written its place in the session.
    public mutating func close(_ block: JournalBlock) {
        block.number = blocks
        block.eventsBefore = events
        blocks &+= 1
        events &+= UInt64(block.events)
    }

    @inline(__always)
    private func offset(_ event: MarketEvent, _ block: JournalBlock) -> UInt32 {
        block.isEmpty ? 0 : UInt32(truncatingIfNeeded: event.sequence &- block.firstSequence)
    }

    /// Fills the record of an event that needs no more than it.
    ///
    /// - Returns: `false` for one that needs more.
    @inline(__always)
    private static func fill(_ record: inout JournalWords, with event: MarketEvent) -> Bool {
        record.receivedAt = event.receivedAt.nanoseconds
        record.timestamp = event.timestamp.nanoseconds
        record.feedSequence = event.feedSequence
        switch event.payload {
        case .tick(let tick):
            record.set(.tick)
            record.words = (
                UInt64(bitPattern: tick.bid.rawValue), UInt64(bitPattern: tick.ask.rawValue),
                UInt64(bitPattern: tick.bidSize?.rawValue ?? .min),
                UInt64(bitPattern: tick.askSize?.rawValue ?? .min)
            )
        case .trade(let trade):
            record.set(.trade)
            record.words = (
                UInt64(bitPattern: trade.price.rawValue), UInt64(bitPattern: trade.size.rawValue),
                UInt64(trade.aggressor.rawValue), 0
            )
        case .domDelta(let delta):
            record.set(.domDelta)
            if delta.endsBatch { record.head |= UInt64(JournalMarks.endsBatch) << 8 }
            record.words = (
                UInt64(bitPattern: delta.price.rawValue), UInt64(bitPattern: delta.size.rawValue),
                UInt64(delta.side.rawValue) | UInt64(delta.operation.rawValue) << 8
                    | UInt64(delta.position) << 16, 0
            )
        case .timer(let timer):
            record.set(.timer)
            record.words = (UInt64(timer.id), UInt64(bitPattern: timer.dueAt.nanoseconds), 0, 0)
        case .domSnapshot, .feedStatus, .system, .deltaBar, .tapeSnapshot, .footprintSnapshot, .signal,
            .riskDecision, .orderEvent:
            return false
        }
        return true
    }

    /// An event with a tail, a trace, a new name, or no room.
    @inline(never)
    private mutating func addSlowly(_ event: MarketEvent, to block: JournalBlock) -> Outcome {
        let name = event.symbol == .none || numbers[event.symbol] != 0 ? "" : event.symbol.name
        if !name.isEmpty && names == JournalFormat.mostSymbols {
            return .impossible("more than \(JournalFormat.mostSymbols) instruments")
        }
        tail.removeAll(keepingCapacity: true)
        var record = JournalWords(kind: .tick, marks: event.source.rawValue, symbol: 0, offset: 0)
        if event.trace != .none {
            record.head |= UInt64(JournalMarks.traced) << 8
            tail.append(littleEndian: event.traceID.high)
            tail.append(littleEndian: event.traceID.low)
            tail.append(littleEndian: event.spanID.rawValue)
        }
        if !Self.fill(&record, with: event) { fillTail(&record, with: event) }
        let nameBytes =
            name.isEmpty ? 0 : JournalFormat.recordBytes + JournalFormat.rounded(name.utf8.count)
        let bytes = nameBytes + JournalFormat.recordBytes + JournalFormat.rounded(tail.count)
        guard bytes <= JournalFormat.longestBlock - JournalFormat.blockHeaderBytes else {
            return .impossible("an event of \(bytes) bytes is longer than a block")
        }
        let isNear = block.isEmpty || event.sequence &- block.firstSequence <= UInt64(UInt32.max)
        if !block.hasRoom(bytes) || !isNear {
            guard block.isEmpty else { return .full }
            block.grow(bytes)
        }
        if !name.isEmpty { announce(name, event.symbol, in: block) }
        let number = event.symbol == .none ? 0 : numbers[event.symbol]
        record.head |= UInt64(number) << 16 | UInt64(offset(event, block)) << 32
        block.note(sequence: event.sequence, time: event.receivedAt.nanoseconds)
        block.append(record)
        if !tail.isEmpty { block.append(tail: tail) }
        return .added
    }

    private mutating func announce(_ name: String, _ symbol: SymbolID, in block: JournalBlock) {
        names += 1
        let number = UInt16(truncatingIfNeeded: names)
        numbers[symbol] = number
        var record = JournalWords(kind: .symbol, marks: 0, symbol: number, offset: 0)
        record.words.3 = UInt64(name.utf8.count)
        block.note(name: name)
        block.append(record)
        block.append(tail: Array(name.utf8))
    }

    /// The events that are longer than a record.
    private mutating func fillTail(_ record: inout JournalWords, with event: MarketEvent) {
        switch event.payload {
        case .domSnapshot(let snapshot):
            record.set(.domSnapshot)
            if snapshot.endsBatch { record.head |= UInt64(JournalMarks.endsBatch) << 8 }
            record.words = (UInt64(snapshot.bids.count), UInt64(snapshot.asks.count), 0, 0)
            for level in snapshot.bids { append(level) }
            for level in snapshot.asks { append(level) }
        case .feedStatus(let status):
            record.set(.feedStatus)
            let stream = status.stream.map { UInt64($0.rawValue) + 1 } ?? 0
            record.words = (UInt64(status.quality.rawValue), stream, 0, UInt64(status.reason.utf8.count))
            tail.append(contentsOf: status.reason.utf8)
        case .system(let notice) where notice.isPlain:
            record.set(.system)
            record.words = (
                UInt64(notice.kind.rawValue), notice.decisionSequence, UInt64(notice.actor.utf8.count),
                UInt64(notice.reason.utf8.count)
            )
            tail.append(contentsOf: notice.actor.utf8)
            tail.append(contentsOf: notice.reason.utf8)
        default:
            record.set(.other)
            let json = event.json.utf8
            record.words.3 = UInt64(json.count)
            tail.append(contentsOf: json)
        }
    }

    private mutating func append(_ level: Level) {
        tail.append(littleEndian: level.price.rawValue)
        tail.append(littleEndian: level.size.rawValue)
    }
}

extension EventSource {
    /// Whether it is a stage of the decision path, whose events follow from others.
    @inline(__always)
    var isOfStage: Bool {
        switch self {
        case .orderFlow, .strategy, .risk, .execution: true
        case .replay, .simulator, .ibkr, .operator_, .clock: false
        }
    }
}
