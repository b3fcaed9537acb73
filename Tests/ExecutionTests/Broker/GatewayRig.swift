import Dispatch
import Platform
import TWSClient
import TWSGateway
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import Execution
@testable import Messaging
@testable import Risk

/// Adapter, follower and the real client against a simulated gateway of its own.
final class GatewayRig {
    /// What came out, and what may be waited for.
    struct Seen {
        var reports: [OrderEvent] = []
        var notices: [SystemNotice.Kind] = []
        var notes: [BrokerNote] = []
        var drifts = 0
        var ticks = 0

        var losses: Int { notices.count { $0 == .brokerLost } }
    }

    let gateway: Gateway
    private let port: UInt16
    let client: GatewayClient
    let book: BrokerBook
    let orders: BrokerOrders
    var adapter: IBKRAdapter
    let symbol: SymbolID
    let seen = Locked(Seen())
    private let directory: TemporaryDirectory
    /// Whose gateway it is, where it is not its own.
    private let host: GatewayRig?
    private var number: UInt32 = 0
    private var requests: [UInt32: OrderRequest] = [:]

    /// - Parameters:
    ///   - host: whose gateway to use; `nil` for one of its own.
    ///   - clientID: a second one at a gateway is another client.
    init(
        _ name: String, session: UInt32 = 1, seed: UInt64 = 3, at host: GatewayRig? = nil, clientID: Int32 = 7
    ) throws {
        self.host = host
        directory = try TemporaryDirectory()
        symbol = try #require(SymbolID(name))
        let instruments = GatewayInstrument.catalogue(
            at: Timestamp(nanoseconds: AnchoredClock.wallNanoseconds())
        ).filter { $0.contract.localSymbol == "XAUUSD" }
        gateway =
            try host?.gateway
            ?? Gateway(
                GatewayOptions(instruments: instruments),
                feed: .simulator(seed: seed, instruments: instruments, eventsPerSecond: 400))
        port = try host?.port ?? gateway.start()
        var contract = Contract()
        contract.symbol = "XAUUSD"
        contract.securityType = "CMDTY"
        contract.exchange = "SMART"
        contract.currency = "USD"
        var options = ClientOptions(
            host: "127.0.0.1", port: port, clientID: clientID,
            orderIDFile: directory.path + "/order-ids",
            contracts: [.init(symbol: symbol, contract: contract)])
        options.backoff = [20_000_000]
        options.stepTimeout = 5_000_000_000
        let queue = DispatchQueue(label: "client")
        client = try GatewayClient(options: options, queue: queue)
        var brokerOptions = BrokerOptions(clientID: clientID, session: session)
        // Doubts are asked about soon, so that the test need not wait.
        brokerOptions.settleTime = 100_000_000
        brokerOptions.answerTime = 300_000_000
        book = BrokerBook(options: brokerOptions)
        adapter = IBKRAdapter(lane: client.orders, book: book)
        let seen = seen
        orders = BrokerOrders(
            book: book, lane: client.orders, queue: queue,
            outlets: BrokerOutlets(
                publish: { event in
                    seen.withLockNotifying { seen in
                        switch event.payload {
                        case .orderEvent(let report): seen.reports.append(report)
                        case .system(let notice): seen.notices.append(notice.kind)
                        default: break
                        }
                    }
                    return .accepted
                },
                reconcile: { [weak client] in client?.reconcile($0) },
                onDrift: { _ in seen.withLockNotifying { $0.drifts += 1 } },
                onNote: { note in seen.withLockNotifying { $0.notes.append(note) } }))
        client.start(market: ContractTaker(book, seen), orders: orders)
        try becomesReady()
    }

    deinit {
        client.stop()
        if host == nil { gateway.stop() }
    }

    // MARK: Waiting

    /// Waits until `condition` holds, looked at whenever something is heard.
    func eventually(_ what: String, _ condition: (Seen) -> Bool) throws {
        let deadline = MonotonicClock.now() + 30_000_000_000
        let isReached: Bool? = seen.wait(until: deadline) { condition($0) ? true : nil }
        try #require(isReached == true, "\(what): \(seen.withLock { "\($0.reports)\n\($0.notes)" })")
    }

    func becomesReady() throws {
        let book = book
        try eventually("the broker is ready") { _ in book.reconciliation.isReady }
    }

    /// Has the books compared once more, from now on: with a new connection, since an open one is asked every 5 s at most.
    func compare() throws { try Self.compare([self]) }

    /// The connections of all clients are cut: those who go on with their orders must have been seen to lose theirs.
    static func compare(_ rigs: [GatewayRig]) throws {
        for rig in rigs { try rig.becomesReady() }
        let before = rigs.map { ($0.losses, $0.book.counts.reconciliations) }
        try rigs[0].gateway.perform("drop")
        for (rig, (losses, reconciliations)) in zip(rigs, before) {
            let book = rig.book
            try rig.eventually("the connection is cut") { $0.losses > losses }
            try rig.eventually("books are compared") { _ in
                book.counts.reconciliations > reconciliations && book.reconciliation.isReady
            }
        }
    }

    private var losses: Int { seen.withLock { $0.losses } }

    // MARK: Orders

    @discardableResult
    func send(_ side: Side, _ quantity: String, limit: String? = nil) throws -> UInt32 {
        number += 1
        let request = OrderRequest(
            id: ClientOrderID(session: book.options.session, number: number), symbol: symbol, side: side,
            type: limit == nil ? .market : .limit, quantity: try Quantity(quantity),
            limitPrice: try limit.map { try Price($0) })
        requests[number] = request
        var outbox = Outbox()
        adapter.submit(
            ApprovedOrder(request: request, decisionSequence: UInt64(number), auditEntry: 1), &outbox)
        return number
    }

    func cancel(_ number: UInt32) throws {
        let request = try #require(requests[number])
        var outbox = Outbox()
        adapter.cancel(
            WorkingOrder(
                ApprovedOrder(request: request, decisionSequence: 1, auditEntry: 1), sentAt: .zero),
            reason: "test", &outbox)
    }

    /// Waits until an order's newest report has that status.
    func reaches(_ number: UInt32, _ status: OrderStatus) throws {
        try eventually("order \(number) is \(status.name)") { seen in
            seen.reports.last { $0.id.number == number }?.status == status
        }
    }

    /// Signed sum of all fills that were published.
    var published: Quantity {
        seen.withLock { seen in
            seen.reports.reduce(.zero) { $0 + $1.lastQuantity.signed($1.side) }
        }
    }

    /// The position as the gateway has told it.
    var position: Quantity? { book.withLedger { $0.position(symbol) } }

    /// Compares the books and expects that what was published equals what the gateway holds, with each order's fills once.
    func expectEqualBooks(sourceLocation: SourceLocation = #_sourceLocation) throws {
        try compare()
        #expect(position == published, sourceLocation: sourceLocation)
        #expect(book.reconciliation.drift.isEmpty, sourceLocation: sourceLocation)
        for number in 1...number {
            let reports = seen.withLock { seen in seen.reports.filter { $0.id.number == number } }
            let sum = reports.reduce(Quantity.zero) { $0 + $1.lastQuantity }
            #expect(reports.last?.filledQuantity == sum, sourceLocation: sourceLocation)
            #expect(reports.filter { $0.report == .ack }.count <= 1, sourceLocation: sourceLocation)
            let ends = reports.filter { $0.report == .cancel || $0.report == .reject }
            #expect(ends.count <= 1, sourceLocation: sourceLocation)
        }
    }
}

/// Takes contracts, and wakes who waits about ten times a second.
private final class ContractTaker: MarketDataListener {
    private let book: BrokerBook
    private let seen: Locked<GatewayRig.Seen>

    init(_ book: BrokerBook, _ seen: Locked<GatewayRig.Seen>) {
        self.book = book
        self.seen = seen
    }

    func sessionChanged(_ change: SessionChange) {}
    func take(_ messages: Span<MarketMessage>, at time: Timestamp) {}
    func take(_ message: ServerMessage, of stream: StreamID, at time: Timestamp) {}
    func take(_ notice: StreamNotice, of stream: StreamID, at time: Timestamp) {}
    func readEnded(at time: Timestamp) {}

    func take(_ contract: ResolvedContract?, for symbol: SymbolID, text: String, at time: Timestamp) {
        book.resolve(symbol, contract)
    }

    func timePassed(_ time: Timestamp) { seen.withLockNotifying { $0.ticks += 1 } }
}
