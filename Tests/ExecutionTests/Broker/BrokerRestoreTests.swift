import Messaging
import Platform
import TWSClient
import TWSProtocol
import Testing
import TradingModel

@testable import Execution
@testable import Risk

@Suite("Orders of an earlier session are taken over")
struct BrokerRestoreTests {
    /// A session that has begun and is not connected, and orders of the one before it.
    private func start(
        _ name: String, open: [RestoredOrder] = [], finished: [RestoredOrder] = [], held: String? = nil
    ) throws -> BrokerRig {
        let rig = try BrokerRig(name, isLive: false)
        if let held {
            rig.book.carry([
                AdoptedPosition(carried: rig.symbol, try Quantity(held), averagePrice: nil, mark: .zero)
            ])
        }
        rig.book.restore(open: open, finished: finished)
        rig.connect()
        return rig
    }

    private func order(
        _ name: String, number: UInt32 = 1, isSent: Bool = true, isAcknowledged: Bool = false,
        permanentID: UInt64 = 0, executions: [(String, String)] = [], cancel: String? = nil,
        end: OrderStatus? = nil
    ) throws -> RestoredOrder {
        var order = RestoredOrder(
            OrderRequest(
                id: ClientOrderID(session: 2, number: number), symbol: try #require(SymbolID(name)),
                side: .buy, type: .limit, quantity: try Quantity("10"), limitPrice: try Price("4000")),
            decisionSequence: 5, sentAt: Timestamp(nanoseconds: 1))
        order.isSent = isSent
        order.isAcknowledged = isAcknowledged
        order.venueOrderID = permanentID
        order.executions = try executions.map {
            .init(name: $0.0, quantity: try Quantity($0.1), price: try Price("4000"))
        }
        order.cancelReason = cancel
        order.end = end
        return order
    }

    private var reference: String { "c-2-1" }

    @Test(
        "one that was never answered is acknowledged when the broker names it, and its fills are booked once")
    func found() throws {
        let name = "RESTORE.FOUND"
        let rig = try start(name, open: [try order(name)])
        rig.reconcile(open: [try rig.openOrder(41, reference: reference)])
        let fill = try rig.execution(41, "a.01", "4", reference: reference)
        rig.say(fill, fill)
        #expect(
            rig.lines == [
                "1 ack accepted Σ0 leaves 10", "1 fill partially_filled 4@4000 Σ4 leaves 6",
            ])
        #expect(rig.book.leftovers == [] && rig.book.reconciliation.foundAtStart == [])
        rig.say(try rig.status(41, "Cancelled", filled: "4"))
        #expect(rig.lines.last == "1 cancel cancelled Σ4 leaves 0")
    }

    @Test("one that filled while nobody looked is filled by its executions, and the books are equal")
    func filledMeanwhile() throws {
        let name = "RESTORE.FILLED"
        let rig = try start(
            name, open: [try order(name, isAcknowledged: true, executions: [("a.01", "3")])], held: "3")
        rig.reconcile(
            executions: [
                try rig.execution(41, "a.01", "3", reference: reference),
                try rig.execution(41, "b.01", "7", reference: reference),
            ], positions: [try rig.position("10")])
        #expect(rig.lines == ["1 fill filled 7@4000 Σ10 leaves 0"])
        #expect(rig.notices.last == .brokerReady && rig.book.openOrders == [])
    }

    @Test("one that nobody knows is over once all has been asked, and not before")
    func lost() throws {
        let name = "RESTORE.LOST"
        let rig = try start(name, open: [try order(name)])
        rig.reconcile(withCompleted: false)
        rig.pass(100)
        #expect(rig.lines == [] && rig.book.openOrders.count == 1)
        rig.reconcile()
        #expect(rig.lines == ["1 reject rejected Σ0 leaves 0"])
        #expect(rig.reports.last?.reason == "not sent: it never reached the broker")
    }

    @Test(
        "one that had not left is ended as not sent, unless the broker has it after all",
        arguments: [true, false])
    func unsent(isKnown: Bool) throws {
        let name = "RESTORE.UNSENT\(isKnown)"
        let rig = try start(name, open: [try order(name, isSent: false)])
        rig.reconcile(open: isKnown ? [try rig.openOrder(41, reference: reference)] : [])
        #expect(rig.lines == [isKnown ? "1 ack accepted Σ0 leaves 10" : "1 reject rejected Σ0 leaves 0"])
        if !isKnown { #expect(rig.reports.last?.tellsUnsent == true) }
    }

    @Test("an execution of one that was over is told late, behind what it is of, and explains the position")
    func lateFill() throws {
        let name = "RESTORE.LATE"
        let ended = try order(
            name, isAcknowledged: true, permanentID: 1_000_041, executions: [("a.01", "3")], end: .cancelled)
        let rig = try start(name, finished: [ended], held: "3")
        let known = try rig.execution(41, "a.01", "3", reference: reference)
        rig.reconcile(executions: [known], positions: [try rig.position("3")])
        #expect(rig.lines == [] && rig.notices.last == .brokerReady)
        rig.lose()
        rig.reconcile(
            executions: [known, try rig.execution(41, "b.01", "2", reference: reference)],
            positions: [try rig.position("5")])
        #expect(rig.lines == ["1 fill cancelled 2@4000 Σ5 leaves 0"])
        let told = rig.events.withLock { events in
            events.compactMap { event -> RestoredOrder? in
                if case .system(let notice) = event.payload { RestoredOrder(notice) } else { nil }
            }
        }
        #expect(told == [ended] && rig.notices.last == .brokerReady)
        #expect(rig.book.counts.lateFills == 1 && rig.book.differences == [])
    }

    @Test("a correction of an execution that an earlier session booked replaces it")
    func correction() throws {
        let name = "RESTORE.CORRECT"
        let rig = try start(
            name, open: [try order(name, isAcknowledged: true, executions: [("a.01", "3")])], held: "3")
        rig.reconcile(
            open: [try rig.openOrder(41, reference: reference)],
            executions: [try rig.execution(41, "a.02", "2", reference: reference)],
            positions: [try rig.position("2")])
        #expect(
            rig.lines == [
                "1 fill accepted -3@4000 Σ0 leaves 10", "1 fill partially_filled 2@4000 Σ2 leaves 8",
            ])
        #expect(rig.book.differences == [] && rig.notices.last == .brokerReady)
    }

    @Test("a cancel that was asked for is asked for again, once the broker has named the order")
    func cancelAgain() throws {
        let name = "RESTORE.CANCEL"
        let rig = try start(name, open: [try order(name, cancel: "session end")])
        rig.pass(1)
        #expect(rig.cancels == [])
        rig.reconcile(open: [try rig.openOrder(41, reference: reference)])
        rig.pass(0)
        #expect(rig.cancels == [41])
        rig.error(41, 202)
        #expect(rig.lines.last == "1 cancel cancelled Σ0 leaves 0")
        #expect(rig.reports.last?.reason == "session end")
    }

    @Test("a kill that comes before the broker has named it is carried out then")
    func killed() throws {
        let name = "RESTORE.KILL"
        let restored = try order(name, isAcknowledged: true)
        let rig = try start(name, open: [restored])
        var outbox = Outbox()
        rig.adapter.cancel(WorkingOrder(restored, at: rig.now), reason: "kill switch", &outbox)
        #expect(rig.cancels == [])
        rig.reconcile(open: [try rig.openOrder(41, reference: reference)])
        rig.pass(0)
        rig.pass(0)
        #expect(rig.cancels == [41])
    }

    @Test("an order of others that bears the same reference is left over, never taken for ours")
    func others() throws {
        let name = "RESTORE.OTHERS"
        let rig = try start(
            name, open: [try order(name, isAcknowledged: true, permanentID: 77), try order(name, number: 2)])
        rig.reconcile(
            open: [
                try rig.openOrder(41, reference: reference),
                try rig.openOrder(42, reference: "c-2-2", contractID: 5),
                try rig.openOrder(43, reference: "c-2-2", quantity: "3"),
                try rig.openOrder(44, reference: "c-1-9"),
            ],
            executions: [try rig.execution(45, "x.01", "1", reference: reference)])
        #expect(rig.book.leftovers.count == 4)
        // What is not open and not among the executions was not ours.
        #expect(rig.lines.allSatisfy { $0.contains("reject") || $0.contains("cancel ") }, "\(rig.lines)")
        #expect(rig.book.openOrders == [])
    }

    @Test("a status alone finds it by its permanent number")
    func byStatus() throws {
        let name = "RESTORE.STATUS"
        let rig = try start(
            name, open: [try order(name, isAcknowledged: true, permanentID: 1_000_041)])
        rig.session(.ready, .reconciling)
        rig.say(try rig.status(41, "Cancelled"))
        #expect(rig.lines == ["1 cancel cancelled Σ0 leaves 0"])
    }

    @Test("one that has filled by the broker's word alone ends with the difference that somebody accepts")
    func toldFilled() throws {
        let name = "RESTORE.TOLD"
        let rig = try start(
            name, open: [try order(name, isAcknowledged: true, permanentID: 1_000_041)])
        rig.reconcile(
            positions: [try rig.position("10")],
            completed: [try rig.completed(41, "Filled", text: "Filled Size: 10")])
        #expect(rig.lines == [] && rig.notices.last == .brokerUnreconciled)
        rig.pass(1)
        rig.pass(4)
        rig.accept()
        #expect(rig.lines == ["1 cancel cancelled Σ0 leaves 0"])
        #expect(rig.notices.last == .brokerReady)
    }

    @Test("an order that the gateway holds without a word is in doubt once, until it is told to work")
    func inactive() throws {
        let rig = try BrokerRig("RESTORE.INACTIVE")
        try rig.send()
        rig.say(
            try rig.status(101, "Submitted"), try rig.status(101, "Inactive"), try rig.status(101, "Inactive")
        )
        #expect(rig.notices.filter { $0 == .orderUnresolved }.count == 1)
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
        rig.say(try rig.status(101, "Submitted"), try rig.status(101, "Submitted"))
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10", "1 ack accepted Σ0 leaves 10"])
        rig.say(try rig.status(101, "Inactive"))
        rig.error(101, 201)
        #expect(rig.notices.filter { $0 == .orderUnresolved }.count == 2)
        #expect(rig.lines.last == "1 reject rejected Σ0 leaves 0")
    }
}
