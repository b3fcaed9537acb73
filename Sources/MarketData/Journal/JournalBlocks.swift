import TradingModel

/// Reads a journal block by block from a window over its content: framing, checksums, order, events.
///
/// A block is used only when its checksum is right and it stands in its place. What follows the last such block
/// is a torn tail if no other block follows it, else a fault.
struct JournalBlocks {
    /// What comes next.
    enum Step {
        /// A block is at hand.
        case block
        /// The content ends after a whole block.
        case end
        /// The content ends within a block: so many bytes are left out.
        case torn(Int)
    }

    /// What the file says of itself.
    let header: JournalHeader
    /// Instruments by their numbers in this journal.
    private(set) var symbols: ContiguousArray<SymbolID> = [.none]
    /// Blocks passed so far, the one at hand included.
    private(set) var count = 0
    /// Where the block at hand begins: bytes from the start of the content.
    private(set) var offset = 0
    /// Number of the next block; `nil` before the first one.
    private(set) var nextNumber: UInt32?
    private var next = 0
    private var block = JournalBlockHeader(
        length: 0, events: 0, number: 0, firstSequence: 0, lastSequence: 0, firstTime: 0, lastTime: 0,
        eventsBefore: 0)
    private var lastSequence: UInt64 = 0
    private var lastTime: Int64 = 0
    /// Bytes of the block's records that were not used yet.
    private var unread = 0
    private var eventsLeft: UInt32 = 0

    /// Blocks looked at for one that follows a bad one, at most.
    private static let mostCandidates = 4_096

    /// Whether the content begins as a journal does.
    static func begins(_ input: inout InputBuffer) throws(RecordingFile.Fault) -> Bool {
        while input.unread < 8, try input.fill() {}
        return input.unread >= 8
            && input.bytes.span.bytes.word(input.start) == JournalFormat.fileMagic
    }

    /// Reads the header.
    ///
    /// - Throws: a fault of the file or of the header.
    init(_ input: inout InputBuffer) throws(JournalReadFault) {
        try Self.need(JournalFormat.fileHeaderBytes, in: &input)
        let header: JournalHeader
        do throws(JournalFault) {
            let length = try JournalHeader.length(input.bytes.span.bytes.extracting(input.start..<input.end))
            do throws(JournalReadFault) {
                try Self.need(length, in: &input)
            } catch { throw JournalFault("ends within its header") }
            header = try JournalHeader(Array(input.bytes[input.start..<(input.start + length)]))
            input.start += length
            offset = length
        } catch { throw .header(error) }
        self.header = header
        next = offset
        if header.file == 1 { nextNumber = 0 }
        for name in header.symbols {
            guard let symbol = SymbolID(name) else {
                throw .header(JournalFault("its description names an impossible instrument"))
            }
            symbols.append(symbol)
        }
    }
}

/// What can keep a journal from being read.
enum JournalReadFault: Error {
    /// The file itself.
    case file(RecordingFile.Fault)
    /// Its header.
    case header(JournalFault)
    /// The block at hand.
    case block(JournalFault)
}

extension JournalBlocks {
    /// Sees to it that `count` bytes are at hand.
    private static func need(_ count: Int, in input: inout InputBuffer) throws(JournalReadFault) {
        guard try has(count, in: &input) else {
            throw .header(JournalFault("ends within its header"))
        }
    }

    /// Whether `count` bytes are at hand, or can be.
    private static func has(_ count: Int, in input: inout InputBuffer) throws(JournalReadFault) -> Bool {
        do throws(RecordingFile.Fault) {
            while input.unread < count {
                guard try input.fill() else { return false }
            }
        } catch { throw .file(error) }
        return true
    }

    /// Goes on where the file before ended.
    mutating func follow(_ before: JournalBlocks) {
        nextNumber = before.nextNumber
        lastSequence = before.lastSequence
        lastTime = before.lastTime
    }

    /// Whether events of the block at hand were not taken yet.
    @inline(__always)
    var hasEvents: Bool { unread > 0 }

    /// Moves to the next block; the one at hand must be used up.
    mutating func advance(_ input: inout InputBuffer) throws(JournalReadFault) -> Step {
        offset = next
        guard try Self.has(JournalFormat.blockHeaderBytes, in: &input) else {
            return input.unread == 0 ? .end : .torn(input.unread)
        }
        count += 1
        guard let header = JournalBlockHeader(input.bytes.span.bytes, at: input.start) else {
            return try tail("begins as no block does", &input)
        }
        guard try Self.has(header.blockBytes, in: &input) else { return try tail("is cut off", &input) }
        guard Self.isWhole(header, input, at: input.start) else {
            return try tail("its checksum is wrong", &input)
        }
        try check(header)
        block = header
        next = offset + header.blockBytes
        nextNumber = header.number &+ 1
        input.start += JournalFormat.blockHeaderBytes
        unread = Int(header.length)
        eventsLeft = header.events
        return .block
    }

    /// A block whose checksum is right may still stand in the wrong place.
    private func check(_ header: JournalBlockHeader) throws(JournalReadFault) {
        if let nextNumber, header.number != nextNumber {
            throw .block(JournalFault("is number \(header.number), not \(nextNumber)"))
        }
        guard header.firstSequence > lastSequence, header.firstTime >= lastTime else {
            throw .block(JournalFault("goes back behind the block before it"))
        }
    }

    private static func isWhole(_ header: JournalBlockHeader, _ input: InputBuffer, at place: Int) -> Bool {
        let end = place + header.blockBytes
        let checksum = input.bytes.withUnsafeBytes {
            JournalChecksum.of(
                UnsafeRawBufferPointer(rebasing: $0[place..<end]),
                leavingOut: JournalBlockHeader.checksumPlace)
        }
        return checksum == input.bytes.span.bytes.half(place + JournalBlockHeader.checksumPlace)
    }

    /// Judges bytes that are no block: the rest of the content, unless another block follows.
    private mutating func tail(_ reason: String, _ input: inout InputBuffer) throws(JournalReadFault) -> Step
    {
        count -= 1
        var left = 0
        var candidates = Self.mostCandidates
        repeat {
            var place = input.start + (left == 0 ? JournalFormat.recordBytes : 0)
            while place + JournalFormat.blockHeaderBytes <= input.end {
                if try isLaterBlock(&input, at: &place, &candidates) {
                    count += 1
                    throw .block(JournalFault(reason))
                }
                place += JournalFormat.recordBytes
            }
            let used = min(place, input.end) - input.start
            left += used
            input.start += used
        } while try Self.has(max(JournalFormat.blockHeaderBytes, input.unread + 1), in: &input)
        left += input.unread
        input.start = input.end
        return .torn(left)
    }

    private func isLaterBlock(
        _ input: inout InputBuffer, at place: inout Int, _ candidates: inout Int
    ) throws(JournalReadFault) -> Bool {
        guard let header = JournalBlockHeader(input.bytes.span.bytes, at: place),
            header.firstSequence > lastSequence, candidates > 0
        else { return false }
        candidates -= 1
        let before = place - input.start
        guard try Self.has(before + header.blockBytes, in: &input) else { return false }
        place = input.start + before
        return Self.isWhole(header, input, at: place)
    }
}

extension JournalBlocks {
    /// Takes events of the block at hand until `batch` holds `limit` or the block is used up.
    mutating func take(
        from input: inout InputBuffer, into batch: inout ContiguousArray<MarketEvent>, limit: Int,
        _ selection: inout JournalSelection
    ) throws(JournalFault) {
        let window = input.bytes
        let begin = input.start
        let bytes = window.span.bytes.extracting(begin..<(begin + unread))
        var position = 0
        var left = eventsLeft
        defer {
            input.start = begin + position
            unread -= position
            selection.count(Int(eventsLeft - left))
            eventsLeft = left
        }
        let isPlain = selection.takesEveryQuote
        while position < bytes.byteCount, batch.count < limit {
            let record = JournalWords(bytes, at: position)
            position += JournalFormat.recordBytes
            guard !record.isKind(.symbol) else {
                try learn(record, bytes, &position)
                continue
            }
            guard left > 0 else { throw JournalFault("holds more events than it says") }
            left -= 1
            let (symbol, sequence) = try place(record)
            if isPlain, let source = record.source, !record.isTraced {
                if record.isKind(.domDelta) {
                    guard let delta = record.domDelta else { throw Self.impossible }
                    batch.append(record.event(.domDelta(delta), symbol, sequence, source, .none))
                    continue
                }
                if record.isKind(.tick) {
                    guard let tick = record.tick else { throw Self.impossible }
                    batch.append(record.event(.tick(tick), symbol, sequence, source, .none))
                    continue
                }
                if record.isKind(.trade) {
                    guard let trade = record.trade else { throw Self.impossible }
                    batch.append(record.event(.trade(trade), symbol, sequence, source, .none))
                    continue
                }
            }
            let event = try record.longEvent(bytes, &position, symbol, sequence)
            if selection.wants(event.eventType, symbol) { batch.append(event) }
        }
        guard position == bytes.byteCount else { return }
        guard left == 0, lastSequence == block.lastSequence, lastTime == block.lastTime else {
            throw JournalFault("holds other events than it says")
        }
    }

    private static var impossible: JournalFault { JournalFault("holds an impossible event") }

    /// Instrument and number of an event, which must follow the one before.
    @inline(__always)
    private mutating func place(_ record: JournalWords) throws(JournalFault) -> (SymbolID, UInt64) {
        guard record.symbol < symbols.count else {
            throw JournalFault("names an instrument before its name")
        }
        let sequence = block.firstSequence &+ UInt64(record.offset)
        guard sequence > lastSequence, record.receivedAt >= lastTime,
            record.receivedAt < JournalFormat.year2262, record.timestamp >= 0,
            record.timestamp < JournalFormat.year2262
        else { throw JournalFault("number or time of an event is impossible") }
        lastSequence = sequence
        lastTime = record.receivedAt
        return (symbols[record.symbol], sequence)
    }

    /// Takes the name of an instrument.
    private mutating func learn(
        _ record: JournalWords, _ bytes: RawSpan, _ position: inout Int
    ) throws(JournalFault) {
        let begin = position
        let name = try bytes.text(record.words.3, at: &position)
        position = begin + JournalFormat.rounded(position - begin)
        guard position <= bytes.byteCount, record.symbol == symbols.count, let symbol = SymbolID(name) else {
            throw JournalFault("gives a wrong number or name to an instrument")
        }
        symbols.append(symbol)
    }
}
