import TWSGateway
import Testing
import TradingModel

@Suite("Catalogue")
struct CatalogueTests {
    @Test("futures are listed by the calendar, a week before they end at the latest")
    func futures() throws {
        let time = try #require(Timestamp(rfc3339: "2026-11-23T02:00:00Z"))
        let names = GatewayInstrument.catalogue(at: time).map(\.name)
        #expect(names == ["XAUUSD", "EUR.USD", "GCZ6", "GCG7", "ESZ6", "ESH7", "AAPL"])
    }
}
