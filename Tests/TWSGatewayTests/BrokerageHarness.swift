import Execution
import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

/// A brokerage with clients that are only their sessions, and a clock that the test moves.
struct BrokerageHarness {
    static let versions = [178, 187, 192, 195, 200].map { ServerVersion($0) }
    /// 2026-11-23T12:00:00Z.
    static let start = Timestamp(nanoseconds: 1_795_435_200_000_000_000)

    var brokerage: Brokerage
    var outbox = GatewayOutbox()
    var time = Self.start
    let instruments: [GatewayInstrument]
    private var sessions: UInt64 = 0

    init(
        accounts: [String] = ["DU1"], directory: String? = nil,
        _ change: (inout BrokerageOptions) -> Void = { _ in }
    ) throws {
        instruments = GatewayInstrument.catalogue(at: Self.start)
        var options = BrokerageOptions(
            accounts: accounts, instruments: instruments, stateDirectory: directory)
        change(&options)
        brokerage = try Brokerage(options: options)
    }

    // MARK: Sessions

    /// A client that has started; what it was told then is in `takeReceived`.
    mutating func connect(_ client: Int32, version: ServerVersion = .highest) -> SessionID {
        sessions += 1
        let session = SessionID(sessions)
        outbox.open(session)
        outbox.agree(version, with: session)
        outbox.start(session, client: client)
        brokerage.sessionReady(session, client: client, at: time, &outbox)
        return session
    }

    /// A client that has started and forgotten what it was told.
    mutating func connectQuietly(_ client: Int32, version: ServerVersion = .highest) throws -> SessionID {
        let session = connect(client, version: version)
        _ = try received(session)
        return session
    }

    mutating func disconnect(_ session: SessionID) {
        outbox.end(session)
        brokerage.sessionEnded(session)
    }

    /// Sends a request, over the wire, and takes what all sessions were sent: the request's own session's is returned.
    @discardableResult
    mutating func send<Message: WireMessage>(_ message: Message, from session: SessionID) throws
        -> [ServerMessage]
    {
        let version = try #require(outbox.version(of: session))
        var writer = FrameWriter(.client, version: version)
        try writer.append(message)
        let body = Array(writer.bytes.dropFirst(4))
        guard case .message(let request) = try ClientMessage.decode(body.span, version: version) else {
            Issue.record("\(message) cannot be read back")
            return []
        }
        #expect(brokerage.handle(request, from: session, at: time, &outbox))
        return try received(session)
    }

    // MARK: What was sent

    private var inboxes: [SessionID: [ServerMessage]] = [:]
    private(set) var effects: [SessionID: [ConnectionEffect]] = [:]

    /// What a session has been sent since the last call.
    mutating func received(_ session: SessionID) throws -> [ServerMessage] {
        var versions: [SessionID: ServerVersion] = [:]
        var drained: [(SessionID, [UInt8])] = []
        let open = outbox
        outbox.drain { session, effects, bytes, _ in
            versions[session] = open.version(of: session)
            self.effects[session, default: []] += effects
            drained.append((session, bytes))
        }
        for (session, bytes) in drained {
            inboxes[session, default: []] += try Self.decode(bytes, versions[session] ?? .highest)
        }
        #expect(outbox.unwritable == 0)
        return inboxes.removeValue(forKey: session) ?? []
    }

    private static func decode(_ bytes: [UInt8], _ version: ServerVersion) throws -> [ServerMessage] {
        var messages: [ServerMessage] = []
        var rest = bytes[...]
        while rest.count >= 4 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            let body = Array(rest.dropFirst(4).prefix(length))
            rest = rest.dropFirst(4 + length)
            switch try ServerMessage.decode(body.span, version: version) {
            case .message(let message): messages.append(message)
            case .discarded(let fault): Issue.record("\(fault): \(String(decoding: body, as: UTF8.self))")
            case .unknown, .empty: Issue.record("a message without a meaning")
            }
        }
        #expect(rest.isEmpty)
        return messages
    }

    // MARK: Markets

    static let gold: Int32 = 69_067_924
    static let share: Int32 = 265_598

    func instrument(_ contract: Int32) throws -> GatewayInstrument {
        try #require(instruments.first { $0.contract.contractID == contract })
    }

    /// The first gold future.
    var future: GatewayInstrument {
        get throws { try #require(instruments.first { $0.contract.symbol == "GC" }) }
    }

    /// Best bid and ask of a market.
    mutating func quote(
        _ bid: String, _ ask: String, size: String = "10", contract: Int32 = gold
    ) throws {
        let tick = Tick(
            bid: try Price(bid), ask: try Price(ask), bidSize: try Quantity(size), askSize: try Quantity(size)
        )
        try tell(.tick(tick), contract)
    }

    /// A print.
    mutating func print(_ price: String, size: String = "10", contract: Int32 = gold) throws {
        try tell(.trade(Trade(price: try Price(price), size: try Quantity(size), aggressor: .buy)), contract)
    }

    private mutating func tell(_ payload: MarketEvent.Payload, _ contract: Int32) throws {
        let event = MarketEvent(
            timestamp: time, receivedAt: time, symbol: try instrument(contract).symbol, source: .simulator,
            payload: payload)
        brokerage.marketChanged(event, at: time, &outbox)
    }

    /// Lets seconds pass.
    mutating func wait(seconds: Int64) { time = time.advanced(by: seconds * 1_000_000_000) }
}

/// An order to be placed: gold at its usual exchange, of the day.
func order(
    _ number: Int32, _ action: String = "BUY", _ quantity: String = "1", _ type: String = "LMT",
    limit: String? = nil, stop: String? = nil, life: String = "DAY", in instrument: GatewayInstrument,
    _ change: (inout PlaceOrder) -> Void = { _ in }
) throws -> PlaceOrder {
    var message = PlaceOrder()
    message.orderID = number
    message.contract = instrument.contract
    message.order.action = action
    message.order.totalQuantity = try Quantity(quantity)
    message.order.orderType = type
    message.order.limitPrice = try limit.map { text in try Price(text) }
    message.order.auxiliaryPrice = try stop.map { text in try Price(text) }
    message.order.timeInForce = life
    change(&message)
    return message
}

extension [ServerMessage] {
    var statuses: [OrderStatusReport] {
        compactMap { if case .orderStatusReport(let message) = $0 { message } else { nil } }
    }
    var openOrders: [OpenOrder] {
        compactMap { if case .openOrder(let message) = $0 { message } else { nil } }
    }
    var executions: [ExecutionReport] {
        compactMap { if case .executionReport(let message) = $0 { message } else { nil } }
    }
    var commissions: [CommissionReport] {
        compactMap { if case .commissionReport(let message) = $0 { message } else { nil } }
    }
    var errors: [ErrorMessage] {
        compactMap { if case .errorMessage(let message) = $0 { message } else { nil } }
    }
    var codes: [Int32] { errors.map(\.code) }
    var positions: [PositionReport] {
        compactMap { if case .positionReport(let message) = $0 { message } else { nil } }
    }
    var completed: [CompletedOrder] {
        compactMap { if case .completedOrder(let message) = $0 { message } else { nil } }
    }
    var nextIDs: [Int32] {
        compactMap { if case .nextValidID(let message) = $0 { message.orderID } else { nil } }
    }

    /// Statuses in short: `Submitted 1/2` is 1 filled, 2 remaining.
    var story: [String] {
        statuses.map { "\($0.status) \($0.filled?.description ?? "?")/\($0.remaining?.description ?? "?")" }
    }

    /// The kinds of message, in order.
    var kinds: [Int32] {
        map { message in
            switch message {
            case .openOrder: 5
            case .orderStatusReport: 3
            case .executionReport: 11
            case .commissionReport: 59
            case .errorMessage: 4
            default: 0
            }
        }
    }
}
