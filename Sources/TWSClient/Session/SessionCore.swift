import TWSProtocol
import TradingModel

/// A session with a gateway, without socket, clock or listener: what happens goes in, what is to be done comes out.
///
/// All times are monotonic nanoseconds and never go back. Effects are carried out in their order by the owner, outside of any
/// call of this type.
struct SessionCore {
    /// Numbers of our own requests; those of streams are above, order ids below.
    static let requestIDs: ClosedRange<Int32> = 0x3000_0000...0x3FFF_FFFF
    /// Characters of a text of the gateway that are kept, of several million that it may have.
    static let longestText = 1_000
    /// Accounts of a login that are kept.
    static let mostAccounts = 64
    /// Silence after error 100.
    static let quietAfterOffence: UInt64 = 1_000_000_000

    let options: ClientOptions
    private(set) var state = SessionState.idle
    /// Monotonic ns when it was entered.
    private(set) var since: UInt64 = 0
    /// Why, in words.
    private(set) var reason = "not asked to connect"
    /// What was agreed; `nil` without a socket.
    var version: ServerVersion?
    /// The gateway's free text of the handshake.
    var connectionTime = ""
    /// Accounts of the login.
    var accounts: [String] = []
    /// Tries to connect so far.
    private(set) var attempts = 0
    /// Sockets lost and attempts in vain since a session was live.
    private(set) var failures = 0
    /// Why the last socket, or the last attempt, came to an end.
    private(set) var lastFailure: SessionFailure?
    /// Monotonic ns when a session that was ready or further lost its socket.
    private(set) var lastUp: UInt64?
    /// Reconciliations that came to their end.
    private(set) var reconciliations = 0
    /// Sessions that were live.
    private(set) var liveSessions = 0
    /// Times the gateway lost IBKR.
    var linkLosses = 0

    /// When the current step, or the wait between attempts, is over.
    var deadline: UInt64?
    var backoff: Backoff
    var heartbeat: Heartbeat
    var reconciliation = Reconciliation()
    var contracts: ContractDesk
    var farms = FarmBoard()
    var doubt = BookDoubt()
    var ports: PortChoice
    var isLinkDown = false
    var linkLossText = ""
    /// Something says that the link is back, though nobody has said so: when to believe it.
    var linkDoubt: UInt64?
    /// Which of the two messages that begin a session have come.
    var hasAccounts = false
    var hasOrderID = false
    private var hasStreams = false
    private(set) var executionRequest: Int32 = 0
    private var lastRequest = requestIDs.upperBound
    private var effects: [SessionEffect] = []

    init(_ options: ClientOptions) {
        self.options = options
        backoff = Backoff(options.backoff)
        heartbeat = Heartbeat(options)
        contracts = ContractDesk(options)
        ports = PortChoice(options.port)
    }

    /// When the next attempt begins; `nil` while none waits.
    var nextAttempt: UInt64? { state == .backoff ? deadline : nil }

    /// What is to be done, in this order.
    mutating func takeEffects() -> [SessionEffect] {
        defer { effects = [] }
        return effects
    }

    mutating func emit(_ effect: SessionEffect) { effects.append(effect) }

    // MARK: From outside

    /// Somebody wants the session.
    mutating func begin(_ now: UInt64) {
        guard state == .idle else { return }
        connect(.begin, "asked to connect", now)
    }

    /// Nobody wants it any more.
    mutating func stop(_ now: UInt64) {
        guard state != .stopped else { return }
        deadline = nil
        move(.stop, "asked to stop", now)
        closeSocket("the session was stopped")
    }

    /// TCP is there.
    mutating func connected(_ now: UInt64) {
        guard move(.connected, "connected to port \(ports.current)", now) else { return }
        expect(now)
        emit(
            .greet(ClientGreeting(lowest: options.lowestVersion, highest: options.highestVersion).bytes))
    }

    /// The first frame has come.
    mutating func greeting(_ body: Span<UInt8>, _ now: UInt64) {
        guard state == .handshake else { return }
        do throws(HandshakeFault) {
            agree(try GatewayGreeting(body: body), now)
        } catch {
            socketLost(.greeting, now)
        }
    }

    private mutating func agree(_ greeting: GatewayGreeting, _ now: UInt64) {
        let offered = options.lowestVersion...max(options.lowestVersion, options.highestVersion)
        guard offered.contains(greeting.version), greeting.version.isSpoken else {
            let range = offered.lowerBound.rawValue...offered.upperBound.rawValue
            return socketLost(.version(greeting.version.rawValue, offered: range), now)
        }
        version = greeting.version
        connectionTime = greeting.connectionTime
        move(.greeted, "version \(greeting.version.rawValue) agreed", now)
        expect(now)
        heartbeat.begin(now)
        emit(.attach(greeting.version))
        var start = StartAPI()
        start.clientID = options.clientID
        emit(.ask(.startAPI(start)))
    }

    /// The socket is gone, cannot be had or cannot be used any more.
    mutating func socketLost(_ failure: SessionFailure, _ now: UInt64) {
        guard state.after(.socketLost) != nil else { return }
        lastFailure = failure
        failures += 1
        if state == .connecting { ports.failed() }
        if state.isUp { lastUp = now }
        if state != .lost { move(.socketLost, "\(failure)", now) }
        closeSocket("\(failure)")
        if state == .lost { move(.socketLost, "\(failure)", now) }
        deadline = now &+ backoff.next()
    }

    private mutating func closeSocket(_ reason: String) {
        emit(.close(reason: reason))
        if hasStreams { emit(.streams(.lost)) }
        version = nil
        isLinkDown = false
        linkDoubt = nil
        hasAccounts = false
        hasOrderID = false
        hasStreams = false
        reconciliation.forget()
        farms.forget()
    }

    // MARK: Steps

    mutating func connect(_ input: SessionInput, _ reason: String, _ now: UInt64) {
        guard move(input, reason, now) else { return }
        attempts += 1
        expect(now)
        emit(.connect(port: ports.current))
    }

    /// Accounts and next order id are there: what is wanted is asked for.
    mutating func startedIfComplete(_ now: UInt64) {
        guard state == .starting, hasAccounts, hasOrderID else { return }
        move(.started, "accounts and next order id have come", now)
        backoff.shorten()
        heartbeat.begin(now)
        expect(now)
        contracts.begin(now)
        if isLinkDown { return loseLink(linkLossText, now) }
        if farms.isDefinitionsBroken { contracts.giveUp(now, "the security definition farm is broken") }
        serveContracts(now)
    }

    /// Asks for contracts, tells what is known of them, and goes on when all are answered.
    mutating func serveContracts(_ now: UInt64) {
        guard state.speaks, state != .starting else { return }
        if !isLinkDown {
            var last = lastRequest
            contracts.poll(now) { Self.next(&last) }
            lastRequest = last
        }
        for request in contracts.takeRequests() { emit(.ask(request)) }
        for warning in contracts.takeWarnings() { emit(.note(.alarm, code: nil, id: nil, warning)) }
        for answer in contracts.takeAnswers() {
            if answer.contract == nil { emit(.note(.alarm, code: nil, id: nil, answer.text)) }
            emit(.contract(answer.contract, answer.symbol, text: answer.text))
        }
        if state == .ready, contracts.isSettled { reconcile(.resolved, "contracts are answered", now) }
    }

    /// Compares the books with the broker's, from the beginning.
    mutating func reconcile(_ input: SessionInput, _ reason: String, _ now: UInt64) {
        guard state.after(input) == .reconciling else { return }
        move(input, reason, now)
        expect(now)
        reconciliation.begin()
        doubt.began(now)
        askForBooks()
    }

    private mutating func askForBooks() {
        let due = reconciliation.takeDue()
        if due.contains(.openOrders) { emit(.ask(.requestOpenOrders(RequestOpenOrders()))) }
        if due.contains(.executions) {
            var request = RequestExecutions()
            executionRequest = Self.next(&lastRequest)
            request.requestID = executionRequest
            emit(.ask(.requestExecutions(request)))
        }
        if due.contains(.positions) { emit(.ask(.requestPositions(RequestPositions()))) }
        if due.contains(.completedOrders) {
            var request = RequestCompletedOrders()
            request.isAPIOnly = true
            emit(.ask(.requestCompletedOrders(request)))
        }
    }

    /// The end of one of the answers has come.
    ///
    /// - Parameter request: the request it names, where it does.
    mutating func bookEnded(_ kind: Reconciliation.Kinds, request: Int32? = nil, _ now: UInt64) {
        if let request, request != executionRequest { return }
        reconciliation.ended(kind)
        guard state == .reconciling else { return }
        askForBooks()
        guard reconciliation.isComplete else { return }
        finishReconciliation(now)
    }

    private mutating func finishReconciliation(_ now: UInt64) {
        reconciliations += 1
        failures = 0
        doubt.ended()
        liveSessions += hasStreams ? 0 : 1
        emit(.reconciled)
        move(.reconciled, "reconciled", now)
        deadline = nil
        if !hasStreams { emit(.streams(.live)) }
        hasStreams = true
    }

    /// The gateway has lost IBKR; the socket stays.
    mutating func loseLink(_ reason: String, _ now: UInt64) {
        guard move(.linkLost, reason, now), state == .lost else { return }
        deadline = nil
        reconciliation.interrupted()
    }

    /// The current step may take as long as the options say.
    private mutating func expect(_ now: UInt64) { deadline = now &+ UInt64(clamping: options.stepTimeout) }

    private static func next(_ last: inout Int32) -> Int32 {
        last = last == requestIDs.upperBound ? requestIDs.lowerBound : last + 1
        return last
    }

    /// - Returns: whether `input` has a meaning here; the listeners are told where the state changes.
    @discardableResult
    mutating func move(_ input: SessionInput, _ reason: String, _ now: UInt64) -> Bool {
        guard let next = state.after(input) else { return false }
        guard next != state else { return true }
        emit(.changed(from: state, to: next, reason: reason))
        state = next
        since = now
        self.reason = reason
        return true
    }
}
