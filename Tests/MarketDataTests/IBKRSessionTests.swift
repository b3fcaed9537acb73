import TWSClient
import TWSProtocol
import Testing
import TradingModel

@testable import MarketData

@Suite("Streams of IBKR: reads cut short, halts")
struct IBKRSessionTests {
    @Test(
        "a read of which no end is told ends with the loss, a change of the session, or time",
        arguments: 0..<3)
    mutating func cutShort(_ way: Int) {
        var rig = IBKRRig("IBKR.CUT")
        let messages: ContiguousArray = [rig.bidAsk("1", "2"), rig.row(.insert, .bid, 0, "1", "1")]
        rig.events.take(messages.span, at: rig.now)
        #expect(rig.sink.take().isEmpty)
        switch way {
        case 0: rig.notice(.lost, rig.quotes)
        case 1:
            rig.events.sessionChanged(SessionChange(from: .live, to: .lost, reason: "", time: rig.now))
        default: rig.pass(100)
        }
        let brief = rig.sink.take().brief
        #expect(
            Array(brief.prefix(4)) == [
                "quotes live: tick by tick", "quote 1×1 2×1", "depth live: rows", "bid insert 0 1×1 end",
            ])
        rig.notice(.lost, rig.quotes)
        let told = brief.dropFirst(4) + rig.sink.take().brief
        #expect(told.contains("quotes unavailable: no quotes: connection lost"), "told at once")
    }

    @Test("a halt told by both sources ends when both have told its end")
    func halts() {
        let rig = IBKRRig("IBKR.HALT")
        rig.read([rig.bidAsk("10", "11"), rig.trade("10")])
        _ = rig.sink.take()
        halt(rig, 1)
        rig.read([rig.trade("0", "0", mask: 1)])
        #expect(rig.sink.take().statuses == ["quotes stale: halted", "trades stale: halted"])
        halt(rig, 0)
        #expect(rig.sink.take().isEmpty, "the mark among the prints stands")
        rig.read([rig.trade("10")])
        #expect(rig.sink.take().statuses == ["quotes live: unhalted", "trades live: unhalted"])
        halt(rig, 2)
        _ = rig.sink.take()
        halt(rig, -1)
        #expect(rig.sink.take().statuses.count == 2, "not known is no halt")
    }

    @Test("the halt of a source is forgotten when that is asked for anew, the other's stands")
    func forgottenHalts() {
        let rig = IBKRRig("IBKR.HALT")
        rig.read([rig.bidAsk("10", "11"), rig.trade("10"), rig.trade("0", "0", mask: 1)])
        _ = rig.sink.take()
        rig.notice(.requested, rig.level1)
        #expect(rig.sink.take().isEmpty)
        rig.notice(.requested, rig.trades)
        #expect(rig.sink.take().statuses.contains("quotes live: tick by tick"))
    }

    private func halt(_ rig: IBKRRig, _ value: Double) {
        var tick = TickGeneric()
        tick.tickType = 49
        tick.value = value
        rig.events.take(.tickGeneric(tick), of: StreamID(rawValue: rig.level1), at: rig.now)
    }
}
