import Glibc
import Platform
import TWSProtocol
import TradingModel

// Stands in for the outgoing lane, the order ids and the stream table until they are merged; to be deleted then.

final class OutgoingLane: OrderLane, Sendable {
    private struct State {
        var descriptor: Int32?
        var writer = FrameWriter(.client, version: .highest)
        var rest: [UInt8] = []
        var takesOrders = false
    }

    private let state = Locked(State())
    private let orderIDs: OrderIDs
    private let wake: @Sendable () -> Void

    init(options: ClientOptions, orderIDs: OrderIDs, wake: @escaping @Sendable () -> Void) {
        self.orderIDs = orderIDs
        self.wake = wake
    }

    func attach(_ descriptor: Int32, version: ServerVersion, now: UInt64) {
        state.withLock {
            $0.descriptor = descriptor
            $0.writer = FrameWriter(.client, version: version)
            $0.rest = []
        }
    }

    func detach(reason: String) -> [UnsentOrder] {
        state.withLock { $0.descriptor = nil }
        return []
    }

    var takesOrders: Bool {
        get { state.withLock { $0.takesOrders } }
        set { state.withLock { $0.takesOrders = newValue } }
    }

    func send<M: WireMessage>(_ message: borrowing M, now: UInt64) { _ = append(message) }

    func drain(now: UInt64) -> LaneState {
        state.withLock { state in
            guard let descriptor = state.descriptor else { return LaneState() }
            state.rest += state.writer.bytes
            state.writer.removeAll()
            do throws(SystemError) {
                while !state.rest.isEmpty {
                    var count = 0
                    state.rest.withUnsafeBytes { bytes in
                        count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                    }
                    if count < 0, errno == EAGAIN { return LaneState(wantsToWrite: true) }
                    guard count > 0 else { throw SystemError("send", "gateway") }
                    state.rest.removeFirst(count)
                }
                return LaneState()
            } catch {
                return LaneState(failure: error)
            }
        }
    }

    func takeOrderID() -> Int32? { orderIDs.take() }

    func place(_ order: borrowing PlaceOrder) -> SendOutcome {
        guard takesOrders else { return .refused(.notLive) }
        return append(order)
    }

    func cancel(_ order: borrowing CancelOrder) -> SendOutcome { append(order) }

    private func append<M: WireMessage>(_ message: borrowing M) -> SendOutcome {
        let message = copy message
        let isWritten = state.withLock { state in
            guard state.descriptor != nil else { return false }
            do throws(MessageFault) { try state.writer.append(message) } catch { return false }
            return true
        }
        wake()
        return isWritten ? .sent : .refused(.unwritable)
    }
}

struct LaneState {
    var wantsToWrite = false
    var nextDue: UInt64?
    var failure: SystemError?
    var expired: [UnsentOrder] = []
}

struct UnsentOrder {
    let orderID: Int32
    let isCancel: Bool
    let reason: String
}

final class OrderIDs: Sendable {
    private let next = Locked(Int32(1))

    init(path: String) throws(SystemError) {}

    func gatewaySays(_ nextValidID: Int32) { next.withLock { $0 = max($0, nextValidID) } }

    func saw(_ orderID: Int32) { next.withLock { $0 = max($0, orderID + 1) } }

    func take() -> Int32? {
        next.withLock { next in
            defer { next += 1 }
            return next
        }
    }

    func refill() {}
}

enum StreamCommand {
    case marketData(RequestMarketData)
    case cancelMarketData(CancelMarketData)
    case depth(RequestMarketDepth)
    case cancelDepth(CancelMarketDepth)
    case tickByTick(RequestTickByTick)
    case cancelTickByTick(CancelTickByTick)
    case marketDataType(RequestMarketDataType)
}

/// A stream as status shows it.
public struct StreamLine: Hashable, Sendable {
    /// Ours.
    public var symbol: SymbolID
    /// What it delivers.
    public var kind: StreamKind
    /// How it stands.
    public var state: String
    /// The code it was refused with.
    public var code: Int32?
}

struct StreamTable {
    static let firstRequestID: Int32 = 0x4000_0000

    private var open: [(request: StreamRequest, requestID: Int32?)?] = []
    private var nextID = firstRequestID
    private var isLive = false
    private var notices: [(StreamID, StreamNotice)] = []
    private var commands: [StreamCommand] = []

    init(options: ClientOptions) {}

    mutating func open(_ request: StreamRequest) -> StreamID {
        open.append((request, nil))
        return StreamID(rawValue: Int32(open.count - 1))
    }

    mutating func close(_ id: StreamID) { open[Int(id.rawValue)] = nil }

    mutating func retry(_ id: StreamID) { open[Int(id.rawValue)]?.requestID = nil }

    mutating func sessionLive(now: UInt64) { isLive = true }

    mutating func sessionLost(now: UInt64) {
        isLive = false
        dataLost(now: now)
    }

    mutating func dataLost(now: UInt64) {
        for index in open.indices where open[index] != nil {
            if open[index]?.requestID != nil { notices.append((StreamID(rawValue: Int32(index)), .lost)) }
            open[index]?.requestID = nil
        }
    }

    mutating func interrupted(code: Int32) { all(.interrupted(code: code)) }

    mutating func resumed(code: Int32) { all(.resumed(code: code)) }

    private mutating func all(_ notice: StreamNotice) {
        for index in open.indices where open[index] != nil {
            notices.append((StreamID(rawValue: Int32(index)), notice))
        }
    }

    func stream(ofRequest requestID: Int32) -> StreamID? {
        open.firstIndex { $0?.requestID == requestID }.map { StreamID(rawValue: Int32($0)) }
    }

    mutating func take(_ error: ErrorMessage, now: UInt64) -> Bool {
        guard let stream = stream(ofRequest: error.id) else { return false }
        notices.append((stream, .refused(code: error.code, text: error.text)))
        return true
    }

    mutating func poll(now: UInt64) -> [StreamCommand] {
        guard isLive else { return [] }
        var commands: [StreamCommand] = []
        for index in open.indices {
            guard let slot = open[index], slot.requestID == nil else { continue }
            nextID += 1
            open[index]?.requestID = nextID
            commands.append(Self.command(slot.request, nextID))
            notices.append((StreamID(rawValue: Int32(index)), .requested))
        }
        return commands
    }

    private static func command(_ request: StreamRequest, _ id: Int32) -> StreamCommand {
        switch request.kind {
        case .depth(let rows, _):
            var message = RequestMarketDepth()
            (message.requestID, message.contract, message.rows) = (id, request.contract, rows)
            return .depth(message)
        case .level1:
            var message = RequestMarketData()
            (message.requestID, message.contract) = (id, request.contract)
            return .marketData(message)
        case .tickByTickQuotes, .tickByTickTrades:
            var message = RequestTickByTick()
            (message.requestID, message.contract) = (id, request.contract)
            message.tickType = request.kind == .tickByTickQuotes ? "BidAsk" : "AllLast"
            return .tickByTick(message)
        }
    }

    mutating func takeNotices() -> [(StreamID, StreamNotice)] {
        defer { notices = [] }
        return notices
    }

    var lines: [StreamLine] {
        open.compactMap { slot in
            slot.map {
                StreamLine(
                    symbol: $0.request.symbol, kind: $0.request.kind,
                    state: $0.requestID == nil ? "waiting" : "requested")
            }
        }
    }
}
