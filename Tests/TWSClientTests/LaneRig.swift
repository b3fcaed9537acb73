import Glibc
import Platform
import TWSProtocol
import TestSupport
import TradingModel

@testable import TWSClient

/// A lane on one end of a pair of sockets, and what comes out of the other end.
final class LaneRig {
    static let version = ServerVersion(200)

    let lane: OutgoingLane
    let orderIDs: OrderIDs
    /// The time the lane sees.
    let clock: Locked<UInt64>
    private let wakes: Locked<Int>
    private let directory: TemporaryDirectory
    private let ends: (lane: Int32, gateway: Int32)
    private var frames = FrameBuffer()

    /// - Parameter isNarrow: the socket takes as few bytes as the kernel lets it.
    init(requestsPerSecond: Int = 45, isNarrow: Bool = false) throws {
        directory = try TemporaryDirectory()
        ends = try Self.socketPair(isNarrow: isNarrow)
        let (clock, wakes) = (Locked<UInt64>(1_000_000_000), Locked(0))
        (self.clock, self.wakes) = (clock, wakes)
        orderIDs = try OrderIDs(path: directory.path + "/ids")
        try orderIDs.refill()
        var options = ClientOptions(
            host: "127.0.0.1", port: 1, clientID: 7, orderIDFile: directory.path + "/ids", contracts: [])
        options.requestsPerSecond = requestsPerSecond
        lane = OutgoingLane(
            options: options, orderIDs: orderIDs, wake: { wakes.withLock { $0 += 1 } },
            clock: { clock.withLock { $0 } })
    }

    deinit {
        close(ends.lane)
        close(ends.gateway)
    }

    /// Attached, startApi alone may leave.
    func attach() { lane.attach(ends.lane, version: Self.version, now: now) }

    /// Attached, and taking orders.
    func goLive() {
        attach()
        lane.takesOrders = true
    }

    var now: UInt64 { clock.withLock { $0 } }

    func pass(_ nanoseconds: UInt64) { clock.withLock { $0 += nanoseconds } }

    /// How often the client's queue was woken, since the last time.
    func takeWakes() -> Int {
        wakes.withLock { count in
            defer { count = 0 }
            return count
        }
    }

    func drain() -> LaneState { lane.drain(now: now) }

    /// An order with an id that nobody has used.
    func order() -> PlaceOrder {
        var order = PlaceOrder()
        order.orderID = lane.takeOrderID() ?? 0
        order.contract.symbol = "XAUUSD"
        order.order.action = "BUY"
        order.order.orderType = "LMT"
        return order
    }

    static func cancel(_ orderID: Int32) -> CancelOrder {
        var cancel = CancelOrder()
        cancel.orderID = orderID
        return cancel
    }

    /// A request that is told from others by its number.
    static func rule(_ id: Int32) -> RequestMarketRule {
        var request = RequestMarketRule()
        request.marketRuleID = id
        return request
    }

    /// Everything that has come out.
    func received() throws -> [ClientMessage] {
        var messages: [ClientMessage] = []
        while true {
            let count = frames.fill { recv(ends.gateway, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
            while let decoded = try frames.next({ body in
                Result { try ClientMessage.decode(body, version: Self.version) }
            }) {
                if case .message(let message) = try decoded.get() { messages.append(message) }
            }
            if count <= 0 { return messages }
        }
    }

    /// What has come out, shortly: `order 5`, `cancel 5`, `rule 7`.
    func receivedNames() throws -> [String] {
        try received().map { message in
            switch message {
            case .placeOrder(let order): "order \(order.orderID)"
            case .cancelOrder(let cancel): "cancel \(cancel.orderID)"
            case .requestMarketRule(let request): "rule \(request.marketRuleID)"
            default: "other"
            }
        }
    }

    /// The other end is gone.
    func hangUp() { shutdown(ends.gateway, Int32(SHUT_RDWR)) }

    /// Sends market rules until the socket has no room.
    ///
    /// - Returns: how many were sent or begun.
    func fill() -> Int {
        var sent = 0
        while !drain().wantsToWrite, sent < 100_000 {
            lane.send(Self.rule(Int32(sent)), now: now)
            sent += 1
        }
        return sent
    }

    private static func socketPair(isNarrow: Bool) throws -> (lane: Int32, gateway: Int32) {
        var pair: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw SystemError("socketpair", "test") }
        if isNarrow {
            var size: Int32 = 1
            setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        return (pair[0], pair[1])
    }
}
