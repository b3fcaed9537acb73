import Risk
import Testing
import TradingModel

@testable import TradingSystem

@Suite("Who may change limits")
struct RiskMethodsTests {
    @Test("where two persons are needed, they are for a looser limit and not for a tighter one")
    func secondPerson() throws {
        let limits = RiskLimits(
            whitelist: [], instruments: [], maxSize: try Quantity("10"), maxExposure: .zero,
            maxGrossExposure: .zero, throttleMax: 1, priceCollarBps: 1, exchangeRates: [:])
        let changes = LimitChanges(base: limits)
        for (value, isLooser) in [("9", false), ("10", false), ("11", true)] {
            let change = LimitAssignment(.maxSize, value: .quantity(try Quantity(value)))
            #expect(RiskMethods.needsSecondPerson(change, changes, .zero, isNeeded: true) == isLooser)
            #expect(!RiskMethods.needsSecondPerson(change, changes, .zero, isNeeded: false))
        }
        // Nothing was checked before: any limit is tighter.
        let new = LimitAssignment(.maxDayLoss, value: .money(Money(try Price("1000000"))))
        #expect(!RiskMethods.needsSecondPerson(new, changes, .zero, isNeeded: true))
    }
}
