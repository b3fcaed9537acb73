import ControlPlane
import ExactJSON
import Logging
import Telemetry

/// The handlers that show and change what is logged.
struct LogMethods: Sendable {
    let daemon: Daemon

    /// The methods by name.
    var handlers: [String: RPCHandler] {
        ["log.show": .writer(show), "log.level": .writer(change)]
    }

    private func levels() throws(RPCError) -> LogLevels {
        guard let logs = daemon.logs else { throw .notReady("this process keeps no log of its own") }
        return logs.levels
    }

    private func show(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        write(try levels(), to: &json)
    }

    private func change(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        let levels = try levels()
        let name = try call.requiredString("level")
        let component = call.string("component")
        try apply(Logger.Level(rawValue: name), to: component, levels)
        daemon.log.record(
            .logLevelChanged,
            [
                "uid": "\(call.caller.peer.uid)", "component": "\(component ?? "all")", "level": "\(name)",
            ])
        write(levels, to: &json)
    }

    /// - Parameter level: `nil` is `default`.
    private func apply(
        _ level: Logger.Level?, to component: String?, _ levels: LogLevels
    ) throws(RPCError) {
        if let component {
            guard Self.isComponent(component) else {
                throw .invalidParams([ParameterIssue("component", "a name of a-z, 0-9, . _ -")])
            }
            guard levels.set(level, for: component) else {
                throw .conflict("\(LogLevels.mostOwn) components have a level of their own")
            }
        } else if let level {
            levels.standard = level
        } else {
            throw .invalidParams([ParameterIssue("level", "default needs a component")])
        }
    }

    private static func isComponent(_ name: String) -> Bool {
        name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
    }

    private func write(_ levels: LogLevels, to json: inout JSONWriter) {
        json.beginObject()
        json.key("level")
        json.string(levels.standard.rawValue)
        json.key("components")
        json.beginArray()
        for entry in levels.components {
            json.beginObject()
            json.key("component")
            json.string(entry.component)
            json.key("level")
            json.string(entry.level.rawValue)
            json.key("own")
            json.bool(entry.isOwn)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}
