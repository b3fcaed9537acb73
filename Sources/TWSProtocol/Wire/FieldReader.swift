import Glibc
import TradingModel

/// Reads the fields of one message straight from its bytes, allocating nothing but the texts of rare
/// messages.
///
/// The bytes end with a NUL, which is checked once; so every field that begins also ends, and no loop looks
/// at the end. After the first fault nothing is left to read: every further field finds the end of the
/// message.
///
/// The pointers are good only within the call of `reading`, which hands a reader out: a copy must not outlive
/// it.
public struct FieldReader: FieldCoder {
    /// Most groups a list may have; a longer answer is refused, so that a frame of 16 MiB cannot become gigabytes.
    public static let longestList: Int32 = 131_072

    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let end: UnsafePointer<UInt8>
    @usableFromInline var cursor: UnsafePointer<UInt8>
    /// Where the field begins that was read last.
    @usableFromInline var field: UnsafePointer<UInt8>
    @usableFromInline var faultyField: UnsafePointer<UInt8>
    @usableFromInline var firstFault: FieldFault?
    /// Whether fields that inform are forgiven nothing.
    @usableFromInline var isStrict = false
    /// The version of the session.
    public let version: ServerVersion

    /// A reader of bytes of which the last one is NUL.
    @inlinable
    @inline(__always)
    init(_ start: UnsafePointer<UInt8>, count: Int, version: ServerVersion) {
        base = start
        end = start + count
        cursor = start
        field = start
        faultyField = start
        self.version = version
    }

    /// Calls `body` with a reader of `message`: the bytes of a frame, its message id first, the last NUL included.
    ///
    /// Bytes that do not end with NUL are a fault from the beginning.
    @inlinable
    @inline(__always)
    public static func reading<Result>(
        _ message: Span<UInt8>, version: ServerVersion, _ body: (inout FieldReader) -> Result
    ) -> Result {
        message.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty, bytes[bytes.count - 1] == 0 else {
                return readingNothing(version, body)
            }
            var reader = FieldReader(start, count: bytes.count, version: version)
            return body(&reader)
        }
    }

    @inlinable
    @inline(never)
    static func readingNothing<Result>(
        _ version: ServerVersion, _ body: (inout FieldReader) -> Result
    ) -> Result {
        var nothing: UInt8 = 0
        return withUnsafePointer(to: &nothing) { start in
            var reader = FieldReader(start, count: 0, version: version)
            reader.refuse(.missing)
            return body(&reader)
        }
    }

    /// Always.
    @inlinable
    public var isReader: Bool { true }

    /// The first fault met.
    @inlinable
    public var fault: FieldFault? { firstFault }

    /// Ends the reading; the first fault counts.
    ///
    /// Inlined, like everything that changes the reader: so it stays in registers.
    @inlinable
    @inline(__always)
    public mutating func refuse(_ fault: FieldFault) {
        if firstFault == nil {
            firstFault = fault
            faultyField = field
        }
        cursor = end
    }

    /// Takes the fault back, and passes over the field that begins at `start`.
    mutating func forgive(from start: UnsafePointer<UInt8>) {
        firstFault = nil
        cursor = start
        field = start
        _ = fieldBytes()
    }

    /// The first fault, with its place; `nil` when there is none.
    ///
    /// - Parameter message: what was being read.
    @inlinable
    @inline(__always)
    public func messageFault(_ message: MessageID) -> MessageFault? {
        guard let fault else { return nil }
        let before = Self.fieldCount(UnsafeBufferPointer(start: base, count: faultyField - base))
        return MessageFault(message: message.rawValue, field: before, fault: fault)
    }

    @usableFromInline
    @inline(never)
    static func fieldCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int { bytes.count { $0 == 0 } }

    /// The number of the message: its first field.
    @inlinable
    @inline(__always)
    public mutating func messageID() -> MessageID {
        var number: Int32 = -1
        // An empty field is no number of a message.
        if cursor < end, cursor.pointee == 0 { refuse(.malformed) }
        integer(&number)
        return MessageID(number)
    }

    /// The rest of the message, as `Message`.
    ///
    /// - Throws: the first fault met.
    @inlinable
    public mutating func message<Message: WireMessage>(_: Message.Type) throws(MessageFault) -> Message {
        var message = Message()
        message.describe(&self)
        if let fault = messageFault(Message.messageID) { throw fault }
        return message
    }

    /// Begins a field.
    ///
    /// - Returns: whether there is one.
    @inlinable
    @inline(__always)
    mutating func begin() -> Bool {
        field = cursor
        guard cursor < end else {
            refuse(.missing)
            return false
        }
        return true
    }

    /// The bytes of the field that begins at the cursor, which moves behind it.
    @inlinable
    @inline(__always)
    mutating func fieldBytes() -> UnsafeBufferPointer<UInt8> {
        let start = cursor
        while cursor.pointee != 0 { cursor += 1 }
        defer { cursor += 1 }
        return UnsafeBufferPointer(start: start, count: cursor - start)
    }
}
