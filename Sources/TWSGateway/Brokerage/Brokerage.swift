import Platform
import TWSProtocol
import TradingModel

/// Orders, executions, positions and accounts of the simulated gateway.
///
/// Pure but for its log: it is told everything, the time included, and answers through the outbox. What happens goes to
/// the log first, then to the clients; what cannot be logged has not happened.
public struct Brokerage: Sendable {
    /// Why nothing is taken any more; `nil` as long as all is well.
    public private(set) var failure: BrokerageError?
    /// What was found at the end of the log that does not count; `nil` for nothing.
    public let tornLog: String?

    let options: BrokerageOptions
    var desk: OrderDesk
    var accounts = AccountDesk()
    private var log: BrokerageLog?
    /// Why the log did not take the last turn that failed.
    private var lastRefusal = ""
    /// What the gateway knew when its link was lost: that is all it can tell until the link is back.
    var frozen: OrderDesk?
    /// Requests that wait for the link, in the order of their coming.
    var waiting: [WaitingRequest] = []
    /// When what ends by itself is tried again, after it could not be logged.
    private var nextAttempt = Timestamp.zero

    /// A brokerage, with what its state directory holds.
    ///
    /// - Throws: when the log cannot be opened, or a line of it is damaged: the file and the line.
    public init(options: BrokerageOptions) throws(BrokerageError) {
        try self.init(options: options, keeping: Ledger())
    }

    /// - Parameter ledger: what counts where there is no state directory.
    private init(options: BrokerageOptions, keeping ledger: Ledger) throws(BrokerageError) {
        self.options = options
        desk = OrderDesk(options)
        let reading = try options.stateDirectory.map { directory throws(BrokerageError) in
            try BrokerageLogReading(directory + "/" + BrokerageLog.name)
        }
        tornLog = reading?.torn
        do throws(SystemError) {
            if let directory = options.stateDirectory, let reading {
                try DurableFile.makeDirectories(directory)
                log = try BrokerageLog(
                    directory: directory, syncs: options.syncsLog, mostBytes: options.mostLogBytes,
                    after: reading)
            }
            try begin(reading?.ledger ?? ledger)
        } catch {
            throw BrokerageError("brokerage: \(error)")
        }
    }

    /// Begins anew with what the state directory holds, as after a restart of the process; sessions are forgotten.
    ///
    /// Without a state directory it begins with what was there: IBKR would know of it, too. The link is up, and what waited
    /// for it is gone: it never left the gateway.
    ///
    /// A second brokerage beside this one could not do that: the log admits one at a time.
    ///
    /// - Throws: as `init` does; then nothing is taken any more.
    public mutating func restart() throws(BrokerageError) {
        log = nil
        let faults = desk.faults
        do throws(BrokerageError) {
            self = try Brokerage(options: options, keeping: desk.ledger)
            desk.faults = faults
        } catch {
            failure = error
            throw error
        }
    }

    /// Takes up what the log says; the first fact of all is what the accounts open with.
    private mutating func begin(_ ledger: Ledger) throws(SystemError) {
        var turn = Turn(at: .zero)
        desk.ledger = ledger
        if ledger.openingCash == nil { desk.record(.opened(cash: options.openingCash), &turn) }
        if ledger.holdsOrders { desk.record(.restarted, &turn) }
        if !turn.facts.isEmpty { try log?.append(turn.facts, at: turn.time) }
        desk.restore(desk.ledger)
    }

    /// A client has started: its accounts and its next order id are told, then, where wanted, its open orders.
    public mutating func sessionReady(
        _ session: SessionID, client: Int32, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        tellAccounts(session, &outbox)
        var identifier = NextValidID()
        identifier.orderID = max(1, nextID(of: client) - desk.faults.takeRollBack(client))
        outbox.send(identifier, to: session)
        guard options.downloadsOpenOrders else { return }
        asKnown { brokerage in brokerage.tellOpenOrders(of: client, to: session, &outbox) }
    }

    /// A session that was ready has ended.
    public mutating func sessionEnded(_ session: SessionID) { accounts.forget(session) }

    /// Answers a request that concerns orders, executions, positions or accounts.
    ///
    /// - Returns: whether it is one of those.
    public mutating func handle(
        _ request: ClientMessage, from session: SessionID, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) -> Bool {
        guard let client = outbox.clientID(of: session) else { return false }
        advance(to: time, &outbox)
        if holdBack(request, client, at: time, &outbox) { return true }
        switch request {
        case .placeOrder(let message): place(message, client, at: time, &outbox)
        case .cancelOrder(let message): cancel(message, client, at: time, &outbox)
        case .globalCancel: cancelAll(at: time, &outbox)
        default:
            return asKnown { brokerage in brokerage.answer(request, client, session, at: time, &outbox) }
        }
        return true
    }

    /// The market of an instrument has changed.
    public mutating func marketChanged(
        _ event: MarketEvent, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        advance(to: time, &outbox)
        change(at: time, about: nil, &outbox) { desk, turn in desk.marketChanged(event, &turn) }
        guard frozen == nil else { return }
        accounts.marketChanged(AccountView(desk), at: time, &outbox)
    }

    /// Does something wrong on purpose, now or with the next order it fits.
    ///
    /// - Parameter client: whose orders it concerns; `nil` for anybody's.
    public mutating func inject(
        _ fault: OrderFault, client: Int32? = nil, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        desk.faults.add(fault, client)
        change(at: time, about: nil, &outbox) { desk, turn in desk.settle(&turn) }
    }

    /// Time has passed: orders end whose time is over.
    public mutating func advance(to time: Timestamp, _ outbox: inout GatewayOutbox) {
        guard let next = desk.nextExpiry, next <= time else { return }
        change(at: time, about: nil, &outbox) { desk, turn in desk.expire(&turn) }
        // What cannot be logged now may be later; asking without a pause would be asking for ever.
        let isLeft = desk.nextExpiry.map { $0 <= time } ?? false
        nextAttempt = isLeft ? time.advanced(by: 1_000_000_000) : .zero
    }

    /// When `advance` has something to do; `nil` for never.
    public var nextDeadline: Timestamp? {
        guard failure == nil, let next = desk.nextExpiry else { return nil }
        return max(next, nextAttempt)
    }

    mutating func place(
        _ message: PlaceOrder, _ client: Int32, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        let key = OrderKey(client: client, order: message.orderID)
        if message.order.isWhatIf {
            guard let session = outbox.session(ofClient: client) else { return }
            return preview(message, key, session, at: time, &outbox)
        }
        change(at: time, about: key, &outbox) { desk, turn in desk.place(message, client: client, &turn) }
    }

    mutating func cancel(
        _ message: CancelOrder, _ client: Int32, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        let key = OrderKey(client: client, order: message.orderID)
        change(at: time, about: key, &outbox) { desk, turn in desk.cancel(key, &turn) }
    }

    mutating func cancelAll(at time: Timestamp, _ outbox: inout GatewayOutbox) {
        change(at: time, about: nil, &outbox) { desk, turn in desk.cancelAll(&turn) }
    }

    /// Lets the desk work, logs what happened, then tells it.
    ///
    /// - Parameter key: the order that was asked about, which is refused when nothing can be logged.
    mutating func change(
        at time: Timestamp, about key: OrderKey?, _ outbox: inout GatewayOutbox,
        _ work: (inout OrderDesk, inout Turn) -> Void
    ) {
        guard failure == nil else { return refuse(key, at: time, &outbox) }
        var turn = Turn(at: time)
        work(&desk, &turn)
        guard !turn.facts.isEmpty || !turn.tidings.isEmpty || turn.fault != nil else { return }
        guard commit(turn) else { return refuse(key, at: time, &outbox) }
        guard frozen == nil else { return drop(turn, &outbox) }
        let announcer = Announcer(contracts: desk.ledger.contracts, master: options.masterClient, time: time)
        announcer.tell(turn.tidings, &desk.faults, &outbox)
        accounts.tell(after: turn, AccountView(desk), &outbox)
    }

    /// Logs what happened.
    ///
    /// - Returns: `false` when it could not be; then it has not happened.
    private mutating func commit(_ turn: Turn) -> Bool {
        var reason = turn.fault.map { "the ledger does not add up: \($0.text)" }
        if reason == nil, !turn.facts.isEmpty {
            do throws(SystemError) {
                try log?.append(turn.facts, at: turn.time)
            } catch {
                reason = error.description
            }
        }
        guard let reason else { return true }
        goBack(because: reason)
        return false
    }

    /// Goes back to what the log says; where there is none, or it cannot be read, nothing is taken any more.
    private mutating func goBack(because reason: String) {
        lastRefusal = reason
        guard let log else {
            failure = BrokerageError(reason)
            return
        }
        do throws(BrokerageError) {
            let reading = try BrokerageLogReading(log.path)
            guard reading.length == log.length else { throw BrokerageError("\(reason); the log has changed") }
            desk.restore(reading.ledger)
        } catch {
            failure = error
        }
    }

    func refuse(_ key: OrderKey?, at time: Timestamp, _ outbox: inout GatewayOutbox) {
        guard let key, let session = outbox.session(ofClient: key.client) else { return }
        let reason = failure?.description ?? lastRefusal
        outbox.send(
            ErrorMessage(.rejected("Nothing can be logged: \(reason)"), id: key.order, at: time), to: session)
    }
}
