import TestSupport
import Testing

@testable import TWSProtocol

@Suite("Every message, there and back")
struct RoundTripTests {
    static let seed = TestSeed.value("TWS_SEED")
    static let samples: UInt64 = 12

    @Test("random messages come back as they went, written by either end", arguments: ServerVersion.spoken)
    func roundTrip(version: ServerVersion) throws {
        for kind in MessageKind.all {
            for sample in 0..<Self.samples {
                for side in [WireSide.client, .gateway] {
                    let result = try kind.roundTrip(version, side, Self.seed &+ sample &* 104_729)
                    #expect(
                        result == .same || result == .none,
                        "\(kind) at \(version.rawValue), sample \(sample), \(side)")
                }
            }
        }
    }

    @Test("a message is missing from a version only where the reference says so")
    func existence() throws {
        let from: [String: Int32] = [
            "RequestCurrentTimeInMilliseconds": 197, "CurrentTimeInMilliseconds": 197,
            "HistoricalDataEnd": 196,
        ]
        for version in ServerVersion.spoken {
            for kind in MessageKind.all {
                let exists = try kind.roundTrip(version, .client, 1) != .none
                #expect(exists == (version.rawValue >= from[kind.description] ?? 0), "\(kind)")
            }
        }
    }

    @Test("every number that a set knows is in the list of these tests")
    func numbers() {
        for number in -1...300 as ClosedRange<Int32> {
            let body = Array("\(number)\0".utf8)
            let isClients = FieldReader.reading(body.span, version: .highest) {
                ClientMessage($0.messageID(), &$0) != nil
            }
            let isGateways = FieldReader.reading(body.span, version: .highest) {
                ServerMessage($0.messageID(), &$0) != nil
            }
            #expect(isClients == MessageKind.clients.contains { $0.id == number }, "\(number)")
            #expect(isGateways == MessageKind.gateways.contains { $0.id == number }, "\(number)")
        }
    }

    @Test("every stored value of every message is on the wire at some version")
    func nothingIsForgotten() {
        let orders = ["PlaceOrder", "OpenOrder", "CompletedOrder"]
        var orderLeaves: Set<String> = []
        var changedOrderLeaves: Set<String> = []
        for kind in MessageKind.all {
            var changed: Set<String> = []
            for version in [ServerVersion(195), .highest] {
                for sample in 0..<150 as Range<UInt64> {
                    changed.formUnion(
                        kind.changedLeaves(version, (sample &* 31 &+ UInt64(version.rawValue)) &* 15_485_863))
                }
            }
            // A message without fields is a leaf without a name.
            var forgotten = kind.leaves.subtracting(changed).subtracting([""])
            // Reports say one of the two exchanges only.
            let exchanges: Set = ["contract.exchange", "contract.primaryExchange"]
            if forgotten.intersection(exchanges).count == 1 { forgotten.subtract(exchanges) }
            if orders.contains(kind.description) {
                orderLeaves.formUnion(kind.leaves.filter { $0.hasPrefix("order.") })
                changedOrderLeaves.formUnion(changed.filter { $0.hasPrefix("order.") })
                forgotten = forgotten.filter { !$0.hasPrefix("order.") }
            }
            #expect(forgotten.isEmpty, "\(kind)")
        }
        #expect(orderLeaves.subtracting(changedOrderLeaves).isEmpty)
        #expect(orderLeaves.count > 100)
    }
}
