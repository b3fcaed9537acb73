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
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in line.utf8 {
            guard let digit = digit(character) else { throw FieldFault.malformed }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        try #require(high == nil)
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x61...0x66: character - 0x61 + 10
        default: nil
        }
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
