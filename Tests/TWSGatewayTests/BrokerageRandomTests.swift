import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Brokerage: random orders")
struct BrokerageRandomTests {
    @Test("whatever clients, markets and faults do, everything adds up, also after restarts")
    func random() throws {
        let seed = TestSeed.value("BROKERAGE_SEED")
        for round in 0..<8 {
            let directory = try TemporaryDirectory()
            var run = try RandomTrading(seed: seed &+ UInt64(round) &* 7_919, directory.path)
            for step in 0..<250 {
                try run.step()
                if step % 10 == 0 { BrokerageInvariants.check(run.harness.brokerage.desk.ledger) }
            }
            try run.restart()
        }
    }
}

/// Two clients that place, change and cancel at random, in two markets.
private struct RandomTrading {
    var harness: BrokerageHarness
    private var random: TestRandom
    private var sessions: [Int32: SessionID] = [:]
    private var highest: [Int32: Int32] = [7: 0, 8: 0]
    /// Executions that clients were told, by id.
    private var told: Set<String> = []

    init(seed: UInt64, _ directory: String) throws {
        harness = try BrokerageHarness(accounts: ["DU1", "DU2"], directory: directory)
        random = TestRandom(seed: seed)
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int(random.below(UInt64(values.count)))]
    }

    mutating func step() throws {
        harness.wait(seconds: Int64(random.below(600)))
        let client = pick([Int32(7), 8])
        switch random.below(20) {
        case 0..<8: try place(client, isNew: true)
        case 8..<11: try place(client, isNew: false)
        case 11..<13: try cancel(client)
        case 13..<18: try move()
        case 18: try fault()
        default: try leave(client)
        }
        for session in sessions.values.sorted() { try hear(harness.received(session)) }
        #expect(harness.brokerage.failure == nil)
    }

    /// Every execution is told once, corrections apart, and belongs to the ledger.
    private mutating func hear(_ messages: [ServerMessage]) throws {
        for execution in messages.executions where execution.requestID == -1 {
            #expect(told.insert(execution.executionID).inserted)
        }
        for status in messages.statuses { #expect(try #require(status.remaining) >= .zero) }
    }

    private mutating func session(_ client: Int32) throws -> SessionID {
        if let session = sessions[client] { return session }
        let session = try harness.connectQuietly(client, version: pick(BrokerageHarness.versions))
        sessions[client] = session
        return session
    }

    private mutating func place(_ client: Int32, isNew: Bool) throws {
        let session = try session(client)
        let last = highest[client] ?? 0
        let number = isNew ? last + 1 : Int32(random.below(UInt64(last) + 1))
        highest[client] = max(last, number)
        let instrument = try harness.instrument(pick([BrokerageHarness.gold, BrokerageHarness.share]))
        let near: Int64 = instrument.contract.symbol == "AAPL" ? 270 : 4_000
        func price() -> String { "\(near - 3 + Int64(random.below(7)))" }
        let message = try order(
            number, pick(["BUY", "SELL"]), "\(1 + random.below(9))",
            pick(["MKT", "LMT", "LMT", "LMT", "STP", "STP LMT"]),
            limit: price(), stop: price(), life: pick(["DAY", "GTC", "GTC", "IOC", "FOK"]), in: instrument
        ) { message in
            message.order.account = pick(["DU1", "DU1", "DU2"])
            message.order.transmits = random.below(10) > 0
            if random.below(5) == 0 { message.order.oneCancelsAll.group = pick(["a", "b"]) }
            if random.below(6) == 0 { message.order.parentID = Int32(random.below(UInt64(last) + 1)) }
        }
        try hear(harness.send(message, from: session))
    }

    private mutating func cancel(_ client: Int32) throws {
        let session = try session(client)
        if random.below(12) == 0 { return try hear(harness.send(GlobalCancel(), from: session)) }
        var message = CancelOrder()
        message.orderID = Int32(random.below(UInt64(highest[client] ?? 0) + 2))
        try hear(harness.send(message, from: session))
    }

    private mutating func move() throws {
        let contract = pick([BrokerageHarness.gold, BrokerageHarness.share])
        let near: Int64 = contract == BrokerageHarness.share ? 270 : 4_000
        let bid = near - 4 + Int64(random.below(8))
        let size = "\(1 + random.below(6))"
        if random.below(4) == 0 { return try harness.print("\(bid)", size: size, contract: contract) }
        try harness.quote("\(bid)", "\(bid + 1)", size: size, contract: contract)
    }

    private mutating func fault() throws {
        let fault = pick([
            OrderFault.duplicateStatus, .missingStatus, .executionBeforeStatus, .executionCorrection,
            .rejectNextOrder, .cancelByExchange, .duplicateID, .nextIDRolledBack(2), .rejectWorking,
            .fillBeforeCancel, .changeBecomesOrder,
        ])
        harness.brokerage.inject(fault, at: harness.time, &harness.outbox)
    }

    private mutating func leave(_ client: Int32) throws {
        if let session = sessions.removeValue(forKey: client) { harness.disconnect(session) }
        if random.below(3) == 0 { try restart() }
    }

    /// What is read back is what was there, but for orders that were held back.
    mutating func restart() throws {
        for session in sessions.values.sorted() { harness.disconnect(session) }
        sessions.removeAll()
        let before = harness.brokerage.desk.ledger
        try harness.brokerage.restart()
        let after = harness.brokerage.desk.ledger
        BrokerageInvariants.check(after)
        if !before.holdsOrders { BrokerageInvariants.expectSame(after, before) }
        #expect(after.executions == before.executions)
    }
}
