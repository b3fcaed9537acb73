import ArgumentParser
import ExactJSON

/// `tradectl orders list|show|unresolved`
struct OrdersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Shows orders of the session.",
        subcommands: [List.self, Show.self, Unresolved.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Working orders; with --all also the newest finished ones.")

        @OptionGroup var connection: ConnectionOptions

        @Flag(help: "Also those that are over, the newest 1,024.")
        var all = false

        @Option(help: "Of that instrument alone.")
        var symbol: String?

        @Option(help: "Of that strategy alone; manual for orders by hand.")
        var strategy: String?

        @Option(help: "How many at most.")
        var limit: Int?

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("all", all)
            members.add("symbol", symbol)
            members.add("strategy", strategy)
            members.add("limit", limit)
            connection.show(try connection.call("order.list", members)) { answer in
                OrderText.table(answer["orders"]?.arrayValue ?? []) + "\(answer.cell("working")) working\n"
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One order with its terms.")

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "Id of the order: c-SESSION-NUMBER.")
        var order: String

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("order", order)
            connection.show(try connection.call("order.show", members), OrderText.order)
        }
    }

    struct Unresolved: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists orders that were never answered, or that the broker holds without a word.",
            discussion: """
                New orders of the same instrument and side are denied (order_unresolved) until the broker has said what they \
                are; time alone decides nothing.
                """)

        @OptionGroup var connection: ConnectionOptions

        func run() throws {
            connection.show(try connection.call("order.unresolved")) { answer in
                let orders = answer["orders"]?.arrayValue ?? []
                guard !orders.isEmpty else { return "no order is in doubt\n" }
                var table = Table(
                    "<ORDER", "<SYMBOL", "<SIDE", "QTY", "FILLED", "LIMIT", "<SENT", "<SINCE", "BROKER ID",
                    "<WHY")
                for order in orders {
                    table.add(
                        order.cell("order"), order.cell("symbol"), order.cell("side"), order.cell("qty"),
                        order.cell("filled_qty"), order.cell("limit_price"), order.time("sent_at"),
                        order.time("since"), order.cell("broker_id"), order.cell("why"))
                }
                return table.text
            }
        }
    }
}

/// Orders for people.
enum OrderText {
    /// What became of an order by hand.
    static func verdict(_ answer: JSONValue) -> String {
        let known = answer["repeated"]?.boolValue == true ? " (sent before under this token)" : ""
        var text = "\(answer.cell("order_id")) \(answer.cell("verdict"))\(known)\n"
        if let why = answer["text"]?.stringValue { text += "  \(why)\n" }
        if let order = answer["order"], order != .null { text += Self.order(order) }
        return text.printable
    }

    /// One line an order.
    static func table(_ orders: [JSONValue]) -> String {
        var table = Table(
            "<order", "<symbol", "<side", "<type", "qty", "limit", "stop", "<tif", "<status", "filled",
            "avg price", "<strategy", "<sent", "<reason")
        for order in orders {
            table.add(
                order.cell("order_id"), order.cell("symbol"), order.cell("side"), order.cell("type"),
                order.cell("qty"), order.cell("limit_price"), order.cell("stop_price"), order.cell("tif"),
                order.cell("status"), order.cell("filled_qty"), order.cell("avg_price"), strategy(order),
                order.time("sent_at"), order.cell("reason"))
        }
        return table.text.printable
    }

    /// Every term of one order.
    static func order(_ order: JSONValue) -> String {
        var fields = Fields()
        fields.add("order", "\(order.cell("order_id"))   venue \(order.cell("venue_order_id"))")
        fields.add(
            "terms",
            "\(order.cell("side")) \(order.cell("qty")) \(order.cell("symbol")) \(order.cell("type")) "
                + "\(order.cell("tif"))")
        fields.add("prices", "limit \(order.cell("limit_price"))   stop \(order.cell("stop_price"))")
        let flags = (order["flags"]?.arrayValue ?? []).compactMap(\.stringValue)
        if order["until"]?.stringValue != nil { fields.add("until", order.cell("until")) }
        if !flags.isEmpty { fields.add("flags", flags.joined(separator: ", ")) }
        if order["entry"]?.stringValue != nil { fields.add("exit of", order.cell("entry")) }
        fields.add("strategy", strategy(order))
        fields.add("status", order.cell("status"))
        fields.add(
            "filled",
            "\(order.cell("filled_qty")) at \(order.cell("avg_price")), leaves \(order.cell("leaves_qty"))")
        fields.add("sent", order.cell("sent_at"))
        fields.add("updated", order.cell("updated_at"))
        if order["reason"]?.stringValue?.isEmpty == false { fields.add("reason", order.cell("reason")) }
        return fields.text.printable
    }

    private static func strategy(_ order: JSONValue) -> String {
        let name = order.cell("strategy")
        return name.isEmpty ? "manual" : name
    }
}
