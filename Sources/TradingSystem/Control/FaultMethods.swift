import ControlPlane
import ExactJSON
import Messaging
import TradingModel

/// The method that shows the faults.
struct FaultMethods: Sendable {
    let daemon: Daemon

    /// Every method by name.
    var handlers: [String: RPCHandler] { ["fault.show": .waiting(show)] }

    private func show(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        guard let running = daemon.current else { throw .notReady("no session is at work") }
        let (held, counts) = running.session.bus.query { core in
            (core.faults.held, Fault.allCases.map { ($0, core.faults[$0]) })
        }
        json.beginObject()
        json.key("faults")
        json.beginArray()
        for fault in held { fault.write(to: &json) }
        json.endArray()
        json.key("counts")
        json.beginArray()
        for (fault, count) in counts where count.count > 0 { count.write(fault, to: &json) }
        json.endArray()
        json.endObject()
    }
}

extension HeldFault {
    fileprivate func write(to json: inout JSONWriter) {
        let row = fault.row
        json.beginObject()
        json.key("fault")
        json.string(fault.code)
        json.key("class")
        json.string(fault.group.rawValue)
        json.key("subject")
        json.string(subject)
        json.key("since")
        json.timestamp(since)
        json.key("reason")
        json.string(reason)
        json.key("action")
        json.string(row.action)
        json.key("clears")
        json.string(row.clears)
        json.endObject()
    }
}

extension FaultCount {
    fileprivate func write(_ fault: Fault, to json: inout JSONWriter) {
        json.beginObject()
        json.key("fault")
        json.string(fault.code)
        json.key("count")
        json.integer(count)
        json.key("last_at")
        json.timestamp(lastAt)
        json.endObject()
    }
}
