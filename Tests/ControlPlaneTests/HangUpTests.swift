import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

@testable import ControlPlane

extension SocketTests {
    /// `TRADINGD_HANGUP_SEED` repeats a run, `TRADINGD_HANGUP_CONNECTIONS` makes it longer.
    @Suite("Clients that hang up")
    struct HangUpTests {
        private static let threads: UInt64 = 4
        private static let connections =
            getenv("TRADINGD_HANGUP_CONNECTIONS").flatMap { UInt64(String(cString: $0)) } ?? 4_000

        @Test("answers others while thousands connect, send a part and hang up")
        func storm() throws {
            var limits = generousLimits()
            limits.clients = 512
            limits.clientsPerUser = 512
            let rig = try ServerRig(limits: limits)
            let seed = TestSeed.value("TRADINGD_HANGUP_SEED")
            let path = rig.path
            let running = Locked(Self.threads)
            let rude = (0..<Self.threads).map { number in
                Thread {
                    Self.hangUpAgainAndAgain(path, seed: seed &+ number)
                    running.withLock { $0 -= 1 }
                }
            }
            let polite = try RawClient(path)
            var answers = 0
            while running.withLock({ $0 > 0 }) {
                #expect(try polite.code(requestText("status", id: "\(answers)")) == 0)
                let rescuer = try RawClient(path)
                #expect(try rescuer.code(requestText("killswitch.engage")) == 0)
                answers += 1
            }
            for thread in rude { thread.join() }
            #expect(try polite.code(requestText("status")) == 0)
            #expect(rig.engaged.withLock { $0 } >= answers)
            Self.expectOnlyOneLeft(rig, polite)
        }

        /// What the server has not noticed yet, it notices while it answers.
        private static func expectOnlyOneLeft(_ rig: ServerRig, _ client: RawClient) {
            for _ in 0..<100_000 where rig.server.clientCount > 1 {
                #expect(throws: Never.self) { try client.code(requestText("status")) }
            }
            #expect(rig.server.clientCount == 1)
        }

        private static func hangUpAgainAndAgain(_ path: String, seed: UInt64) {
            var random = TestRandom(seed: seed)
            for _ in 0..<connections / threads {
                guard let client = try? RawClient(path) else { continue }
                misbehave(client, random.below(64), cut: Int(random.below(40)))
            }
        }

        /// A socket closed with unread bytes in it resets the connection, as a killed process does.
        private static func misbehave(_ client: RawClient, _ manner: UInt64, cut: Int) {
            let request = requestText("status") + "\n"
            switch manner {
            case 0..<10: break
            case 10..<20: client.send(String(request.prefix(cut)))
            case 20..<30: client.send(request)
            case 30..<40: client.send(request + request.prefix(cut))
            case 40..<51:
                client.send(String(request.prefix(cut)))
                client.endSending()
            case 51..<62: shutdown(client.descriptor, Int32(SHUT_RDWR))
            case 62:
                client.send(requestText("snapshot.config") + "\n")
                shutdown(client.descriptor, Int32(SHUT_RD))
            default:
                client.send(String(repeating: requestText("snapshot.config") + "\n", count: 3))
            }
        }
    }
}
