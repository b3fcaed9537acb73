import ArgumentParser
import ExactJSON

/// `tradectl status`
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows mode, state, arming, kill switch and what has happened.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws { connection.show(try connection.call("status"), Self.table) }

    /// The session with the broker's gateway and its streams.
    private static func add(_ gateway: JSONValue, to fields: inout Fields) {
        fields.add(
            "gateway",
            "\(gateway.cell("state"))   \(gateway.cell("address"))   \(gateway.cell("phase"))   since \(gateway.cell("since"))"
        )
        if gateway["state"]?.stringValue != "live" {
            fields.add("  reason", gateway.cell("reason"))
            fields.add("  next attempt", gateway.cell("next_attempt"))
        }
        for stream in gateway["streams"]?.arrayValue ?? [] {
            let code = stream["code"]?.integerValue.map { "   code \($0)" } ?? ""
            fields.add(
                "  \(stream.cell("symbol"))", "\(stream.cell("kind"))   \(stream.cell("state"))\(code)")
        }
        let books = gateway["books"]
        let differences = ["found_at_start", "drift"].flatMap { books?[$0]?.arrayValue ?? [] }
        for difference in differences { fields.add("  differs", difference.cell) }
    }

    private static func table(_ status: JSONValue) -> String {
        var fields = Fields()
        fields.add(
            "profile",
            "\(status.cell("profile"))   mode \(status.cell("mode"))   session \(status.cell("session"))")
        fields.add("state", "\(status.cell("state"))   armed \(status.cell("armed"))")
        for (index, line) in KillSwitchCommand.lines(status["killswitch"] ?? .null).enumerated() {
            fields.add(index == 0 ? "kill switch" : "", line)
        }
        if status["two_person"]?.boolValue == false && status["profile"]?.stringValue == "prod" {
            fields.add("two persons", "NOT REQUIRED (risk.two_person: false)")
        }
        fields.add(
            "events",
            "\(status["events"]?.cell("total") ?? "0")   sequence \(status.cell("sequence"))   at \(status.cell("event_time"))"
        )
        for member in status["events"]?.objectValue ?? [] where member.key != "total" {
            fields.add("  " + member.key, member.value.cell)
        }
        fields.add("signals", status.cell("signals"))
        if let decisions = status["decisions"] {
            fields.add(
                "decisions", "\(decisions.cell("approved")) approved   \(decisions.cell("denied")) denied")
            for member in decisions["denied_by_code"]?.objectValue ?? [] {
                fields.add("  " + member.key, member.value.cell)
            }
        }
        if let orders = status["orders"] {
            fields.add(
                "orders",
                "\(orders.cell("sent")) sent   \(orders.cell("fill")) fills   \(orders.cell("cancel")) cancelled   \(orders.cell("reject")) rejected   \(orders.cell("working")) working"
            )
        }
        for stream in status["streams"]?.arrayValue ?? [] {
            fields.add(
                "\(stream.cell("symbol")) \(stream.cell("stream"))",
                "\(stream.cell("quality"))   \(stream.cell("reason"))   since \(stream.cell("since"))")
        }
        if let gateway = status["gateway"] { add(gateway, to: &fields) }
        for profit in status["pnl"]?.arrayValue ?? [] {
            fields.add(
                "pnl",
                "\(profit.cell("total")) \(profit.cell("currency"))   realized \(profit.cell("realized"))   unrealized \(profit.cell("unrealized"))"
            )
        }
        if let audit = status["audit"] {
            fields.add(
                "audit", "\(audit.cell("lines")) lines   ok \(audit.cell("ok"))   \(audit.cell("directory"))")
        }
        for warning in status["warnings"]?.arrayValue ?? [] { fields.add("warning", warning.cell) }
        fields.add("version", "\(status.cell("version"))   up since \(status.cell("started_at"))")
        return fields.text
    }
}

/// `tradectl health`
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Checks every part of the daemon; exit code 1 when one is not well.")

    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let result = try connection.call("health")
        connection.show(result) { result in
            var table = Table("<part", "<ok")
            for member in result["checks"]?.objectValue ?? [] { table.add(member.key, member.value.cell) }
            return table.text
        }
        if result["ok"]?.boolValue != true { throw Failure("not healthy", exitCode: 1) }
    }
}
