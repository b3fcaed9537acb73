import ArgumentParser
import ExactJSON

/// `tradectl order submit|modify|cancel|cancel-all`
struct OrderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order", abstract: "Sends, changes and cancels orders by hand.",
        subcommands: [Submit.self, Modify.self, Cancel.self, CancelAll.self])

    struct Submit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends an order through every control of risk.",
            discussion: """
                Without --type the prices say it: none is a market order, --limit a limit, --stop a stop, both a \
                stop-limit. Exits with 6 when risk denies it or the venue cannot take it. With --token the same \
                call again tells of the first order instead of sending a second.
                Examples:
                  tradectl order submit XAUUSD buy 1 --limit 4000.20
                  tradectl order submit XAUUSD sell 1 --reduce-only --tif IOC --limit 3999.50
                  tradectl order submit XAUUSD buy 1 --limit 4000 --take-profit 4010 --stop-loss 3995
                  tradectl order submit XAUUSD buy 1 --limit 3990 --tif GTD --until 2026-11-30T21:00:00Z
                """)

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var terms: Terms

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        func run() throws {
            var members = terms.members
            members.add("reason", reason)
            let answer = try connection.call("order.submit", members, seconds: 10)
            connection.show(answer, OrderText.verdict)
            if answer["verdict"]?.stringValue == "denied" { throw ExitCode(6) }
        }
    }

    /// The terms of an order.
    struct Terms: ParsableArguments {
        @Argument(help: "Symbol.")
        var symbol: String

        @Argument(help: "buy or sell.")
        var side: String

        @Argument(help: "Quantity.")
        var quantity: String

        @Option(help: "market, limit, stop or stop-limit.")
        var type: String?

        @Option(help: "Limit price.")
        var limit: String?

        @Option(help: "Trigger of a stop.")
        var stop: String?

        @Option(help: "DAY, GTC, IOC, FOK or GTD; DAY without.")
        var tif: String?

        @Option(help: "When a GTD order ends, in UTC: 2026-11-30T21:00:00Z.")
        var until: String?

        @Flag(help: "It may only make the position smaller.")
        var reduceOnly = false

        @Flag(help: "It may only rest: refused where it would trade at once.")
        var postOnly = false

        @Flag(help: "It works outside regular trading hours, too.")
        var outsideRth = false

        @Option(help: "Limit of an exit in profit, sent once the entry fills.")
        var takeProfit: String?

        @Option(help: "Trigger of an exit in loss, sent once the entry fills.")
        var stopLoss: String?

        @Option(help: "The strategy in whose name; without it, by hand.")
        var strategy: String?

        @Option(help: "Your key for this order: the same again sends nothing and tells of the first.")
        var token: String?

        func validate() throws {
            guard ["buy", "sell"].contains(side) else { throw ValidationError("the side is buy or sell") }
        }

        var members: [JSONValue.Member] {
            var members: [JSONValue.Member] = []
            members.add("symbol", symbol)
            members.add("side", side)
            members.add("quantity", quantity)
            members.add("type", type)
            members.add("limit", limit)
            members.add("stop", stop)
            members.add("tif", tif)
            members.add("until", until)
            members.add("reduce_only", reduceOnly)
            members.add("post_only", postOnly)
            members.add("outside_rth", outsideRth)
            members.add("take_profit", takeProfit)
            members.add("stop_loss", stopLoss)
            members.add("strategy", strategy)
            members.add("token", token)
            return members
        }
    }

    struct Modify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks for other terms of a working order; what is not told stays.",
            discussion: """
                The quantity is the whole of the order, with what has filled. Exits with 6 when risk denies the \
                change or the order cannot be changed; the order then works as before.
                Example:
                  tradectl order modify c-1-5 --limit 4000.50
                """)

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "Id of the order: c-SESSION-NUMBER.")
        var order: String

        @Option(help: "Its whole quantity afterwards.")
        var quantity: String?

        @Option(help: "Its limit afterwards.")
        var limit: String?

        @Option(help: "Its trigger afterwards.")
        var stop: String?

        @Option(help: "Your key for this change: the same again changes nothing and tells of the first.")
        var token: String?

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        func validate() throws {
            guard quantity != nil || limit != nil || stop != nil else {
                throw ValidationError("give --quantity, --limit or --stop")
            }
        }

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("order", order)
            members.add("quantity", quantity)
            members.add("limit", limit)
            members.add("stop", stop)
            members.add("token", token)
            members.add("reason", reason)
            let answer = try connection.call("order.modify", members, seconds: 10)
            connection.show(answer, OrderText.verdict)
            if answer["verdict"]?.stringValue == "denied" { throw ExitCode(6) }
        }
    }

    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks for the cancellation of a working order.")

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "Id of the order: c-SESSION-NUMBER.")
        var order: String

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("order", order)
            members.add("reason", reason)
            connection.show(try connection.call("order.cancel", members, seconds: 10)) { order in
                "\(order.cell("order_id")) \(order.cell("status"))\n".printable
            }
        }
    }

    struct CancelAll: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cancel-all",
            abstract: "Asks for the cancellation of every working order; exits with 8 while some still work.",
            discussion: """
                New orders may follow: to stop trading, use tradectl killswitch engage.
                """)

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "Of that instrument alone.")
        var symbol: String?

        @Option(help: "Of that strategy alone; manual for orders by hand.")
        var strategy: String?

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("symbol", symbol)
            members.add("strategy", strategy)
            members.add("reason", reason)
            let answer = try connection.call("order.cancel_all", members, seconds: 10)
            connection.show(answer) { answer in
                OrderText.table(answer["orders"]?.arrayValue ?? [])
                    + "\(answer.cell("asked")) asked for, \(answer.cell("still_open")) not over yet\n"
            }
            if answer["still_open"]?.integerValue != 0 { throw ExitCode(8) }
        }
    }
}

extension [JSONValue.Member] {
    /// Adds a flag that is set.
    mutating func add(_ key: String, _ flag: Bool) {
        if flag { append(.init(key, .bool(true))) }
    }
}
