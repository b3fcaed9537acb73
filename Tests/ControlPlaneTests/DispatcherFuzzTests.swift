import ExactJSON
import Glibc
import Testing

@testable import ControlPlane

@Suite("Hostile lines")
struct DispatcherFuzzTests {
    /// SplitMix64: small, and the same everywhere.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let seeds = [
        requestText("status"), requestText("killswitch.engage", params: #"{"level":"halt","reason":"x"}"#),
        "[\(requestText("status")),\(requestText("rpc.hello", id: "\"é\"")),1,[]]",
        requestText("snapshot.dom", id: "null", params: #"{"symbol":"XAUUSD","limit":10}"#),
    ]

    @Test("answers any mutilated line with well-formed answers, one member of result and error each")
    func mutations() throws {
        let seed = getenv("CONTROL_FUZZ_SEED").flatMap { UInt64(String(cString: $0)) } ?? 20_260_105
        var random = Generator(state: seed)
        let rig = try DispatcherRig()
        for _ in 0..<3_000 {
            var line = Array(Self.seeds[Int.random(in: 0..<Self.seeds.count, using: &random)].utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) { Self.mutate(&line, &random) }
            guard let answer = rig.answer(line) else { continue }
            let value = try JSONParser.parse(answer)
            for element in value.arrayValue ?? [value] {
                #expect(
                    (element["result"] != nil) != (element["error"] != nil) && element["id"] != nil,
                    "CONTROL_FUZZ_SEED=\(seed) line=\(line)")
            }
        }
    }

    private static func mutate(_ line: inout [UInt8], _ random: inout Generator) {
        let place = line.isEmpty ? 0 : Int.random(in: 0..<line.count, using: &random)
        let tokens: [[UInt8]] = [
            Array("{}[],:\"".utf8).shuffled(using: &random).prefix(2) + [], [0], [0xFF], Array("null".utf8),
            Array("1e999".utf8), Array(#""id":1,"#.utf8), Array("true".utf8),
        ]
        switch UInt8.random(in: 0..<4, using: &random) {
        case 0 where !line.isEmpty: line.remove(at: place)
        case 1 where !line.isEmpty: line[place] = UInt8.random(in: 0...255, using: &random)
        case 2: line.removeSubrange(place...)
        default: line.insert(contentsOf: tokens[Int.random(in: 0..<tokens.count, using: &random)], at: place)
        }
    }
}
