import ExactJSON
import Platform
import TestSupport
import Testing

/// A finished replay with what it exported.
struct ExportedReplay {
    let replay: Replay
    /// Where its export is.
    let directory: String
    /// Content of its files, by name.
    let files: [String: [UInt8]]

    /// Replays `files` with a state directory called `name` and exports.
    init(
        _ sandbox: Sandbox, _ name: String, _ files: [String], _ options: [String] = [],
        configuration: String = Repository.configuration
    ) throws {
        try self.init(
            sandbox, name, try Self.start(sandbox, name, files, options, configuration: configuration))
    }

    /// Starts it; the other form waits for its end.
    static func start(
        _ sandbox: Sandbox, _ name: String, _ files: [String], _ options: [String] = [],
        configuration: String = Repository.configuration
    ) throws -> ChildProcess {
        try Replay.start(
            sandbox, name, files, ["--export", sandbox.path(name + ".export")] + options,
            configuration: configuration)
    }

    /// Waits for the end of a replay that was started under that name.
    init(_ sandbox: Sandbox, _ name: String, _ process: ChildProcess) throws {
        replay = try Replay(sandbox, name, process)
        directory = sandbox.path(name + ".export")
        var files: [String: [UInt8]] = [:]
        for name in TemporaryDirectory.names(at: directory) {
            files[name] = try DurableFile.read("\(directory)/\(name)", limit: 1 << 28)
        }
        self.files = files
        // The summary as told elsewhere is that of the export.
        #expect(files["summary.json"] == replay.summaryBytes)
    }

    /// The content of a file.
    func bytes(_ name: String) throws -> [UInt8] { try #require(files[name], "no \(name)") }

    /// The content of a file as text.
    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    /// The values of a file of lines.
    ///
    /// - Parameter symbol: only those of this instrument.
    func lines(_ name: String, of symbol: String? = nil) throws -> [JSONValue] {
        try bytes(name).split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
            .filter { symbol == nil || $0["symbol"]?.stringValue == symbol }
    }

    /// What the tape file tells of an instrument.
    func tape(of symbol: String) throws -> JSONValue {
        try #require(try JSONParser.parse(try bytes("tape.json"))[symbol])
    }

    /// Export and audit log, byte for byte.
    func checkSameBytes(as other: ExportedReplay) throws {
        #expect(files.keys.sorted() == other.files.keys.sorted())
        for (name, content) in files { #expect(content == other.files[name], "\(name)") }
        #expect(replay.auditBytes == other.replay.auditBytes)
    }
}
