import Audit
import Glibc
import Messaging
import Platform
import Risk
import TestSupport
import Testing
import TradingModel

@testable import Execution

/// Orders whose intent must be on the disk before they leave, while the bus goes on.
@Suite("Orders that wait for the disk")
struct DurableOrderTests {
    private func rig(_ name: String, _ operations: AuditFileOperations = .system) throws -> OrderPathRig {
        let rig = try OrderPathRig(name, handOver: .afterNotice, operations: operations)
        try rig.quote("4000", "4000.20")
        return rig
    }

    @Test(
        "an order leaves with the notice of its decision, not before, and the log has asked for that notice")
    func waits() throws {
        let rig = try rig("DURABLE.WAIT")
        try rig.send(.buy, "2", limit: "4000.20")
        try rig.quote("4000", "4000.20")
        let decision = try #require(rig.approvals.first)
        #expect(rig.reports == [])
        #expect(rig.bus.query { $0.execution.sent } == 0)
        #expect(rig.durable.wait { $0.first } == decision)
        #expect(try rig.auditTypes().last == "order.intent")
        rig.tellDurable(decision)
        #expect(rig.reports == ["c-1-1 ack accepted", "c-1-1 fill filled 4000.2"])
        try rig.audit.commit()
        #expect(
            try rig.auditTypes().suffix(4) == ["order.intent", "order.send", "order.ack", "order.fill"])
    }

    @Test(
        "the notice of an older decision does not release a newer order; a later one releases all before it")
    func older() throws {
        let rig = try rig("DURABLE.OLDER")
        for _ in 0..<4 { try rig.send(.buy, "1", limit: "3990") }
        let decisions = rig.approvals
        try #require(decisions.count == 4)
        rig.tellDurable(decisions[0] - 1)
        #expect(rig.reports == [])
        rig.tellDurable(decisions[0])
        #expect(rig.reports == ["c-1-1 ack accepted"])
        rig.tellDurable(decisions[0])
        #expect(rig.reports.count == 1)
        rig.tellDurable(decisions[2])
        #expect(rig.reports == (1...3).map { "c-1-\($0) ack accepted" })
        rig.tellDurable(decisions[1])
        #expect(rig.reports.count == 3)
        rig.tellDurable(decisions[3])
        #expect(rig.reports.count == 4)
    }

    @Test(
        "a kill, a disarm or the end in between rejects it; it never leaves, and its room is given back",
        arguments: [
            (SystemNotice.Kind.killSwitchEngaged, "not sent: kill switch"), (.disarmed, "not sent: disarmed"),
            (.sessionStop, "not sent: session end"),
        ])
    func refused(_ notice: SystemNotice.Kind, _ reason: String) throws {
        let rig = try rig("DURABLE.REFUSED")
        try rig.send(.buy, "1", limit: "4000.20")
        try rig.send(.buy, "1", limit: "3990")
        rig.notify(notice)
        #expect(rig.rejections == [reason, reason])
        for decision in rig.approvals { rig.tellDurable(decision) }
        try rig.quote("3980", "3980.20")
        #expect(rig.reports == ["c-1-1 reject rejected", "c-1-2 reject rejected"])
        rig.bus.query { core in
            #expect(core.execution.sent == 0 && core.execution.orders.working.isEmpty)
            #expect(core.risk.engine.openOrders == 0)
        }
        try rig.audit.commit()
        let types = try rig.auditTypes()
        #expect(!types.contains("order.send") && types.count { $0 == "order.reject" } == 2)
    }

    @Test("an order that has left is cancelled by a kill, one that waits beside it is rejected")
    func both() throws {
        let rig = try rig("DURABLE.BOTH")
        try rig.send(.buy, "1", limit: "3990")
        rig.tellDurable(rig.approvals[0])
        try rig.send(.buy, "1", limit: "3990")
        rig.notify(.killSwitchEngaged)
        #expect(
            Set(rig.reports)
                == ["c-1-1 ack accepted", "c-1-1 cancel cancelled", "c-1-2 reject rejected"])
        rig.notify(.killSwitchReleased)
        rig.notify(.armed)
        for decision in rig.approvals { rig.tellDurable(decision) }
        #expect(rig.reports.count == 3)
    }

    @Test(
        "a failing sync: no notice, nothing leaves, whoever trips is told at once and nothing is approved again"
    )
    func failingSync() throws {
        let isFailing = Locked(false)
        let rig = try rig(
            "DURABLE.SYNC",
            AuditFileOperations(
                write: AuditFileOperations.system.write, synchronize: { _ in 0 },
                synchronizeData: { _ in isFailing.withLock { $0 } ? EIO : 0 }))
        try rig.send(.buy, "1", limit: "4000.20")
        #expect(rig.durable.wait { $0.first } == rig.approvals.first)
        isFailing.withLock { $0 = true }
        try rig.send(.buy, "1", limit: "4000.20")
        // Told by the log itself: no further line is needed to find out.
        let failure = try #require(rig.failures.wait { $0.first })
        guard case .unavailable(.system(let error)) = failure else {
            Issue.record("\(failure)")
            return
        }
        #expect(error.code == EIO)
        try rig.send(.buy, "1", limit: "4000.20")
        rig.notify(.killSwitchEngaged)
        #expect(rig.durable.withLock { $0.count } == 1)
        rig.bus.query { core in
            #expect(core.execution.sent == 0 && core.execution.orders.working.isEmpty)
            #expect(core.risk.tally.approved == 2)
        }
        #expect(rig.rejections == ["not sent: kill switch", "not sent: kill switch"])
    }

    @Test("the same events and notices give the same bytes, however long the disk took between them")
    func deterministic() throws {
        func bytes() throws -> [UInt8] {
            let rig = try rig("DURABLE.SAME")
            for round in 0..<20 {
                try rig.send(round % 2 == 0 ? .buy : .sell, "1", limit: round % 3 == 0 ? "4000.10" : nil)
                if round % 4 == 3, let decision = rig.approvals.last { rig.tellDurable(decision) }
                try rig.quote("4000.0\(round % 10)", "4000.2\(round % 10)")
            }
            rig.notify(.disarmed)
            try rig.audit.close()
            #expect(rig.rejections.isEmpty && rig.reports.count > 20)
            return try rig.directory.read("audit/audit-000001.jsonl")
        }
        let first = try bytes()
        #expect(first.count > 10_000)
        #expect(try bytes() == first)
    }
}
