import Glibc
import Platform
import Testing

@testable import Telemetry

/// Files of the repository that are made from the code.
enum RepositoryFile {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    /// Whether the files are to be written instead of compared.
    static var isWriting: Bool { getenv("TRADINGD_WRITE_DOCS") != nil }

    static func read(_ name: String) throws -> String {
        String(decoding: try DurableFile.read("\(root)/\(name)") ?? [], as: UTF8.self)
    }

    static func write(_ text: String, to name: String) throws {
        try DurableFile.replace("\(root)/\(name)", with: Array(text.utf8), mode: 0o644)
    }

    /// Compares, or writes, the part of `docs/telemetry.md` between the marks of that name.
    static func check(section name: String, is text: String) throws {
        let page = try read("docs/telemetry.md")
        let start = try #require(page.firstRange(of: "<!-- \(name):begin -->\n")).upperBound
        let end = try #require(page.firstRange(of: "<!-- \(name):end -->")).lowerBound
        if isWriting {
            try write(page[..<start] + text + page[end...], to: "docs/telemetry.md")
        } else {
            #expect(page[start..<end] == text)
        }
    }
}

@Suite("Event catalogue", .serialized)
struct EventCatalogueTests {
    @Test("the catalogue file is the list as it is")
    func file() throws {
        let name = "systemd/tradingd.catalog"
        if RepositoryFile.isWriting { try RepositoryFile.write(EventCatalogue.text, to: name) }
        #expect(try RepositoryFile.read(name) == EventCatalogue.text)
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
        try RepositoryFile.check(
            section: "events",
            is: "| TRADE_EVENT | event | MESSAGE | level | MESSAGE_ID |\n|---|---|---|---|---|\n"
                + events.joined())
        let fields = JournalFields.table.map { "| `\($0.key)` | `\($0.field)` | \($0.meaning) |\n" }
        try RepositoryFile.check(
            section: "fields", is: "| metadata | field | what |\n|---|---|---|\n" + fields.joined())
    }
}
