import Testing
import TradingModel

@testable import Execution

@Suite("What venues can do")
struct VenueAbilitiesTests {
    @Test("the simulated venue takes everything")
    func simulation() {
        for type in OrderType.allCases {
            for time in TimeInForce.allCases {
                #expect(VenueAbilities.simulation.refusal(of: type, time, [.postOnly, .reduceOnly]) == nil)
            }
        }
    }

    @Test("IBKR takes no post-only orders and no market orders for later, and says so")
    func ibkr() {
        let ibkr = VenueAbilities.ibkr
        #expect(ibkr.refusal(of: .limit, .day, .postOnly) == "IBKR takes no post-only orders")
        #expect(
            ibkr.refusal(of: .market, .goodTillDate, [])
                == "IBKR takes no market orders with time in force GTD")
        #expect(ibkr.refusal(of: .limit, .goodTillDate, [.outsideRegularHours, .reduceOnly]) == nil)
        // What the daemon itself flattens with.
        #expect(ibkr.refusal(of: .limit, .immediateOrCancel, [.reduceOnly, .flatten]) == nil)
        #expect(ibkr.refusal(of: .limit, .immediateOrCancel, .protected) == nil)
    }
}
