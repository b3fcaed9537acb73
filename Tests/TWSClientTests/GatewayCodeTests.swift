import TWSClient
import Testing

/// The rows of the reference, "error codes and what to do".
@Suite("gateway codes")
struct GatewayCodeTests {
    private func reaction(_ code: Int32) -> GatewayCode.Reaction { GatewayCode(rawValue: code).reaction }

    @Test("what concerns the connection")
    func connection() {
        #expect(reaction(1_100) == .linkLost)
        #expect(reaction(2_110) == .linkLost)
        #expect(reaction(1_101) == .linkRestored(isDataLost: true))
        #expect(reaction(1_102) == .linkRestored(isDataLost: false))
        #expect(reaction(1_300) == .portChanged)
        #expect(reaction(326) == .clientIDInUse)
        #expect(reaction(100) == .tooManyMessages)
        #expect(reaction(10_197) == .competingSession)
    }

    @Test("a farm is broken, well, at rest or on its way")
    func farms() {
        #expect([2_103, 2_105, 2_157].map(reaction) == GatewayCode.Farm.allCases.map { .farm($0, .broken) })
        #expect([2_104, 2_106, 2_158].map(reaction) == GatewayCode.Farm.allCases.map { .farm($0, .well) })
        #expect(reaction(2_107) == .farm(.history, .dormant))
        #expect(reaction(2_108) == .farm(.marketData, .dormant))
        #expect(reaction(2_119) == .farm(.marketData, .connecting))
    }

    @Test(
        "a stream that is refused",
        arguments: [101, 102, 309, 354, 10_186, 10_168, 10_187, 10_189, 10_190] as [Int32])
    func refused(code: Int32) { #expect(reaction(code) == .streamRefused) }

    @Test(
        "a stream that lives on, though a range would end it", arguments: [10_167, 10_090, 2_152] as [Int32])
    func streamNotes(code: Int32) { #expect(reaction(code) == .streamNote) }

    @Test("a stream that depends on its kind, one that has ended, one that is reset")
    func streams() {
        #expect(reaction(10_089) == .streamUnsubscribed)
        #expect(reaction(10_091) == .streamUnsubscribed)
        #expect(reaction(10_182) == .streamEnded)
        #expect(reaction(316) == .streamEnded)
        #expect(reaction(317) == .streamReset)
    }

    @Test(
        "an order that lives on, though a range would end it",
        arguments: [399, 404, 2_109, 2_137, 10_349] as [Int32])
    func orderNotes(code: Int32) { #expect(reaction(code) == .orderNote) }

    @Test(
        "an order that is dead", arguments: [110, 201, 355, 388, 434, 10_243, 10_249, 10_268] as [Int32])
    func deadOrders(code: Int32) { #expect(reaction(code) == .orderRefused) }

    @Test(
        "an order that is held in the gateway",
        arguments: [106, 107, 109, 163, 382, 383, 463, 10_289, 10_293, 10_311, 10_329] as [Int32])
    func heldOrders(code: Int32) {
        #expect(reaction(code) == .orderHeld)
        #expect(GatewayCode(rawValue: code).isAlarm)
    }

    @Test("what leads to a reconciliation, and what leaves the order as it was")
    func orders() {
        #expect([104, 135, 10_147].map(reaction).allSatisfy { $0 == .orderUnknown })
        #expect([136, 161, 10_148].map(reaction).allSatisfy { $0 == .cancelRefused })
        #expect([105, 329, 2_102].map(reaction).allSatisfy { $0 == .changeRefused })
        #expect(reaction(103) == .orderIDInUse)
        #expect(reaction(202) == .orderCancelled)
    }

    @Test("requests that end, and cancels of what is gone")
    func requests() {
        #expect([162, 200, 203, 320, 321, 322].map(reaction).allSatisfy { $0 == .requestRefused })
        #expect([300, 310, 366].map(reaction).allSatisfy { $0 == .ignored })
        #expect([165, 2_100, 2_101].map(reaction).allSatisfy { $0 == .notice })
    }

    @Test("a code that nobody knows is a notice: it ends neither an order nor a stream")
    func unknown() {
        for code in [-1, 0, 1, 99, 500, 2_199, 9_999, 10_500, .max, .min] as [Int32] {
            #expect(reaction(code) == .notice)
            #expect(GatewayCode(rawValue: code).meaning == nil)
        }
        #expect(GatewayCode(rawValue: 2_199).isKnown)
        #expect(!GatewayCode(rawValue: 2_200).isKnown)
    }

    @Test("codes from 2100 to 2199 never end anything")
    func warnings() {
        for code in 2_100...2_199 as ClosedRange<Int32> {
            switch reaction(code) {
            case .notice, .farm, .linkLost, .streamNote, .orderNote, .changeRefused: break
            case let other: Issue.record("\(code) is \(other)")
            }
        }
    }

    @Test("our own mistakes and what the gateway holds back are alarms")
    func alarms() {
        let alarms = GatewayCode.table.filter(\.isAlarm).map(\.code)
        #expect(Set([320, 102, 110, 103, 106, 107, 109, 163, 382, 383]).isSubset(of: alarms))
        #expect(!alarms.contains(201))
    }

    @Test("the table has each code once")
    func once() {
        #expect(Set(GatewayCode.table.map(\.code)).count == GatewayCode.table.count)
    }
}
