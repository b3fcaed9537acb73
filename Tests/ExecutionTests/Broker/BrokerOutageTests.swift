import Messaging
import Platform
import TWSClient
import TWSProtocol
import Testing
import TradingModel

@testable import Execution

@Suite("What an outage, or a race, makes of our orders")
struct BrokerOutageTests {
    @Test(
        "two live orders for one reference: ours is the one of our number, the other is told and never booked"
    )
    func twice() throws {
        let rig = try BrokerRig("OUTAGE.TWICE")
        let orderID = try rig.send()
        let ours = try rig.openOrder(orderID), other = try rig.openOrder(150)
        rig.say(ours)
        rig.lose()
        rig.reconcile(open: [ours, other])
        rig.lose()
        rig.reconcile(open: [ours, other], executions: [try rig.execution(150, "x.01", "4")])
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10"])
        #expect(rig.book.leftovers.count == 1 && rig.strangers.withLock { $0.count } == 1)
        #expect(rig.unknownExecutions.withLock { $0.count } == 1)
        rig.say(try rig.execution(orderID, "y.01", "10"))
        #expect(rig.lines.last == "1 fill filled 10@4000 Σ10 leaves 0")
    }

    @Test("a refusal of an order that works ends it; what had filled stays filled", arguments: [false, true])
    func refusedAtWork(hasFilled: Bool) throws {
        let rig = try BrokerRig("OUTAGE.REFUSED\(hasFilled)")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        if hasFilled { rig.say(try rig.execution(orderID, "a.01", "4")) }
        rig.error(orderID, 201, "margin")
        #expect(
            rig.lines.last == (hasFilled ? "1 cancel cancelled Σ4 leaves 0" : "1 reject rejected Σ0 leaves 0")
        )
        #expect(rig.reports.last?.raw.contains("margin") == true)
    }

    @Test(
        "a cancel that comes too late: the order is filled, in whatever order that is told",
        arguments: [true, false])
    func lateCancel(isRefusedFirst: Bool) throws {
        let rig = try BrokerRig("OUTAGE.LATE\(isRefusedFirst)")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        try rig.cancel(1)
        let fill = try rig.execution(orderID, "a.01", "10")
        if !isRefusedFirst { rig.say(fill) }
        rig.error(orderID, 10_148, "OrderId that needs to be cancelled can not be cancelled, state: Filled.")
        if isRefusedFirst { rig.say(fill) }
        rig.say(try rig.status(orderID, "Filled", filled: "10"))
        #expect(rig.lines == ["1 ack accepted Σ0 leaves 10", "1 fill filled 10@4000 Σ10 leaves 0"])
        #expect(rig.book.openOrders == [])
    }

    @Test("silence says nothing while nobody is there who could answer; with the next session it begins anew")
    func silence() throws {
        let rig = try BrokerRig("OUTAGE.SILENCE")
        try rig.send()
        rig.pass(0)
        rig.pass(9)
        rig.lose()
        let told = rig.notices.count
        for _ in 0..<100 { rig.pass(60) }
        #expect(rig.notices.count == told && rig.wishes.withLock { $0 } == [])
        rig.reconcile(withCompleted: false)
        rig.pass(0)
        rig.pass(9)
        #expect(
            rig.wishes.withLock { $0 } == [], "the completed orders were not told, and it may still answer")
        rig.pass(2)
        #expect(rig.wishes.withLock { $0 } == ["an order is in doubt"])
    }

    @Test("a comparison that gets no answer hides no silence: the cancel of a kill is told of")
    func silentComparison() throws {
        let rig = try BrokerRig("OUTAGE.MUTE")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        try rig.cancel(1)
        rig.session(.live, .reconciling, "kill switch: cancels are not confirmed")
        rig.pass(0)
        rig.pass(10)
        #expect(rig.faults == [])
        rig.pass(1)
        #expect(rig.faults == ["EXEC_CANCEL c-3-1"])
        #expect(rig.cancels == [orderID], "asked once in a session")
    }

    @Test("a silence that ends the session is told, if it was long enough to be one", arguments: [9, 11])
    func silentEnd(seconds: Int64) throws {
        let rig = try BrokerRig("OUTAGE.END\(seconds)")
        rig.say(try rig.openOrder(try rig.send()))
        try rig.cancel(1)
        rig.pass(0)
        rig.session(.live, .reconciling, "kill switch: cancels are not confirmed")
        // The session's own timer is the first to see that the time is over.
        rig.sleep(seconds)
        rig.session(.reconciling, .lost, "no answer within 10s")
        #expect(rig.faults == (seconds > 10 ? ["EXEC_CANCEL c-3-1"] : []))
        rig.session(.lost, .connecting)
        rig.session(.connecting, .ready)
        rig.reconcile(open: [try rig.openOrder(101)])
        rig.pass(0)
        rig.pass(9)
        #expect(rig.faults.count == (seconds > 10 ? 1 : 0), "a new session is not silent yet")
    }

    @Test(
        "while books are compared, only silence counts: executions that are missing are asked for by them already"
    )
    func comparedMeanwhile() throws {
        let rig = try BrokerRig("OUTAGE.MISSING")
        let orderID = try rig.send()
        rig.say(
            try rig.openOrder(orderID, "Submitted"), try rig.status(orderID, "Submitted", filled: "3"))
        rig.session(.live, .reconciling, "the time for it has come")
        let notes = rig.notes.withLock { $0.count }
        for _ in 0..<60 { rig.pass(1) }
        #expect(rig.faults == [] && rig.notes.withLock { $0.count } == notes)
    }

    @Test(
        "a cancel that does not leave is tried every second, also while books are compared, and told after ten"
    )
    func unsentCancel() throws {
        let rig = try BrokerRig("OUTAGE.THROWN")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        rig.lane.state.withLock { $0.cancelOutcome = .refused(.notLive) }
        try rig.cancel(1)
        rig.session(.live, .reconciling, "kill switch: cancels are not confirmed")
        for _ in 0...10 { rig.pass(1) }
        #expect(rig.cancels == [] && rig.faults == [])
        rig.pass(1)
        #expect(rig.faults == ["EXEC_CANCEL c-3-1"])
        rig.lane.state.withLock { $0.cancelOutcome = .sent }
        rig.pass(1)
        #expect(rig.cancels == [orderID])
    }

    @Test(
        "a cancel that the gateway refuses again and again is sent every second, no more often, and is told")
    func refusedCancel() throws {
        let rig = try BrokerRig("OUTAGE.REFUSES")
        let orderID = try rig.send()
        rig.say(try rig.openOrder(orderID))
        try rig.cancel(1)
        for _ in 0..<120 {
            rig.error(orderID, 321, "the API interface is in read-only mode")
            rig.pass(milliseconds: 100)
        }
        #expect((12...14).contains(rig.cancels.count))
        #expect(rig.faults == ["EXEC_CANCEL c-3-1"])
        #expect(rig.book.openOrders.count == 1)
    }

    @Test("a cancel has a silence of its own: what the order was asked about before does not count")
    func ownSilence() throws {
        let rig = try BrokerRig("OUTAGE.OWN")
        let orderID = try rig.send()
        rig.pass(0)
        rig.session(.live, .reconciling, "the time for it has come")
        rig.say(try rig.openOrder(orderID))
        rig.pass(7)
        try rig.cancel(1)
        for _ in 0...10 { rig.pass(1) }
        #expect(rig.faults == [])
        rig.pass(1)
        #expect(rig.faults == ["EXEC_CANCEL c-3-1"])
    }

    @Test("books are compared when the time for it has come, and not before")
    func timer() throws {
        var options = BrokerOptions(clientID: 7, session: 3)
        options.compareTime = 60_000_000_000
        var ledger = BrokerLedger(options: options)
        var time = Timestamp(nanoseconds: 1_000_000_000_000)
        func pass(_ seconds: Int64) -> [String] {
            time = time.advanced(by: seconds * 1_000_000_000)
            ledger.timePassed(time)
            return ledger.takeEffects().compactMap { if case .reconcile(let why) = $0 { why } else { nil } }
        }
        func move(_ from: SessionState, _ to: SessionState) {
            ledger.sessionChanged(SessionChange(from: from, to: to, reason: "", time: time))
        }
        #expect(pass(100) == [], "nobody is there to be asked")
        move(.ready, .reconciling)
        ledger.reconciled(at: time)
        move(.reconciling, .live)
        #expect(pass(59) == [] && pass(1) == ["the time for it has come"] && pass(1) == [])
        move(.live, .reconciling)
        let told = ledger.takeEffects().compactMap { effect -> SystemNotice.Kind? in
            guard case .publish(let event) = effect, case .system(let notice) = event.payload else {
                return nil
            }
            return notice.kind
        }
        #expect(!told.contains(.brokerLost), "the broker is there")
    }
}
