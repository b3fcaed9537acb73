import Configuration
import Glibc
import Platform
import Testing
import TradingModel

@Suite("Files")
final class FileTests {
    private let directory: String
    private static let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    init() throws {
        var name = Array("/tmp/configuration-tests-XXXXXX".utf8CString)
        directory = String(cString: try #require(mkdtemp(&name)))
        try DurableFile.makeDirectories(directory + "/profiles")
    }

    deinit {
        for name in ["settings.yaml", "profiles/dev.yaml", "profiles", ""] {
            remove("\(directory)/\(name)")
        }
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        try DurableFile.replace("\(directory)/\(name)", with: bytes)
    }

    private func messages(profile: String? = nil) -> [String] {
        do throws(ConfigurationError) {
            _ = try SettingsLoader.load(directory: directory, profile: profile)
            return []
        } catch {
            return error.problems.map { $0.description.replacing(directory, with: "DIR") }
        }
    }

    @Test("every shipped profile loads without a problem or a warning", arguments: Profile.allCases)
    func shipped(_ profile: Profile) throws {
        let settings = try SettingsLoader.load(
            directory: Self.repository + "/config", profile: profile.rawValue)
        #expect(settings.profile == profile)
        #expect(settings.warnings == [])
        #expect(settings.instruments.count == 6)
        for symbol in settings.risk.whitelist {
            let instrument = try #require(settings.instrument(named: symbol))
            let size = settings.strategy.size(of: symbol)
            #expect(size.isMultiple(of: instrument.lotSize))
            #expect(size <= settings.risk.maxSize)
            #expect(settings.risk.rate(of: instrument.currency) != nil)
        }
        #expect(settings.risk.whitelist.count == (profile == .dev ? 6 : 1))
        #expect(settings.risk.maxExposure <= settings.risk.maxGrossExposure)
    }

    @Test("the example of secrets holds no key")
    func secrets() throws {
        let bytes = try #require(try DurableFile.read(Self.repository + "/config/secrets.example.yaml"))
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("#") })
    }

    @Test("the committed reference is the one the schema makes")
    func reference() throws {
        let path = Self.repository + "/docs/configuration.md"
        if getenv("TRADINGD_WRITE_DOCS") != nil {
            try DurableFile.replace(path, with: Array(SettingsReference.markdown.utf8), mode: 0o644)
        }
        let bytes = try #require(try DurableFile.read(path))
        #expect(String(decoding: bytes, as: UTF8.self) == SettingsReference.markdown)
    }

    @Test("names the files that are missing")
    func missing() throws {
        #expect(messages() == ["DIR/settings.yaml: no such file"])
        try write("settings.yaml", Array("env: paper".utf8))
        #expect(
            messages(profile: "dev") == [
                "DIR/profiles/dev.yaml: no such file (profile dev comes from --profile)"
            ])
        #expect(
            messages().first
                == "DIR/profiles/paper.yaml: no such file (profile paper comes from DIR/settings.yaml:1)")
        try write("settings.yaml", [])
        #expect(
            messages() == ["DIR/profiles/dev.yaml: no such file (profile dev comes from the default)"])
    }

    @Test("names a file that cannot be read, is too large or is not UTF-8")
    func unreadable() throws {
        try DurableFile.makeDirectories(directory + "/settings.yaml")
        #expect(messages() == ["DIR/settings.yaml: cannot be read: Is a directory"])
        rmdir(directory + "/settings.yaml")
        try write("settings.yaml", [UInt8](repeating: 0x0A, count: 1 << 20))
        try write("profiles/dev.yaml", [UInt8](repeating: 0x0A, count: 1 << 20 + 1))
        #expect(messages() == ["DIR/profiles/dev.yaml: cannot be read: larger than 1 MiB"])
        try write("profiles/dev.yaml", Array("env: dev\n# ".utf8) + [0xFF, 0xFE])
        #expect(messages() == ["DIR/profiles/dev.yaml:2: the text is not UTF-8"])
        try write("profiles/dev.yaml", [0xFF, 0xFE, 0x61, 0x00])
        #expect(messages() == ["DIR/profiles/dev.yaml:1: the text is not UTF-8"])
    }

    @Test("a trailing slash of the directory does not show")
    func trailingSlash() throws {
        do throws(ConfigurationError) {
            _ = try SettingsLoader.load(directory: directory + "/")
            Issue.record("loaded nothing")
        } catch {
            #expect(error.description == "\(directory)/settings.yaml: no such file")
        }
    }
}
