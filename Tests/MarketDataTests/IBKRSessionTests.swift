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
}
