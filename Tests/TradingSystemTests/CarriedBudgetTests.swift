import Audit
import Dispatch
import ExactJSON
import Glibc
import Risk
import TestSupport
import Testing
import TradingModel

@testable import TradingSystem

@Suite("What a session begins with")
struct CarriedBudgetTests {
    private let directory: TemporaryDirectory
    private let limits: RiskLimits
    /// Noon of 2026-01-05.
    private let noon = Timestamp(nanoseconds: 1_767_614_400_000_000_000)

    init() throws {
        directory = try TemporaryDirectory()
        limits = RiskLimits(
            whitelist: [], instruments: [], maxSize: try Quantity("10"), maxExposure: .zero,
            maxGrossExposure: .zero, throttleMax: 1, priceCollarBps: 1, exchangeRates: [:])
    }

    private func open(segmentBytes: Int = AuditLimits.segmentBytes) throws -> AuditLog {
        try AuditLog(
            AuditSettings(
                directory: directory.path, durability: .process, segmentBytes: segmentBytes,
                operations: AuditFileOperations(
                    write: AuditFileOperations.system.write, synchronize: { _ in 0 },
                    synchronizeData: { _ in 0 }
                )),
            identity: AuditIdentity(
                origin: "test/dev/log", build: "test", configHash: "", machineID: "", bootID: ""),
            at: noon, queue: DispatchQueue(label: "audit"))
    }

    private func intent(_ log: AuditLog, _ number: Int, at time: Timestamp) throws {
        try log.append(.orderIntent, at: time) { json in
            json.beginObject()
            json.key("symbol")
            json.string("CARRY.GOLD")
            json.key("strategy")
            json.string("carry")
            json.key("filler")
            json.string(String(repeating: "x", count: 1_500))
            json.endObject()
        }
    }

    private func carried(isFirst: Bool = false) -> CarriedBudget {
        CarriedBudget(
            limits: limits, directory: directory.path, isFirst: isFirst,
            at: noon.advanced(by: 30_000_000_000), isClockGood: true)
    }

    @Test("the first session of all begins with nothing, and nobody is warned")
    func first() throws {
        try open().close()
        let carried = carried(isFirst: true)
        #expect(carried.use.dailyOrders == 0 && carried.warning == nil)
    }

    @Test("a trail that is gone where there were sessions is a warning")
    func absent() throws {
        try open().close()
        #expect(carried().warning?.kind == .budget)
    }

    @Test("a trail of several segments is read from the newest line that tells everything on")
    func segments() throws {
        let log = try open(segmentBytes: 20_000)
        for number in 0..<20 { try intent(log, number, at: noon) }
        var use = BudgetUse(at: noon)
        use.dailyOrders = 1_000
        try log.append(.riskUse, at: noon) { use.write(to: &$0) }
        for number in 0..<20 { try intent(log, number, at: noon.advanced(by: 1_000_000_000)) }
        try log.close()
        #expect(directory.names(in: "").filter { $0.hasPrefix("audit-0") }.count > 3)
        let carried = carried()
        #expect(carried.warning == nil)
        #expect(carried.use.dailyOrders == 1_020)
        #expect(carried.use.symbols.first?.accepted.map(\.count) == [20])
    }

    @Test("a log of an earlier version is read from its first line")
    func older() throws {
        let log = try open(segmentBytes: 20_000)
        for number in 0..<20 { try intent(log, number, at: noon) }
        try log.close()
        #expect(carried().use.dailyOrders == 20)
    }

    @Test("a changed line, a missing segment and a lost beginning carry nothing, and are a warning")
    func damaged() throws {
        let log = try open(segmentBytes: 20_000)
        for number in 0..<40 { try intent(log, number, at: noon) }
        try log.close()
        let path = directory.path + "/audit-000002.jsonl"
        var bytes = try directory.read("audit-000002.jsonl")
        let place = try #require(bytes.lastIndex(of: UInt8(ascii: "x")))
        bytes[place] = UInt8(ascii: "y")
        try directory.write(bytes, to: "audit-000002.jsonl")
        #expect(carried().warning?.kind == .budget && carried().use.dailyOrders == 0)
        unlink(path)
        #expect(carried().warning?.kind == .budget && carried().use.dailyOrders == 0)
        unlink(directory.path + "/audit-000001.jsonl")
        #expect(carried().warning?.kind == .budget && carried().use.dailyOrders == 0)
    }

    @Test("the warning can be acknowledged")
    func acknowledged() { #expect(StartUpWarning.Kind.budget.obstacle == nil) }

    /// `TRADINGD_CARRY_LINES` says how many; what a start reads is told.
    @Test(
        "a long trail is read",
        .enabled(if: getenv("TRADINGD_CARRY_LINES") != nil, "TRADINGD_CARRY_LINES is not set"))
    func long() throws {
        let lines = getenv("TRADINGD_CARRY_LINES").flatMap { Int(String(cString: $0)) } ?? 100_000
        let log = try open()
        for number in 0..<lines {
            try intent(log, number, at: noon)
            guard number % 1_000 == 0 else { continue }
            var use = BudgetUse(at: noon)
            use.dailyOrders = number + 1
            try log.append(.riskUse, at: noon) { use.write(to: &$0) }
        }
        try log.close()
        let began = DispatchTime.now().uptimeNanoseconds
        let carried = carried()
        print("\(lines) orders read in \((DispatchTime.now().uptimeNanoseconds - began) / 1_000_000) ms")
        #expect(carried.use.dailyOrders == lines && carried.warning == nil)
    }
}
