import Testing
import TradingModel

@Suite("Positions taken over, as notices tell them")
struct AdoptedPositionTests {
    @Test(
        "what is written is read: signs, prices, marks, and names with signs of their own",
        arguments: [
            "ADOPT.GOLD=5@4000.1", "ADOPT.GOLD=-0.5@0.000000001", "ADOPT.GOLD=5", "ADOPT=A@B=-3@4000",
            "ADOPT.GOLD=5@4000.1 mark=3990.25", "ADOPT.GOLD=-5@4000.1 mark=0", "ADOPT.GOLD=5 mark=0",
        ])
    func texts(_ text: String) throws {
        let adopted = try #require(AdoptedPosition(text: text))
        #expect(adopted.text == text && adopted.isCarried == text.contains("mark="))
        #expect(AdoptedPosition(adopted.notice(actor: "uid:1", reason: "seen")) == adopted)
    }

    @Test(
        "what says no change is nothing",
        arguments: [
            "", "=", "ADOPT.GOLD", "ADOPT.GOLD=", "ADOPT.GOLD=0@4000", "ADOPT.GOLD=five", "=5@4000",
            "ADOPT.GOLD=5@", "ADOPT.GOLD=5@x", "ADOPT.GOLD=5@1@2", "ADOPT.GOLD=5@1 mark=",
            "ADOPT.GOLD=5@1 mark=x",
            "ADOPT.GOLD=99999999999999999999",
        ])
    func noise(_ text: String) {
        #expect(AdoptedPosition(text: text) == nil)
        #expect(AdoptedPosition(SystemNotice(.positionAdopted, actor: "", detail: text)) == nil)
    }

    @Test("a price of zero or below is none, and other notices adopt nothing")
    func missing() throws {
        let symbol = try #require(SymbolID("ADOPT.GOLD"))
        let five = try Quantity("5")
        #expect(AdoptedPosition(symbol, five, averagePrice: .zero).averagePrice == nil)
        #expect(AdoptedPosition(symbol, five, averagePrice: try Price("-1")).averagePrice == nil)
        #expect(AdoptedPosition(carried: symbol, five, averagePrice: .zero, mark: .zero).mark == nil)
        #expect(
            AdoptedPosition(SystemNotice(.brokerReady, actor: "", detail: "ADOPT.GOLD=5@4000")) == nil)
    }
}
