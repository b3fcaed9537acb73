import ExactJSON
import Glibc
import TestSupport
import Testing
import TradingModel

@testable import TradingSystem

@Suite("The table of faults")
struct FaultTableTests {
    @Test("docs/faults.md is made from the code")
    func documented() throws {
        let text = FaultTable.documentation
        let page = try RepositoryFile.content(of: "docs/faults.md", madeAs: text)
        #expect(page == text, "write it with TRADINGD_WRITE_DOCS=1")
    }

    @Test("every code is known by its text, and is of its class")
    func codes() {
        for fault in Fault.allCases {
            #expect(Fault(code: fault.code.description) == fault)
            #expect(fault.code.description.hasPrefix(fault.group.rawValue.uppercased() + "_"))
        }
        #expect(Fault(code: "LUCK") == nil)
    }

    @Test("every row names a test that exists", arguments: Fault.allCases)
    func tested(_ fault: Fault) throws {
        let parts = fault.row.test.split(separator: "/")
        try #require(parts.count == 2)
        // What no gateway can be made to do is told to a daemon within the test.
        let folder = parts[0] == "FaultStageTests" ? "TradingSystemTests" : "EndToEndTests"
        let text = try RepositoryFile.read("Tests/\(folder)/\(parts[0]).swift")
        #expect(text.contains("func \(parts[1])("), "\(fault.row.test)")
    }

    @Test("a notice tells a fault and its end")
    func notices() throws {
        for fault in Fault.allCases {
            for told in [FaultNotice(fault), FaultNotice(fault, "c-1-2 and more", isCleared: true)] {
                #expect(FaultNotice(told.notice(actor: "test", reason: "")) == told)
            }
        }
        #expect(FaultNotice(SystemNotice(.faultRaised, actor: "", detail: "LUCK x")) == nil)
        #expect(FaultNotice(SystemNotice(.faultRaised, actor: "")) == nil)
        #expect(FaultNotice(SystemNotice(.armed, actor: "", detail: "FEED_STALE")) == nil)
    }
}
