import TestSupport
import Testing
import TradingModel

@testable import TWSProtocol

@Suite("Messages that are not what they should be")
struct HostileTests {
    static let versions = [178, 187, 192, 195, 200].map { ServerVersion($0) }

    /// Texts that no number should be.
    static let texts: [[UInt8]] =
        [
            "", "-", "-1", "+1", "2147483647", "2147483648", "-2147483649", "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808", "1234567890123456789012345678901234567890",
            "0.0000000000000000000000000000000000000001", "NaN", "nan", "inf", "Infinity", "-Infinity",
            "0x10", " ",
            " 1", "1 ", "1e999", "1e-999", "1E", "1e+", ".", "-.", "1.2.3", "1,5", "5.0E-5",
            "1.7976931348623157E308",
            "131072", "131073", "4294967296", "PEG BENCH", "BAG", "FUND", "None",
        ].map { Array($0.utf8) } + [[0xFF, 0xFE], [0xC3], [0xF0, 0x9F], [0x5C, 0x75, 0x64, 0x38], [0x5C]]

    @Test("a message cut anywhere is discarded for the field that is missing, or closes", arguments: versions)
    func truncation(version: ServerVersion) throws {
        for kind in MessageKind.all {
            guard let body = try kind.randomBody(version, .gateway, RoundTripTests.seed) else { continue }
            for length in 0..<body.count {
                let cut = Array(body[..<length])
                if length == 0 {
                    #expect(try kind.decode(cut, version) == .empty)
                } else if cut[length - 1] != 0 {
                    #expect(throws: FrameFault.unterminated) { try kind.decode(cut, version) }
                } else {
                    let fields = cut.count { $0 == 0 }
                    let outcome = try kind.decode(cut, version)
                    guard case .discarded(let fault) = outcome else {
                        Issue.record("\(kind) cut to \(fields) fields: \(outcome)")
                        continue
                    }
                    #expect(fault.message == kind.id)
                    // A count that promises more than is there is a fault too.
                    let isCount = fault.fault == .count && fault.field < fields
                    #expect(
                        isCount || (fault.fault == .missing && fault.field == fields), "\(kind): \(fault)")
                }
            }
        }
    }

    @Test("fields behind the last one known are passed over", arguments: versions)
    func longer(version: ServerVersion) throws {
        for kind in MessageKind.all {
            guard let body = try kind.randomBody(version, .gateway, RoundTripTests.seed) else { continue }
            let plain = try kind.decode(body, version)
            let longer = try kind.decode(body + Array("x\0\01\0".utf8) + [0xFF, 0], version)
            #expect(plain == longer, "\(kind)")
            guard case .message(_, isOfKind: true) = plain else {
                Issue.record("\(kind): \(plain)")
                continue
            }
        }
    }

    @Test("fields that are swapped, left out, doubled or nonsense do no harm", arguments: versions)
    func nonsense(version: ServerVersion) throws {
        var random = TestRandom(seed: RoundTripTests.seed &+ UInt64(version.rawValue))
        for kind in MessageKind.all {
            for sample in 0..<40 as Range<UInt64> {
                guard let body = try kind.randomBody(version, .gateway, sample) else { break }
                var fields = body.split(separator: 0, omittingEmptySubsequences: false).dropLast()
                    .map { Array($0) }
                for _ in 0...random.below(3) { change(&fields, &random) }
                let changed: [UInt8] = Array(fields.joined(separator: [0])) + [0]
                guard !changed.isEmpty else { continue }
                // The number itself stays.
                let outcome = try kind.decode(changed, version)
                if case .discarded(let fault) = outcome {
                    #expect(fault.field >= 1 && fault.field <= fields.count, "\(kind): \(fault)")
                }
                #expect(outcome != .unknown && outcome != .empty)
                #expect(try kind.decode(changed, version) == outcome)
                try expectKept(changed, kind, version, outcome)
            }
        }
    }

    /// A message that was read is written as what was read, field by field, and read as the same again.
    private func expectKept(
        _ body: [UInt8], _ kind: MessageKind, _ version: ServerVersion, _ outcome: MessageKind.Outcome
    ) throws {
        guard let again = try kind.rewrite(body, version) else { return }
        #expect(try kind.decode(again.body, version) == outcome, "\(kind) at \(version.rawValue)")
        let read = Self.fields(body)
        let written = Self.fields(again.body)
        #expect(written.count == again.kinds.count + 1 && written.count <= read.count, "\(kind)")
        for (index, fieldKind) in again.kinds.enumerated() where index + 1 < min(read.count, written.count) {
            let (came, went) = (read[index + 1], written[index + 1])
            #expect(
                fieldKind.isKept(came, as: went),
                """
                \(kind) at \(version.rawValue), field \(index + 1): \(String(decoding: came, as: UTF8.self)) \
                became \(String(decoding: went, as: UTF8.self))
                """)
        }
    }

    /// The fields of a body, its number first.
    private static func fields(_ body: [UInt8]) -> [[UInt8]] {
        body.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { Array($0) }
    }

    private func change(_ fields: inout [[UInt8]], _ random: inout TestRandom) {
        guard fields.count > 1 else { return }
        let place = 1 + Int(random.below(UInt64(fields.count - 1)))
        let other = 1 + Int(random.below(UInt64(fields.count - 1)))
        switch random.below(6) {
        case 0: fields.swapAt(place, other)
        case 1: fields.remove(at: place)
        case 2: fields.insert(fields[other], at: place)
        case 3: fields[place] = (0..<random.below(12)).map { _ in UInt8(1 + random.below(255)) }
        default: fields[place] = Self.texts[Int(random.below(UInt64(Self.texts.count)))]
        }
    }

    @Test("random bytes are a message, discarded, unknown, or close the connection, and so every time")
    func randomBytes() {
        var random = TestRandom(seed: RoundTripTests.seed)
        for kind in MessageKind.all {
            for sample in 0..<200 {
                let version = Self.versions[sample % Self.versions.count]
                let body = Self.randomBody(kind.id, &random)
                for bytes in [body, body + [0], Array(body.dropFirst()), Array(body.dropFirst()) + [0]] {
                    let outcome = Self.outcome(kind, bytes, version)
                    #expect(Self.isAllowed(outcome, kind, bytes), "\(kind), \(bytes): \(outcome)")
                    #expect(Self.outcome(kind, bytes, version) == outcome, "\(kind), \(bytes)")
                }
            }
        }
    }

    private static func randomBody(_ id: Int32, _ random: inout TestRandom) -> [UInt8] {
        let alphabet = Array("0123456789-.eE\0\0\0\0a".utf8)
        var body = Array("\(id)\0".utf8)
        for _ in 0..<random.below(60) {
            body.append(
                random.below(8) == 0
                    ? UInt8(random.below(256)) : alphabet[Int(random.below(UInt64(alphabet.count)))])
        }
        return body
    }

    private static func outcome(
        _ kind: MessageKind, _ body: [UInt8], _ version: ServerVersion
    ) -> Result<MessageKind.Outcome, FrameFault> {
        do throws(FrameFault) {
            return .success(try kind.decode(body, version))
        } catch {
            return .failure(error)
        }
    }

    /// Whether bytes may have this outcome, judged by their end and their first field.
    private static func isAllowed(
        _ outcome: Result<MessageKind.Outcome, FrameFault>, _ kind: MessageKind, _ body: [UInt8]
    ) -> Bool {
        guard let last = body.last else { return outcome == .success(.empty) }
        guard last == 0 else { return outcome == .failure(.unterminated) }
        let fields = fields(body)
        guard let id = number(fields[0]) else { return outcome == .failure(.messageNumber) }
        let ours = kind.isClients ? MessageKind.clients : MessageKind.gateways
        guard ours.contains(where: { $0.id == id }) else { return outcome == .success(.unknown) }
        switch outcome {
        case .success(.message(_, let isOfKind)): return isOfKind == (id == kind.id)
        case .success(.discarded(let fault)):
            let isPlace = fault.fault == .version ? fault.field == 0 : 1...fields.count ~= fault.field
            return fault.message == id && isPlace
        default: return false
        }
    }

    /// The number that a first field is.
    private static func number(_ field: [UInt8]) -> Int32? {
        let text = String(decoding: field, as: UTF8.self)
        return text.hasPrefix("+") ? nil : Int32(text)
    }

    @Test("a frame that does not begin with a number closes the connection")
    func numbers() throws {
        for text in ["\0", "x\0", "1x\0", " 1\0", "99999999999\0", "-\0", "1.0\0"] {
            #expect(throws: FrameFault.messageNumber) {
                _ = try ServerMessage.decode(Array(text.utf8).span, version: .highest)
            }
        }
        let first = try #require(MessageKind.gateways.first)
        #expect(try first.decode(Array("18\0x\0".utf8), .highest) == .unknown)
        #expect(try first.decode(Array("-1\0".utf8), .highest) == .unknown)
    }

    @Test("a negative count is none, as IB's own clients read it")
    func negativeCounts() throws {
        let kind = try #require(MessageKind.gateways.first { $0.id == 80 })
        for count in ["-1", "-2147483648"] {
            guard
                case .message(let text, isOfKind: true) = try kind.decode(
                    Array("80\0\(count)\0".utf8), .highest)
            else { throw FieldFault.count }
            #expect(!text.contains("DepthExchange("))
        }
    }

    @Test("counts that are larger than the message or any answer are refused at once")
    func counts() throws {
        let empties = [UInt8](repeating: 0, count: 200_000)
        for count in ["3", "131073", "2147483647"] {
            let body = Array("80\0\(count)\0".utf8) + (count == "131073" ? empties : [0])
            let expected = MessageFault(message: 80, field: 1, fault: .count)
            let kind = try #require(MessageKind.gateways.first { $0.id == 80 })
            #expect(try kind.decode(body, .highest) == .discarded(expected))
        }
        // As many rows as it may be, of which the first ones use up all fields.
        let kind = try #require(MessageKind.gateways.first { $0.id == 80 })
        let body = Array("80\0131072\0".utf8) + [UInt8](repeating: 0, count: 131_072)
        #expect(
            try kind.decode(body, .highest)
                == .discarded(MessageFault(message: 80, field: 131_074, fault: .missing)))
    }

    @Test("a client's order with one nonsense number is discarded for that very field")
    func strictOrders() throws {
        var fields = PlaceOrderVectorTests.plain.fields.map(\.text)
        let places = [
            1, 2, 6, 17, 19, 25, 27, 31, 34, 36, 43, 49, 50, 51, 54, 58, 61, 62, 63, 66, 69, 72, 77, 81,
        ]
        for place in places + [86, 89, 91, 96, 100, 105, 108, 109, 111] {
            let text = fields[place]
            fields[place] = "1x"
            let body: [UInt8] = fields.flatMap { (text: String) -> [UInt8] in Array(text.utf8) + [0] }
            let kind = try #require(MessageKind.clients.first { $0.id == 3 })
            #expect(
                try kind.decode(body, .lowest)
                    == .discarded(MessageFault(message: 3, field: place, fault: .malformed)))
            fields[place] = text
        }
    }
}
