import ArgumentParser
import ExactJSON

/// `tradectl trip show|clear`
struct TripCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trip", abstract: "Shows what stops trading by itself, and lets it count anew.",
        subcommands: [Show.self, Clear.self])

    static func table(_ answer: JSONValue) -> String {
        var table = Table(
            "<TRIP", "<SCOPE", "<STATE", "<ACTUAL", "<LIMIT", "<LEVEL", "<SINCE", "<WHY, OR WHAT CLEARS IT")
        for trip in answer["trips"]?.arrayValue ?? [] {
            let reason = trip.cell("reason")
            table.add(
                trip.cell("name"), trip.cell("scope"), trip.cell("state").uppercasedIfTripped,
                trip.cell("actual"),
                trip.cell("limit"), trip.cell("level"), trip.cell("since"),
                reason.isEmpty ? trip.cell("cure") : "\(reason) (\(trip.cell("cure")))")
        }
        return table.text
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows how near each trip is, and what it has done.")

        @OptionGroup var connection: ConnectionOptions

        func run() throws { connection.show(try connection.call("trip.show"), TripCommand.table) }
    }

    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a trip count from nothing.",
            discussion:
                "The kill switch stays engaged: release it afterwards, or the trip trips again at once.")

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var scope: ScopeOptions

        @Argument(help: "Which, as `trip show` names it.")
        var name: String

        @Option(help: "Why, at least 10 characters; kept in the audit log.")
        var reason: String

        func run() throws {
            var members: [JSONValue.Member] = [
                .init("name", .string(name)), .init("reason", .string(reason)),
            ]
            scope.add(to: &members)
            connection.show(try connection.call("trip.clear", members, seconds: 10), TripCommand.table)
        }
    }
}

extension String {
    /// What stands out in a table.
    fileprivate var uppercasedIfTripped: String { self == "tripped" ? "TRIPPED" : self }
}
