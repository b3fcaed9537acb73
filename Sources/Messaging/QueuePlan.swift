import Dispatch

/// Every queue of the daemon, in one place.
///
/// ```
///  tradingd.feed ──publish──► tradingd.bus ◄──target── tradingd.engines · strategies · risk · execution
///                                 │
///                                 └─► tradingd.audit · tradingd.recorder · tradingd.telemetry · tradingd.control
/// ```
///
/// The queues of the decision path target the bus queue: whoever runs on it has all of them to itself, so the
/// bus calls the stages directly. A query from outside enters through the component's own queue and waits for
/// at most one batch. Making a stage parallel would be one line here, at the price of the total order.
public struct QueuePlan: Sendable {
    /// Reads the market: file, simulator or socket.
    public let feed = DispatchQueue(label: "tradingd.feed")
    /// The socket of the broker's gateway: whoever reads it decodes, normalises and publishes on it.
    public let tws = DispatchQueue(label: "tradingd.tws")
    /// Delivers events; every decision runs here.
    public let bus: DispatchQueue
    /// Order-flow engines; targets `bus`.
    public let engines: DispatchQueue
    /// Strategies; targets `bus`.
    public let strategies: DispatchQueue
    /// Pre-trade risk; targets `bus`.
    public let risk: DispatchQueue
    /// Router and adapters; targets `bus`.
    public let execution: DispatchQueue
    /// The audit log's single writer.
    public let audit = DispatchQueue(label: "tradingd.audit")
    /// Logs and metrics.
    public let telemetry = DispatchQueue(label: "tradingd.telemetry")
    /// The journal of inputs; the bus waits for it.
    public let recorder = DispatchQueue(label: "tradingd.recorder")
    /// The control plane's sockets and handlers.
    public let control = DispatchQueue(label: "tradingd.control")

    /// Calls that change something and may wait for the bus or the disk, one after the other.
    public let operators = DispatchQueue(label: "tradingd.operators")
    /// Calls that only read and may wait for the bus, one after the other: nobody who wants to stop trading, or to tighten a
    /// limit, stands behind those who look.
    public let queries = DispatchQueue(label: "tradingd.queries")
    /// Mode switches and the end of a session, which may take long.
    public let lifeCycle = DispatchQueue(label: "tradingd.lifecycle")
    /// Signals of the process: never behind anything else, so that the kill signal works when all else hangs.
    public let signals = DispatchQueue(label: "tradingd.signals")
    /// Trips: waits for nothing.
    public let killSwitch = DispatchQueue(label: "tradingd.killswitch")
    /// Writes the kill state, which may wait for the disk.
    public let killState = DispatchQueue(label: "tradingd.killstate")
    /// Operators who wait for a venue to confirm cancels: each for himself.
    public let confirmations = DispatchQueue(label: "tradingd.confirmations", attributes: .concurrent)
    /// Writes the blotter behind the audit trail; may wait for the disk.
    public let blotter = DispatchQueue(label: "tradingd.blotter", qos: .utility)
    /// Looks for silence in feeds that do not know their own quality.
    public let staleness = DispatchQueue(label: "tradingd.staleness")
    /// The watchdog's proof of progress, which may block.
    public let watchdog = DispatchQueue(label: "tradingd.watchdog")

    /// Makes the queues.
    public init() {
        let bus = DispatchQueue(label: "tradingd.bus")
        self.bus = bus
        engines = DispatchQueue(label: "tradingd.engines", target: bus)
        strategies = DispatchQueue(label: "tradingd.strategies", target: bus)
        risk = DispatchQueue(label: "tradingd.risk", target: bus)
        execution = DispatchQueue(label: "tradingd.execution", target: bus)
    }
}
