import ArgumentParser
import ExactJSON

/// `tradectl orders unresolved`
struct OrdersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "Shows orders of which nobody knows what has become of them.",
        subcommands: [Unresolved.self])

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
