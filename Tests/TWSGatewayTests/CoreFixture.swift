import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

/// A gateway without sockets: requests go in, what each session was sent comes out decoded.
final class CoreFixture {
    /// 2026-11-23, a Monday.
    static let start = Timestamp(nanoseconds: 1_795_400_000_000_000_000)

    var core: GatewayCore
    private(set) var time = CoreFixture.start
    private(set) var effects: [SessionID: [ConnectionEffect]] = [:]
    private var last: UInt64 = 0
    private var streams: [SessionID: [UInt8]] = [:]
    private var versions: [SessionID: ServerVersion] = [:]

    init(_ change: (inout GatewayOptions) -> Void = { _ in }) throws {
        var options = GatewayOptions(instruments: GatewayInstrument.catalogue(at: Self.start))
        change(&options)
        core = try GatewayCore(options)
    }

    /// Connects and offers versions.
    ///
    /// - Returns: the session; the version agreed is in `version(of:)`.
    func connect(_ lowest: Int32 = 178, _ highest: Int32 = 200) -> SessionID {
        last += 1
        let session = SessionID(last)
        let isAdmitted = core.opened(session, at: time)
        #expect(isAdmitted)
        let offer = ClientGreeting(lowest: ServerVersion(lowest), highest: ServerVersion(highest))
        versions[session] = core.handle(.offer(offer), from: session, at: time)
        collect()
        // The answer to the greeting is no message.
        streams[session] = []
        return session
    }

    func version(of session: SessionID) -> ServerVersion? { versions[session] }

    /// Connects, starts, and forgets what came of it.
    func ready(client: Int32 = 1, version: Int32 = 200) throws -> SessionID {
        let session = connect(178, version)
        var start = StartAPI()
        start.clientID = client
        say(.startAPI(start), session)
        _ = try heard(session)
        return session
    }

    func say(_ request: ClientMessage, _ session: SessionID) {
        _ = core.handle(.request(request), from: session, at: time)
        collect()
    }

    /// What a session was sent since the last call.
    func heard(_ session: SessionID) throws -> [ServerMessage] {
        collect()
        let bytes = streams[session] ?? []
        streams[session] = []
        return try decode(bytes, versions[session] ?? .highest)
    }

    /// Errors that a session was sent since the last call, as id and code.
    func errors(_ session: SessionID) throws -> [String] {
        try heard(session).compactMap { message in
            if case .errorMessage(let error) = message { "\(error.id):\(error.code)" } else { nil }
        }
    }

    /// Lets time pass.
    func pass(milliseconds: Int64) {
        time = time.advanced(by: milliseconds * 1_000_000)
        core.advance(to: time)
        collect()
    }

    /// Lets the market of an instrument change.
    func market(_ name: String, _ payload: MarketEvent.Payload) throws {
        let symbol = try #require(SymbolID.known(name))
        let event = MarketEvent(
            timestamp: time, receivedAt: time, symbol: symbol, source: .simulator, payload: payload)
        core.marketChanged(event, at: time)
        collect()
    }

    func tick(_ name: String, _ bid: String, _ ask: String, sizes: (String, String) = ("1", "2")) throws {
        try market(
            name,
            .tick(
                Tick(
                    bid: Price(bid), ask: Price(ask), bidSize: Quantity(sizes.0), askSize: Quantity(sizes.1)))
        )
    }

    func trade(_ name: String, _ price: String, _ size: String) throws {
        try market(name, .trade(Trade(price: Price(price), size: Quantity(size), aggressor: .buy)))
    }

    /// A ladder of whole prices: bids 99, 98, …; asks 101, 102, …; sizes 1, 2, ….
    func ladder(_ name: String, rows: Int) throws {
        func level(_ price: Int, _ size: Int) -> Level {
            Level(
                price: Price(rawValue: Int64(price) * 1_000_000_000),
                size: Quantity(rawValue: Int64(size) * 1_000_000_000))
        }
        try market(
            name,
            .domSnapshot(
                DomSnapshot(
                    bids: (0..<rows).map { level(99 - $0, $0 + 1) },
                    asks: (0..<rows).map { level(101 + $0, $0 + 1) })))
    }

    /// Lets a fault happen.
    func fault(_ line: String) throws {
        let fault = try #require(try FaultParser.parse(line))
        try core.perform(fault, at: time)
        collect()
    }

    /// Forgets what the sessions were told to do.
    func forgetEffects() { effects = [:] }

    func collect() {
        core.outbox.drain { session, effects, bytes, _ in
            self.effects[session, default: []] += effects
            streams[session, default: []] += bytes
        }
    }

    private func decode(_ bytes: [UInt8], _ version: ServerVersion) throws -> [ServerMessage] {
        var buffer = FrameBuffer()
        buffer.append(bytes.span)
        var messages: [ServerMessage] = []
        while let decoded = try buffer.next({ body -> Result<Decoded<ServerMessage>, FrameFault> in
            do throws(FrameFault) { return .success(try ServerMessage.decode(body, version: version)) } catch
            {
                return .failure(error)
            }
        }) {
            switch try decoded.get() {
            case .message(let message): messages.append(message)
            case .unknown, .discarded, .empty: Issue.record("an honest gateway was to be heard: \(decoded)")
            }
        }
        return messages
    }
}

/// Contracts as clients ask for them.
enum Asked {
    static func contract(_ symbol: String, _ type: String, _ exchange: String, month: String = "") -> Contract
    {
        var contract = Contract()
        contract.symbol = symbol
        contract.securityType = type
        contract.exchange = exchange
        contract.currency = "USD"
        contract.lastTradeDateOrContractMonth = month
        return contract
    }

    static let gold = contract("XAUUSD", "CMDTY", "SMART")
    static let euro = contract("EUR", "CASH", "IDEALPRO")
    static let goldFuture = contract("GC", "FUT", "COMEX", month: "202612")
    static let apple = contract("AAPL", "STK", "SMART")

    static func line(_ request: Int32, _ contract: Contract, generic: String = "", snapshot: Bool = false)
        -> ClientMessage
    {
        var message = RequestMarketData()
        message.requestID = request
        message.contract = contract
        message.genericTicks = generic
        message.isSnapshot = snapshot
        return .requestMarketData(message)
    }

    static func depth(_ request: Int32, _ contract: Contract, rows: Int32 = 5, smart: Bool = false)
        -> ClientMessage
    {
        var message = RequestMarketDepth()
        message.requestID = request
        message.contract = contract
        message.rows = rows
        message.isSmartDepth = smart
        return .requestMarketDepth(message)
    }

    static func ticks(
        _ request: Int32, _ contract: Contract, _ type: String, past: Int32 = 0, ignoresSize: Bool = false
    ) -> ClientMessage {
        var message = RequestTickByTick()
        message.requestID = request
        message.contract = contract
        message.tickType = type
        message.numberOfTicks = past
        message.ignoresSize = ignoresSize
        return .requestTickByTick(message)
    }
}
