import MarketData
import TWSProtocol
import TradingModel

/// The simulated gateway without its sockets, timers and files: sessions, market data, faults.
///
/// Everything that happens is told to it in order, the time included; what it has to say is in `outbox`, to be drained
/// after each call. Orders, executions, positions and accounts are the business of `Brokerage`.
public struct GatewayCore: Sendable {
    /// What is to be sent.
    public internal(set) var outbox = GatewayOutbox()
    /// What happened.
    public internal(set) var counters = GatewayCounters()

    var options: GatewayOptions
    var sessions: [SessionState] = []
    var brokerage: Brokerage
    var market: MarketDesk
    var faults = FaultBoard()
    var notes: [GatewayNote] = []
    var serverEffects: [ServerEffect] = []
    /// Sessions whose connections a restart ends: nothing is known of them any more.
    var closing: [SessionID] = []
    /// Where the gateway listens; told with 1300.
    var port: UInt16 = 0
    /// When the gateway began; timelines count from it.
    var began = Timestamp.zero
    /// The latest time told.
    var now = Timestamp.zero

    /// A gateway without sessions.
    ///
    /// - Throws: when the brokerage cannot read its state.
    public init(_ options: GatewayOptions) throws(BrokerageError) {
        self.options = options
        brokerage = try Brokerage(options: Self.brokerageOptions(options))
        market = MarketDesk(options.instruments, options.limits, unsubscribed: options.unsubscribed)
        noteTornLog()
    }

    static func brokerageOptions(_ options: GatewayOptions) -> BrokerageOptions {
        BrokerageOptions(
            accounts: options.accounts, instruments: options.instruments,
            stateDirectory: options.stateDirectory)
    }

    /// Takes the notes made since the last call.
    public mutating func takeNotes() -> [GatewayNote] {
        defer { notes.removeAll(keepingCapacity: true) }
        return notes
    }

    /// Takes what shall happen to the port.
    mutating func takeServerEffects() -> [ServerEffect] {
        defer { serverEffects.removeAll() }
        return serverEffects
    }

    /// Takes the sessions whose connections are to be closed without a word.
    mutating func takeClosing() -> [SessionID] {
        defer { closing.removeAll() }
        return closing
    }

    /// Live subscriptions of each kind.
    public var subscriptionCounts: (lines: Int, depth: Int, tickByTick: Int) { market.counts }

    /// A client has connected.
    ///
    /// - Returns: `false` when there are as many sessions as there may be; the connection is to be closed.
    public mutating func opened(_ session: SessionID, at time: Timestamp) -> Bool {
        advance(to: time)
        counters.connections += 1
        guard sessions.count < options.limits.sessions else {
            counters.refused += 1
            note(nil, "refused a connection: \(sessions.count) sessions are open")
            return false
        }
        sessions.append(SessionState(session, deadline: time.advanced(by: options.limits.handshake)))
        outbox.open(session)
        if let bytes = faults.takeCut(client: nil) { cut(session, after: bytes) }
        return true
    }

    /// A connection has ended, from whichever side.
    public mutating func closed(_ session: SessionID, at time: Timestamp) {
        advance(to: time)
        guard let index = index(of: session) else { return }
        let wasReady = outbox.clientID(of: session) != nil
        sessions.remove(at: index)
        outbox.end(session)
        market.sessionEnded(session)
        if wasReady { brokerage.sessionEnded(session) }
        note(session, "ended")
    }

    /// A client did not read what was sent, and is disconnected.
    public mutating func overran(_ session: SessionID) {
        counters.overrun += 1
        note(session, "does not read: more than \(options.limits.outputBytes) bytes wait; disconnected")
    }

    /// The market of an instrument has changed.
    public mutating func marketChanged(_ event: MarketEvent, at time: Timestamp) {
        advance(to: time)
        guard !faults.isMarketPaused else { return }
        counters.marketEvents += 1
        guard market.knows(event.symbol) else {
            counters.unmapped += 1
            return
        }
        market.take(event, at: time, &outbox)
        brokerage.marketChanged(event, at: time, &outbox)
    }

    /// Level 1 of an instrument was told by a recording of it: it is told on as it stands, to who has asked for level 1. The
    /// market itself, and orders, do not change by it.
    public mutating func levelOneTold(_ tick: RecordedLevelOneTick, of symbol: SymbolID, at time: Timestamp) {
        advance(to: time)
        guard !faults.isMarketPaused else { return }
        counters.marketEvents += 1
        guard market.knows(symbol) else {
            counters.unmapped += 1
            return
        }
        market.relay(tick, of: symbol, &outbox)
    }

    /// Time has passed.
    public mutating func advance(to time: Timestamp) {
        guard time > now else { return }
        now = time
        for index in sessions.indices {
            guard let deadline = sessions[index].deadline, deadline <= time else { continue }
            counters.late += 1
            end(index, .drop, "took too long to start")
        }
        market.advance(to: time, &outbox)
        brokerage.advance(to: time, &outbox)
        performDue()
    }

    /// When `advance` has something to do, unless something else happens first.
    public var nextDeadline: Timestamp? {
        let others = [market.nextDeadline, faults.nextDeadline, brokerage.nextDeadline]
        return (sessions.compactMap(\.deadline) + others.compactMap(\.self)).min()
    }

    /// What was left out at the end of the log is gone: that must be said.
    mutating func noteTornLog() {
        if let torn = brokerage.tornLog { note(nil, "\(BrokerageLog.name): \(torn)") }
    }

    func index(of session: SessionID) -> Int? { sessions.firstIndex { $0.session == session } }

    mutating func note(_ session: SessionID?, _ text: String) {
        // What nobody takes must not grow.
        if notes.count < 1_000 { notes.append(GatewayNote(session: session, text: text)) }
    }

    /// Notes what a client does wrong the first time it does so: what comes again is counted.
    mutating func noteOnce(_ index: Int, _ message: MessageID, _ text: String) {
        // A client that makes up numbers must not fill the memory with them.
        guard sessions[index].noted.count < 200, sessions[index].noted.insert(message).inserted else {
            return
        }
        note(sessions[index].session, text)
    }

    /// Ends a session, and nothing it says is heard any more.
    mutating func end(_ index: Int, _ effect: ConnectionEffect, _ reason: String) {
        let session = sessions[index].session
        sessions[index].ended()
        outbox.add(effect, to: session)
        note(session, reason)
    }

    /// Sends an error; `request` −1 for none.
    mutating func send(error code: Int32, _ text: String, request: Int32 = -1, to session: SessionID) {
        outbox.send(ErrorMessage(request: request, code: code, text: text, at: now), to: session)
    }
}

extension ErrorMessage {
    /// An error of the gateway.
    init(request: Int32, code: Int32, text: String, at time: Timestamp) {
        self.init()
        id = request
        self.code = code
        self.text = text
        self.time = time.nanoseconds / 1_000_000
    }
}
