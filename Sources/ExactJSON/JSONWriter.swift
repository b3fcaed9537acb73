/// Writes compact JSON into a byte buffer: keys in the order given, commas set by itself, no intermediate values.
///
/// The buffer is reusable; after it has grown once, writing allocates nothing.
public struct JSONWriter: Sendable {
    /// What has been written.
    public var bytes: [UInt8] { written }
    // What puts keys and numbers is compiled where it is called: a key known there is no longer copied by its length.
    @usableFromInline var written: [UInt8] = []
    @usableFromInline var needsComma = false
    /// Objects and arrays that are open.
    @usableFromInline var depth = 0
    /// Values at the top, of any kind, and what should not be there.
    @usableFromInline var topValues = 0

    /// An empty writer with room for `capacity` bytes.
    public init(capacity: Int = 256) {
        written.reserveCapacity(capacity)
    }

    /// The bytes as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Bytes written.
    @inlinable public var count: Int { written.count }

    /// Whether what was written since the last `reset` is exactly one object, opened and closed.
    ///
    /// Notices what is left open, stands beside the object, or is a key without value; a value without key it does not.
    public var isOneObject: Bool { depth == 0 && topValues == 1 && written.first == UInt8(ascii: "{") }

    /// Forgets what was written, keeps the room.
    public mutating func reset() {
        written.removeAll(keepingCapacity: true)
        needsComma = false
        depth = 0
        topValues = 0
    }

    /// Forgets what was written but not where it stands: for a value that is written out in pieces.
    public mutating func removeBytes() { written.removeAll(keepingCapacity: true) }

    /// Opens an object, as a value.
    @inlinable
    @inline(__always)
    public mutating func beginObject() {
        separate()
        written.append(UInt8(ascii: "{"))
        needsComma = false
        depth += 1
    }

    /// Closes an object.
    @inlinable
    @inline(__always)
    public mutating func endObject() {
        if written.last == UInt8(ascii: ":") { topValues += 1 }
        written.append(UInt8(ascii: "}"))
        needsComma = true
        depth -= 1
    }

    /// Opens an array, as a value.
    public mutating func beginArray() {
        separate()
        written.append(UInt8(ascii: "["))
        needsComma = false
        depth += 1
    }

    /// Closes an array.
    public mutating func endArray() {
        written.append(UInt8(ascii: "]"))
        needsComma = true
        depth -= 1
    }

    /// The key of the next value.
    @inlinable
    @inline(__always)
    public mutating func key(_ key: StaticString) {
        written.append(atMost: key.utf8CodeUnitCount + 4) { [needsComma] cursor in
            if needsComma { cursor.put(UInt8(ascii: ",")) }
            cursor.put(UInt8(ascii: "\""))
            cursor.put(key)
            cursor.put(UInt8(ascii: "\""))
            cursor.put(UInt8(ascii: ":"))
        }
        needsComma = false
    }

    /// The key of the next value, not known when compiled.
    public mutating func key(dynamic key: String) {
        separate()
        appendQuoted(key)
        written.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A string value.
    public mutating func string(_ text: String) {
        separate()
        appendQuoted(text)
        needsComma = true
    }

    /// A string value that needs no escaping.
    @inlinable
    @inline(__always)
    public mutating func string(_ text: StaticString) {
        written.append(atMost: text.utf8CodeUnitCount + 3) { [needsComma] cursor in
            if needsComma { cursor.put(UInt8(ascii: ",")) }
            cursor.put(UInt8(ascii: "\""))
            cursor.put(text)
            cursor.put(UInt8(ascii: "\""))
        }
        needsComma = true
    }

    /// A whole number.
    @inlinable
    public mutating func integer(_ value: some FixedWidthInteger) {
        if let narrow = Int64(exactly: value) { return number(narrow) }
        raw { DecimalDigits.append(value, to: &$0) }
    }

    /// A value whose bytes are known, with the comma before it in one piece.
    @inline(__always)
    mutating func put(_ text: inout ReversedText) {
        if needsComma { text.put(UInt8(ascii: ",")) }
        if depth == 0 { topValues += 1 }
        text.append(to: &written)
        needsComma = true
    }

    /// A value that `body` puts in at most `room` bytes.
    @inlinable
    @inline(__always)
    mutating func value(atMost room: Int, _ body: (inout TextCursor) -> Void) {
        written.append(atMost: room + 1) { [needsComma] cursor in
            if needsComma { cursor.put(UInt8(ascii: ",")) }
            body(&cursor)
        }
        if depth == 0 { topValues += 1 }
        needsComma = true
    }

    /// The same behind its key.
    @inlinable
    @inline(__always)
    mutating func member(_ key: StaticString, atMost room: Int, _ body: (inout TextCursor) -> Void) {
        value(atMost: key.utf8CodeUnitCount + 3 + room) { cursor in
            cursor.put(UInt8(ascii: "\""))
            cursor.put(key)
            cursor.put(UInt8(ascii: "\""))
            cursor.put(UInt8(ascii: ":"))
            body(&cursor)
        }
    }

    /// An indicator: the shortest text that reads back as the same `Double`; `null` when not finite.
    public mutating func double(_ value: Double) {
        separate()
        written.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
        needsComma = true
    }

    /// `true` or `false`.
    public mutating func bool(_ value: Bool) {
        separate()
        written.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    /// `null`.
    public mutating func null() {
        separate()
        written.append(contentsOf: "null".utf8)
        needsComma = true
    }

    /// One complete value whose bytes `body` appends; they must be valid JSON.
    public mutating func raw(_ body: (inout [UInt8]) -> Void) {
        separate()
        body(&written)
        needsComma = true
    }

    /// A string value whose bytes `body` appends; they must need no escaping.
    public mutating func quoted(_ body: (inout [UInt8]) -> Void) {
        separate()
        written.append(UInt8(ascii: "\""))
        body(&written)
        written.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// A parsed value.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): bool(flag)
        case .number(let text): raw { $0.append(contentsOf: text.utf8) }
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                key(dynamic: member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// A line feed between top-level values (NDJSON).
    public mutating func newline() {
        written.append(0x0A)
        needsComma = false
        topValues += 1
    }

    @inlinable
    @inline(__always)
    mutating func separate() {
        if needsComma { written.append(UInt8(ascii: ",")) }
        if depth == 0 { topValues += 1 }
    }

    private mutating func appendQuoted(_ text: String) {
        written.append(UInt8(ascii: "\""))
        let isWritten = text.utf8.withContiguousStorageIfAvailable { characters in
            guard characters.allSatisfy(Self.needsNoEscape) else { return false }
            written.append(contentsOf: characters)
            return true
        }
        if isWritten != true { appendEscaped(text) }
        written.append(UInt8(ascii: "\""))
    }

    private static func needsNoEscape(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != 0x7F
    }

    private mutating func appendEscaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                written.append(UInt8(ascii: "\\"))
                written.append(byte)
            case 0x0A: written.append(contentsOf: "\\n".utf8)
            case 0x0D: written.append(contentsOf: "\\r".utf8)
            case 0x09: written.append(contentsOf: "\\t".utf8)
            // NUL is refused by our parser, as it cuts texts short in C: it is shown as the replacement character.
            case 0: written.append(contentsOf: "\u{FFFD}".utf8)
            case 1..<0x20, 0x7F:
                written.append(contentsOf: "\\u00".utf8)
                written.append(Self.hexDigit(byte >> 4))
                written.append(Self.hexDigit(byte & 15))
            default: written.append(byte)
            }
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? value + 0x30 : value + 0x57
    }
}
