import Platform
import TWSProtocol
import Testing
import TradingModel

@testable import Execution

@Suite("Commissions of the broker")
struct BrokerCommissionTests {
    private func commission(
        _ name: String, _ amount: String?, _ currency: String = "USD"
    ) throws -> ServerMessage {
        var report = CommissionReport()
        report.executionID = name
        report.commission = try amount.map { Money(try Price($0)) }
        report.currency = currency
        return .commissionReport(report)
    }

    /// Commissions as `2 -0.5 USD fill`, by the number of the execution.
    private func told(_ rig: BrokerRig) -> [String] {
        rig.reports.filter { $0.commissionCurrency != .none }.map {
            "\($0.executionID) \($0.commission) \($0.commissionCurrency.name) \($0.report.name)"
        }
    }

    @Test("one that comes after its fill is an event of its own, once; it moves nothing")
    func later() throws {
        let rig = try BrokerRig("COMMISSION.LATER")
        let orderID = try rig.send()
        rig.say(try rig.execution(orderID, "x.01", "10"))
        for _ in 0..<3 { rig.say(try commission("x.01", "2.05")) }
        #expect(told(rig) == ["1 2.05 USD commission"])
        #expect(rig.lines.last == "1 commission filled Σ10 leaves 0")
        #expect(rig.reports.last?.lastQuantity == .zero && rig.reports.last?.lastPrice == .zero)
        #expect(rig.book.counts.commissions == 3 && rig.book.counts.repeated == 2)
    }

    @Test("one that comes before its execution waits for it and comes with the fill")
    func early() throws {
        let rig = try BrokerRig("COMMISSION.EARLY")
        let orderID = try rig.send()
        rig.say(try commission("x.01", "2"), try rig.execution(orderID, "x.01", "4"))
        rig.say(try commission("x.01", "2"), try rig.execution(orderID, "x.01", "4"))
        #expect(told(rig) == ["1 2 USD fill"])
    }

    @Test("what is told anew adds the difference, also for a corrected execution and in another currency")
    func changed() throws {
        let rig = try BrokerRig("COMMISSION.CHANGED")
        let orderID = try rig.send()
        rig.say(try rig.execution(orderID, "x.01", "4"), try commission("x.01", "2"))
        rig.say(try rig.execution(orderID, "x.02", "3"), try commission("x.02", "1.5"))
        rig.say(try commission("x.01", "2"), try commission("x.02", "1.25", "EUR"))
        #expect(
            told(rig) == [
                "1 2 USD commission", "1 -0.5 USD commission", "1 -1.5 USD commission",
                "1 1.25 EUR commission",
            ])
    }

    @Test(
        "what has no usable amount or currency is counted and told; what is of others is kept within bounds")
    func unusable() throws {
        let rig = try BrokerRig("COMMISSION.UNUSABLE")
        let orderID = try rig.send()
        rig.say(try rig.execution(orderID, "x.01", "4"))
        rig.say(try commission("x.01", nil), try commission("x.01", "1", ""))
        rig.say(try commission("x.01", "1000000001"))
        #expect(told(rig).isEmpty && rig.book.counts.unusableCommissions == 3)
        #expect(rig.notes.withLock { $0.filter { $0.severity == .alarm }.count } == 1)
        for number in 0..<EarlyCommissions.kept + 5 { rig.say(try commission("other\(number).01", "1")) }
        #expect(rig.book.counts.commissionsLetGo == 5)
        rig.say(try commission("y.01", "1"), try rig.execution(orderID, "y.01", "1"))
        #expect(told(rig) == ["2 1 USD fill"])
    }

    @Test("one that was told before an execution of nothing is still told")
    func bust() throws {
        let rig = try BrokerRig("COMMISSION.BUST")
        let orderID = try rig.send()
        rig.say(try commission("x.01", "1"), try rig.execution(orderID, "x.01", "0"))
        #expect(told(rig) == ["1 1 USD commission"])
    }
}
