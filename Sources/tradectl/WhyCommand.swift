import ArgumentParser
import ExactJSON
import Platform
import TradingModel

/// `tradectl why SYMBOL|ORDER`
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Explains an order, or the newest signal of a symbol, gate by gate.",
        discussion: """
            An order is named as c-SESSION-NUMBER. With --audit the answer comes from the files of an audit trail alone: \
            no daemon is asked, and a copy will do. Only what verifies is read.
            """)

    @Argument(help: "Order, as c-SESSION-NUMBER, or instrument.")
    var subject: String

    @Option(help: "Directory of an audit trail to answer from.")
    var audit: String?

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard audit == nil || (connection.socket == nil && connection.profile == nil) else {
            throw ValidationError("--audit asks no daemon: leave out --socket and --profile")
        }
    }

    func run() throws {
        let order = ClientOrderID(subject)
        guard let audit else {
            var members: [JSONValue.Member] = []
            if let order { members.add("order", "\(order)") } else { members.add("symbol", subject) }
            return connection.show(try connection.call("why", members), WhyText.text)
        }
        let search = try AuditSearch(directory: audit)
        connection.show(try order.map(search.order) ?? search.symbol(subject), WhyText.text)
        if let fault = search.fault {
            throw Failure("the trail is broken, what follows the break was not read: \(fault)", exitCode: 1)
        }
    }
}
