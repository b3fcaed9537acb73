import Testing

@testable import TWSProtocol

@Suite("Every message, byte for byte")
struct VectorRegistryTests {
    @Test("a message is written as the reference has it, and read from that", arguments: MessageVector.all)
    func vector(vector: MessageVector) throws {
        for version in vector.versions {
            #expect(try vector.difference(ServerVersion(version)) == nil, "at \(version)")
        }
    }

    @Test("every kind of message has a vector")
    func complete() {
        let written = Set(MessageVector.all.map(\.kind))
        let kinds = Set(MessageKind.all.map(\.description))
        #expect(kinds.subtracting(written).sorted() == [], "kinds without a vector")
        #expect(written.subtracting(kinds).sorted() == [], "vectors without a kind")
    }

    @Test("no two fields of a kind say the same in all of its vectors")
    func distinct() {
        for kind in MessageKind.all {
            let vectors = MessageVector.all.filter { $0.kind == kind.description }
            #expect(Self.confusable(vectors).sorted() == [], "\(kind)")
        }
    }

    @Test("a field is named once in a vector, and the first one is the number of the message")
    func names() throws {
        for vector in MessageVector.all {
            let names = vector.fields.fields.map(\.name)
            #expect(Set(names).count == names.count, "\(vector)")
            let kind = try #require(MessageKind.all.first { $0.description == vector.kind })
            #expect(vector.fields.fields.first?.text == "\(kind.id)", "\(vector)")
        }
    }

    /// Pairs of fields that could change places without any of the vectors noticing.
    private static func confusable(_ vectors: [MessageVector]) -> Set<String> {
        var same: Set<String> = []
        var different: Set<String> = []
        for vector in vectors {
            // The number of the message is no matter of its description.
            let fields = vector.fields.fields.dropFirst().filter { !$0.name.hasPrefix("unused") }
            for (index, field) in fields.enumerated() {
                for other in fields.prefix(index) {
                    let pair = [field.name, other.name].sorted().joined(separator: " = ")
                    if field.text == other.text { same.insert(pair) } else { different.insert(pair) }
                }
            }
        }
        return same.subtracting(different)
    }
}
