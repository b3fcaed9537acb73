import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("The table of controls")
struct RiskDocumentationTests {
    @Test("has every control once, in the order of evaluation")
    func complete() { #expect(RiskControl.all.map(\.reason) == RiskReason.allCases) }

    @Test("docs/risk-controls.md is made from the code")
    func documented() throws {
        let text = RiskControl.markdown
        let page = try RepositoryFile.content(of: "docs/risk-controls.md", madeAs: text)
        #expect(page == text, "write it with TRADINGD_WRITE_DOCS=1")
    }

    @Test("every code is known by its text, also one of older recordings")
    func codes() {
        for reason in RiskReason.allCases { #expect(RiskReason(code: reason.code.description) == reason) }
        #expect(RiskReason(code: "broker_unavailable") == .brokerDown && RiskReason(code: "luck") == nil)
    }
}
