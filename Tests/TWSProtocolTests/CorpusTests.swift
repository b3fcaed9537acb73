import Platform
import TWSProtocol
import TestSupport
import Testing
import WireFuzzing

/// The inputs that the fuzzer found worth keeping: together they reach all code that it has reached.
@Suite("Inputs of the fuzzer")
struct CorpusTests {
    @Test("what holds for any bytes holds for every kept input")
    func replay() throws {
        let lines = try RepositoryFile.read("Tests/TWSProtocolTests/Corpus.txt").split(separator: "\n")
        #expect(lines.count > 100, "the corpus is where it belongs")
        for line in lines { check(try Self.bytes(line)) }
    }

    /// The bytes of a line of hexadecimal digits.
    private static func bytes(_ line: Substring) throws -> [UInt8] {
        let digits = try line.utf8.map { try #require(UInt8(String(UnicodeScalar($0)), radix: 16)) }
        try #require(digits.count % 2 == 0)
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    @Test("and for random messages of every version, as they are and with a byte changed")
    func messages() throws {
        let seed = TestSeed.value("TWS_CORPUS_SEED")
        var random = TestRandom(seed: seed)
        for version in ServerVersion.spoken {
            for kind in MessageKind.all {
                guard var input = try Self.input(kind, version, seed) else { continue }
                check(input)
                input[2 + Int(random.below(UInt64(input.count - 2)))] = UInt8(random.below(256))
                check(input)
            }
        }
    }

    /// Ends the process where a promise is broken.
    private func check(_ input: [UInt8]) { input.withUnsafeBufferPointer(WireProperty.check) }

    /// A random message in the form of the fuzzer's inputs.
    static func input(_ kind: MessageKind, _ version: ServerVersion, _ seed: UInt64) throws -> [UInt8]? {
        let side = kind.isClients ? WireSide.client : .gateway
        guard let body = try kind.randomBody(version, side, seed) else { return nil }
        let index = UInt8(version.rawValue - ServerVersion.lowest.rawValue)
        return [index, kind.isClients ? 2 : 0] + body.dropLast()
    }

    @Test(
        "random messages are written for the fuzzer to begin with",
        .enabled(if: ProcessEnvironment.variables["TWS_WRITE_CORPUS"] != nil))
    func write() throws {
        let folder = try #require(ProcessEnvironment.variables["TWS_WRITE_CORPUS"])
        for version in ServerVersion.spoken {
            for (number, kind) in MessageKind.all.enumerated() {
                for sample in 0..<2 as Range<UInt64> {
                    guard let input = try Self.input(kind, version, sample) else { continue }
                    let name = "\(version.rawValue)-\(number)-\(sample)"
                    try DurableFile.replace(folder + "/" + name, with: input, mode: 0o644)
                }
            }
        }
    }
}
