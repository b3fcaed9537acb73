import Configuration
import Testing
import TradingModel

@testable import Risk
@testable import TradingSystem

@Suite("Rates of what a venue charges in")
struct CommissionRateTests {
    @Test(
        "the currency of the account and every other with a rate are known, whatever the instruments are in")
    func rates() throws {
        let settings = try SettingsLoader.load(texts: [
            "settings.yaml": "risk: {base_currency: EUR, fx: {USD: 0.9, CHF: 1.05}}\n",
            "profiles/dev.yaml": "env: dev\n",
        ])
        let limits = RiskLimits(settings, [])
        #expect(try limits.exchangeRates == ["EUR": Price("1"), "USD": Price("0.9"), "CHF": Price("1.05")])
    }
}
