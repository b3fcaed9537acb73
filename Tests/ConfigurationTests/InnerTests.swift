import Glibc
import Platform
import Testing

@testable import Configuration

@Suite("Inner parts")
struct InnerTests {
    @Test("nodes know the lines of their keys and values")
    func lines() throws {
        let document = try YAMLDocument(Array("a: 1\nb:\n  - x\n  - ~\nc:\n  d: 'null'\n".utf8))
        let entries = try #require(document.root.entries)
        #expect(entries.map(\.line) == [1, 2, 5])
        let list = YAMLNode(
            content: .sequence([
                YAMLNode(content: .scalar("x"), line: 3), YAMLNode(content: .null, line: 4),
            ]), line: 3)
        #expect(entries[1].value == list)
        #expect(document.root.value(of: "c")?.value(of: "d") == YAMLNode(content: .scalar("null"), line: 6))
    }

    @Test(
        "counts slips of the keyboard",
        arguments: [("", "", 0), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "", 3), ("ca", "abc", 3)])
    func distance(_ left: String, _ right: String, _ expected: Int) {
        #expect(Suggestion.distance(Array(left.utf8), Array(right.utf8)) == expected)
        #expect(Suggestion.distance(Array(right.utf8), Array(left.utf8)) == expected)
    }

    @Test("suggests nothing for very short, very long or distant words")
    func noSuggestion() {
        #expect(Suggestion.nearest(to: "x", among: ["y"]) == nil)
        #expect(Suggestion.nearest(to: "FX", among: ["fx"]) == "fx")
        #expect(Suggestion.nearest(to: String(repeating: "a", count: 41), among: ["a"]) == nil)
        #expect(Suggestion.nearest(to: "colour", among: ["whitelist", "max_size"]) == nil)
    }

    @Test("looks into the directories in their order")
    func search() throws {
        var name = Array("/tmp/configuration-search-XXXXXX".utf8CString)
        let root = String(cString: try #require(mkdtemp(&name)))
        defer {
            for file in ["b/settings.yaml", "c/settings.yaml", "b", "c", ""] { remove("\(root)/\(file)") }
        }
        let places = ["a", "b", "c"].map { "\(root)/\($0)" }
        do throws(ConfigurationError) {
            _ = try SettingsFiles.first(of: ["\(root)/a", "\(root)/b"])
            Issue.record("found a base file where there is none")
        } catch {
            let message = "no settings.yaml in \(root)/a or \(root)/b, give the directory with --config"
            #expect(error.description == message)
        }
        for place in places.dropFirst() {
            try DurableFile.makeDirectories(place)
            try DurableFile.replace(place + "/settings.yaml", with: [])
        }
        #expect(try SettingsFiles.first(of: places).place == places[1])
    }

    @Test("every key is known once, documented, and its default reads back")
    func schema() throws {
        let settings = SettingsSchema.settings
        #expect(Set(settings.map(\.key)).count == settings.count)
        let variables = settings.compactMap(\.environment)
        #expect(
            Set(variables) == [
                "PROFILE", "IBKR_HOST", "IBKR_PORT", "IBKR_CLIENT_ID", "LOG_LEVEL", "TRADINGD_MODE",
                "TRADINGD_SOCKET", "REPLAY_SPEED", "TRADINGD_MAX_CLOCK_ERROR",
            ])
        for setting in settings {
            #expect(setting.summary.hasSuffix("."), "\(setting.key)")
            #expect(!setting.summary.contains("|") && !setting.words.contains("|"), "\(setting.key)")
            guard setting.defaultText != "none" else { continue }
            var copy = Settings()
            let isList = setting.defaultText.hasPrefix("[")
            let text =
                isList ? setting.defaultText.dropFirst().dropLast().filter { $0 != " " } : setting.defaultText
            try setting.assign(YAMLNode(content: .word(text), line: 0), "X", &copy)
            if !setting.key.contains("<") { #expect(copy == Settings(), "\(setting.key)") }
        }
    }

    @Test("damaged files give settings or problems, one line each, never a crash")
    func damaged() throws {
        let seed = getenv("CONFIGURATION_SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64(time(nil))
        print("CONFIGURATION_SEED=\(seed)")
        var random = SplitMix(state: seed)
        let path = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        let shipped = try #require(try DurableFile.read(path + "/config/settings.yaml"))
        for _ in 0..<300 {
            var bytes = shipped
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                bytes[index] =
                    Array(" \t\n:-[]{}&*!|>'\"%@,#~0\u{0}z".utf8).randomElement(using: &random) ?? 0xFF
            }
            let files = SettingsFiles(place: "config") { name throws(SystemError) in
                name == "settings.yaml" ? bytes : []
            }
            do throws(ConfigurationError) {
                _ = try SettingsLayers(files: files, environment: [:], flags: []).settings()
            } catch {
                #expect(!error.problems.isEmpty)
                #expect(error.problems.allSatisfy { !$0.description.contains(where: \.isNewline) })
            }
        }
    }
}

/// A small deterministic generator.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
