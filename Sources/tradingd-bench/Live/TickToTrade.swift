import Benchmarking
import CReference
import Dispatch
import Glibc
import Platform
import TWSClient
import TWSProtocol
import TradingModel

/// From a tick that leaves the gateway to the first byte of the order it leads to, over loopback, one tick at a time; beside a
/// C program that reads, parses and writes in one loop, at the same cadence in the same run: C, ours, C.
enum TickToTrade {
    /// What stands at the other end of the rig.
    private enum Trader: CaseIterable {
        case client, daemon

        var name: String {
            switch self {
            case .client: "tick_to_trade_client"
            case .daemon: "tick_to_trade"
            }
        }

        var note: String {
            switch self {
            case .client: "the session alone, in this process: its listener places the order"
            case .daemon: "the daemon in mode ibkr: durability process, recorder on"
            }
        }
    }

    /// Microseconds at which so many of a thousand are done.
    private struct Quantiles {
        let half: Double
        let p99: Double
        let p999: Double

        init(_ times: [UInt64]) {
            let sorted = times.sorted()
            func at(_ share: Double) -> Double {
                guard !sorted.isEmpty else { return 0 }
                return Double(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))])
            }
            (half, p99, p999) = (at(0.5), at(0.99), at(0.999))
        }
    }

    static func measure(_ bench: Bench) throws -> [Figure] {
        _ = reference_use_all_cores()
        let plan = TickPlan(measured: bench.plan.size(4_000, short: 40))
        return try Trader.allCases.map { try figure($0, plan, bench) }
    }

    private static func figure(_ trader: Trader, _ plan: TickPlan, _ bench: Bench) throws -> Figure {
        let gap: UInt64 = bench.plan.isSmoke ? 200_000 : 1_000_000
        var ours: [Quantiles] = []
        var theirs: [Quantiles] = []
        for _ in 0..<bench.plan.runs {
            theirs.append(Quantiles(try runC(plan, gap)))
            ours.append(
                Quantiles(try trader == .client ? runClient(plan, gap, bench) : runDaemon(plan, gap, bench)))
            theirs.append(Quantiles(try runC(plan, gap)))
        }
        let references = stride(from: 0, to: theirs.count, by: 2).map {
            (theirs[$0].half + theirs[$0 + 1].half) / 2
        }
        let times = DuelTimes(ours: ours.map(\.half), reference: references)
        var figure = Figure(
            trader.name, .nanoseconds, ours: times.ours, reference: times.reference, ratio: times.ratio,
            target: Target(.ratio, better: .less, floor: 2, aim: 1.2), passes: bench.plan.runs)
        figure.details = [
            ("ours_p99", Statistics.median(ours.map(\.p99))),
            ("ours_p999", Statistics.median(ours.map(\.p999))),
            ("c_p99", Statistics.median(theirs.map(\.p99))),
            ("c_p999", Statistics.median(theirs.map(\.p999))),
            ("orders", Double(plan.triggers.dropFirst(TickPlan.warmUp).count { $0 == 1 })),
        ]
        figure.notes = ["p50, wall clock, with the waking of both ends", trader.note]
        return figure
    }

    // MARK: C

    private static func runC(_ plan: TickPlan, _ gap: UInt64) throws -> [UInt64] {
        let listener = try TCPListener(host: "127.0.0.1", port: 0)
        let trader = try BlockingConnection(port: listener.port)
        let rig = try BlockingConnection(accepting: listener)
        let (socket, triggers, order) = (trader.descriptor, plan.triggers, try orderBytes())
        let ended = Locked<Int32?>(nil)
        try NamedThread.start("c-trader") {
            var sum: Int64 = 0
            let code = reference_trade(socket, triggers, triggers.count, order, order.count, &sum)
            ended.withLockNotifying { $0 = code }
        }
        defer {
            // Whatever has happened, the thread is gone before its socket is.
            shutdown(socket, Int32(SHUT_RDWR))
            _ = ended.wait { $0 }
        }
        return try TickRig.run(rig, plan, gap: gap)
    }

    /// An order as the daemon writes it.
    private static func orderBytes() throws -> [UInt8] {
        var writer = FrameWriter(.client, version: .highest)
        try writer.append(order(1, limit: Price(rawValue: 4_000_010_000_000), isBuy: true))
        return writer.bytes
    }

    private static func order(_ id: Int32, limit: Price, isBuy: Bool) -> PlaceOrder {
        var place = PlaceOrder()
        place.orderID = id
        place.contract.contractID = 69_067_924
        place.contract.symbol = "XAUUSD"
        place.contract.securityType = "CMDTY"
        place.contract.exchange = "SMART"
        place.contract.currency = "USD"
        place.order.action = isBuy ? "BUY" : "SELL"
        place.order.totalQuantity = Quantity(rawValue: 2_000_000_000)
        place.order.orderType = "LMT"
        place.order.limitPrice = limit
        place.order.timeInForce = "DAY"
        place.order.account = "DU1234567"
        place.order.reference = "1-\(id)"
        return place
    }

    // MARK: Ours

    private static func runClient(_ plan: TickPlan, _ gap: UInt64, _ bench: Bench) throws -> [UInt64] {
        let directory = try bench.scratch.directory("tick-client")
        defer { Scratch.remove(directory) }
        let listener = try TCPListener(host: "127.0.0.1", port: 0)
        guard let symbol = SymbolID("XAUUSD") else { throw BenchmarkFault("tick to trade: no name is left") }
        var options = ClientOptions(
            host: "127.0.0.1", port: listener.port, clientID: 7, orderIDFile: directory + "/ids",
            contracts: [
                ClientOptions.WantedContract(
                    symbol: symbol, contract: order(0, limit: .zero, isBuy: true).contract)
            ])
        options.requestsPerSecond = 10_000
        let client = try GatewayClient(options: options, queue: DispatchQueue(label: "bench.tws"))
        let market = placing(plan, symbol, client)
        client.start(market: market, orders: market)
        defer { client.stop() }
        let rig = TickRig(try BlockingConnection(accepting: listener), plan)
        try rig.serveUntilSubscribed()
        return try rig.run(gap: gap)
    }

    /// Places an order for every tick that asks for one.
    private static func placing(_ plan: TickPlan, _ symbol: SymbolID, _ client: GatewayClient) -> LiveListener
    {
        let seen = Locked(0)
        let (ticks, triggers, lane) = (plan.ticks, plan.triggers, client.orders)
        return LiveListener(
            onContract: { [weak client] contract in
                _ = client?.open(
                    StreamRequest(
                        symbol: symbol, contract: contract.contract, kind: .tickByTickQuotes, priority: 0))
            },
            onMessages: { messages, _ in
                for _ in messages.indices {
                    let tick = seen.withLock { seen in
                        seen += 1
                        return seen - 1
                    }
                    guard tick < triggers.count, triggers[tick] == 1, let id = lane.takeOrderID() else {
                        continue
                    }
                    let isBuy = tick % 2 == 1
                    let quote = ticks[tick]
                    _ = lane.place(order(id, limit: isBuy ? quote.ask : quote.bid, isBuy: isBuy))
                }
            })
    }

    private static func runDaemon(_ plan: TickPlan, _ gap: UInt64, _ bench: Bench) throws -> [UInt64] {
        let run = try bench.scratch.directory("tick-daemon")
        defer { Scratch.remove(run) }
        let listener = try TCPListener(host: "127.0.0.1", port: 0)
        let daemon = try bench.daemon.startWithGateway(in: run, port: listener.port)
        defer { daemon.terminate() }
        do {
            let rig = TickRig(try BlockingConnection(accepting: listener), plan)
            try rig.serveUntilSubscribed()
            let times = try rig.run(gap: gap)
            daemon.terminate()
            _ = try daemon.wait()
            return times
        } catch {
            let said = (try DurableFile.read(run + "/err") ?? []) + (try DurableFile.read(run + "/out") ?? [])
            throw BenchmarkFault("\(error); tradingd: \(String(decoding: said.suffix(2_000), as: UTF8.self))")
        }
    }
}
