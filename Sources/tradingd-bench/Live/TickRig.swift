import Benchmarking
import Glibc
import Platform
import TWSProtocol
import TradingModel

/// The least of a gateway: takes one client, answers what a session asks for, says ticks one by one, fills every order at
/// once, and takes the time from each tick that leads to an order to the order's first byte.
///
/// Right on a machine of any speed: a tick goes out behind the fill of the order before, so the client sees the same whatever
/// it is late with.
final class TickRig {
    private static let version = ServerVersion.highest

    private let connection: BlockingConnection
    private let plan: TickPlan
    private var writer = FrameWriter(.gateway, version: .highest)
    private var clientID: Int32 = 0
    private var executions = 0
    /// The client's number of its quotes.
    private var quoteRequest: Int32?

    /// A rig for a client that is connected.
    init(_ connection: BlockingConnection, _ plan: TickPlan) {
        self.connection = connection
        self.plan = plan
    }

    /// Greets the client and answers it until it has asked for quotes, and for nothing else for a while.
    func serveUntilSubscribed() throws {
        connection.expect("the request for quotes", within: 30)
        defer { connection.expect(nil) }
        while connection.unread < ClientGreeting.prefix.count { try connection.receive() }
        connection.skip(ClientGreeting.prefix.count)
        while try connection.nextFrame() == nil { try connection.receive() }
        try connection.send(
            GatewayGreeting(version: Self.version, connectionTime: "20261123 00:00:00 UTC").bytes)
        while quoteRequest == nil { try answer(try connection.wait(ClientMessage.self, Self.version)) }
    }

    /// Says every tick.
    ///
    /// - Parameter gap: time between a tick and the next, ns.
    /// - Returns: nanoseconds of each tick behind the warm-up that led to an order.
    func run(gap: UInt64, onOrder: (TickRig, PlaceOrder) throws -> Void = { try $0.fill($1) }) throws
        -> [UInt64]
    {
        var times: [UInt64] = []
        times.reserveCapacity(plan.ticks.count)
        var next = MonotonicClock.now()
        for index in plan.ticks.indices {
            next = max(next &+ gap, MonotonicClock.now())
            sleep(until: next)
            try takeWhatIsThere()
            writer.removeAll()
            try writer.append(plan.message(index, request: quoteRequest ?? 0, time: 1_795_000_000))
            let start = MonotonicClock.now()
            try connection.send(writer.bytes)
            guard plan.triggers[index] == 1 else { continue }
            let (order, arrival) = try nextOrder(behind: index)
            try onOrder(self, order)
            if index >= TickPlan.warmUp { times.append(arrival - start) }
        }
        return times
    }

    /// A run with a client that says nothing but orders, as the C trader does.
    static func run(_ connection: BlockingConnection, _ plan: TickPlan, gap: UInt64) throws -> [UInt64] {
        let rig = TickRig(connection, plan)
        rig.quoteRequest = 1_073_742_848
        rig.clientID = 7
        return try rig.run(gap: gap)
    }

    private func sleep(until time: UInt64) {
        var limit = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &limit, nil) == EINTR {}
    }

    /// Questions between two ticks, such as for the time.
    private func takeWhatIsThere() throws {
        try connection.receive(isPatient: false)
        while let message = try connection.next(ClientMessage.self, Self.version) { try answer(message) }
    }

    /// - Returns: the order, and when its first byte came.
    private func nextOrder(behind tick: Int) throws -> (PlaceOrder, UInt64) {
        connection.expect("the order for tick \(tick) (the client does not trade?)")
        defer { connection.expect(nil) }
        while true {
            try connection.receive()
            let arrival = connection.arrival
            while true {
                guard let message = try connection.next(ClientMessage.self, Self.version) else {
                    // A part of a message: the rest belongs to the same arrival.
                    guard connection.unread > 0 else { break }
                    try connection.receive()
                    continue
                }
                if case .placeOrder(let order) = message { return (order, arrival) }
                try answer(message)
            }
        }
    }
}

/// What the client is told.
extension TickRig {
    private func say<Message: WireMessage>(_ message: Message) throws {
        writer.removeAll()
        try writer.append(message)
        try connection.send(writer.bytes)
    }

    private func refuse(_ request: Int32, _ code: Int32, _ text: String) throws {
        var error = ErrorMessage()
        (error.id, error.code, error.text) = (request, code, text)
        try say(error)
    }

    fileprivate func answer(_ message: ClientMessage) throws {
        switch message {
        case .startAPI(let start): try begin(start)
        case .requestContractData(let request): try describe(request)
        case .requestMarketRule(let request): try rule(request.marketRuleID)
        case .requestOpenOrders, .requestAllOpenOrders: try say(OpenOrderEnd())
        case .requestExecutions(let request):
            var end = ExecutionReportsEnd()
            end.requestID = request.requestID
            try say(end)
        case .requestPositions: try say(PositionEnd())
        case .requestCompletedOrders: try say(CompletedOrdersEnd())
        case .requestCurrentTime: try say(CurrentTime())
        case .requestTickByTick(let request) where request.tickType == "BidAsk":
            quoteRequest = request.requestID
        case .requestTickByTick(let request): try refuse(request.requestID, 10_189, "no such ticks here")
        case .requestMarketDepth(let request): try refuse(request.requestID, 354, "no depth here")
        case .placeOrder(let order): try fill(order)
        // Level 1 stays silent; the rest needs no answer.
        default: break
        }
    }

    private func begin(_ start: StartAPI) throws {
        clientID = start.clientID
        var accounts = ManagedAccounts()
        accounts.accounts = "DU1234567,"
        try say(accounts)
        var next = NextValidID()
        next.orderID = 1
        try say(next)
    }

    private func describe(_ request: RequestContractData) throws {
        var data = ContractData()
        data.requestID = request.requestID
        data.contract = request.contract
        data.contract.contractID = 69_067_924
        data.contract.localSymbol = data.contract.symbol
        data.marketName = data.contract.symbol
        data.minTick = Price(rawValue: 10_000_000)
        data.orderTypes = "LMT,MKT"
        data.validExchanges = data.contract.exchange
        data.marketRuleIDs = "26"
        data.timeZoneID = "UTC"
        data.minimumSize = Quantity(rawValue: 1_000_000_000)
        data.sizeIncrement = data.minimumSize
        data.suggestedSizeIncrement = data.minimumSize
        try say(data)
        var end = ContractDataEnd()
        end.requestID = request.requestID
        try say(end)
    }

    private func rule(_ number: Int32) throws {
        var increment = PriceIncrement()
        increment.increment = Price(rawValue: 10_000_000)
        var rule = MarketRule()
        (rule.marketRuleID, rule.increments) = (number, [increment])
        try say(rule)
    }

    /// Accepted, filled and paid for, in one write.
    func fill(_ order: PlaceOrder) throws {
        executions += 1
        writer.removeAll()
        try writer.append(openOrder(order))
        try writer.append(status(order))
        try writer.append(execution(order))
        var commission = CommissionReport()
        (commission.executionID, commission.currency) = (executionID, "USD")
        commission.commission = .zero
        try writer.append(commission)
        try connection.send(writer.bytes)
    }

    private var executionID: String { "0000e0d5.67fe667b.\(executions).01" }
    private var permanentID: Int64 { 1_000_000 + Int64(executions) }

    private func openOrder(_ order: PlaceOrder) -> OpenOrder {
        var open = OpenOrder()
        (open.orderID, open.clientID, open.permanentID) = (order.orderID, clientID, permanentID)
        (open.contract, open.order) = (order.contract, order.order)
        open.state.status = GatewayOrderStatus.filled.rawValue
        return open
    }

    private func status(_ order: PlaceOrder) -> OrderStatusReport {
        var status = OrderStatusReport()
        (status.orderID, status.clientID, status.permanentID) = (order.orderID, clientID, permanentID)
        status.status = GatewayOrderStatus.filled.rawValue
        (status.filled, status.remaining) = (order.order.totalQuantity, .zero)
        (status.averageFillPrice, status.lastFillPrice) = (order.order.limitPrice, order.order.limitPrice)
        return status
    }

    private func execution(_ order: PlaceOrder) -> ExecutionReport {
        var report = ExecutionReport()
        (report.orderID, report.clientID, report.permanentID) = (order.orderID, clientID, permanentID)
        report.contract = order.contract
        report.executionID = executionID
        report.time = "20261123 00:00:00 UTC"
        (report.account, report.exchange) = (order.order.account, order.contract.exchange)
        report.side = order.order.action == "BUY" ? "BOT" : "SLD"
        (report.shares, report.price) = (order.order.totalQuantity ?? .zero, order.order.limitPrice ?? .zero)
        (report.cumulativeQuantity, report.averagePrice) = (report.shares, report.price)
        report.orderReference = order.order.reference
        report.lastLiquidity = 2
        return report
    }
}
