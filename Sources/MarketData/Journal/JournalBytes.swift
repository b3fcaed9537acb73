import TradingModel

/// Little-endian numbers in bytes that were checked to be long enough.
extension RawSpan {
    @inline(__always)
    func word(_ offset: Int) -> UInt64 { load(offset) }

    @inline(__always)
    func signed(_ offset: Int) -> Int64 { load(offset) }

    @inline(__always)
    func half(_ offset: Int) -> UInt32 { load(offset) }

    @inline(__always)
    private func load<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> Number {
        Number(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// `count` bytes of text at `position`, which moves behind them.
    func text(_ count: UInt64, at position: inout Int) throws(JournalFault) -> String {
        guard count <= UInt64(byteCount - position) else { throw JournalFault("a text passes its end") }
        let piece = extracting(position..<(position + Int(count)))
        guard let text = piece.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else {
            throw JournalFault("a text is not UTF-8")
        }
        position += Int(count)
        return text
    }
}

/// A record, its 64 bytes as eight words. See docs/journal.md for what stands where.
struct JournalWords: BitwiseCopyable {
    /// Kind, marks, instrument, distance from the block's first sequence number.
    var head: UInt64 = 0
    var receivedAt: Int64 = 0
    var timestamp: Int64 = 0
    var feedSequence: UInt64 = 0
    /// The payload, or what it begins with.
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// A record without times and payload yet.
    @inline(__always)
    init(kind: JournalRecordKind, marks: UInt8, symbol: UInt16, offset: UInt32) {
        head =
            UInt64(kind.rawValue) | UInt64(marks) << 8 | UInt64(symbol) << 16 | UInt64(offset) << 32
    }

    /// The record at `place`, whose bytes must be there.
    @inline(__always)
    init(_ bytes: RawSpan, at place: Int) {
        precondition(
            place >= 0 && place <= bytes.byteCount - JournalFormat.recordBytes, "a record lies in its block")
        head = bytes.word(place)
        receivedAt = bytes.signed(place + 8)
        timestamp = bytes.signed(place + 16)
        feedSequence = bytes.word(place + 24)
        words = (
            bytes.word(place + 32), bytes.word(place + 40), bytes.word(place + 48), bytes.word(place + 56)
        )
    }

    @inline(__always) var kind: JournalRecordKind? {
        JournalRecordKind(rawValue: UInt8(truncatingIfNeeded: head))
    }
    /// Whether it is of that kind: one comparison, where the kind is known beforehand.
    @inline(__always)
    func isKind(_ kind: JournalRecordKind) -> Bool { UInt8(truncatingIfNeeded: head) == kind.rawValue }
    @inline(__always) var marks: UInt8 { UInt8(truncatingIfNeeded: head >> 8) }
    @inline(__always) var symbol: Int { Int(UInt16(truncatingIfNeeded: head >> 16)) }
    @inline(__always) var offset: UInt32 { UInt32(truncatingIfNeeded: head >> 32) }
    @inline(__always) var endsBatch: Bool { marks & JournalMarks.endsBatch != 0 }
    @inline(__always) var isTraced: Bool { marks & JournalMarks.traced != 0 }
    @inline(__always) var source: EventSource? { EventSource(rawValue: marks & JournalMarks.source) }

    @inline(__always)
    mutating func set(_ kind: JournalRecordKind) { head = head & ~0xFF | UInt64(kind.rawValue) }
}
