import ControlPlane
import ExactJSON
import Platform
import Telemetry

/// Counts the calls of the control plane and their time, around the handlers.
struct RPCMetrics: Sendable {
    private let registry: MetricsRegistry
    private let times: LatencyHistogram
    private let denied: Counter

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        times = registry.histogram("tradingd_rpc_seconds", help: "Time in the handlers of the control plane")
        denied = registry.counter("tradingd_auth_denied_total", help: "Calls refused by role")
    }

    /// The same handlers, measured. A call that answers later counts when its work is begun.
    func measuring(_ handlers: [String: RPCHandler]) -> [String: RPCHandler] {
        handlers.mapValues(measuring)
    }

    /// Counts a call that the caller's role did not allow.
    func refused(_ caller: Caller, method: String) {
        denied.increment()
        // Anybody can make names up: those that there are not get one place.
        count(MethodTable.row(method) == nil ? "unknown" : method, caller.role, code: -32_001)
    }

    private func measuring(_ handler: RPCHandler) -> RPCHandler {
        switch handler {
        case .value(let body):
            .value { call throws(RPCError) in try measure(call) { () throws(RPCError) in try body(call) } }
        case .writer(let body):
            .writer { call, json throws(RPCError) in
                try measure(call) { () throws(RPCError) in try body(call, &json) }
            }
        case .waiting(let body):
            .waiting { call, json throws(RPCError) in
                try measure(call) { () throws(RPCError) in try body(call, &json) }
            }
        case .deferred(let body):
            .deferred { call, reply in
                count(call.method, call.caller.role, code: 0)
                body(call, reply)
            }
        }
    }

    private func measure<Result>(
        _ call: RPCCall, _ body: () throws(RPCError) -> Result
    ) throws(RPCError) -> Result {
        let start = MonotonicClock.now()
        do throws(RPCError) {
            let result = try body()
            finish(call, since: start, code: 0)
            return result
        } catch {
            finish(call, since: start, code: error.code)
            throw error
        }
    }

    private func finish(_ call: RPCCall, since start: UInt64, code: Int) {
        times.record(from: start, to: MonotonicClock.now())
        count(call.method, call.caller.role, code: code)
    }

    private func count(_ method: String, _ role: Role, code: Int) {
        registry.counter(
            "tradingd_rpc_requests_total", help: "Calls by method, role and error code, 0 for none",
            labels: ["method": method, "role": role.rawValue, "code": String(code)]
        ).increment()
    }
}
