import TradingModel

@testable import Execution

/// The text of docs/order-states.md.
enum OrderLifePage {
    static var text: String {
        """
        # The life of an order

        <!-- Made from Sources/Execution/Life; a test compares. Change the code, then run
             `TRADINGD_WRITE_DOCS=1 swift test --filter ExecutionTests`. -->

        An order has two dimensions: how far it has come, and which requests about it are not answered. `OrderLife.fold` takes
        in every event in every state. It never fails: what changes nothing that matters is *absorbed*, what somebody should
        look at is *alarmed*, both counted by reason (`snapshot.orders`, `tradingd_order_alarms_total`).

        - Only executions change what has filled, each once; a correction takes the old one back and adds the new one, a bust
          takes it back. What is left is never negative; what filled beyond the quantity is told as overfill.
        - A fill answers no request: a cancel or change that was asked for stays pending until the venue answers it, says that
          the order is over, or does not name it when asked.
        - An order that is over stays over. A late fill counts, and makes it filled when nothing is left of it.
        - Whether an order arrived that was on its way when the connection was lost is not known (`in_flight unresolved`). The
          venue's word or a query ends that doubt, never time.
        - A venue's word on an order that was not handed over holds, with an alarm.
        - A change to what has filled already, or less, ends the order as filled.

        ## States and events

        The order is for 10 units. A cell has the next state (`=`: the same), then the reason if the event was absorbed (*so*) or
        alarmed (**so**).

        \(table(OrderLifeCases.plain))
        ## With fills and pending requests

        Behind the state stands what has filled of how much, then what is still asked.

        \(table(OrderLifeCases.busy, isDetailed: true))
        ## Why events are absorbed

        | reason | the event |
        |---|---|
        \(OrderAbsorption.allCases.map { "| `\($0.name)` | \($0.text) |" }.joined(separator: "\n"))

        ## Why events are alarmed

        | reason | the event |
        |---|---|
        \(OrderAlarm.allCases.map { "| `\($0.name)` | \($0.text) |" }.joined(separator: "\n"))

        ## What is shown

        Of all that applies to an order the highest rank is shown, which is the precedence of OrdStatus (39) in FIX 5.0 SP2,
        appendix D; what FIX does not know ranks as New.

        | rank | shown as |
        |---|---|
        \(ranks)

        """
    }

    private static func table(_ states: [OrderLifeCases.StateCase], isDetailed: Bool = false) -> String {
        var text = "| event | " + states.map(\.name).joined(separator: " | ") + " |\n"
        text += "|---" + String(repeating: "|---", count: states.count) + "|\n"
        for event in OrderLifeCases.events {
            let cells = states.map { cell($0.life, event.event, isDetailed) }
            text += "| \(event.name) | " + cells.joined(separator: " | ") + " |\n"
        }
        return text
    }

    private static func cell(_ life: OrderLife, _ event: OrderLifeEvent, _ isDetailed: Bool) -> String {
        let (next, outcome) = life.after(event)
        let state =
            isDetailed
            ? next == life ? "=" : detailed(next) : next.state == life.state ? "=" : next.state.name
        return switch outcome {
        case .applied: state
        case .absorbed(let reason): "\(state) *\(reason.name)*"
        case .alarmed(let reason): "\(state) **\(reason.name)**"
        }
    }

    private static func detailed(_ life: OrderLife) -> String {
        "\(life.state.name) \(life.filled)/\(life.quantity)"
            + (life.requests.cancel == 0 ? "" : ", cancel") + (life.requests.modify == 0 ? "" : ", modify")
    }

    private static var ranks: String {
        Set(OrderDisplayStatus.allCases.map(\.precedence)).sorted(by: >).map { rank in
            let names = OrderDisplayStatus.allCases.filter { $0.precedence == rank }.map { "`\($0.name)`" }
            return "| \(rank) | \(names.joined(separator: ", ")) |"
        }.joined(separator: "\n")
    }
}
