import Dispatch
import Glibc
import Platform
import TWSGateway
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import TWSClient

/// Everything that a client tells, kept; whoever waits for something is woken by it.
final class Listener: MarketDataListener, OrderListener {
    struct Heard {
        var states: [SessionState] = []
        var reasons: [String] = []
        /// Market messages by stream.
        var ticks: [Int32: Int] = [:]
        var batches = 0
        var readsEnded = 0
        /// Messages of a read have come, its end has not.
        var isReadOpen = false
        var notices: [Int32: [StreamNotice]] = [:]
        var streamMessages = 0
        var contracts: [SymbolID: ResolvedContract] = [:]
        var unresolved: [String] = []
        var orderMessages: [ServerMessage] = []
        var errors: [ErrorMessage] = []
        var reconciled = 0
        var unsent: [Int32] = []
        var ticksOfTime = 0
        /// Something was told twice, out of order or on a wrong thread.
        var wrongs: [String] = []
    }

    let heard = Locked(Heard())
    /// What else to do when the session has changed its state.
    let whenChanged = Locked<(@Sendable (SessionChange) -> Void)?>(nil)
    let whenTicks = Locked<(@Sendable (Span<MarketMessage>) -> Void)?>(nil)
    private let queue: DispatchQueue

    init(_ queue: DispatchQueue) { self.queue = queue }

    /// Waits until `wanted` holds.
    func wait(
        _ what: String, seconds: UInt64 = 30, location: SourceLocation = #_sourceLocation,
        _ wanted: (Heard) -> Bool
    ) throws {
        let found = heard.wait(until: MonotonicClock.now() + seconds * 1_000_000_000) {
            wanted($0) ? true : nil
        }
        let states = heard.withLock { $0.states.suffix(20).map(\.rawValue) }
        try #require(found == true, "\(what); states: \(states)", sourceLocation: location)
    }

    private func note(_ body: (inout Heard) -> Void) {
        dispatchPrecondition(condition: .onQueue(queue))
        heard.withLockNotifying(body)
    }

    // Both listeners have these.

    func sessionChanged(_ change: SessionChange) {
        note {
            if $0.isReadOpen, change.to == .stopped || change.to == .backoff {
                $0.wrongs.append("a read is open in \(change.to)")
            }
            // Told twice, once as listener of orders and once as that of market data.
            if $0.reasons.count % 2 == 0 {
                if change.from != ($0.states.last ?? .idle) { $0.wrongs.append("\(change)") }
                $0.states.append(change.to)
            }
            $0.reasons.append(change.reason)
        }
        whenChanged.withLock(\.self)?(change)
    }

    func timePassed(_ time: Timestamp) { note { $0.ticksOfTime += 1 } }

    // Market data.

    func take(_ messages: Span<MarketMessage>, at time: Timestamp) {
        whenTicks.withLock(\.self)?(messages)
        note {
            $0.batches += 1
            $0.isReadOpen = true
            for index in messages.indices {
                switch messages[index] {
                case .tickByTick(let tick): $0.ticks[tick.requestID, default: 0] += 1
                case .depth(let row): $0.ticks[row.requestID, default: 0] += 1
                case .depthL2(let row): $0.ticks[row.requestID, default: 0] += 1
                case .tickPrice(let tick): $0.ticks[tick.requestID, default: 0] += 1
                case .tickSize(let tick): $0.ticks[tick.requestID, default: 0] += 1
                }
            }
        }
    }

    func take(_ message: ServerMessage, of stream: StreamID, at time: Timestamp) {
        note { $0.streamMessages += 1 }
    }

    func take(_ notice: StreamNotice, of stream: StreamID, at time: Timestamp) {
        note { $0.notices[stream.rawValue, default: []].append(notice) }
    }

    func take(_ contract: ResolvedContract?, for symbol: SymbolID, text: String, at time: Timestamp) {
        note {
            $0.contracts[symbol] = contract
            if contract == nil { $0.unresolved.append(text) }
        }
    }

    func readEnded(at time: Timestamp) {
        note {
            $0.readsEnded += 1
            $0.isReadOpen = false
        }
    }

    // Orders.

    func take(_ message: ServerMessage, at time: Timestamp) { note { $0.orderMessages.append(message) } }

    func take(_ error: ErrorMessage, at time: Timestamp) { note { $0.errors.append(error) } }

    func reconciled(at time: Timestamp) {
        note {
            if $0.states.last != .reconciling { $0.wrongs.append("reconciled in \($0.states)") }
            $0.reconciled += 1
        }
    }

    func unsent(_ orderID: Int32, isCancel: Bool, reason: String, at time: Timestamp) {
        note { $0.unsent.append(orderID) }
    }
}

/// A client and a simulated gateway, both stopped when the test ends.
final class ClientFixture {
    let gateway: Gateway
    let port: UInt16
    let client: GatewayClient
    let listener: Listener
    let queue = DispatchQueue(label: "test.tws")
    private let directory: TemporaryDirectory

    /// 2026-11-23, a Monday.
    static let start = Timestamp(nanoseconds: 1_795_400_000_000_000_000)
    static let instruments = GatewayInstrument.catalogue(at: start)
    static let gold = instruments[0].contract

    static let climb: [SessionState] = [.connecting, .handshake, .starting, .ready, .reconciling, .live]

    init(
        contracts: [Contract] = [], rate: Int = 0, host: String = "127.0.0.1",
        onNote: @escaping @Sendable (ClientNote) -> Void = { _ in },
        _ change: (inout ClientOptions) -> Void
    ) throws {
        let options = GatewayOptions(instruments: Self.instruments)
        let feed = GatewayFeed.simulator(
            seed: 3, instruments: options.instruments, eventsPerSecond: max(rate, 1))
        gateway = try Gateway(options, feed: rate == 0 ? nil : feed)
        port = try gateway.start()
        directory = try TemporaryDirectory()
        var own = ClientOptions(
            host: host, port: port, clientID: 7, orderIDFile: directory.path + "/ids",
            contracts: contracts.enumerated().map {
                ClientOptions.WantedContract(
                    symbol: SymbolID(rawValue: UInt32($0.offset + 1)), contract: $0.element)
            })
        own.backoff = [20_000_000, 50_000_000]
        own.tickByTickInterval = 0
        change(&own)
        client = try GatewayClient(options: own, queue: queue, onNote: onNote)
        listener = Listener(queue)
    }

    convenience init(
        contracts: [Contract] = [], rate: Int = 0, host: String = "127.0.0.1",
        onNote: @escaping @Sendable (ClientNote) -> Void = { _ in }
    ) throws {
        try self.init(contracts: contracts, rate: rate, host: host, onNote: onNote) { _ in }
    }

    deinit {
        client.stop()
        gateway.stop()
    }

    func begin() { client.start(market: listener, orders: listener) }

    /// Connects and waits until the session is live.
    func live() throws {
        begin()
        try waitForLive()
    }

    /// Waits until so many sessions have become live.
    func waitForLive(times: Int = 1, location: SourceLocation = #_sourceLocation) throws {
        try listener.wait("live \(times) times", location: location) { heard in
            heard.states.count { $0 == .live } >= times
        }
    }

    /// States so far, attempts in vain left out.
    var states: [SessionState] {
        var states = listener.heard.withLock(\.states)
        while let place = states.indices.dropLast(2).first(where: {
            states[$0] == .backoff && states[$0 + 1] == .connecting && states[$0 + 2] == .backoff
        }) {
            states.removeSubrange(place..<place + 2)
        }
        return states
    }

    /// Sockets of this process that lead to the gateway.
    var sockets: Int {
        TemporaryDirectory.names(at: "/proc/self/fd").compactMap { Int32($0) }.count { descriptor in
            var peer = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let code = withUnsafeMutablePointer(to: &peer) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getpeername(descriptor, $0, &length)
                }
            }
            return code == 0 && peer.sin_family == AF_INET && UInt16(bigEndian: peer.sin_port) == port
        }
    }

    func open(_ kind: StreamKind, _ contract: Contract = ClientFixture.gold) -> StreamID {
        let request = StreamRequest(
            symbol: SymbolID(rawValue: 1), contract: contract, kind: kind, priority: 0)
        return queue.sync { client.open(request) }
    }

    func wrongs() -> [String] { listener.heard.withLock(\.wrongs) }
}
