import Dispatch
import Platform
import TWSClient
import TWSProtocol
import Testing
import TradingModel

@testable import Execution
@testable import Messaging
@testable import Risk

/// The write half of a session that only notes what it is given.
final class ScriptedLane: OrderLane {
    struct State {
        var lastID: Int32 = 100
        var hasIDs = true
        var outcome = SendOutcome.sent
        var cancelOutcome = SendOutcome.sent
        var placed: [PlaceOrder] = []
        var cancels: [Int32] = []
    }

    let state = Locked(State())

    func takeOrderID() -> Int32? {
        state.withLock { state in
            guard state.hasIDs else { return nil }
            state.lastID += 1
            return state.lastID
        }
    }

    func place(_ order: borrowing PlaceOrder) -> SendOutcome {
        let order = copy order
        return state.withLock { state in
            if case .refused = state.outcome { return state.outcome }
            state.placed.append(order)
            return state.outcome
        }
    }

    func cancel(_ order: borrowing CancelOrder) -> SendOutcome {
        let orderID = order.orderID
        return state.withLock { state in
            if case .refused = state.cancelOutcome { return state.cancelOutcome }
            state.cancels.append(orderID)
            return state.cancelOutcome
        }
    }
}

/// Adapter and follower over a scripted lane; what the gateway says is said by the test.
final class BrokerRig {
    let lane = ScriptedLane()
    let book: BrokerBook
    let orders: BrokerOrders
    var adapter: IBKRAdapter
    let symbol: SymbolID
    let events: Locked<[MarketEvent]>
    let notes: Locked<[BrokerNote]>
    let wishes: Locked<[String]>
    let drifts: Locked<[[BrokerDrift]]>
    /// Open orders that appeared and are not ours.
    let strangers = Locked<[String]>([])
    /// Executions that must be ours and are of no order.
    let unknownExecutions: Locked<[String]>
    /// What the bus answers.
    let busAnswer: Locked<PublishResult>
    let contractID: Int32 = 777
    private(set) var time: Int64 = 1_000_000_000_000
    private var number: UInt32 = 0

    init(
        _ name: String, finishedKept: Int = 4_096, isLive: Bool = true, gate: HandOverGate = .open
    ) throws {
        symbol = try #require(SymbolID(name))
        var options = BrokerOptions(clientID: 7, session: 3, account: "DU1")
        options.finishedKept = finishedKept
        book = BrokerBook(options: options)
        adapter = IBKRAdapter(lane: lane, book: book, gate: gate)
        let events = Locked<[MarketEvent]>([])
        let notes = Locked<[BrokerNote]>([])
        let wishes = Locked<[String]>([])
        let drifts = Locked<[[BrokerDrift]]>([])
        let unknown = Locked<[String]>([])
        unknownExecutions = unknown
        let busAnswer = Locked(PublishResult.accepted)
        (self.events, self.notes, self.wishes, self.drifts) = (events, notes, wishes, drifts)
        self.busAnswer = busAnswer
        orders = BrokerOrders(
            book: book, lane: lane, queue: Self.idle,
            outlets: BrokerOutlets(
                publish: { event in
                    let answer = busAnswer.withLock { $0 }
                    if answer == .accepted { events.withLock { $0.append(event) } }
                    return answer
                },
                reconcile: { reason in wishes.withLock { $0.append(reason) } },
                onDrift: { drift in drifts.withLock { $0.append(drift) } },
                onStrangeOrder: { [strangers] text in strangers.withLock { $0.append(text) } },
                onUnknownExecution: { text in unknown.withLock { $0.append(text) } },
                onNote: { note in notes.withLock { $0.append(note) } }))
        book.resolve(symbol, try resolved())
        if isLive {
            connect()
            reconcile()
        }
    }

    func resolved(_ contractID: Int32 = 777) throws -> ResolvedContract {
        var contract = Contract()
        contract.contractID = contractID
        contract.symbol = "XAUUSD"
        contract.securityType = "CMDTY"
        contract.exchange = "SMART"
        var data = ContractData()
        data.minTick = try Price("0.01")
        return ResolvedContract(
            contract: contract, data: data,
            priceSteps: [
                .init(lowEdge: .zero, increment: try Price("0.01")),
                .init(lowEdge: try Price("5000"), increment: try Price("0.05")),
            ])
    }

    // MARK: Session

    var now: Timestamp { Timestamp(nanoseconds: time) }

    func pass(_ seconds: Int64) { pass(milliseconds: seconds * 1_000) }

    func pass(milliseconds: Int64) {
        time += milliseconds * 1_000_000
        orders.timePassed(now)
    }

    /// Time passes, and nobody looks.
    func sleep(_ seconds: Int64) { time += seconds * 1_000_000_000 }

    func session(_ from: SessionState, _ to: SessionState, _ reason: String = "") {
        time += 1_000
        orders.sessionChanged(SessionChange(from: from, to: to, reason: reason, time: now))
    }

    func connect() {
        session(.idle, .connecting)
        session(.connecting, .ready)
    }

    func lose(_ reason: String = "connection closed") { session(.live, .lost, reason) }

    /// A comparison whose answers are `answers`, with their ends behind them, then live.
    func reconcile(
        open: [ServerMessage] = [], executions: [ServerMessage] = [], positions: [ServerMessage] = [],
        completed: [ServerMessage] = [], withCompleted: Bool = true
    ) {
        session(.ready, .reconciling)
        for message in open { say(message) }
        say(.openOrderEnd(OpenOrderEnd()))
        for message in executions { say(message) }
        say(.executionReportsEnd(ExecutionReportsEnd()))
        for message in positions { say(message) }
        say(.positionEnd(PositionEnd()))
        for message in completed { say(message) }
        if withCompleted { say(.completedOrdersEnd(CompletedOrdersEnd())) }
        orders.reconciled(at: now)
        session(.reconciling, .live)
    }

    func say(_ messages: ServerMessage...) {
        for message in messages {
            time += 1_000
            orders.take(message, at: now)
        }
    }

    func error(_ orderID: Int32, _ code: Int32, _ text: String = "text") {
        var message = ErrorMessage()
        message.id = orderID
        message.code = code
        message.text = text
        time += 1_000
        orders.take(message, at: now)
    }

    // MARK: Orders

    /// Hands an order to the adapter; its number at the gateway is the lane's newest.
    @discardableResult
    func send(
        _ side: Side = .buy, _ quantity: String = "10", limit: String? = "4000", stop: String? = nil,
        tif: TimeInForce = .day, symbol: SymbolID? = nil, flags: OrderFlags = [],
        judgedUnder: KillLevel? = nil
    ) throws -> Int32 {
        number += 1
        let type: TradingModel.OrderType =
            stop == nil ? (limit == nil ? .market : .limit) : (limit == nil ? .stop : .stopLimit)
        let request = OrderRequest(
            id: id(number), symbol: symbol ?? self.symbol, side: side, type: type,
            quantity: try Quantity(quantity),
            limitPrice: try limit.map { try Price($0) }, stopPrice: try stop.map { try Price($0) },
            timeInForce: tif, flags: flags,
            trace: TraceContext(
                traceID: TraceID(session: 3, sequence: UInt64(number)), spanID: SpanID(sequence: 9)))
        sent[number] = request
        var outbox = Outbox()
        adapter.submit(
            ApprovedOrder(
                request: request, decisionSequence: UInt64(number), auditEntry: 1, approvedAt: now,
                judgedUnder: judgedUnder), &outbox)
        orders.flush()
        return lane.state.withLock { $0.lastID }
    }

    /// Runs nothing: the rig publishes by itself, on its own thread. Never let go, as an inactive queue must not be.
    private static let idle = DispatchQueue(label: "client", attributes: .initiallyInactive)

    private(set) var sent: [UInt32: OrderRequest] = [:]

    func id(_ number: UInt32) -> ClientOrderID { ClientOrderID(session: 3, number: number) }

    func cancel(_ number: UInt32, reason: String = "kill switch") throws {
        let request = try #require(sent[number])
        var outbox = Outbox()
        let approved = ApprovedOrder(request: request, decisionSequence: 1, auditEntry: 1)
        adapter.cancel(WorkingOrder(approved, sentAt: now), reason: reason, &outbox)
    }

    var cancels: [Int32] { lane.state.withLock { $0.cancels } }
    var placed: [PlaceOrder] { lane.state.withLock { $0.placed } }

    // MARK: What came out

    var reports: [OrderEvent] {
        events.withLock { events in
            events.compactMap { if case .orderEvent(let report) = $0.payload { report } else { nil } }
        }
    }

    /// Reports as `1 fill partially_filled 3@4000 Σ3 leaves 7`.
    var lines: [String] {
        reports.map { report in
            let fill = report.report == .fill ? " \(report.lastQuantity)@\(report.lastPrice)" : ""
            return "\(report.id.number) \(report.report.name) \(report.status.name)\(fill) "
                + "Σ\(report.filledQuantity) leaves \(report.leavesQuantity)"
        }
    }

    var notices: [SystemNotice.Kind] {
        events.withLock { events in
            events.compactMap { if case .system(let notice) = $0.payload { notice.kind } else { nil } }
        }
    }

    /// Faults that were told, each with its subject.
    var faults: [String] {
        events.withLock { events in
            events.compactMap {
                if case .system(let notice) = $0.payload {
                    FaultNotice(notice).map { "\($0.fault.code) \($0.subject)" }
                } else {
                    nil
                }
            }
        }
    }

    /// What was taken over, as the sequence is told.
    var adoptions: [String] {
        events.withLock { events in
            events.compactMap {
                if case .system(let notice) = $0.payload { AdoptedPosition(notice)?.text } else { nil }
            }
        }
    }

    /// Somebody accepts the broker's positions.
    func accept() { orders.acceptPositions(by: "uid:1", reason: "seen in TWS", at: now) }

    // MARK: What the gateway says

    func openOrder(
        _ orderID: Int32, _ status: String = "Submitted", number: UInt32 = 1, client: Int32 = 7,
        reference: String? = nil, permanentID: Int64? = nil, quantity: String = "10", limit: String = "4000",
        contractID: Int32 = 777
    ) throws -> ServerMessage {
        var message = OpenOrder()
        message.orderID = orderID
        message.clientID = client
        message.permanentID = permanentID ?? Int64(orderID) + 1_000_000
        message.contract = try resolved().contract
        message.contract.contractID = contractID
        message.order.action = "BUY"
        message.order.orderType = "LMT"
        message.order.totalQuantity = try Quantity(quantity)
        message.order.limitPrice = try Price(limit)
        message.order.reference = reference ?? id(number).description
        message.state.status = status
        return .openOrder(message)
    }

    func status(
        _ orderID: Int32, _ status: String, filled: String = "0", client: Int32 = 7,
        permanentID: Int64? = nil, whyHeld: String = ""
    ) throws -> ServerMessage {
        var message = OrderStatusReport()
        message.orderID = orderID
        message.clientID = client
        message.permanentID = permanentID ?? Int64(orderID) + 1_000_000
        message.status = status
        message.filled = try Quantity(filled)
        message.whyHeld = whyHeld
        return .orderStatusReport(message)
    }

    func execution(
        _ orderID: Int32, _ name: String, _ quantity: String, _ price: String = "4000", number: UInt32 = 1,
        side: String = "BOT", client: Int32 = 7, reference: String? = nil, request: Int32 = -1,
        permanentID: Int64? = nil, contractID: Int32 = 777
    ) throws -> ServerMessage {
        var message = ExecutionReport()
        message.requestID = request
        message.orderID = orderID
        message.clientID = client
        message.permanentID = permanentID ?? Int64(orderID) + 1_000_000
        message.contract.contractID = contractID
        message.executionID = name
        message.time = "20260105 14:30:00 UTC"
        message.exchange = "SMART"
        message.side = side
        message.shares = try Quantity(quantity)
        message.price = try Price(price)
        message.orderReference = reference ?? id(number).description
        return .executionReport(message)
    }

    func position(
        _ quantity: String?, account: String = "DU1", contractID: Int32 = 777, cost: String? = nil
    ) throws -> ServerMessage {
        var message = PositionReport()
        message.averageCost = try cost.map { Money(try Price($0)) }
        message.account = account
        message.contract.contractID = contractID
        message.position = try quantity.map { try Quantity($0) }
        return .positionReport(message)
    }

    func completed(
        _ orderID: Int32, _ status: String, number: UInt32 = 1, text: String = "Cancelled by Trader",
        contractID: Int32 = 777, action: String = "BUY"
    ) throws -> ServerMessage {
        var message = CompletedOrder()
        message.permanentID = Int64(orderID) + 1_000_000
        message.order.reference = id(number).description
        message.order.action = action
        message.contract.contractID = contractID
        message.status = status
        message.completedStatus = text
        return .completedOrder(message)
    }
}
