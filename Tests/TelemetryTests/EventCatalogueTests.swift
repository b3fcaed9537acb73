import TestSupport
import Testing

@testable import Telemetry

@Suite("Event catalogue", .serialized)
struct EventCatalogueTests {
    @Test("the catalogue file is the list as it is")
    func file() throws {
        let text = EventCatalogue.text
        #expect(try RepositoryFile.content(of: "systemd/tradingd.catalog", madeAs: text) == text)
    }

    @Test("numbers are 128 bits in lower-case hex, each used once")
    func numbers() {
        let numbers = TradeEvent.allCases.map { "\($0.messageID)" }
        #expect(Set(numbers).count == numbers.count)
        for number in numbers {
            #expect(number.utf8.count == 32)
            #expect(number.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        }
    }

    @Test("topics are those of the product")
    func topics() {
        let known: Set = [
            "order", "fill", "deny", "cancel", "risk", "killswitch", "mode", "recon", "feed", "rpc", "auth",
            "config", "lifecycle", "checkpoint", "fault",
        ]
        #expect(Set(TradeEvent.allCases.map { "\($0.topic)" }) == known)
    }

    @Test("explanations name only fields that there are")
    func explanations() {
        let fields = Set(JournalFields.table.map(\.field)).union(["TRADE_PROFILE"])
        for event in TradeEvent.allCases {
            let parts = "\(event.explanation)".split(separator: "@", omittingEmptySubsequences: false)
            #expect(parts.count % 2 == 1, "\(event)")
            for index in parts.indices where index % 2 == 1 { #expect(fields.contains(String(parts[index]))) }
            #expect("\(event.sentence)".utf8.count < 100 && !"\(event.sentence)".contains("\n"))
        }
    }

    @Test("the documentation holds the tables as they are")
    func documentation() throws {
        let events = TradeEvent.allCases.map { event in
            "| `\(event.topic)` | `\(event)` | \(event.sentence) | \(event.level) | `\(event.messageID)` |\n"
        }
        let eventTable =
            "| TRADE_EVENT | event | MESSAGE | level | MESSAGE_ID |\n|---|---|---|---|---|\n"
            + events.joined()
        #expect(try RepositoryFile.section("events", of: page, madeAs: eventTable) == eventTable)
        let fields = JournalFields.table.map { "| `\($0.key)` | `\($0.field)` | \($0.meaning) |\n" }
        let fieldTable = "| metadata | field | what |\n|---|---|---|\n" + fields.joined()
        #expect(try RepositoryFile.section("fields", of: page, madeAs: fieldTable) == fieldTable)
    }

    private let page = "docs/telemetry.md"
}
