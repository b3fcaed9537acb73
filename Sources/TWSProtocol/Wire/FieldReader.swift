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
    /// Most groups a list may have: more than any answer holds, few enough to keep.
    public static let longestList: Int32 = 131_072

    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let end: UnsafePointer<UInt8>
    @usableFromInline var cursor: UnsafePointer<UInt8>
    /// Where the field begins that was read last.
    @usableFromInline var field: UnsafePointer<UInt8>
    @usableFromInline var faultyField: UnsafePointer<UInt8>?
    /// Whether fields that inform are forgiven nothing.
    var isStrict = false
    /// The first fault met.
    public private(set) var fault: FieldFault?
    /// The version of the session.
    public let version: ServerVersion

    @usableFromInline
    init(_ body: UnsafeBufferPointer<UInt8>, _ empty: UnsafePointer<UInt8>, version: ServerVersion) {
        base = body.baseAddress ?? empty
        end = base + body.count
        cursor = base
        field = base
        self.version = version
        if body.isEmpty || body[body.count - 1] != 0 { refuse(.missing) }
    }

    /// Calls `body` with a reader of `message`: the bytes of a frame, its message id first, the last NUL
    /// included.
    @inlinable
    public static func reading<Result>(
        _ message: Span<UInt8>, version: ServerVersion, _ body: (inout FieldReader) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { empty in
            empty.initialize(repeating: 0)
            return message.withUnsafeBufferPointer { bytes in
                guard let nothing = UnsafePointer(empty.baseAddress) else {
                    preconditionFailure("an allocation of one byte has an address")
                }
                var reader = FieldReader(bytes, nothing, version: version)
                return body(&reader)
            }
        }
    }

    /// Always.
    @inlinable
    public var isReader: Bool { true }

    /// Whether everything has been read.
    @inlinable
    public var isAtEnd: Bool { cursor == end }

    /// Ends the reading; the first fault counts.
    @inline(never)
    public mutating func refuse(_ fault: FieldFault) {
        if self.fault == nil {
            self.fault = fault
            faultyField = field
        }
        cursor = end
    }

    /// Takes the fault back, and passes over the field that begins at `start`.
    mutating func forgive(from start: UnsafePointer<UInt8>) {
        fault = nil
        faultyField = nil
        cursor = start
        field = start
        _ = fieldBytes()
    }

    /// The first fault, with its place; `nil` when there is none.
    ///
    /// - Parameter message: what was being read.
    public func messageFault(_ message: MessageID) -> MessageFault? {
        guard let fault, let faultyField else { return nil }
        var fields = 0
        var position = base
        while position < faultyField {
            if position.pointee == 0 { fields += 1 }
            position += 1
        }
        return MessageFault(message: message.rawValue, field: fields, fault: fault)
    }

    /// The number of the message: its first field.
    @inlinable
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
    mutating func fieldBytes() -> UnsafeBufferPointer<UInt8> {
        let start = cursor
        while cursor.pointee != 0 { cursor += 1 }
        defer { cursor += 1 }
        return UnsafeBufferPointer(start: start, count: cursor - start)
    }
}
