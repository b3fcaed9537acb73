import Dispatch
import MarketData
import Platform
import TWSProtocol
import TradingModel

/// A simulated IB Gateway on a TCP port: speaks the text protocol to any client, and does wrong on demand.
///
/// Everything runs on one serial queue, `tradingd.gateway`, entered by an event loop of its own. Who starts a gateway
/// stops it.
public final class Gateway: Sendable {
    private let server: QueueConfined<GatewayServer>
    private let loop: EventLoop
    private let feed: (any Feed)?
    private let notes: NoteThread
    private let timeline: [ScheduledFault]
    /// Whether the feed begins with the first request for market data.
    private let waits: Bool

    /// Prepares a gateway; the port is opened by `start`.
    ///
    /// - Parameters:
    ///   - host: numeric address to listen at.
    ///   - port: 0 lets the kernel choose.
    ///   - feed: what its markets do; `nil` for markets that stand still.
    ///   - timeline: faults to come; their times count from `start`.
    ///   - report: told what an operator may want to know, on a thread of its own. While it does not return, 1,000 notes
    ///     wait; more are dropped, and counted in `status`.
    /// - Throws: when the machine has no threads or descriptors left, or the state cannot be read.
    public init(
        _ options: GatewayOptions, host: String = "127.0.0.1", port: UInt16 = 0,
        feed: GatewayFeed? = nil, timeline: [ScheduledFault] = [],
        report: @escaping @Sendable (GatewayNote) -> Void = { _ in }
    ) throws(GatewayError) {
        let queue = DispatchQueue(label: "tradingd.gateway")
        let core: GatewayCore
        do throws(BrokerageError) { core = try GatewayCore(options) } catch { throw .brokerage(error) }
        do throws(SystemError) {
            notes = try NoteThread(report)
        } catch {
            throw .system(error)
        }
        do throws(SystemError) {
            loop = try EventLoop(name: "gateway", queue: queue)
        } catch {
            notes.stop()
            throw .system(error)
        }
        let server = QueueConfined(
            GatewayServer(core, host: host, port: port, queue: queue, loop: loop, notes: notes), on: queue)
        self.server = server
        self.timeline = timeline
        waits = options.marketWaitsForRequest
        do throws(GatewayError) {
            self.feed = try feed?.open(into: GatewaySink(server), report: notes.post)
        } catch {
            loop.stop()
            loop.join()
            notes.stop()
            throw error
        }
    }

    /// Opens the port and lets the market run.
    ///
    /// - Returns: the port.
    public func start() throws(GatewayError) -> UInt16 {
        let opened = server.sync { [timeline] server -> Result<UInt16, SystemError> in
            do throws(SystemError) {
                try server.listen()
                server.withCore { core, time in core.begin(timeline, at: time) }
                return .success(server.port)
            } catch {
                return .failure(error)
            }
        }
        switch opened {
        case .success(let port):
            if waits { awaitRequest() } else { feed?.start() }
            return port
        case .failure(let error): throw .system(error)
        }
    }

    private func awaitRequest() {
        guard let feed else { return }
        server.sync { $0.onFirstSubscription = { feed.start() } }
    }

    /// Lets a fault happen, or schedules it; see `FaultParser` for the words.
    ///
    /// - Throws: when the line is no fault, or the fault cannot happen.
    public func perform(_ line: String) throws(FaultSyntaxError) {
        guard let fault = try FaultParser.parse(line) else { return }
        try perform(fault)
    }

    /// Lets a fault happen, or schedules it.
    ///
    /// - Throws: when the fault cannot happen.
    public func perform(_ fault: ScheduledFault) throws(FaultSyntaxError) {
        try server.sync { server in
            server.withCore { core, time -> Result<Void, FaultSyntaxError> in
                do throws(FaultSyntaxError) {
                    return .success(try core.perform(fault, at: time))
                } catch {
                    return .failure(error)
                }
            }
        }.get()
    }

    /// What happened so far, as one line of JSON.
    public var status: String { server.sync { $0.statusText } }

    /// Closes the port and every connection; from outside the gateway's queue. Notes that nobody reads are lost.
    public func stop() {
        feed?.stop()
        server.sync { $0.stop() }
        loop.stop()
        loop.join()
        notes.stop()
    }
}

/// Hands market events to the gateway, in order; the feed waits meanwhile.
struct GatewaySink: EventSink {
    private let server: QueueConfined<GatewayServer>

    init(_ server: QueueConfined<GatewayServer>) { self.server = server }

    func accept(_ events: inout ContiguousArray<MarketEvent>) -> Bool {
        let goesOn = server.sync { server in
            if server.isStopped { return false }
            server.withCore { core, time in
                for event in events { core.marketChanged(event, at: time) }
            }
            return true
        }
        events.removeAll(keepingCapacity: true)
        return goesOn
    }

    /// Takes recorded ticks of level 1.
    ///
    /// - Parameter names: instruments by their names in the recording; others by their local symbols.
    /// - Returns: `false` when the gateway has stopped.
    func accept(_ ticks: ArraySlice<RecordedLevelOneTick>, _ names: [String: SymbolID]) -> Bool {
        server.sync { server in
            if server.isStopped { return false }
            server.withCore { core, time in
                for tick in ticks {
                    let symbol = names[tick.name] ?? SymbolID.known(tick.name) ?? .none
                    core.levelOneTold(tick, of: symbol, at: time)
                }
            }
            return true
        }
    }
}
