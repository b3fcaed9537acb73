import ExactJSON
import TWSProtocol

/// What happened since the gateway began.
public struct GatewayCounters: Sendable {
    /// Connections accepted.
    public var connections = 0
    /// Connections refused because there were as many as there may be.
    public var refused = 0
    /// Sessions that became ready.
    public var started = 0
    /// Requests, by number.
    public var received = MessageCounts()
    /// Requests that could not be read.
    public var discarded = 0
    /// Numbers of no request.
    public var unknown = 0
    /// Frames without content.
    public var empty = 0
    /// Requests before the session was ready.
    public var early = 0
    /// Sessions ended because their stream could not be read on.
    public var broken = 0
    /// Sessions ended because a step took too long.
    public var late = 0
    /// Sessions ended because the client did not read.
    public var overrun = 0
    /// Notes dropped because their reader did not read.
    public var lostNotes = 0
    /// Events of the market.
    public var marketEvents = 0
    /// Events of instruments that the gateway does not know.
    public var unmapped = 0
    /// Faults performed, by name.
    public var faults: [String: Int] = [:]

    /// Nothing yet.
    public init() {}

    mutating func countFault(_ name: String) { faults[name, default: 0] += 1 }
}

extension GatewayCore {
    /// What happened so far, as one line of JSON.
    public var statusText: String {
        var json = JSONWriter(capacity: 1_024)
        json.beginObject()
        json.key("sessions")
        json.integer(sessions.count)
        json.key("ready")
        json.integer(outbox.readySessions.count)
        writeCounts(&json)
        json.key("received")
        Self.write(counters.received, &json)
        json.key("sent")
        Self.write(outbox.sent, &json)
        json.key("faults")
        json.beginObject()
        for (name, count) in counters.faults.sorted(by: { $0.key < $1.key }) {
            json.key(dynamic: name)
            json.integer(count)
        }
        json.endObject()
        json.endObject()
        return json.text
    }

    private func writeCounts(_ json: inout JSONWriter) {
        let counts: [(StaticString, Int)] = [
            ("connections", counters.connections), ("refused", counters.refused),
            ("started", counters.started), ("discarded", counters.discarded),
            ("unknown", counters.unknown), ("empty", counters.empty), ("early", counters.early),
            ("broken", counters.broken), ("late", counters.late), ("overrun", counters.overrun),
            ("lost_notes", counters.lostNotes),
            ("unwritable", outbox.unwritable), ("market_events", counters.marketEvents),
            ("unmapped_events", counters.unmapped), ("market_data_lines", subscriptionCounts.lines),
            ("depth_subscriptions", subscriptionCounts.depth),
            ("tick_by_tick_subscriptions", subscriptionCounts.tickByTick),
        ]
        for (name, count) in counts {
            json.key(name)
            json.integer(count)
        }
        if let fault = outbox.lastFault {
            json.key("last_unwritable")
            json.string(fault.description)
        }
    }

    private static func write(_ counts: MessageCounts, _ json: inout JSONWriter) {
        json.beginObject()
        for (number, count) in counts.byNumber {
            json.key(dynamic: "\(number)")
            json.integer(count)
        }
        json.endObject()
    }
}
