import TWSProtocol
import TradingModel

@testable import TWSClient

/// A table of streams and a gateway that counts what it holds.
final class StreamRig {
    static let second: UInt64 = 1_000_000_000

    var table: StreamTable
    var now: UInt64 = 1_000_000_000_000
    /// What the gateway holds, by number of the request.
    private(set) var held: [Int32: StreamCommand] = [:]
    /// The most it held at a time, by resource.
    private(set) var most = StreamResource.allCases.map { _ in 0 }
    /// When tick by tick was asked for, by contract.
    private(set) var tickByTickTimes: [Int32: [UInt64]] = [:]
    /// When messages left.
    private(set) var times: [UInt64] = []
    /// Every number that ever began a stream.
    private(set) var allRequests: [Int32] = []

    init(_ change: (inout ClientOptions) -> Void = { _ in }) {
        var options = ClientOptions(host: "127.0.0.1", port: 1, clientID: 7, orderIDFile: "", contracts: [])
        options.requestsPerSecond = 1_000
        change(&options)
        table = StreamTable(options: options)
    }

    static func request(
        _ kind: StreamKind, symbol: Int = 1, priority: Int? = nil
    ) -> StreamRequest {
        var contract = Contract()
        contract.contractID = Int32(symbol)
        contract.symbol = "S\(symbol)"
        return StreamRequest(
            symbol: Self.symbol(symbol), contract: contract, kind: kind, priority: priority ?? symbol)
    }

    private static func symbol(_ number: Int) -> SymbolID { SymbolID("STREAMRIG\(number)") ?? .none }

    func open(_ kind: StreamKind, symbol: Int = 1, priority: Int? = nil) -> StreamID {
        table.open(Self.request(kind, symbol: symbol, priority: priority))
    }

    /// Live, with everything sent that can be.
    @discardableResult
    func live() -> [StreamCommand] {
        table.sessionLive(now: now)
        return poll()
    }

    /// What is sent now, as the gateway gets it.
    @discardableResult
    func poll() -> [StreamCommand] {
        let commands = table.poll(now: now)
        for command in commands { deliver(command) }
        return commands
    }

    func pass(seconds: Double) { now += UInt64(seconds * 1e9) }

    /// The gateway has lost everything.
    func forget() { held = [:] }

    /// Number of the request a stream is subscribed under.
    func requestID(_ id: StreamID) -> Int32? {
        held.keys.first { table.stream(ofRequest: $0) == id }
    }

    /// An error of the gateway for a stream; it holds it no longer.
    @discardableResult
    func refuse(_ id: StreamID, _ code: Int32) -> Bool {
        guard let requestID = requestID(id) else { return false }
        held[requestID] = nil
        return error(requestID, code)
    }

    @discardableResult
    func error(_ requestID: Int32, _ code: Int32) -> Bool {
        var message = ErrorMessage()
        message.id = requestID
        message.code = code
        message.text = "text"
        return table.take(message, now: now)
    }

    func notices(_ id: StreamID) -> [StreamNotice] {
        table.takeNotices().filter { $0.0 == id }.map(\.1)
    }

    private func deliver(_ command: StreamCommand) {
        times.append(now)
        switch command {
        case .marketDataType: break
        case .cancelMarketData(let cancel): held[cancel.requestID] = nil
        case .cancelDepth(let cancel): held[cancel.requestID] = nil
        case .cancelTickByTick(let cancel): held[cancel.requestID] = nil
        case .marketData(let request): begin(request.requestID, command)
        case .depth(let request): begin(request.requestID, command)
        case .tickByTick(let request):
            begin(request.requestID, command)
            tickByTickTimes[request.contract.contractID, default: []].append(now)
        }
    }

    private func begin(_ requestID: Int32, _ command: StreamCommand) {
        held[requestID] = command
        allRequests.append(requestID)
        for resource in StreamResource.allCases {
            most[resource.rawValue] = max(most[resource.rawValue], count(resource))
        }
    }

    /// What the gateway holds of a resource: streams, or instruments with depth.
    func count(_ resource: StreamResource) -> Int {
        var instruments: Set<Int32> = []
        var streams = 0
        for command in held.values {
            switch (command, resource) {
            case (.marketData, .level1), (.tickByTick, .tickByTick): streams += 1
            case (.depth(let request), .depth): instruments.insert(request.contract.contractID)
            default: break
            }
        }
        return resource == .depth ? instruments.count : streams
    }
}
