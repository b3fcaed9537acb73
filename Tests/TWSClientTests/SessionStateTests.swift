import Testing

@testable import TWSClient

@Suite("session state")
struct SessionStateTests {
    @Test("orders are taken while the session is live, and in no other state")
    func orders() {
        #expect(SessionState.allCases.filter(\.takesOrders) == [.live])
    }
}
