import TestSupport
import Testing
import TradingModel

@testable import Execution
@testable import Risk

@Suite("Orders by their reports")
struct OrderTableLifeTests {
    private var table = OrderTable()
    private let id = ClientOrderID(session: 1, number: 1)

    init() throws {
        let request = OrderRequest(
            id: id, symbol: try #require(SymbolID("LIFE.TABLE")), side: .buy, type: .market,
            quantity: units(10))
        table.insert(
            WorkingOrder(
                ApprovedOrder(request: request, decisionSequence: 5, auditEntry: 1), sentAt: .zero))
    }

    private func report(
        _ report: OrderReport, _ status: OrderStatus, fill: Int64 = 0, execution: UInt64 = 0,
        quantity: Int64 = 10, venueOrderID: UInt64 = 7, reason: String = ""
    ) -> OrderEvent {
        OrderEvent(
            id: id, venueOrderID: venueOrderID, report: report, status: status, side: .buy,
            quantity: units(quantity), lastPrice: Price(rawValue: 2_000_000_000), lastQuantity: units(fill),
            executionID: execution, leavesQuantity: .zero, reason: reason)
    }

    /// Folds as the router does.
    @discardableResult
    private mutating func fold(_ report: OrderEvent) -> WorkingOrder? {
        table.fold(report, isRepeat: table.isRepeat(report), at: .zero)
    }

    private var order: WorkingOrder? { table.order(id) }

    @Test("an execution that is reported twice is booked once")
    mutating func repeats() {
        table.note(.handedOver, of: id)
        #expect(order?.life.display == .sent)
        fold(report(.fill, .partiallyFilled, fill: 4, execution: 9))
        fold(report(.fill, .partiallyFilled, fill: 4, execution: 9))
        #expect(order?.filledQuantity == units(4) && order?.leavesQuantity == units(6))
        #expect(order?.averagePrice == Price(rawValue: 2_000_000_000))
        #expect(table.outcomes[.repeated] == 1)
        fold(report(.fill, .partiallyFilled, fill: -4, execution: 9))
        fold(report(.fill, .partiallyFilled, fill: 3, execution: 9))
        #expect(order?.filledQuantity == units(3) && table.working.count == 1)
    }

    @Test("a report that comes after the end does not bring an order back, and is no unknown one")
    mutating func late() {
        table.note(.handedOver, of: id)
        fold(report(.ack, .accepted))
        fold(report(.fill, .filled, fill: 10, execution: 1))
        #expect(table.working.isEmpty && order?.status == .filled)
        fold(report(.ack, .accepted))
        fold(report(.cancel, .cancelled))
        #expect(order?.status == .filled && order?.life.display == .filled && table.working.isEmpty)
        #expect(table.outcomes[.over] == 2 && table.unknownReports == 0)
        fold(report(.fill, .filled, fill: 1, execution: 2))
        #expect(order?.filledQuantity == units(11) && order?.life.overfill == units(1))
        #expect(table.outcomes[.overfill] == 1)
    }

    @Test("a cancel is pending until the order is over, whatever fills meanwhile")
    mutating func cancels() {
        table.note(.handedOver, of: id)
        fold(report(.ack, .accepted))
        table.noteCancel(of: id)
        table.noteCancel(of: id)
        fold(report(.fill, .partiallyFilled, fill: 4, execution: 1))
        #expect(order?.life.display == .pendingCancel && order?.status == .partiallyFilled)
        fold(report(.fill, .filled, fill: 6, execution: 2))
        #expect(order?.life.display == .filled, "the venue's word that it is over answers the cancel")
        table.noteCancel(of: id)
        #expect(table.outcomes[.over] == 0, "nobody asks for the cancel of an order that is over")
    }

    @Test(
        "an order on its way when the connection is lost is unresolved until the venue says what became of it"
    )
    mutating func loss() {
        table.noteLoss(at: Timestamp(nanoseconds: 1))
        #expect(table.unresolved.isEmpty, "it has not left")
        table.note(.handedOver, of: id)
        table.noteLoss(at: Timestamp(nanoseconds: 2))
        table.noteLoss(at: Timestamp(nanoseconds: 3))
        #expect(table.unresolved.map(\.id) == [id])
        #expect(order?.life.unresolvedSince == Timestamp(nanoseconds: 2) && order?.status == nil)
        fold(report(.ack, .accepted))
        table.noteLoss(at: Timestamp(nanoseconds: 4))
        #expect(table.unresolved.isEmpty && order?.status == .accepted)
    }

    @Test("what never left is denied, and what the venue refuses rejected")
    mutating func denied() {
        fold(report(.reject, .rejected, venueOrderID: 0, reason: OrderEvent.unsentPrefix + "disarmed"))
        #expect(order?.life.state == .done(.denied) && order?.status == .rejected)
        #expect(order?.life.display == .denied && table.outcomes[.neverSent] == 0)
        fold(report(.ack, .accepted))
        #expect(table.outcomes[.revived] == 1 && table.working.isEmpty)
    }

    @Test("a confirmed change counts, and one that nobody asked for is told")
    mutating func changes() {
        table.note(.handedOver, of: id)
        fold(report(.ack, .accepted))
        table.note(.modifyRequested(1, units(8)), of: id)
        #expect(order?.life.display == .pendingReplace)
        fold(report(.ack, .accepted, quantity: 8))
        #expect(order?.quantity == units(8) && order?.life.display == .accepted)
        #expect(table.outcomes[.unrequestedChange] == 0)
        fold(report(.fill, .partiallyFilled, fill: 5, execution: 1, quantity: 8))
        fold(report(.ack, .filled, quantity: 5))
        #expect(order?.status == .filled && table.working.isEmpty)
        #expect(table.outcomes[.unrequestedChange] == 1)
    }
}
