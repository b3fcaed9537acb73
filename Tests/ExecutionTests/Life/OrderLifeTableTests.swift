import TestSupport
import Testing
import TradingModel

@testable import Execution

@Suite("The life of an order")
struct OrderLifeTableTests {
    @Test("docs/order-states.md is made from the code")
    func documented() throws {
        let page = try RepositoryFile.content(of: "docs/order-states.md", madeAs: OrderLifePage.text)
        #expect(page == OrderLifePage.text, "write it with TRADINGD_WRITE_DOCS=1")
    }

    @Test("every event in every state keeps what must hold", arguments: OrderLifeCases.states)
    func invariants(_ state: OrderLifeCases.StateCase) {
        for event in OrderLifeCases.events {
            let before = state.life
            let (life, outcome) = before.after(event.event)
            func place() -> Comment { "\(state) × \(event) → \(life) \(outcome)" }
            #expect(life.leaves >= .zero && life.overfill >= .zero && life.filled >= .zero, place())
            if life.filled != before.filled { #expect(event.changesFills, place()) }
            if before.isDone {
                #expect(life.isDone, place())
                // Only to filled, and only by a fill.
                if life.state != before.state {
                    #expect(life.state == .done(.filled) && life.filled > before.filled, place())
                }
            }
            if life.state == .done(.filled) && !before.isDone { #expect(life.leaves == .zero, place()) }
            if case .absorbed = outcome {
                #expect(life.filled == before.filled && life.quantity == before.quantity, place())
            }
            if outcome == .alarmed(.impossible) { #expect(life == before, place()) }
            if event.changesFills && !life.isDone { #expect(life.requests == before.requests, place()) }
            if before.unresolvedSince != nil, life.unresolvedSince != nil {
                #expect(life.unresolvedSince == before.unresolvedSince, place())
            }
        }
    }

    @Test("the same event again changes nothing, but an execution", arguments: OrderLifeCases.states)
    func repeated(_ state: OrderLifeCases.StateCase) {
        for event in OrderLifeCases.events where !event.changesFills {
            let once = state.life.after(event.event).life
            let (twice, outcome) = once.after(event.event)
            #expect(twice == once, "\(state) × \(event) \(outcome)")
            #expect(outcome != .applied, "\(state) × \(event)")
        }
    }

    @Test("a fill leaves requests pending, also the last one")
    func fillsAnswerNothing() {
        var life = OrderLifeCases.life(.working, filled: 4, cancel: true, modify: true)
        #expect(life.fold(.fill(units(1))) == .applied)
        #expect(life.display == .pendingCancel)
        #expect(life.fold(.fill(units(5))) == .applied)
        #expect(life.state == .done(.filled) && life.display == .pendingCancel)
        #expect(life.fold(.cancelRefused(0)) == .applied)
        #expect(life.display == .pendingReplace)
        #expect(life.fold(.toldFilled) == .applied)
        #expect(life.display == .filled && life.requests.isEmpty)
    }

    @Test("what is known of an order wins over what comes late", arguments: expectations)
    func expected(_ expectation: Expectation) {
        let (life, outcome) = expectation.life.after(expectation.event)
        #expect(life.state == expectation.state && outcome == expectation.outcome, "\(expectation)")
    }

    struct Expectation: Sendable {
        let life: OrderLife
        let event: OrderLifeEvent
        let state: OrderLife.State
        let outcome: OrderLifeOutcome

        init(
            _ from: OrderLife.State, filled: Int64 = 0, modify: Bool = false, _ event: OrderLifeEvent,
            _ state: OrderLife.State, _ outcome: OrderLifeOutcome = .applied
        ) {
            life = OrderLifeCases.life(from, filled: filled, modify: modify)
            self.event = event
            self.state = state
            self.outcome = outcome
        }
    }

    private static let sent = OrderLife.State.inFlight(unresolvedSince: nil)
    private static let doubted = OrderLife.State.inFlight(unresolvedSince: OrderLifeCases.doubted)

    /// Written by hand, from the rules and not from the code.
    private static let expectations: [Expectation] = [
        Expectation(.local, .handedOver, sent),
        Expectation(.local, .notSent, .done(.denied)),
        Expectation(sent, .notSent, .done(.denied)),
        Expectation(.working, .notSent, .working, .alarmed(.impossible)),
        Expectation(.local, .working, .working, .alarmed(.neverSent)),
        // An order without any status may fill at once.
        Expectation(sent, .fill(units(3)), .working),
        Expectation(sent, .fill(units(10)), .done(.filled)),
        Expectation(sent, .rejected, .done(.rejected)),
        Expectation(sent, .acknowledged, sent),
        Expectation(sent, .held(.waiting), .held(.waiting)),
        Expectation(.held(.waiting), .working, .working),
        Expectation(.held(.waiting), .triggered, .working),
        Expectation(.working, .held(.waiting), .working, .absorbed(.stale)),
        // Inactive is no end: a locate may bring it back, an error end it.
        Expectation(.working, .held(.unresolved), .held(.unresolved)),
        Expectation(.held(.unresolved), .working, .working),
        Expectation(.held(.unresolved), .rejected, .done(.rejected)),
        Expectation(.held(.doneForDay), .fill(units(3)), .working),
        // An unknown outcome is resolved by the venue's word or a query.
        Expectation(sent, .outcomeUnknown(at: OrderLifeCases.doubted), doubted),
        Expectation(doubted, .outcomeUnknown(at: .zero), doubted, .absorbed(.repeated)),
        Expectation(doubted, .absent, .done(.rejected)),
        Expectation(doubted, .found, .working),
        Expectation(doubted, .working, .working),
        Expectation(doubted, .fill(units(10)), .done(.filled)),
        Expectation(sent, .absent, sent, .absorbed(.crossing)),
        Expectation(.working, .absent, .done(.cancelled)),
        // Submitted after a fill, or after the end.
        Expectation(.working, filled: 4, .working, .working, .absorbed(.repeated)),
        Expectation(.done(.filled), filled: 10, .working, .done(.filled), .absorbed(.over)),
        Expectation(.done(.cancelled), .working, .done(.cancelled), .absorbed(.over)),
        Expectation(.done(.filled), filled: 10, .cancelled, .done(.filled), .absorbed(.over)),
        Expectation(.done(.denied), .working, .done(.denied), .alarmed(.revived)),
        Expectation(.done(.rejected), .found, .done(.rejected), .alarmed(.revived)),
        // A fill after the end.
        Expectation(.done(.cancelled), .fill(units(3)), .done(.cancelled), .alarmed(.lateFill)),
        Expectation(.done(.cancelled), .fill(units(10)), .done(.filled), .alarmed(.lateFill)),
        Expectation(.done(.expired), .fill(units(3)), .done(.expired), .alarmed(.lateFill)),
        Expectation(.done(.rejected), .fill(units(3)), .done(.rejected), .alarmed(.lateFill)),
        Expectation(.done(.filled), filled: 10, .fill(units(1)), .done(.filled), .alarmed(.overfill)),
        Expectation(.working, .fill(units(11)), .done(.filled), .alarmed(.overfill)),
        // A status that says filled makes no fill.
        Expectation(.working, filled: 4, .toldFilled, .working, .absorbed(.unproven)),
        // Busts and corrections, also after the end.
        Expectation(.done(.filled), filled: 10, .bust(units(4)), .done(.filled), .alarmed(.underfill)),
        Expectation(.done(.cancelled), filled: 4, .bust(units(4)), .done(.cancelled)),
        Expectation(.working, filled: 4, .bust(units(5)), .working, .alarmed(.impossible)),
        Expectation(.working, filled: 4, .correction(from: units(4), to: units(10)), .done(.filled)),
        // What has filled in part is cancelled and not rejected.
        Expectation(.working, filled: 4, .rejected, .done(.cancelled)),
        Expectation(.working, filled: 4, .expired, .done(.expired)),
        // A change to what has filled, or less.
        Expectation(.working, filled: 4, modify: true, .modifyAccepted(1, units(4)), .done(.filled)),
        Expectation(.working, filled: 4, modify: true, .modifyAccepted(1, units(3)), .done(.filled)),
        Expectation(.working, filled: 4, modify: true, .modifyAccepted(0, units(8)), .working),
        Expectation(.working, .modifyAccepted(0, units(8)), .working, .alarmed(.unrequestedChange)),
        Expectation(
            .done(.filled), filled: 10, modify: true, .modifyAccepted(1, units(12)), .done(.filled),
            .alarmed(.revived)),
    ]

    @Test("what is shown is what FIX ranks highest")
    func display() {
        #expect(OrderLifeCases.life(.local).display == .local)
        #expect(OrderLifeCases.life(Self.sent).display == .sent)
        #expect(OrderLifeCases.life(Self.sent).after(.acknowledged).life.display == .pendingNew)
        #expect(OrderLifeCases.life(Self.doubted).display == .unresolved)
        #expect(OrderLifeCases.life(.working, filled: 4).display == .partiallyFilled)
        #expect(OrderLifeCases.life(.working, filled: 4, modify: true).display == .pendingReplace)
        #expect(OrderLifeCases.life(.working, cancel: true, modify: true).display == .pendingCancel)
        #expect(OrderLifeCases.life(.held(.doneForDay), filled: 4).display == .doneForDay)
        #expect(OrderLifeCases.life(.done(.cancelled), filled: 4).display == .cancelled)
        #expect(OrderLifeCases.life(.done(.denied)).display == .denied)
        #expect(OrderLifeCases.life(.held(.waiting)).after(.triggered).life.display == .triggered)
    }

    @Test("outcomes are counted by reason")
    func counts() {
        var counts = OrderOutcomeCounts()
        counts.count(.applied)
        counts.count(.absorbed(.over))
        counts.count(.absorbed(.over))
        counts.count(.alarmed(.lateFill))
        #expect(counts.applied == 1 && counts[.over] == 2 && counts[.stale] == 0)
        #expect(counts[.lateFill] == 1 && counts[.overfill] == 0)
    }
}

extension OrderLifeCases.EventCase {
    /// Whether it is about an execution.
    var changesFills: Bool {
        switch event.kind {
        case .fill, .correction, .bust: true
        default: false
        }
    }
}
