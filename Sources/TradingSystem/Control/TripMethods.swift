import Configuration
import ControlPlane
import ExactJSON
import Messaging
import Platform
import Risk
import TradingModel

/// The methods of the trips.
struct TripMethods: Sendable {
    let daemon: Daemon

    /// Every method by name.
    var handlers: [String: RPCHandler] {
        ["trip.show": .waiting(show), "trip.clear": daemon.mutating(clear)]
    }

    private func session() throws(RPCError) -> TradingSession {
        guard let running = daemon.current else { throw .notReady("no session is at work") }
        return running.session
    }

    private func show(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        write(try session().tripReadings, to: &json)
    }

    private func write(_ readings: [TripReading], to json: inout JSONWriter) {
        json.beginObject()
        json.key("trips")
        json.beginArray()
        for reading in readings { reading.write(to: &json) }
        json.endArray()
        json.endObject()
    }

    private func clear(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        guard let trip = Trip(name: try call.requiredString("name")) else {
            let names = Trip.allCases.map(\.name.description).joined(separator: ", ")
            throw .invalidParams([ParameterIssue("name", "none of \(names)")])
        }
        guard let reason = call.reason, reason.utf8.count >= 10 else {
            throw .invalidParams([
                ParameterIssue("reason", "clearing a trip needs a reason of at least 10 characters")
            ])
        }
        let scope = try KillTarget(call, daemon.settings).scope
        let session = try session()
        let clearing = TripClearing(trip, scope, mustBeHeld: Self.mustBeHeld(daemon.settings.profile))
        let (isAllowed, refused) = session.bus.query { core in
            (
                !clearing.mustBeHeld || core.risk.trips.isHeld(trip, scope, at: core.now),
                core.risk.trips.refusedClearings
            )
        }
        guard isAllowed else { throw Self.notHeld(clearing) }
        session.clear(clearing, by: call.actor, reason: reason)
        guard session.commitCommands() else {
            throw .conflict("the audit log has failed: restart the daemon")
        }
        // A release may have come before its turn.
        guard session.bus.query({ $0.risk.trips.refusedClearings }) == refused else {
            throw Self.notHeld(clearing)
        }
        write(session.tripReadings.filter { $0.trip == trip }, to: &json)
    }
}

extension TripMethods {
    /// Whether one person alone may let a trip count from nothing only while a kill stands for it: with real money, where
    /// that one is released by two.
    static func mustBeHeld(_ profile: Profile) -> Bool { profile == .prod }

    private static func notHeld(_ clearing: TripClearing) -> RPCError {
        .conflict(
            "\(clearing.trip.name) has not tripped for \(clearing.scope.text), or its kill does not stand any more: "
                + "to let it count from nothing would be a looser limit")
    }
}

extension TripReading {
    /// Writes it as an object.
    func write(to json: inout JSONWriter) {
        let rule = trip.rule
        json.beginObject()
        json.key("name")
        json.string(trip.name)
        json.key("scope")
        if rule.reach == .all || scope != .all {
            json.string(scope.text)
        } else {
            json.string(rule.reach.rawValue)
        }
        json.key("state")
        json.string(record == nil ? (limit == "off" ? "off" : "watching") : "tripped")
        json.key("actual")
        json.string(actual)
        json.key("limit")
        json.string(limit)
        json.key("level")
        json.string((record?.level ?? rule.level).name)
        json.key("since")
        if let record { json.timestamp(record.since) } else { json.null() }
        json.key("reason")
        json.string(record?.reason ?? "")
        json.key("cure")
        json.string(rule.cure)
        json.endObject()
    }
}
