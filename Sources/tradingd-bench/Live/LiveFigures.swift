import AllocationCounter
import Benchmarking
import CReference
import Dispatch
import MarketData
import Platform
import TWSClient
import TWSGateway
import TWSProtocol
import TradingModel

/// Market data over loopback from the simulated gateway into normalised events: the whole way of a live message but for the
/// bus. The gateway runs in this process, on the other core.
enum LiveFigures {
    /// What the gateway pours out.
    private struct Stream {
        let name: String
        let hose: String

        static let all = [
            Stream(name: "live_bid_ask", hose: "bidask"), Stream(name: "live_depth", hose: "depth"),
        ]
    }

    static func measure(_ bench: Bench) throws -> [Figure] {
        let cores = reference_use_all_cores()
        let messages = bench.plan.size(6_000_000, short: 60_000)
        return try Stream.all.map { try figure($0, messages, cores: cores, bench) }
    }

    private static func figure(_ stream: Stream, _ messages: Int, cores: Int32, _ bench: Bench) throws
        -> Figure
    {
        let rig = try LiveRig(bench)
        var ours: [Double] = []
        var theirs: [Double] = []
        var allocations: [Double] = []
        let events = rig.sink.events
        for pass in 0...bench.plan.passes {
            let before = allocation_counter_calls()
            let time = try rig.pour(stream.hose, messages)
            let calls = Double(allocation_counter_calls() - before)
            let reference = try rig.pourIntoC(stream.hose, messages)
            guard pass > 0 else { continue }
            ours.append(time / Double(messages))
            theirs.append(reference / Double(messages))
            allocations.append(calls / Double(messages))
        }
        let times = DuelTimes(ours: ours, reference: theirs)
        var figure = Figure(
            stream.name, .messages, ours: 1e9 / times.ours, reference: 1e9 / times.reference,
            ratio: 1 / times.ratio,
            target: Target(.value, better: .more, floor: 2_000_000, aim: 4_000_000),
            passes: bench.plan.passes,
            input: "simulated")
        let made = Double(rig.sink.events - events) / Double((bench.plan.passes + 1) * messages)
        figure.details = [
            ("ns_per_message", times.ours), ("events_per_message", made),
            ("allocations_per_message", Statistics.median(allocations)), ("cores", Double(cores)),
        ]
        figure.notes = [
            "C: blocking read and parse of the same stream", "allocations with those of the gateway",
        ]
        if made < 0.99 { figure.fault = "\(made) events a message" }
        return figure
    }
}

/// A simulated gateway, a live session with it that makes events, and a bare session for C.
private final class LiveRig {
    let sink = CountingSink()
    private let gateway: Gateway
    private let port: UInt16
    private let client: GatewayClient
    private let listener: LiveListener
    private let directory: String
    private let contract: Contract
    private var bareClient: Int32 = 100

    init(_ bench: Bench) throws {
        directory = try bench.scratch.directory("live")
        let instruments = GatewayInstrument.catalogue(at: Timestamp(nanoseconds: AnchoredClock().now()))
        guard let euro = instruments.first(where: { $0.contract.securityType == "CASH" }) else {
            throw BenchmarkFault("live: the gateway knows no euro")
        }
        contract = euro.contract
        gateway = try Gateway(
            GatewayOptions(instruments: instruments),
            feed: .simulator(seed: 3, instruments: instruments, eventsPerSecond: 500))
        port = try gateway.start()
        var options = ClientOptions(
            host: "127.0.0.1", port: port, clientID: 7, orderIDFile: directory + "/ids",
            contracts: [ClientOptions.WantedContract(symbol: euro.symbol, contract: euro.contract)])
        options.tickByTickInterval = 0
        client = try GatewayClient(options: options, queue: DispatchQueue(label: "bench.tws"))
        listener = LiveListener()
        var wishes = InstrumentWishes(symbol: euro.symbol)
        wishes.trades = .off
        wishes.depthRows = 5
        listener.connect(
            IBKREvents(options: IBKREventsOptions(instruments: [wishes]), streams: client, sink: sink))
        client.start(market: listener, orders: listener)
        guard listener.live(), listener.hears(), sink.hasLadder() else {
            throw BenchmarkFault("live: the session does not come up")
        }
    }

    deinit {
        client.stop()
        gateway.stop()
        Scratch.remove(directory)
    }

    /// - Returns: nanoseconds.
    func pour(_ kind: String, _ messages: Int) throws -> Double {
        listener.begin(goal: messages)
        try gateway.perform("firehose \(kind) \(messages) client 7")
        guard let time = listener.reachGoal() else { throw BenchmarkFault("live: the stream came to a halt") }
        return Double(time)
    }

    /// - Returns: nanoseconds.
    func pourIntoC(_ kind: String, _ messages: Int) throws -> Double {
        bareClient += 1
        let connection = try session(kind)
        var sums = reference_wire_sums()
        try gateway.perform("firehose \(kind) \(messages) client \(bareClient)")
        let time = reference_wire_receive(connection.descriptor, UInt64(messages), &sums)
        guard time >= 0 else { throw BenchmarkFault("live: C cannot read the stream") }
        return Double(time)
    }

    /// A session with one subscription, of which nothing has been read yet.
    private func session(_ kind: String) throws -> BlockingConnection {
        let connection = try BlockingConnection(port: port)
        try connection.send(ClientGreeting(lowest: .highest, highest: .highest).bytes)
        while try connection.nextFrame() == nil { try connection.receive() }
        var writer = FrameWriter(.client, version: .highest)
        var start = StartAPI()
        start.clientID = bareClient
        try writer.append(start)
        try append(kind, to: &writer)
        // Answered behind the subscription.
        try writer.append(RequestCurrentTime())
        try connection.send(writer.bytes)
        while true {
            if case .currentTime = try connection.wait(ServerMessage.self, .highest) { break }
        }
        while connection.unread > 0 { _ = try connection.wait(ServerMessage.self, .highest) }
        return connection
    }

    private func append(_ kind: String, to writer: inout FrameWriter) throws {
        if kind == "depth" {
            var request = RequestMarketDepth()
            (request.requestID, request.contract, request.rows) = (1_000_000_001, contract, 5)
            return try writer.append(request)
        }
        var request = RequestTickByTick()
        (request.requestID, request.contract, request.tickType) = (1_000_000_001, contract, "BidAsk")
        try writer.append(request)
    }
}
