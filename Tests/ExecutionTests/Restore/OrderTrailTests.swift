import Audit
import ExactJSON
import Testing
import TradingModel

@testable import Execution
@testable import Risk

@Suite("Orders as an audit trail tells them")
struct OrderTrailTests {
    private let symbol: SymbolID

    init() throws { symbol = try #require(SymbolID("TRAIL.GOLD")) }

    private func id(_ number: UInt32) -> ClientOrderID { ClientOrderID(session: 1, number: number) }

    private func request(_ number: UInt32) throws -> OrderRequest {
        OrderRequest(
            id: id(number), symbol: symbol, side: .sell, type: .limit, quantity: try Quantity("10"),
            limitPrice: try Price("4000.5"), timeInForce: .goodTillCancel, flags: [.reduceOnly],
            strategy: StrategyID("trail"), signalSequence: 3)
    }

    private func line(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        write(&json)
        return Array(json.bytes)
    }

    private func intend(_ trail: inout OrderTrail, _ number: UInt32) throws {
        let decision = RiskDecision(
            request: try request(number), approved: true, reasons: [], limits: RiskChecks())
        trail.fold(
            .orderIntent, at: Timestamp(nanoseconds: 7),
            line { decision.writeRecord(sequence: 40, at: .zero, configHash: "c0ffee", to: &$0) })
    }

    private func send(_ trail: inout OrderTrail, _ number: UInt32) throws {
        let order = WorkingOrder(
            ApprovedOrder(request: try request(number), decisionSequence: 40, auditEntry: 1),
            sentAt: .zero)
        trail.fold(.orderSend, at: .zero, line { order.writeRecord(to: &$0) })
    }

    private func tell(
        _ trail: inout OrderTrail, _ number: UInt32, _ report: OrderReport, _ status: OrderStatus,
        fill: String = "0", reason: String = "", raw: String = ""
    ) throws {
        let event = OrderEvent(
            id: id(number), venueOrderID: report == .reject ? 0 : 900, report: report, status: status,
            side: .sell, quantity: try Quantity("10"), lastPrice: try Price("4000"),
            lastQuantity: try Quantity(fill), leavesQuantity: .zero, reason: reason, raw: raw)
        trail.fold(
            event.auditLineType, at: .zero,
            line { event.writeRecord(symbol: symbol, decision: 40, sequence: 41, to: &$0) })
    }

    @Test("an order that was sent and not answered is open, with all its terms")
    func sent() throws {
        var trail = OrderTrail()
        try intend(&trail, 1)
        try send(&trail, 1)
        let order = try #require(trail.open.first)
        #expect(trail.open.count == 1 && order.isSent && order.isUnresolved && order.decisionSequence == 40)
        var told = order.request
        told.trace = .none
        #expect(try told == request(1))
        #expect(order.sentAt == Timestamp(nanoseconds: 7) && trail.misunderstood == 0)
    }

    @Test("an approval without a send is open and not sent")
    func approved() throws {
        var trail = OrderTrail()
        try intend(&trail, 1)
        #expect(trail.open.map(\.isSent) == [false])
    }

    @Test("fills count by their names, a correction in the place of what it corrects; a cancel wish stands")
    func fills() throws {
        var trail = OrderTrail()
        try intend(&trail, 1)
        try send(&trail, 1)
        try tell(&trail, 1, .ack, .accepted)
        try tell(&trail, 1, .fill, .partiallyFilled, fill: "3", raw: "execution a.01 at now on SMART")
        try tell(&trail, 1, .fill, .partiallyFilled, fill: "2", raw: "execution b.01 at now on SMART")
        try tell(&trail, 1, .fill, .partiallyFilled, fill: "-3", raw: "execution a.02 at now on SMART")
        try tell(&trail, 1, .fill, .partiallyFilled, fill: "1", raw: "execution a.02 at now on SMART")
        trail.fold(.orderCancelSend, at: .zero, Array(#"{"cid":"c-1-1","reason":"why"}"#.utf8))
        let order = try #require(trail.open.first)
        #expect(try order.executions.map(\.name) == ["a.02", "b.01"] && order.filled == Quantity("3"))
        #expect(order.isAcknowledged && order.venueOrderID == 900 && order.cancelReason == "why")
    }

    @Test("what is over is remembered, the newest of it, and late fills of it")
    func finished() throws {
        var trail = OrderTrail(kept: 2)
        for number: UInt32 in 1...3 {
            try intend(&trail, number)
            try send(&trail, number)
            try tell(&trail, number, .cancel, .cancelled)
        }
        try tell(&trail, 3, .fill, .cancelled, fill: "3", raw: "execution a.01 at now on SMART")
        try tell(&trail, 1, .fill, .cancelled, fill: "3", raw: "execution b.01 at now on SMART")
        #expect(trail.open.isEmpty && trail.finished.map(\.id) == [id(2), id(3)])
        #expect(try trail.finished.last?.filled == Quantity("3") && trail.misunderstood == 0)
    }

    @Test("what an earlier restoration has told stands for lines that are out of reach")
    func restored() throws {
        var order = RestoredOrder(try request(5), decisionSequence: 4, sentAt: .zero)
        order.isAcknowledged = true
        order.isSent = true
        var trail = OrderTrail()
        trail.fold(
            .orderRestore, at: .zero,
            line { json in
                json.beginObject()
                json.key("cid")
                json.orderID(order.id)
                json.key("restored")
                order.write(to: &json)
                json.endObject()
            })
        #expect(trail.open == [order])
        try tell(&trail, 5, .fill, .filled, fill: "10", raw: "execution a.01 at now on SMART")
        #expect(trail.open == [] && trail.finished.first?.end == .filled)
    }

    // MARK: Brackets

    private func bracketed(_ trail: inout OrderTrail, exits: [UInt32]) throws {
        trail.fold(
            .orderRequest, at: .zero,
            Array(#"{"cid":"c-1-1","by":"uid:1","take_profit":"4010","stop_loss":"3990"}"#.utf8))
        try intend(&trail, 1)
        try send(&trail, 1)
        for number in exits {
            var exit = try request(number)
            exit.bracket = id(1)
            exit.exitRound = 2
            let decision = RiskDecision(request: exit, approved: true, reasons: [], limits: RiskChecks())
            trail.fold(
                .orderIntent, at: .zero,
                line { decision.writeRecord(sequence: 40, at: .zero, configHash: "c0ffee", to: &$0) })
            try send(&trail, number)
        }
    }

    @Test(
        "an entry has the prices of its exits, an exit its entry and group; both read back as they are told")
    func exits() throws {
        var trail = OrderTrail()
        try bracketed(&trail, exits: [2])
        let (entry, exit) = (try #require(trail.open.first), try #require(trail.open.last))
        #expect(try entry.takeProfit == Price("4010") && entry.stopLoss == Price("3990"))
        #expect(exit.request.bracket == id(1) && exit.request.exitRound == 2 && exit.takeProfit == nil)
        #expect(RestoredOrder(text: entry.text) == entry && RestoredOrder(text: exit.text) == exit)
        #expect(trail.misunderstood == 0 && trail.orphans.isEmpty)
    }

    @Test("of a bracket of which something may follow, what is over is told, however much came after it")
    func finishedOfBrackets() throws {
        var trail = OrderTrail(kept: 1)
        try bracketed(&trail, exits: [2, 3])
        try tell(&trail, 1, .fill, .filled, fill: "10", raw: "execution a.01 at now on SMART")
        try tell(&trail, 2, .fill, .filled, fill: "4", raw: "execution b.01 at now on SMART")
        for number: UInt32 in 4...6 {
            try intend(&trail, number)
            try tell(&trail, number, .cancel, .cancelled)
        }
        #expect(trail.finishedOfBrackets.map(\.id) == [id(1), id(2)])
        #expect(trail.open.map(\.id) == [id(3)] && trail.unprotected.isEmpty)
        try tell(&trail, 3, .fill, .filled, fill: "6", raw: "execution c.01 at now on SMART")
        #expect(trail.finishedOfBrackets == [] && trail.unprotected == [])
    }

    @Test("an exit whose entry is out of reach is named, as is an entry whose exits ended with the session")
    func uncertain() throws {
        var trail = OrderTrail()
        try bracketed(&trail, exits: [2])
        try tell(&trail, 1, .fill, .filled, fill: "10", raw: "execution a.01 at now on SMART")
        trail.fold(.orderCancelSend, at: .zero, Array(#"{"cid":"c-1-2","reason":"session end"}"#.utf8))
        try tell(&trail, 2, .cancel, .cancelled)
        #expect(trail.unprotected.map(\.id) == [id(1)])
        // The next session has said so: the one after it need not.
        var later = trail
        later.fold(.sessionStart, at: .zero, Array("{}".utf8))
        #expect(later.unprotected.isEmpty && later.finishedOfBrackets.isEmpty)
        var exit = try request(9)
        exit.bracket = id(8)
        let decision = RiskDecision(request: exit, approved: true, reasons: [], limits: RiskChecks())
        trail.fold(
            .orderIntent, at: .zero,
            line { decision.writeRecord(sequence: 40, at: .zero, configHash: "c0ffee", to: &$0) })
        #expect(trail.orphans.map(\.id) == [id(9)])
    }

    @Test(
        "what an operator or a kill has given up stays so, and is told with the entry",
        arguments: [
            (AuditLineType.orderCancelRequest, #"{"by":"uid:1","reason":"","order":"c-1-1"}"#, true),
            (.orderCancelRequest, #"{"by":"uid:1","reason":"","all":"yes","symbol":"TRAIL.GOLD"}"#, true),
            (.orderCancelRequest, #"{"by":"uid:1","reason":"","all":"yes","symbol":"TRAIL.OTHER"}"#, false),
            (.killSwitchEngage, #"{"by":"uid:1","reason":"","scope":"all","level":"halt"}"#, true),
            (.killSwitchEngage, #"{"by":"uid:1","reason":"","scope":"all","level":"reduce"}"#, false),
        ])
    func givenUp(_ type: AuditLineType, _ data: String, _ isGivenUp: Bool) throws {
        var trail = OrderTrail()
        try bracketed(&trail, exits: [])
        trail.fold(type, at: .zero, Array(data.utf8))
        // Nothing was open yet.
        #expect(trail.open.map(\.areExitsGivenUp) == [false])
        try tell(&trail, 1, .fill, .filled, fill: "10", raw: "execution a.01 at now on SMART")
        trail.fold(type, at: .zero, Array(data.utf8))
        let entry = try #require(trail.finished.first)
        #expect(entry.areExitsGivenUp == isGivenUp && RestoredOrder(text: entry.text) == entry)
        #expect(trail.finishedOfBrackets.isEmpty == isGivenUp)
    }

    @Test("lines that cannot be understood are counted")
    func damaged() throws {
        var trail = OrderTrail()
        trail.fold(.orderIntent, at: .zero, Array("{}".utf8))
        trail.fold(.orderFill, at: .zero, Array(#"{"cid":"x"}"#.utf8))
        try intend(&trail, 1)
        trail.fold(.orderFill, at: .zero, Array(#"{"cid":"c-1-1"}"#.utf8))
        #expect(trail.misunderstood == 3)
    }
}
