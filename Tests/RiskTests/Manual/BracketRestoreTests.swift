import Testing
import TradingModel

@testable import Risk

@Suite("Brackets of an earlier session")
struct BracketRestoreTests {
    private let gold: SymbolID
    private var orders = ManualOrders()
    private var requests: ContiguousArray<OrderProposal> = []
    private var numbers = OrderNumbers(session: 8)
    private var executionID: UInt64 = 0
    private var filled: [ClientOrderID: Quantity] = [:]

    init() throws { gold = try #require(SymbolID("BRACKET.RESTORE")) }

    private func id(_ number: UInt32) -> ClientOrderID { ClientOrderID(session: 7, number: number) }
    private var entryID: ClientOrderID { id(1) }

    // MARK: What is restored

    private mutating func fold(_ payload: MarketEvent.Payload, at seconds: Int64 = 0) {
        let time = Timestamp(nanoseconds: seconds * 1_000_000_000)
        orders.fold(
            MarketEvent(timestamp: time, receivedAt: time, symbol: gold, source: .ibkr, payload: payload),
            &requests, &numbers)
    }

    private mutating func notify(_ kind: SystemNotice.Kind) {
        fold(.system(SystemNotice(kind, actor: "test")))
    }

    private mutating func tell(_ order: RestoredOrder) {
        // As it is journaled.
        fold(.system(order.notice(actor: "startup", reason: "audit trail")))
    }

    private mutating func entry(
        _ quantity: String, filled: String = "0", end: OrderStatus? = nil, loss: String? = "90",
        _ change: (inout RestoredOrder) -> Void = { _ in }
    ) throws {
        var order = RestoredOrder(
            OrderRequest(
                id: entryID, symbol: gold, side: .buy, type: .limit, quantity: try Quantity(quantity),
                limitPrice: try Price("100"), timeInForce: .goodTillCancel), decisionSequence: 1,
            sentAt: .zero)
        order.takeProfit = try Price("110")
        order.stopLoss = try loss.map { try Price($0) }
        try complete(&order, filled, end)
        change(&order)
        tell(order)
    }

    private mutating func exit(
        _ number: UInt32, profit: Bool, _ quantity: String, filled: String = "0", end: OrderStatus? = nil,
        round: UInt16 = 0, _ change: (inout RestoredOrder) -> Void = { _ in }
    ) throws {
        var request = OrderRequest(
            id: id(number), symbol: gold, side: .sell, type: profit ? .limit : .stop,
            quantity: try Quantity(quantity), limitPrice: profit ? try Price("110") : nil,
            stopPrice: profit ? nil : try Price("90"), timeInForce: .goodTillCancel, bracket: entryID,
            flags: .reduceOnly)
        request.exitRound = round
        var order = RestoredOrder(request, decisionSequence: 2, sentAt: .zero)
        try complete(&order, filled, end)
        change(&order)
        tell(order)
    }

    private func complete(_ order: inout RestoredOrder, _ filled: String, _ end: OrderStatus?) throws {
        order.isSent = true
        order.isAcknowledged = true
        order.end = end
        if filled != "0" {
            order.executions = [
                .init(name: "x.01", quantity: try Quantity(filled), price: try Price("100"))
            ]
        }
    }

    // MARK: What follows

    private mutating func report(
        _ id: ClientOrderID, _ report: OrderReport, _ status: OrderStatus, of quantity: String,
        fill: String = "0", venue: UInt64 = 900, reason: String = "", at seconds: Int64 = 0
    ) throws {
        if fill != "0" { executionID += 1 }
        fold(
            .orderEvent(
                OrderEvent(
                    id: id, venueOrderID: venue, report: report, status: status, side: .sell,
                    quantity: try Quantity(quantity), lastQuantity: try Quantity(fill),
                    executionID: fill == "0" ? 0 : executionID, leavesQuantity: .zero, reason: reason)),
            at: seconds)
    }

    private mutating func approve() {
        for proposal in requests {
            fold(
                .riskDecision(
                    RiskDecision(
                        request: proposal.request, approved: true, reasons: [], limits: RiskChecks())))
        }
        requests = []
    }

    private mutating func deny(_ reason: RiskReason, at seconds: Int64 = 0) {
        let asked = requests
        requests = []
        for proposal in asked {
            fold(
                .riskDecision(
                    RiskDecision(
                        request: proposal.request, approved: false, reasons: [reason], limits: RiskChecks())),
                at: seconds)
        }
    }

    /// `limit 2@110 round 0`, for each order asked for.
    private var asked: [String] {
        requests.map { proposal in
            let request = proposal.request
            return
                "\(request.type.name) \(request.quantity)@\(request.limitPrice ?? request.stopPrice ?? .zero)"
                + (request.exitRound == 0 ? "" : " round \(request.exitRound)")
        }
    }

    private mutating func commands() -> [BracketStage.Command] { Array(orders.brackets.takeCommands()) }

    // MARK: States

    @Test("an entry at work has its exits when it fills")
    mutating func working() throws {
        try entry("5")
        notify(.brokerReady)
        #expect(asked == [] && !orders.brackets.isEmpty)
        try report(entryID, .fill, .partiallyFilled, of: "5", fill: "2")
        #expect(asked == ["limit 2@110", "stop 2@90"])
        #expect(requests.allSatisfy { $0.request.bracket == entryID && $0.request.id.session == 8 })
    }

    @Test("one that has filled and whose exits never left has them once the broker is heard")
    mutating func withoutLegs() throws {
        try entry("5", filled: "5", end: .filled)
        #expect(asked == [])
        notify(.brokerReady)
        #expect(asked == ["limit 5@110", "stop 5@90"])
        deny(.mode)
        #expect(orders.brackets.retryIsDue.nanoseconds == .max)
        notify(.armed)
        #expect(asked == ["limit 5@110", "stop 5@90"])
    }

    @Test("what filled between the last exits and the crash makes them larger")
    mutating func partly() throws {
        try entry("5", filled: "3")
        try exit(2, profit: true, "2")
        try exit(3, profit: false, "2")
        let early = commands()
        #expect(early == [])
        notify(.brokerReady)
        let later = commands()
        #expect(try later == [.resize(id(2), Quantity("3")), .resize(id(3), Quantity("3"))])
        #expect(asked == [])
    }

    @Test(
        "of an exit that has filled in part, the other is made smaller; the broker may have done so already")
    mutating func legPartly() throws {
        try entry("5", filled: "5", end: .filled)
        try exit(2, profit: true, "5", filled: "2")
        try exit(3, profit: false, "5")
        try report(id(3), .replace, .accepted, of: "3")
        notify(.brokerReady)
        let none = commands()
        #expect(none == [])
        try report(id(2), .fill, .partiallyFilled, of: "5", fill: "1")
        let smaller = commands()
        #expect(try smaller == [.resize(id(3), Quantity("2"))])
        try report(id(2), .fill, .filled, of: "5", fill: "2")
        let ended = commands()
        #expect(ended == [.cancel(id(3))])
        try report(id(3), .cancel, .cancelled, of: "3")
        #expect(orders.brackets.isEmpty && asked == [])
    }

    @Test(
        "an exit of which nobody knows whether it arrived is not sent again before it is known that it did not"
    )
    mutating func unknown() throws {
        try entry("2", filled: "2", end: .filled)
        try exit(2, profit: true, "2")
        try exit(3, profit: false, "2") { $0.isAcknowledged = false }
        try report(
            id(3), .reject, .rejected, of: "2", venue: 0,
            reason: OrderEvent.unsentPrefix + "it never reached the broker")
        #expect(asked == [])
        notify(.brokerReady)
        #expect(asked == ["stop 2@90"])
        approve()
        try report(ClientOrderID(session: 8, number: 1), .ack, .accepted, of: "2")
        notify(.brokerReady)
        let none = commands()
        #expect(asked == [] && none == [])
    }

    @Test("one that did arrive works on")
    mutating func arrived() throws {
        try entry("2", filled: "2", end: .filled)
        try exit(2, profit: true, "2") { $0.isAcknowledged = false }
        try exit(3, profit: false, "2") { $0.isAcknowledged = false }
        try report(id(2), .ack, .accepted, of: "2")
        try report(id(3), .ack, .accepted, of: "2")
        notify(.brokerReady)
        let none = commands()
        #expect(asked == [] && none == [])
        try report(id(3), .fill, .filled, of: "2", fill: "2")
        let ended = commands()
        #expect(ended == [.cancel(id(2))])
    }

    @Test("fills that came while nobody listened count before anything is sent")
    mutating func meanwhile() throws {
        try entry("4", filled: "1")
        try exit(2, profit: true, "1")
        try exit(3, profit: false, "1")
        try report(entryID, .fill, .filled, of: "4", fill: "3")
        try report(id(2), .fill, .filled, of: "1", fill: "1")
        try report(id(3), .cancel, .cancelled, of: "1")
        notify(.brokerReady)
        // The other one was ended by its group: what is open has both again.
        #expect(asked == ["limit 3@110 round 1", "stop 3@90 round 1"])
    }

    @Test("exits that an operator, a kill or the end of a session has ended are not sent again")
    mutating func endedByOthers() throws {
        try entry("2", filled: "2", end: .filled)
        try exit(2, profit: true, "2", end: .cancelled) { $0.cancelReason = "cancelled by uid:1" }
        try exit(3, profit: false, "2") { $0.cancelReason = "kill switch" }
        notify(.brokerReady)
        try report(id(3), .cancel, .cancelled, of: "2")
        notify(.armed)
        #expect(asked == [] && orders.brackets.isEmpty)
    }

    @Test("what somebody had given up is not sent, and what works is looked after on")
    mutating func givenUp() throws {
        try entry("2", filled: "2", end: .filled) { $0.areExitsGivenUp = true }
        try exit(2, profit: true, "2")
        notify(.brokerReady)
        notify(.armed)
        #expect(asked == [] && !orders.brackets.isEmpty)
        try report(id(2), .fill, .filled, of: "2", fill: "2")
        #expect(orders.brackets.isEmpty)
    }

    @Test("an exit that a kill has kept from leaving is not sent; nor is anything under a kill that holds")
    mutating func keptBack() throws {
        try entry("2", filled: "2", end: .filled, loss: nil)
        try exit(2, profit: true, "2", end: .rejected) { order in
            (order.isAcknowledged, order.cancelReason) = (false, OrderEvent.killReason)
        }
        notify(.brokerReady)
        #expect(asked == [] && orders.brackets.isEmpty)

        var killed = try BracketRestoreTests()
        killed.notify(.killSwitchEngaged)
        try killed.entry("2", filled: "2", end: .filled)
        killed.notify(.killSwitchReleased)
        killed.notify(.brokerReady)
        #expect(killed.asked == [] && killed.orders.brackets.isEmpty)
    }

    @Test("an only exit that the venue ends or rejects is told of until somebody gives it up")
    mutating func endedByVenue() throws {
        for (report, status) in [(OrderReport.cancel, OrderStatus.cancelled), (.reject, .rejected)] {
            var rig = try BracketRestoreTests()
            try rig.entry("2", filled: "2", end: .filled, loss: nil)
            try rig.exit(2, profit: true, "2")
            rig.notify(.brokerReady)
            _ = rig.orders.brackets.takeTellings()
            try rig.report(rig.id(2), report, status, of: "2", reason: "no such luck")
            let lacking = rig.orders.brackets.takeTellings()
            #expect(lacking.map(\.isLacking) == [true] && !rig.orders.brackets.isEmpty)
            rig.fold(
                .system(
                    SystemNotice(.cancelRequested, actor: "uid:1", detail: CancelWish.order(entryID).text)))
            let ended = rig.orders.brackets.takeTellings()
            #expect(ended.map(\.isLacking) == [false] && rig.orders.brackets.isEmpty && rig.asked == [])
        }
    }

    @Test("what fills after the cancel of its entry has exits all the same")
    mutating func late() throws {
        try entry("5")
        notify(.brokerReady)
        try report(entryID, .cancel, .cancelled, of: "5", reason: "cancelled by uid:1")
        #expect(asked == [] && orders.brackets.isEmpty)
        try report(entryID, .fill, .cancelled, of: "5", fill: "2")
        #expect(asked == ["limit 2@110", "stop 2@90"])
    }

    @Test("what the entry fills after its exits were done has exits of a group of their own")
    mutating func nextRound() throws {
        try entry("5", filled: "2")
        try exit(2, profit: true, "2", filled: "2", end: .filled)
        try exit(3, profit: false, "2", end: .cancelled) { $0.cancelReason = OrderEvent.twinReason }
        notify(.brokerReady)
        #expect(asked == [])
        try report(entryID, .fill, .filled, of: "5", fill: "3")
        #expect(asked == ["limit 3@110 round 1", "stop 3@90 round 1"])
    }

    @Test("an order that is told twice counts once; exits of entries that nobody knows are left alone")
    mutating func repeated() throws {
        try exit(2, profit: true, "2")
        #expect(orders.brackets.isEmpty)
        try entry("2", filled: "2", end: .filled, loss: nil)
        try exit(2, profit: true, "2", filled: "1")
        try exit(2, profit: true, "2", filled: "1")
        try exit(3, profit: false, "2")
        try entry("2", filled: "1")
        notify(.brokerReady)
        let none = commands()
        #expect(none == [] && asked == [])
        try report(id(2), .fill, .filled, of: "2", fill: "1")
        #expect(orders.brackets.isEmpty)
    }

    @Test("what is refused for another reason is asked for again after 5 s, then 10 s, a minute at last")
    mutating func retries() throws {
        try entry("2")
        notify(.brokerReady)
        try report(entryID, .fill, .filled, of: "2", fill: "2", at: 100)
        var now: Int64 = 100
        for wait: Int64 in [5, 10, 20, 40, 60, 60] {
            #expect(asked.count == 2)
            deny(.noReference, at: now)
            fold(.timer(TimerFired(id: 1, dueAt: .zero)), at: now + wait - 1)
            #expect(asked.isEmpty)
            now += wait
            fold(.timer(TimerFired(id: 1, dueAt: .zero)), at: now)
        }
        approve()
        try report(ClientOrderID(session: 8, number: 13), .ack, .accepted, of: "2")
        #expect(orders.brackets.retryIsDue.nanoseconds == .max)
    }
}
