import Audit
import Dispatch
import ExactJSON
import Platform
import TestSupport
import Testing
import TradingModel

@Suite("Lines whose words are found when they are written")
struct AuditRecordTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ queue: DispatchQueue = DispatchQueue(label: "tradingd.audit")) throws -> AuditLog {
        try AuditLog(
            AuditSettings(directory: directory.path), identity: exampleIdentity, at: noon(), queue: queue)
    }

    private func tick(_ bid: Int64) -> MarketEvent.Payload {
        .tick(Tick(bid: Price(rawValue: bid), ask: Price(rawValue: bid + 1)))
    }

    /// Counts what it has said.
    private static func counting() -> AuditRecordWriter {
        var count = 0
        return AuditRecordWriter { payload, sequence, time, json in
            guard case .tick(let tick) = payload else { return }
            count += 1
            json.beginObject()
            json.key("count")
            json.integer(count)
            json.key("sequence")
            json.integer(sequence)
            json.key("bid")
            json.integer(tick.bid.rawValue)
            json.key("at")
            json.integer(time.nanoseconds - noon().nanoseconds)
            json.endObject()
        }
    }

    @Test("they stand among the others, in the order in which all were staged, whoever writes them")
    func order() throws {
        let log = try open()
        let writer = Self.counting()
        var expected: [String] = []
        var records = 0
        for index in 0..<1_000 {
            let time = noon(Int64(index))
            if index % 3 == 0 {
                try log.stage(.orderAck, at: time, note("\(index)"))
                expected.append(#"{"note":"\#(index)"}"#)
            } else {
                let record = AuditRecord(tick(Int64(index)), sequence: UInt64(index) + 7, in: writer)
                try log.stage(.orderIntent, at: time, record)
                records += 1
                expected.append(
                    #"{"count":\#(records),"sequence":\#(index + 7),"bid":\#(index),"at":\#(index * 1_000)}"#)
            }
            switch index % 50 {
            case 0: try log.commit()
            case 20: log.requestCommit()
            case 40: try log.keepUp()
            default: break
            }
        }
        try log.close()
        #expect(try AuditVerifier.verify(directory: directory.path).verdict == .intact)
        let lines = String(decoding: try directory.read(firstSegment), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == expected.count + 1)
        for (line, data) in zip(lines.dropFirst(), expected) {
            #expect(line.contains(#""data":\#(data),"hash":"#))
        }
    }

    @Test(
        "one that has no words, or too many, ends the log behind what stood before it; nothing is said to be safe",
        arguments: [false, true])
    func unsayable(isTooLong: Bool) throws {
        let failed = Locked<[AuditOutage]>([])
        let log = try AuditLog(
            AuditSettings(directory: directory.path), identity: exampleIdentity, at: noon(),
            queue: DispatchQueue(label: "tradingd.audit"),
            observer: AuditObserver(didFail: { outage in failed.withLock { $0.append(outage) } }))
        let writer = AuditRecordWriter { _, _, _, json in
            guard isTooLong else { return }
            json.beginObject()
            json.key("note")
            json.string(String(repeating: "a", count: AuditLimits.dataBytes - 10))
            json.endObject()
        }
        try log.stage(.orderAck, at: noon(1), note("before"))
        try log.stage(.orderIntent, at: noon(2), AuditRecord(tick(1), sequence: 1, in: writer))
        try log.stage(.orderAck, at: noon(3), note("behind"))
        let outage = AuditOutage.unsayable(
            isTooLong
                ? .dataTooLong(.orderIntent, bytes: AuditLimits.dataBytes + 1) : .malformedData(.orderIntent))
        #expect(throws: AuditError.unavailable(outage)) { try log.commit() }
        #expect(log.outage == outage && failed.withLock { $0 } == [outage])
        #expect(throws: AuditError.unavailable(outage)) {
            try log.stage(.orderIntent, at: noon(4), AuditRecord(tick(1), sequence: 1, in: writer))
        }
        try log.close()
        let result = try AuditVerifier.verify(directory: directory.path)
        #expect(result.verdict == .intact && result.lines == 2)
    }

    @Test("a type that the log alone writes is refused at once")
    func refused() throws {
        let log = try open()
        let record = AuditRecord(tick(1), sequence: 1, in: Self.counting())
        #expect(throws: AuditError.reservedType(.logCheckpoint)) {
            try log.stage(.logCheckpoint, at: noon(), record)
        }
        try log.close()
        #expect(throws: AuditError.unavailable(.closed)) { try log.stage(.orderIntent, at: noon(), record) }
    }

    @Test("a backlog of them is waited for: it does not grow without end")
    func backlog() throws {
        let queue = DispatchQueue(label: "tradingd.audit")
        let log = try open(queue)
        let writer = Self.counting()
        let isHeld = DispatchSemaphore(value: 0)
        queue.async { isHeld.wait() }
        for index in 0..<300 {
            try log.stage(.orderIntent, at: noon(), AuditRecord(tick(Int64(index)), sequence: 1, in: writer))
        }
        try log.keepUp()
        #expect(log.head.sequence == 1, "fewer than a backlog do not wait")
        for index in 0..<100 {
            try log.stage(.orderIntent, at: noon(), AuditRecord(tick(Int64(index)), sequence: 1, in: writer))
        }
        let other = DispatchQueue(label: "release")
        other.async { isHeld.signal() }
        try log.keepUp()
        #expect(log.head.sequence == 401)
        try log.close()
    }
}
