import TWSProtocol
import Testing
import TradingModel

@testable import TWSClient

/// A session without a socket: messages go in, what it wants done comes out as short texts.
final class CoreFixture {
    static let second: UInt64 = 1_000_000_000

    var core: SessionCore
    private(set) var now: UInt64 = 1_000 * CoreFixture.second
    /// What was wanted since the last call of `heard`.
    private var effects: [String] = []
    /// Every state since the beginning.
    private(set) var states: [SessionState] = []
    private(set) var contracts: [ResolvedContract?] = []
    /// Requests that were asked, in their order.
    private(set) var asked: [ClientMessage] = []

    init(contracts: [Contract] = [], _ change: (inout ClientOptions) -> Void = { _ in }) {
        var options = ClientOptions(
            host: "127.0.0.1", port: 4_002, clientID: 7, orderIDFile: "/nonexistent",
            contracts: contracts.enumerated().map { index, contract in
                ClientOptions.WantedContract(
                    symbol: SymbolID(rawValue: UInt32(index + 1)), contract: contract)
            })
        change(&options)
        core = SessionCore(options)
    }

    static let gold: Contract = {
        var contract = Contract()
        contract.symbol = "XAUUSD"
        contract.securityType = "CMDTY"
        contract.exchange = "SMART"
        contract.currency = "USD"
        return contract
    }()

    // MARK: Inputs

    func begin() { act { $0.begin($1) } }

    func pass(_ seconds: Double) {
        now += UInt64(seconds * Double(Self.second))
        act { $0.tick($1) }
    }

    /// Somebody speaks, so that a long time is no silence.
    func hear() { core.heartbeat.heard(now) }

    func connected() { act { $0.connected($1) } }

    func greeted(_ version: Int32 = 200) {
        var body = GatewayGreeting(version: ServerVersion(version), connectionTime: "20261122 14:30:00 EST")
            .bytes
        body.removeFirst(4)
        act { $0.greeting(body.span, $1) }
    }

    func greeted(body: [UInt8]) { act { $0.greeting(body.span, $1) } }

    func say(_ message: ServerMessage) {
        hear()
        act { $0.take(message, $1) }
    }

    func error(_ code: Int32, id: Int32 = -1, _ text: String = "text") {
        var error = ErrorMessage()
        error.code = code
        error.id = id
        error.text = text
        say(.errorMessage(error))
    }

    func discard(_ message: Int32) {
        act { $0.discarded(MessageFault(message: message, field: 3, fault: .malformed), $1) }
    }

    func lose(_ failure: SessionFailure = .closed) { act { $0.socketLost(failure, $1) } }

    func accounts() {
        var accounts = ManagedAccounts()
        accounts.accounts = "DU1,DU2,"
        say(.managedAccounts(accounts))
    }

    func nextOrderID(_ id: Int32 = 100) {
        var next = NextValidID()
        next.orderID = id
        say(.nextValidID(next))
    }

    /// From nothing to `ready`, or further where no contracts are wanted.
    func started(version: Int32 = 200) {
        if core.state == .idle { begin() }
        connected()
        greeted(version)
        accounts()
        nextOrderID()
    }

    /// All ends of a reconciliation.
    func endBooks() {
        say(.openOrderEnd(OpenOrderEnd()))
        endExecutions()
        say(.positionEnd(PositionEnd()))
        say(.completedOrdersEnd(CompletedOrdersEnd()))
    }

    func endExecutions(request: Int32? = nil) {
        var end = ExecutionReportsEnd()
        end.requestID = request ?? lastExecutionRequest
        say(.executionReportsEnd(end))
    }

    func live() {
        started()
        endBooks()
    }

    // MARK: Outputs

    var state: SessionState { core.state }

    /// What was wanted since the last call.
    func heard() -> [String] {
        defer { effects = [] }
        return effects
    }

    /// Kinds of requests since the last call.
    func heardRequests() -> [String] { heard().filter { $0.hasPrefix("ask ") } }

    var lastExecutionRequest: Int32 {
        for case .requestExecutions(let request) in asked.reversed() { return request.requestID }
        return 0
    }

    /// Numbers of the questions for contracts.
    var contractRequests: [Int32] {
        asked.compactMap { if case .requestContractData(let request) = $0 { request.requestID } else { nil } }
    }

    private func act(_ body: (inout SessionCore, UInt64) -> Void) {
        body(&core, now)
        for effect in core.takeEffects() { note(effect) }
    }

    private func note(_ effect: SessionEffect) {
        switch effect {
        case .connect(let port): effects.append("connect \(port)")
        case .greet(let bytes): effects.append("greet \(bytes.count)")
        case .attach(let version): effects.append("attach \(version.rawValue)")
        case .ask(let message):
            asked.append(message)
            effects.append("ask \(Self.name(message))")
        case .close: effects.append("close")
        case .changed(let from, let to, _):
            #expect(from == (states.last ?? .idle))
            states.append(to)
            effects.append("→ \(to.rawValue)")
        case .quiet(let until): effects.append("quiet \((until - now) / 1_000_000) ms")
        case .nextOrderID(let id): effects.append("id \(id)")
        case .order: effects.append("order")
        case .orderError(let error): effects.append("order error \(error.id) \(error.code)")
        case .reconciled: effects.append("reconciled")
        case .contract(let contract, let symbol, let text):
            contracts.append(contract)
            effects.append("contract \(symbol.rawValue) \(contract?.contract.contractID ?? 0) \(text)")
        case .stream(_, let request): effects.append("stream \(request)")
        case .streamError(let error): effects.append("stream error \(error.id) \(error.code)")
        case .streams(let turn): effects.append("streams \(turn)")
        case .note(let kind, let code, _, _): effects.append("note \(kind.rawValue) \(code ?? 0)")
        }
    }

    private static func name(_ message: ClientMessage) -> String {
        switch message {
        case .startAPI: "start"
        case .requestContractData: "contract"
        case .requestMarketRule(let request): "rule \(request.marketRuleID)"
        case .requestOpenOrders: "orders"
        case .requestExecutions: "executions"
        case .requestPositions: "positions"
        case .requestCompletedOrders(let request): "completed \(request.isAPIOnly)"
        case .requestCurrentTime: "time"
        default: "something else"
        }
    }
}
