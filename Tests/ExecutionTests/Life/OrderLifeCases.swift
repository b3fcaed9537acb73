import TradingModel

@testable import Execution

/// A whole number of units.
func units(_ count: Int64) -> Quantity { Quantity(rawValue: count * 1_000_000_000) }

/// Every state and every kind of event, by examples with names: an order for 10 units, of which 4 may have filled.
enum OrderLifeCases {
    struct StateCase: Sendable, CustomStringConvertible {
        let name: String
        let life: OrderLife
        var description: String { name }
    }

    struct EventCase: Sendable, CustomStringConvertible {
        let name: String
        let event: OrderLifeEvent
        var description: String { name }
    }

    static let doubted = Timestamp(nanoseconds: 1_000)

    static func life(
        _ state: OrderLife.State, filled: Int64 = 0, cancel: Bool = false, modify: Bool = false
    ) -> OrderLife {
        var life = OrderLife(quantity: units(10))
        life.state = state
        life.filled = units(filled)
        switch state {
        case .local, .inFlight, .done(.denied): break
        case .held, .working, .done: life.isAcknowledged = true
        }
        if cancel { (life.requests.cancel, life.requests.newestCancel) = (1, 1) }
        if modify { (life.requests.modify, life.requests.newestModify) = (1, 1) }
        return life
    }

    /// Every state without requests.
    static let plain: [StateCase] =
        [
            StateCase(name: "local", life: life(.local)),
            StateCase(name: "in_flight", life: life(.inFlight(unresolvedSince: nil))),
            StateCase(name: "in_flight unresolved", life: life(.inFlight(unresolvedSince: doubted))),
        ]
        + OrderHold.allCases.map { StateCase(name: "held \($0.caseName)", life: life(.held($0))) }
        + [StateCase(name: "working", life: life(.working))]
        + OrderEnd.allCases.map { end in
            StateCase(name: end.name.description, life: life(.done(end), filled: end == .filled ? 10 : 0))
        }

    private static var acknowledged: OrderLife {
        var life = life(.inFlight(unresolvedSince: nil))
        life.isAcknowledged = true
        return life
    }

    /// States with something filled, or something asked.
    static let busy: [StateCase] = [
        StateCase(name: "in_flight acknowledged", life: acknowledged),
        StateCase(name: "in_flight, cancel", life: life(.inFlight(unresolvedSince: nil), cancel: true)),
        StateCase(name: "working, 4 filled", life: life(.working, filled: 4)),
        StateCase(name: "working, cancel", life: life(.working, filled: 4, cancel: true)),
        StateCase(name: "working, modify", life: life(.working, filled: 4, modify: true)),
        StateCase(name: "filled, cancel", life: life(.done(.filled), filled: 10, cancel: true)),
        StateCase(name: "filled, modify", life: life(.done(.filled), filled: 10, modify: true)),
        StateCase(name: "cancelled, 4 filled", life: life(.done(.cancelled), filled: 4)),
    ]

    static var states: [StateCase] { plain + busy }

    /// Every event in the ways that matter.
    static var events: [EventCase] {
        OrderLifeEvent.Kind.allCases.flatMap { kind in
            examples(kind).map { EventCase(name: $0.0, event: $0.1) }
        }
    }

    private static func examples(_ kind: OrderLifeEvent.Kind) -> [(String, OrderLifeEvent)] {
        switch kind {
        case .handedOver: [("handed over", .handedOver)]
        case .notSent: [("not sent", .notSent)]
        case .outcomeUnknown: [("outcome unknown", .outcomeUnknown(at: Timestamp(nanoseconds: 2_000)))]
        case .acknowledged: [("acknowledged", .acknowledged)]
        case .held: OrderHold.allCases.map { ("held \($0.caseName)", .held($0)) }
        case .working: [("working", .working)]
        case .triggered: [("triggered", .triggered)]
        case .fill:
            [
                ("fill of 3", .fill(units(3))), ("fill of 6", .fill(units(6))),
                ("fill of 10", .fill(units(10))), ("fill of 11", .fill(units(11))),
                ("fill of 0", .fill(.zero)), ("fill of −1", .fill(units(-1))),
            ]
        case .correction:
            [
                ("correction 4 → 3", .correction(from: units(4), to: units(3))),
                ("correction 4 → 12", .correction(from: units(4), to: units(12))),
            ]
        case .bust: [("bust of 4", .bust(units(4))), ("bust of 11", .bust(units(11)))]
        case .toldFilled: [("told filled", .toldFilled)]
        case .cancelRequested:
            [("cancel requested #1", .cancelRequested(1)), ("cancel requested #2", .cancelRequested(2))]
        case .cancelRefused:
            [("cancel refused", .cancelRefused(0)), ("cancel refused #2", .cancelRefused(2))]
        case .modifyRequested: [("modify requested #2 to 8", .modifyRequested(2, units(8)))]
        case .modifyAccepted:
            [
                ("modify accepted to 8", .modifyAccepted(0, units(8))),
                ("modify accepted #1 to 4", .modifyAccepted(1, units(4))),
                ("modify accepted #1 to 12", .modifyAccepted(1, units(12))),
                ("modify accepted to 0", .modifyAccepted(0, .zero)),
            ]
        case .modifyRefused:
            [("modify refused", .modifyRefused(0)), ("modify refused #1", .modifyRefused(1))]
        case .cancelled: [("cancelled", .cancelled)]
        case .rejected: [("rejected", .rejected)]
        case .expired: [("expired", .expired)]
        case .found: [("found at query", .found)]
        case .absent: [("absent at query", .absent)]
        }
    }
}

extension OrderHold {
    /// snake_case name.
    var caseName: String {
        switch self {
        case .waiting: "waiting"
        case .doneForDay: "done_for_day"
        case .unresolved: "unresolved"
        }
    }
}

extension OrderEnd {
    /// The name that is shown.
    var name: StaticString {
        switch self {
        case .filled: OrderDisplayStatus.filled.name
        case .cancelled: OrderDisplayStatus.cancelled.name
        case .rejected: OrderDisplayStatus.rejected.name
        case .expired: OrderDisplayStatus.expired.name
        case .denied: OrderDisplayStatus.denied.name
        }
    }
}

extension OrderLife.State {
    /// As the page has it.
    var name: String {
        switch self {
        case .local: "local"
        case .inFlight(nil): "in_flight"
        case .inFlight: "in_flight unresolved"
        case .held(let hold): "held \(hold.caseName)"
        case .working: "working"
        case .done(let end): end.name.description
        }
    }
}
