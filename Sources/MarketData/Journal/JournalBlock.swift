/// One block while it is filled and written: its header and its records, in one piece of memory that is used
/// again and again.
///
/// `@unchecked Sendable` holds because a block has one owner at a time: the encoder fills it, hands it to the
/// writer, and does not touch it before the writer gives it back. Its state lies behind a pointer, which spares
/// every event the run-time checks of a class's properties; both pieces of memory live as long as the block.
public final class JournalBlock: @unchecked Sendable {
    private struct State {
        /// Where header and records are; `capacity` bytes, of which the first `count` are used.
        var memory: UnsafeMutableRawPointer
        var capacity: Int
        var count = JournalFormat.blockHeaderBytes
        var number: UInt32 = 0
        var eventsBefore: UInt64 = 0
        var events = 0
        var firstSequence: UInt64 = 0
        var lastSequence: UInt64 = 0
        var firstTime: Int64 = 0
        var lastTime: Int64 = 0
        var names: [String] = []
    }

    private let state: UnsafeMutablePointer<State>

    /// An empty block.
    public init(capacity: Int = JournalFormat.blockBytes) {
        let capacity = max(capacity, JournalFormat.blockHeaderBytes + JournalFormat.recordBytes)
        state = .allocate(capacity: 1)
        state.initialize(
            to: State(memory: .allocate(byteCount: capacity, alignment: 64), capacity: capacity))
    }

    deinit {
        state.pointee.memory.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Bytes used, header included.
    public var count: Int { state.pointee.count }
    /// Number of the block in its session, from 0.
    public internal(set) var number: UInt32 {
        get { state.pointee.number }
        set { state.pointee.number = newValue }
    }
    /// Events in the blocks before.
    public internal(set) var eventsBefore: UInt64 {
        get { state.pointee.eventsBefore }
        set { state.pointee.eventsBefore = newValue }
    }
    /// Events in it.
    public var events: Int { state.pointee.events }
    /// Bus number of the first event.
    public var firstSequence: UInt64 { state.pointee.firstSequence }
    /// Bus number of the last event.
    public var lastSequence: UInt64 { state.pointee.lastSequence }
    /// Time of the first event.
    public var firstTime: Int64 { state.pointee.firstTime }
    /// Time of the last event.
    public var lastTime: Int64 { state.pointee.lastTime }
    /// Names that got their numbers in it.
    public var names: [String] { state.pointee.names }
    /// Whether there is nothing in it.
    public var isEmpty: Bool { state.pointee.events == 0 }

    /// Makes it empty, to be filled again.
    public func clear() {
        state.pointee.count = JournalFormat.blockHeaderBytes
        state.pointee.events = 0
        if !names.isEmpty { state.pointee.names.removeAll() }
    }

    /// Whether so many bytes more fit.
    @inline(__always)
    func hasRoom(_ bytes: Int) -> Bool { state.pointee.count + bytes <= state.pointee.capacity }

    /// Makes room for so many bytes; only an empty block may grow.
    func grow(_ bytes: Int) {
        precondition(isEmpty && names.isEmpty, "a block grows before it is filled")
        state.pointee.memory.deallocate()
        state.pointee.capacity = JournalFormat.blockHeaderBytes + bytes
        state.pointee.memory = .allocate(byteCount: state.pointee.capacity, alignment: 64)
    }

    /// Notes the event that is about to be added.
    @inline(__always)
    func note(sequence: UInt64, time: Int64) {
        if state.pointee.events == 0 {
            state.pointee.firstSequence = sequence
            state.pointee.firstTime = time
        }
        state.pointee.events += 1
        state.pointee.lastSequence = sequence
        state.pointee.lastTime = time
    }

    /// Notes a name that is about to be added.
    func note(name: String) { state.pointee.names.append(name) }

    /// Adds a record; there must be room.
    @inline(__always)
    func append(_ record: JournalWords) {
        precondition(hasRoom(JournalFormat.recordBytes), "a record fits into its block")
        let place = state.pointee.memory + state.pointee.count
        place.storeBytes(of: record.head.littleEndian, toByteOffset: 0, as: UInt64.self)
        place.storeBytes(of: record.receivedAt.littleEndian, toByteOffset: 8, as: Int64.self)
        place.storeBytes(of: record.timestamp.littleEndian, toByteOffset: 16, as: Int64.self)
        place.storeBytes(of: record.feedSequence.littleEndian, toByteOffset: 24, as: UInt64.self)
        place.storeBytes(of: record.words.0.littleEndian, toByteOffset: 32, as: UInt64.self)
        place.storeBytes(of: record.words.1.littleEndian, toByteOffset: 40, as: UInt64.self)
        place.storeBytes(of: record.words.2.littleEndian, toByteOffset: 48, as: UInt64.self)
        place.storeBytes(of: record.words.3.littleEndian, toByteOffset: 56, as: UInt64.self)
        state.pointee.count += JournalFormat.recordBytes
    }

    /// Adds what belongs to the record before, filled up with zeros; there must be room.
    func append(tail: [UInt8]) {
        let bytes = JournalFormat.rounded(tail.count)
        precondition(hasRoom(bytes), "a record fits into its block")
        let place = state.pointee.memory + count
        tail.withUnsafeBytes { source in
            if let base = source.baseAddress { place.copyMemory(from: base, byteCount: source.count) }
        }
        (place + tail.count).initializeMemory(as: UInt8.self, repeating: 0, count: bytes - tail.count)
        state.pointee.count += bytes
    }

    /// The finished block, its header and checksum filled in.
    public func withSealedBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let memory = state.pointee.memory
        let header = JournalBlockHeader(
            length: UInt32(count - JournalFormat.blockHeaderBytes), events: UInt32(events), number: number,
            firstSequence: firstSequence, lastSequence: lastSequence, firstTime: firstTime,
            lastTime: lastTime, eventsBefore: eventsBefore)
        header.store(in: memory)
        let bytes = UnsafeRawBufferPointer(start: memory, count: count)
        let checksum = JournalChecksum.of(bytes, leavingOut: JournalBlockHeader.checksumPlace)
        memory.storeBytes(
            of: checksum.littleEndian, toByteOffset: JournalBlockHeader.checksumPlace, as: UInt32.self)
        return try body(bytes)
    }
}

/// The first 64 bytes of a block: magic 0, bytes of the records 4, events 8, number in the session 12, first and
/// last number of the bus 16 and 24, first and last time 32 and 40, events before 48, zero 56, checksum 60.
struct JournalBlockHeader: Equatable {
    static let checksumPlace = 60

    var length: UInt32
    var events: UInt32
    var number: UInt32
    var firstSequence: UInt64
    var lastSequence: UInt64
    var firstTime: Int64
    var lastTime: Int64
    var eventsBefore: UInt64

    /// Writes everything but the checksum to the first 64 bytes of `memory`.
    func store(in memory: UnsafeMutableRawPointer) {
        memory.storeBytes(of: JournalFormat.blockMagic.littleEndian, toByteOffset: 0, as: UInt32.self)
        memory.storeBytes(of: length.littleEndian, toByteOffset: 4, as: UInt32.self)
        memory.storeBytes(of: events.littleEndian, toByteOffset: 8, as: UInt32.self)
        memory.storeBytes(of: number.littleEndian, toByteOffset: 12, as: UInt32.self)
        memory.storeBytes(of: firstSequence.littleEndian, toByteOffset: 16, as: UInt64.self)
        memory.storeBytes(of: lastSequence.littleEndian, toByteOffset: 24, as: UInt64.self)
        memory.storeBytes(of: firstTime.littleEndian, toByteOffset: 32, as: Int64.self)
        memory.storeBytes(of: lastTime.littleEndian, toByteOffset: 40, as: Int64.self)
        memory.storeBytes(of: eventsBefore.littleEndian, toByteOffset: 48, as: UInt64.self)
        memory.storeBytes(of: 0, toByteOffset: 56, as: UInt64.self)
    }
}

extension JournalBlockHeader {
    /// Reads the 64 bytes at `offset`.
    ///
    /// - Returns: `nil` for what cannot be the header of a block.
    init?(_ bytes: RawSpan, at offset: Int) {
        guard bytes.half(offset) == JournalFormat.blockMagic else { return nil }
        length = bytes.half(offset + 4)
        events = bytes.half(offset + 8)
        number = bytes.half(offset + 12)
        firstSequence = bytes.word(offset + 16)
        lastSequence = bytes.word(offset + 24)
        firstTime = bytes.signed(offset + 32)
        lastTime = bytes.signed(offset + 40)
        eventsBefore = bytes.word(offset + 48)
        let records = Int(length)
        guard records > 0, records % JournalFormat.recordBytes == 0,
            records <= JournalFormat.longestBlock - JournalFormat.blockHeaderBytes, events > 0,
            Int(events) <= records / JournalFormat.recordBytes, firstSequence <= lastSequence,
            firstTime <= lastTime
        else { return nil }
    }

    /// Bytes of the whole block.
    var blockBytes: Int { JournalFormat.blockHeaderBytes + Int(length) }
}
