import Messaging
import Platform
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import Execution

@Suite("Reports of the broker")
struct BrokerReportTests {
    @Test("acknowledged once, whatever says so first", arguments: 0..<3)
    func acknowledged(first: Int) throws {
        let rig = try BrokerRig("REPORT.ACK")
        let orderID = try rig.send()
        let messages = [
            try rig.openOrder(orderID, "PreSubmitted"), try rig.status(orderID, "PreSubmitted"),
            try rig.status(orderID, "Submitted"),
        ]
        rig.say(messages[first])
        for message in messages { rig.say(message) }
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
        #expect(rig.reports[0].venueOrderID == UInt64(orderID) + 1_000_000)
        let event = try #require(rig.events.withLock { $0.last })
        #expect(event.source == .ibkr && event.symbol == rig.symbol)
        #expect(event.trace == rig.sent[1]?.trace)
    }

    @Test("executions make fills with exact averages; statuses never do, and repetition changes nothing")
    func fills() throws {
        let rig = try BrokerRig("REPORT.FILL")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID), try rig.status(orderID, "Submitted", filled: "3"))
        #expect(rig.lines.count == 1)
        rig.say(
            try rig.execution(orderID, "x.01", "3", "4000"), try rig.execution(orderID, "x.01", "3", "4000"))
        rig.say(
            try rig.status(orderID, "Submitted", filled: "3"), try rig.status(orderID, "Filled", filled: "10")
        )
        rig.say(try rig.execution(orderID, "y.01", "7", "4000.01"))
        rig.say(
            try rig.status(orderID, "Filled", filled: "10"), try rig.openOrder(orderID, "Filled"),
            try rig.execution(orderID, "y.01", "7", "4000.01", request: 5), try rig.openOrder(orderID))
        #expect(
            rig.lines == [
                "1 ack accepted Σ0 leaves 10", "1 fill partially_filled 3@4000 Σ3 leaves 7",
                "1 fill filled 7@4000.01 Σ10 leaves 0",
            ])
        #expect(rig.reports.last?.averagePrice == (try Price("4000.007")))
        #expect(rig.reports.map(\.executionID) == [0, 1, 2])
        #expect(rig.reports[1].raw == "execution x.01 at 20260105 14:30:00 UTC on SMART")
        #expect(rig.book.counts.executions == 2)
    }

    @Test("without any status, and with the execution before openOrder, an order fills")
    func executionOnly() throws {
        let rig = try BrokerRig("REPORT.BARE")
        let orderID = try rig.send()
        rig.say(try rig.execution(orderID, "x.01", "4"))
        rig.say(try rig.openOrder(orderID), try rig.status(orderID, "Submitted", filled: "4"))
        rig.say(try rig.execution(orderID, "y.01", "6", reference: ""))
        #expect(
            rig.lines == [
                "1 fill partially_filled 4@4000 Σ4 leaves 6", "1 fill filled 6@4000 Σ10 leaves 0",
            ])
    }

    @Test("a corrected execution takes the old version back and books the new one, once")
    func correction() throws {
        let rig = try BrokerRig("REPORT.FIX")
        let orderID = try rig.send()
        rig.say(try rig.execution(orderID, "x.y.01", "4", "4000"))
        rig.say(try rig.execution(orderID, "x.y.02", "3", "4001"))
        rig.say(
            try rig.execution(orderID, "x.y.01", "4", "4000"),
            try rig.execution(orderID, "x.y.02", "3", "4001"))
        #expect(
            rig.lines == [
                "1 fill partially_filled 4@4000 Σ4 leaves 6", "1 fill accepted -4@4000 Σ0 leaves 10",
                "1 fill partially_filled 3@4001 Σ3 leaves 7",
            ])
        #expect(Set(rig.reports.map(\.executionID)) == [1])
        #expect(rig.book.counts.corrections == 1)
    }

    @Test("a correction after the end keeps the order over; the higher version may come first")
    func lateCorrection() throws {
        let rig = try BrokerRig("REPORT.LATEFIX")
        let orderID = try rig.send()
        rig.say(
            try rig.execution(orderID, "x.02", "10", "4000"), try rig.execution(orderID, "x.01", "10", "3999")
        )
        rig.say(try rig.execution(orderID, "x.03", "10", "4002"))
        #expect(
            rig.lines == [
                "1 fill filled 10@4000 Σ10 leaves 0", "1 fill filled -10@4000 Σ0 leaves 0",
                "1 fill filled 10@4002 Σ10 leaves 0",
            ])
        #expect(rig.book.openOrders.isEmpty)
    }

    @Test("PendingCancel, PreSubmitted and Inactive do not end an order; it may still fill")
    func notFinal() throws {
        let rig = try BrokerRig("REPORT.ALIVE")
        let orderID = try rig.send()
        for status in [
            "ApiPending", "PendingSubmit", "Inactive", "PreSubmitted", "PendingCancel", "PreCancelled",
        ] {
            rig.say(try rig.status(orderID, status, whyHeld: status == "Inactive" ? "locate" : ""))
        }
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
        rig.say(try rig.execution(orderID, "x.01", "10"))
        #expect(rig.lines.last == "1 fill filled 10@4000 Σ10 leaves 0")
    }

    @Test(
        "advice and unknown codes never end an order",
        arguments: [Int32(399), 404, 2_109, 2_137, 10_349, 31_337])
    func advice(code: Int32) throws {
        let rig = try BrokerRig("REPORT.ADVICE")
        let orderID = try rig.send()
        rig.error(orderID, code)
        #expect(rig.lines == [] && rig.book.openOrders == [rig.id(1)])
        #expect(rig.notes.withLock { $0.last?.code } == code)
        rig.pass(1)
        #expect(rig.wishes.withLock { $0.isEmpty } == (code != 31_337))
    }

    @Test(
        "a refusal ends a new order once, with what the broker said", arguments: [Int32(201), 203, 110, 321])
    func refused(code: Int32) throws {
        let rig = try BrokerRig("REPORT.REFUSED")
        let orderID = try rig.send()
        rig.error(orderID, code, "no margin")
        rig.say(try rig.status(orderID, "Inactive"), try rig.openOrder(orderID, "Inactive"))
        rig.say(try rig.status(orderID, "Cancelled"))
        #expect(rig.lines == ["1 reject rejected Σ0 leaves 0"])
        #expect(rig.reports[0].raw == "error \(code): no margin")
    }

    @Test("the end of an order by 202 or by status, once; what filled before stays")
    func cancelled() throws {
        let rig = try BrokerRig("REPORT.CANCEL")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID), try rig.execution(orderID, "x.01", "4"))
        rig.error(orderID, 202, "Order Canceled - reason:exchange")
        rig.say(try rig.status(orderID, "Cancelled", filled: "4"), try rig.openOrder(orderID, "Cancelled"))
        #expect(rig.lines.suffix(1) == ["1 cancel cancelled Σ4 leaves 0"])
        #expect(rig.lines.count == 3)
        #expect(rig.reports.last?.reason == "cancelled: Order Canceled - reason:exchange")
    }

    @Test(
        "an end with executions missing waits for them, in every order of the messages", arguments: 0..<24)
    func endBeforeExecutions(_ order: Int) throws {
        let rig = try BrokerRig("REPORT.HELD\(order)")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        var left: [ServerMessage] = [
            try rig.status(orderID, "Submitted", filled: "3"),
            try rig.status(orderID, "Cancelled", filled: "5"),
            try rig.execution(orderID, "a.01", "3"), try rig.execution(orderID, "b.01", "2"),
        ]
        var number = order, told = 0, booked = 0
        for count in [4, 3, 2, 1] {
            let place = number % count
            number /= count
            let message = left.remove(at: place)
            if case .orderStatusReport(let report) = message {
                told = max(told, report.status == "Cancelled" ? 5 : 3)
            }
            if case .executionReport(let report) = message { booked += report.executionID == "a.01" ? 3 : 2 }
            rig.say(message)
            let last = try #require(rig.reports.last)
            #expect(last.leavesQuantity >= Quantity(rawValue: Int64(told - booked) * Money.one.rawValue))
            #expect(last.status.isTerminal == (told == 5 && booked == 5))
        }
        #expect(rig.lines.last == "1 cancel cancelled Σ5 leaves 0" && rig.book.openOrders.isEmpty)
        #expect(rig.book.counts.lateFills == 0)
    }

    @Test("an end whose executions never come is told when a comparison begun after it does not know them")
    func endWithoutExecutions() throws {
        let rig = try BrokerRig("REPORT.ABSENT")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID), try rig.status(orderID, "Cancelled", filled: "3"))
        rig.error(orderID, 202)
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
        rig.pass(0)
        rig.pass(4)
        #expect(rig.wishes.withLock { $0 } == ["an order is in doubt"])
        rig.reconcile()
        #expect(rig.lines.suffix(1) == ["1 cancel cancelled Σ0 leaves 0"])
        #expect(rig.notes.withLock { $0.contains { $0.severity == .alarm } })
    }

    @Test("an end told during a comparison is not proven by it")
    func endDuringComparison() throws {
        let rig = try BrokerRig("REPORT.DURING")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        rig.lose()
        rig.reconcile(positions: [try rig.status(orderID, "Cancelled", filled: "3")])
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
        rig.reconcile(executions: [try rig.execution(orderID, "a.01", "3")])
        #expect(rig.lines.suffix(1) == ["1 cancel cancelled Σ3 leaves 0"])
    }

    @Test("a fill after the cancel is booked and marked late; the order stays over")
    func lateFill() throws {
        let rig = try BrokerRig("REPORT.LATE")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID), try rig.status(orderID, "ApiCancelled"))
        rig.say(try rig.execution(orderID, "x.01", "4"), try rig.execution(orderID, "y.01", "6"))
        #expect(
            rig.lines.suffix(2) == [
                "1 fill cancelled 4@4000 Σ4 leaves 0", "1 fill filled 6@4000 Σ10 leaves 0",
            ])
        #expect(rig.reports[2].reason == "late fill: the order was cancelled")
        #expect(rig.book.counts.lateFills == 2 && rig.book.openOrders.isEmpty)
    }

    @Test(
        "what is not ours changes nothing and is counted: other clients, hands, other sessions, stale numbers"
    )
    func foreign() throws {
        let rig = try BrokerRig("REPORT.FOREIGN")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID), try rig.status(orderID, "Submitted"))
        rig.say(try rig.openOrder(orderID, client: 8), try rig.status(orderID, "Cancelled", client: 8))
        rig.say(
            try rig.execution(orderID, "x.01", "10", client: 8), try rig.execution(0, "y.01", "10", client: 7)
        )
        rig.say(try rig.execution(orderID, "z.01", "10", reference: "c-2-1"))
        rig.say(try rig.execution(orderID, "z.02", "10", reference: "by hand"))
        rig.say(try rig.status(orderID, "Cancelled", permanentID: 5), try rig.status(999, "Cancelled"))
        rig.error(999, 201)
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
        #expect(rig.book.counts.foreign == 9)
        rig.say(try rig.execution(orderID, "u.01", "10", number: 55))
        #expect(rig.book.counts.unknownExecutions == 1)
    }

    @Test("an execution on the other side is impossible: not booked, and somebody must look")
    func impossible() throws {
        let rig = try BrokerRig("REPORT.SIDE")
        let orderID = try rig.send()
        rig.say(try rig.execution(orderID, "x.01", "10", side: "SLD"))
        #expect(rig.lines == [])
        #expect(rig.notes.withLock { $0.last?.severity } == .alarm)
    }

    @Test(
        "a status that tells more than the executions leads to a comparison after some seconds, not to a fill"
    )
    func unexplained() throws {
        let rig = try BrokerRig("REPORT.GAP")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID), try rig.status(orderID, "Filled", filled: "10"))
        rig.pass(0)
        rig.pass(2)
        #expect(rig.wishes.withLock { $0 } == [])
        rig.pass(2)
        rig.pass(1)
        #expect(rig.wishes.withLock { $0 } == ["an order is in doubt"])
        #expect(rig.lines.count == 1)
        rig.reconcile(
            executions: [try rig.execution(orderID, "x.01", "10", request: 3)],
            positions: [try rig.position("10")])
        #expect(rig.lines.last == "1 fill filled 10@4000 Σ10 leaves 0")
    }

    @Test("an order or a cancel without an answer is asked about, not guessed about")
    func unanswered() throws {
        let rig = try BrokerRig("REPORT.MUTE")
        try rig.send()
        rig.pass(0)
        rig.pass(9)
        #expect(rig.wishes.withLock { $0 } == [])
        rig.pass(2)
        rig.pass(1)
        #expect(rig.wishes.withLock { $0.count } == 1)
        rig.pass(20)
        #expect(rig.wishes.withLock { $0.count } == 2)
        #expect(rig.lines == [] && rig.book.openOrders.count == 1)
    }

    @Test("finished orders are forgotten beyond the bound, with their executions")
    func bounded() throws {
        let rig = try BrokerRig("REPORT.BOUND", finishedKept: 3)
        var ids: [Int32] = []
        for number in 1...5 {
            ids.append(try rig.send())
            rig.say(try rig.execution(ids[number - 1], "e\(number).01", "10", number: UInt32(number)))
        }
        for number in 1...5 {
            rig.say(
                try rig.execution(ids[number - 1], "e\(number).01", "10", number: UInt32(number), request: 2))
        }
        #expect(rig.reports.count == 5)
        #expect(rig.book.counts.unknownExecutions == 2 && rig.book.counts.repeated == 3)
        #expect(rig.book.withLedger { $0.orders.count } == 3)
    }

    @Test("events that the bus has no room for are offered again in their order")
    func overload() throws {
        let rig = try BrokerRig("REPORT.FULL")
        let orderID = try rig.send()
        rig.busAnswer.withLock { $0 = .overloaded }
        rig.say(try rig.openOrder(orderID), try rig.execution(orderID, "x.01", "4"))
        #expect(rig.lines == [])
        rig.busAnswer.withLock { $0 = .accepted }
        rig.pass(0)
        #expect(
            rig.lines == ["1 ack accepted Σ0 leaves 10", "1 fill partially_filled 4@4000 Σ4 leaves 6"])
    }

    @Test("any order and any repetition of what is said leads to the same end, and books each fill once")
    func shuffled() throws {
        var random = TestRandom(seed: TestSeed.value("BROKER_SEED"))
        for _ in 0..<200 {
            let rig = try BrokerRig("REPORT.SHUFFLE")
            let orderID = try rig.send()
            let parts = ["1", "2", "3", "4"]
            var messages = [
                try rig.openOrder(orderID, "PreSubmitted"), try rig.openOrder(orderID),
                try rig.status(orderID, "Submitted"), try rig.status(orderID, "PendingCancel"),
                try rig.status(orderID, "Filled", filled: "10"), try rig.openOrder(orderID, "Filled"),
            ]
            for (index, part) in parts.enumerated() {
                messages.append(try rig.execution(orderID, "e\(index).01", part, "400\(index)"))
                messages.append(try rig.status(orderID, "Submitted", filled: part))
            }
            messages.append(try rig.execution(orderID, "e3.02", "4", "4009"))
            messages += (0..<random.below(10)).map { _ in messages[Int(random.below(UInt64(messages.count)))]
            }
            for place in messages.indices {
                messages.swapAt(place, Int(random.below(UInt64(messages.count))))
            }
            for message in messages { rig.say(message) }
            let reports = rig.reports
            #expect(reports.filter { $0.report == .ack }.count <= 1)
            let sum = reports.reduce(Quantity.zero) { $0 + $1.lastQuantity }
            #expect(sum == (try Quantity("10")))
            #expect(reports.last { $0.report == .fill }?.filledQuantity == (try Quantity("10")))
            #expect(reports.last { $0.report == .fill }?.averagePrice == (try Price("4004.4")))
            #expect(reports.last?.status == .filled && rig.book.openOrders.isEmpty)
            #expect(rig.book.counts.executions == 4)
            rig.pass(0)
            rig.pass(60)
            #expect(rig.wishes.withLock { $0.isEmpty })
        }
    }
}
