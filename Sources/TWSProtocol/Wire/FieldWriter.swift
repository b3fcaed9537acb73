import ExactJSON
import TradingModel

/// Who is speaking: the two ends write some values differently.
public enum WireSide: UInt8, Sendable, BitwiseCopyable {
    /// Plain decimals, printable ASCII only: anything else the gateway's own clients refuse to send (error 579).
    case client
    /// Doubles as a Java program prints them (`5800.0`, `5.0E-5`), what is not ASCII escaped where that is the custom.
    case gateway
}

/// Writes the fields of messages, each followed by a NUL, behind the bytes it holds.
public struct FieldWriter: FieldCoder, Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8]
    /// The version of the session.
    public let version: ServerVersion
    /// Who is speaking.
    public let side: WireSide
    /// The first fault since the message was begun.
    public private(set) var fault: FieldFault?
    private var messageStart = 0
    private var faultyField = 0

    /// A writer that holds nothing.
    public init(_ side: WireSide, version: ServerVersion) {
        bytes = []
        self.version = version
        self.side = side
    }

    /// Never.
    public var isReader: Bool { false }

    /// Writes a whole message, its number first; nothing when it has a fault.
    ///
    /// - Throws: the first fault met.
    public mutating func write<Message: WireMessage>(_ message: borrowing Message) throws(MessageFault) {
        messageStart = bytes.count
        fault = nil
        var number = Message.messageID.rawValue
        integer(&number)
        var fields = copy message
        fields.describe(&self)
        guard let fault else { return }
        let found = MessageFault(
            message: Message.messageID.rawValue, field: faultyField, fault: fault)
        bytes.removeSubrange(messageStart...)
        throw found
    }

    /// Adds bytes as they are, for a frame around a message.
    mutating func append(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

    /// Changes a byte that was written.
    mutating func set(_ byte: UInt8, at position: Int) { bytes[position] = byte }

    /// Forgets everything behind `count` bytes.
    mutating func cut(to count: Int) { bytes.removeSubrange(count...) }

    /// Forgets everything, keeps the room.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// The message is not written; the first fault counts.
    public mutating func refuse(_ fault: FieldFault) {
        guard self.fault == nil else { return }
        self.fault = fault
        faultyField = bytes[messageStart...].count { $0 == 0 }
    }

    private mutating func end() { bytes.append(0) }

    /// Writes digits.
    public mutating func integer(_ value: inout Int32) {
        DecimalDigits.append(value, to: &bytes)
        end()
    }

    /// Writes digits, or nothing.
    public mutating func integer(_ value: inout Int32?) {
        if let value { DecimalDigits.append(value, to: &bytes) }
        end()
    }

    /// Writes digits.
    public mutating func integer(_ value: inout Int64) {
        DecimalDigits.append(value, to: &bytes)
        end()
    }

    /// Writes digits, or nothing.
    public mutating func integer(_ value: inout Int64?) {
        if let value { DecimalDigits.append(value, to: &bytes) }
        end()
    }

    /// Writes `1` or `0`.
    public mutating func flag(_ value: inout Bool) {
        bytes.append(value ? UInt8(ascii: "1") : UInt8(ascii: "0"))
        end()
    }

    /// Writes digits.
    public mutating func constant(_ value: Int32) {
        DecimalDigits.append(value, to: &bytes)
        end()
    }

    /// Writes a decimal.
    public mutating func price(_ value: inout Price) {
        append(value)
        end()
    }

    /// Writes a decimal, or nothing; a gateway's "unset" is 1.7976931348623157E308.
    public mutating func price(_ value: inout Price?) {
        if let value {
            append(value)
        } else if side == .gateway {
            bytes.append(contentsOf: "1.7976931348623157E308".utf8)
        }
        end()
    }

    /// Writes a decimal.
    public mutating func money(_ value: inout Money) {
        append(value)
        end()
    }

    /// Writes a decimal, or nothing; a gateway's "unset" is 1.7976931348623157E308.
    public mutating func money(_ value: inout Money?) {
        if let value {
            append(value)
        } else if side == .gateway {
            bytes.append(contentsOf: "1.7976931348623157E308".utf8)
        }
        end()
    }

    /// Writes a price, `Infinity`, or what an unset price is.
    public mutating func competition(_ value: inout CompetitionOffset) {
        var offset: Price?
        switch value {
        case .upToMid:
            bytes.append(contentsOf: "Infinity".utf8)
            return end()
        case .offset(let known): offset = known
        case .unset: break
        }
        price(&offset)
    }

    /// Writes plain digits.
    public mutating func quantity(_ value: inout Quantity) {
        DecimalText.append(value.rawValue, to: &bytes)
        end()
    }

    /// Writes plain digits, or nothing.
    public mutating func quantity(_ value: inout Quantity?) {
        if let value { DecimalText.append(value.rawValue, to: &bytes) }
        end()
    }

    /// Writes the shortest text that is this number.
    public mutating func number(_ value: inout Double) {
        append(value)
        end()
    }

    /// Writes the shortest text that is this number, or nothing; a gateway's "unset" is 1.7976931348623157E308.
    public mutating func number(_ value: inout Double?) {
        if let value {
            append(value)
        } else if side == .gateway {
            bytes.append(contentsOf: "1.7976931348623157E308".utf8)
        }
        end()
    }

    /// Writes the bytes.
    public mutating func text(_ value: inout ShortText) {
        for position in 0..<value.count { appendChecked(value[position]) }
        end()
    }

    /// Writes a text.
    public mutating func text(_ value: inout String) {
        for byte in value.utf8 { appendChecked(byte) }
        end()
    }

    /// Writes a text, as `\uXXXX` where it is not ASCII.
    public mutating func escapedText(_ value: inout String) {
        if value.utf8.contains(0) { refuse(.text) }
        EscapedText.append(value, to: &bytes)
        end()
    }

    /// Writes the count, then the groups.
    public mutating func list<Group: FieldGroup>(_ groups: inout [Group]) {
        var count = Int32(clamping: groups.count)
        integer(&count)
        self.groups(&groups, count: count)
    }

    /// Writes the groups; there must be `count`.
    public mutating func groups<Group: FieldGroup>(_ groups: inout [Group], count: Int32) {
        guard groups.count == Int(count), count <= FieldReader.longestList else { return refuse(.count) }
        for index in groups.indices { groups[index].describe(&self) }
    }

    private mutating func appendChecked(_ byte: UInt8) {
        let isPrintable = (32...126).contains(byte) || byte == 9 || byte == 10 || byte == 13
        if byte == 0 || (side == .client && !isPrintable) { refuse(.text) }
        bytes.append(byte)
    }

    private mutating func append(_ value: Price) {
        switch side {
        case .client: DecimalText.append(value.rawValue, to: &bytes)
        case .gateway: JavaNumber.append(value, to: &bytes)
        }
    }

    private mutating func append(_ value: Money) {
        // More than any reader has room for.
        guard value.magnitude < MoneyField.limit else { return refuse(.range) }
        switch side {
        case .client: value.append(to: &bytes)
        case .gateway: JavaNumber.append(value, to: &bytes)
        }
    }

    private mutating func append(_ value: Double) {
        guard !value.isNaN, value.magnitude != .greatestFiniteMagnitude else { return refuse(.value) }
        if value.isInfinite {
            bytes.append(contentsOf: (value < 0 ? "-Infinity" : "Infinity").utf8)
        } else {
            bytes.append(contentsOf: value.description.utf8)
        }
    }
}
