import TWSProtocol
import Testing

@testable import TWSGateway

@Suite("Fault parser")
struct FaultParserTests {
    @Test(
        "every form of a fault is read",
        arguments: [
            ("drop", ScheduledFault(.drop)), ("  reset client 3 # now", ScheduledFault(.reset, client: 3)),
            ("at 5s error 1100", ScheduledFault(.error(1_100, symbol: nil), .at(5_000_000_000))),
            ("at 1500ms error 317 XAUUSD", ScheduledFault(.error(317, symbol: "XAUUSD"), .at(1_500_000_000))),
            ("after 4096 bytes drop", ScheduledFault(.drop, .afterBytes(4_096))),
            ("after 80 more bytes drop client 3", ScheduledFault(.drop, .afterMoreBytes(80), client: 3)),
            ("on placeOrder silence 3s", ScheduledFault(.silence(3_000_000_000), .on(3))),
            ("after cancelOrder reset client 0", ScheduledFault(.reset, .after(4), client: 0)),
            ("trickle 2m", ScheduledFault(.trickle(120_000_000_000))),
            ("hold 1000", ScheduledFault(.hold(frames: 1_000))),
            ("oversize", ScheduledFault(.malformed(.oversize))),
            ("empty", ScheduledFault(.malformed(.empty))),
            ("refuse 354", ScheduledFault(.refuse(354, kind: nil, symbol: nil, count: 1))),
            (
                "refuse 10189 tick EUR.USD 3",
                ScheduledFault(.refuse(10_189, kind: .tickByTick, symbol: "EUR.USD", count: 3))
            ),
            ("busy 2", ScheduledFault(.busy(2))), ("pacing", ScheduledFault(.pacing(1))),
            ("error 201", ScheduledFault(.order(.rejectNextOrder))),
            ("error 202", ScheduledFault(.order(.cancelByExchange))),
            ("error 103", ScheduledFault(.order(.duplicateID))),
            ("order id-rollback 5", ScheduledFault(.order(.nextIDRolledBack(5)))),
            ("order twin client 7", ScheduledFault(.order(.changeBecomesOrder), client: 7)),
            ("order execution-first", ScheduledFault(.order(.executionBeforeStatus))),
            ("restart", ScheduledFault(.restart(1_000_000_000))),
            ("restart 2s", ScheduledFault(.restart(2_000_000_000))),
            ("close-port 1h", ScheduledFault(.closePort(3_600_000_000_000))),
            ("accept-mute 10s", ScheduledFault(.acceptMutely(10_000_000_000))),
            ("pause", ScheduledFault(.pause)), ("resume", ScheduledFault(.resume)),
            ("firehose depth 1000000", ScheduledFault(.firehose(.depth, count: 1_000_000))),
        ])
    func forms(line: String, fault: ScheduledFault) throws {
        #expect(try FaultParser.parse(line) == fault)
    }

    @Test("blank lines and comments are none", arguments: ["", "   ", "# drop", "\t#"])
    func nothing(line: String) throws {
        #expect(try FaultParser.parse(line) == nil)
    }

    @Test(
        "what is no fault is refused with a reason",
        arguments: [
            "fall", "at", "at 5", "at 5s", "at 5y drop", "after drop", "after 5 drop", "after 5 bytes reset",
            "on nothing drop", "on", "trickle", "silence soon", "hold 0", "hold many", "error", "error x",
            "refuse l1",
            "order", "order upside-down", "firehose", "firehose tape 5", "firehose depth", "drop drop",
            "drop client",
            "drop client x", "busy 0", "at 999999999h drop",
        ])
    func refused(line: String) {
        #expect(throws: FaultSyntaxError.self) { try FaultParser.parse(line) }
    }

    @Test("an error in a timeline names file and line")
    func place() {
        let text = "# what happens\n\nat 1s drop\nat 2s fall\n"
        #expect {
            try FaultParser.parseTimeline(text, file: "faults.txt")
        } throws: { error in
            "\(error)" == "faults.txt:4: 'fall' is nothing that can happen"
        }
    }
}
