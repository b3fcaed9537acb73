@testable import TWSProtocol

/// Fields of a message as the reference has them, one by one: what it calls the field, and the text.
struct Annotated: ExpressibleByDictionaryLiteral {
    var fields: [(name: String, text: String)]

    init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, text: $0.1) }
    }

    static func + (left: Annotated, right: Annotated) -> Annotated {
        var sum = left
        sum.fields += right.fields
        return sum
    }

    /// The fields as they stand on the wire.
    var bytes: [UInt8] { fields.flatMap { Array($0.text.utf8) + [0] } }

    /// The same with one text changed; the name must be there.
    func with(_ name: String, _ text: String) -> Annotated {
        var changed = self
        if let index = fields.firstIndex(where: { $0.name == name }) {
            changed.fields[index].text = text
        } else {
            changed.fields.append((name: "NO FIELD \(name)", text: text))
        }
        return changed
    }

    /// The first field that `other` has differently, for a failure that can be read.
    func difference(_ other: [UInt8]) -> String? {
        guard other != bytes else { return nil }
        let texts = other.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
        for (index, field) in fields.enumerated() {
            guard index < texts.count else { return "ends before \(field.name) (\(index))" }
            if texts[index] != field.text {
                return "field \(index), \(field.name): \(texts[index]) instead of \(field.text)"
            }
        }
        return "\(texts.count) fields instead of \(fields.count)"
    }
}

/// Writes and reads a message beside the reference's fields.
struct VectorCheck {
    var version: ServerVersion
    var side: WireSide

    init(_ version: Int32, _ side: WireSide) {
        self.version = ServerVersion(version)
        self.side = side
    }

    /// Nothing when the message is written as the fields and read from them; else what is different.
    func difference<Message: WireMessage>(_ message: Message, _ expected: Annotated) -> String? {
        do {
            let written = try MessageKind.body(message, version: version, side: side)
            if let difference = expected.difference(written) { return "written: " + difference }
            return readDifference(message, expected)
        } catch {
            return "\(error)"
        }
    }

    /// Nothing when the message is read from the fields; else what is different.
    func readDifference<Message: WireMessage>(_ message: Message, _ expected: Annotated) -> String? {
        let read: Result<Message, MessageFault> = read(expected)
        switch read {
        case .success(let read): return read == message ? nil : "read: \(read)"
        case .failure(let fault): return "read: \(fault)"
        }
    }

    /// What the fields are read as.
    func read<Message: WireMessage>(_ fields: Annotated) -> Result<Message, MessageFault> {
        FieldReader.reading(fields.bytes.span, version: version) { reader in
            guard reader.messageID() == Message.messageID else {
                return .failure(MessageFault(message: -1, field: 0, fault: .value))
            }
            do throws(MessageFault) {
                return .success(try reader.message(Message.self))
            } catch {
                return .failure(error)
            }
        }
    }
}
