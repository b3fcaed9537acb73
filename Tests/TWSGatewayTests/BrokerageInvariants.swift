import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

/// What must hold of a ledger at any time: the sum of the executions is what has filled, what is held and what was paid.
enum BrokerageInvariants {
    static func check(_ ledger: Ledger, _ place: String = "") {
        var filled: [Int: Quantity] = [:]
        var held: [PositionKey: Quantity] = [:]
        var keeper = PositionKeeper()
        for execution in ledger.executions {
            guard let order = ledger.order(execution.order),
                let contract = ledger.contracts[order.terms.contract]
            else {
                Issue.record("execution \(execution.number) belongs to nothing \(place)")
                continue
            }
            filled[execution.order, default: .zero] += execution.quantity
            let key = PositionKey(account: order.terms.account, contract: order.terms.contract)
            held[key, default: .zero] += order.terms.side == .buy ? execution.quantity : -execution.quantity
            do throws(LedgerFault) {
                let realized = try keeper.take(execution, order.terms, contract)
                #expect(realized == execution.realized, "\(place)")
            } catch {
                Issue.record("\(error.text) \(place)")
            }
        }
        for order in ledger.orders {
            #expect(order.filled == filled[order.number] ?? .zero, "\(place)")
            #expect(order.remaining >= .zero, "\(place)")
            #expect((order.stage == .filled) == (order.remaining == .zero), "\(place)")
        }
        #expect(ledger.positions.positions.mapValues(\.quantity) == held, "\(place)")
        #expect(ledger.positions.cash == keeper.cash, "\(place)")
        #expect(
            ledger.openOrders.map(\.number) == ledger.orders.filter { !$0.stage.isDone }.map(\.number),
            "\(place)")
        #expect(Set(ledger.executions.map(\.id)).count == ledger.executions.count, "\(place)")
    }

    /// The ledgers say the same of everything that clients can learn.
    static func expectSame(_ left: Ledger, _ right: Ledger, _ place: String = "") {
        func facts(_ order: BookedOrder) -> BookedOrder {
            var order = order
            order.filledBefore = .zero
            return order
        }
        #expect(left.orders.map(facts) == right.orders.map(facts), "\(place)")
        #expect(left.executions == right.executions, "\(place)")
        #expect(left.positions.positions == right.positions.positions, "\(place)")
        #expect(left.positions.cash == right.positions.cash, "\(place)")
        #expect(left.contracts == right.contracts, "\(place)")
        for client in Set(left.orders.map(\.key.client)) {
            #expect(left.nextID(of: client) == right.nextID(of: client), "\(place)")
        }
    }
}
