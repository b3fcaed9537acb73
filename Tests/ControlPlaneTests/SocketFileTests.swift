import Dispatch
import Glibc
import Platform
import TestSupport
import Testing

@testable import ControlPlane

extension SocketTests {
    @Suite("The socket's file")
    struct SocketFileTests {
        private static func mode(_ path: String) -> mode_t {
            var status = stat()
            return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
        }

        @Test("is a socket for owner and group only, and leaves nothing beside it but its lock")
        func permissions() throws {
            let rig = try ServerRig()
            #expect(Self.mode(rig.path) == 0o660)
            #expect(Self.mode(rig.path + ".lock") == 0o600)
            #expect(access(rig.path + ".new", F_OK) != 0)
            rig.server.stop()
            #expect(access(rig.path, F_OK) != 0)
        }

        @Test("tells the kernel's word on process, user and groups of the peer")
        func peer() throws {
            var pair: [Int32] = [-1, -1]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            defer { for descriptor in pair { close(descriptor) } }
            var groups = [gid_t](repeating: 0, count: 65_536)
            let count = getgroups(Int32(groups.count), &groups)
            let expected = Peer(
                pid: getpid(), uid: geteuid(), gid: getegid(), groups: Array(groups.prefix(Int(count))))
            #expect(try Peer(socket: pair[0]) == expected)
            #expect(throws: SystemError.self) { try Peer(socket: -1) }
        }

        @Test("is refused to a second daemon, which leaves the first alone")
        func second() throws {
            let rig = try ServerRig()
            let other = try ServerRig.server(path: rig.path)
            #expect(throws: ControlServerError.alreadyServed(rig.path)) { try other.start() }
            other.stop()
            #expect(try RawClient(rig.path).code(requestText("status")) == 0)
        }

        @Test("is refused when a daemon answers that does not know the lock")
        func withoutLock() throws {
            let rig = try ServerRig()
            unlink(rig.path + ".lock")
            let other = try ServerRig.server(path: rig.path)
            #expect(throws: ControlServerError.alreadyServed(rig.path)) { try other.start() }
        }

        @Test("replaces the socket of a dead daemon")
        func stale() throws {
            let rig = try ServerRig(start: false)
            do {
                let dead = try UnixSocket.open()
                try UnixSocket.bind(dead.number, to: rig.path)
                let torn = try UnixSocket.open()
                try UnixSocket.bind(torn.number, to: rig.path + ".new")
            }
            #expect(try UnixSocket.presence(at: rig.path) == .dead)
            try rig.server.start()
            #expect(try RawClient(rig.path).code(requestText("status")) == 0)
        }

        @Test("never replaces what is no socket")
        func notASocket() throws {
            let rig = try ServerRig(start: false)
            try DurableFile.replace(rig.path, with: Array("precious".utf8))
            #expect(throws: ControlServerError.notASocket(rig.path)) { try rig.server.start() }
            #expect(try DurableFile.read(rig.path) == Array("precious".utf8))
        }

        @Test("is not removed when another one has taken its place")
        func foreign() throws {
            let rig = try ServerRig()
            unlink(rig.path)
            let foreign = try UnixSocket.open()
            try UnixSocket.bind(foreign.number, to: rig.path)
            rig.server.stop()
            #expect(access(rig.path, F_OK) == 0)
        }

        @Test("takes a path of 107 bytes and refuses 108, naming the limit")
        func longPath() throws {
            let directory = try TemporaryDirectory()
            func path(_ length: Int) -> String {
                directory.path + "/" + String(repeating: "s", count: length - directory.path.utf8.count - 1)
            }
            let server = try ServerRig.server(path: path(107))
            try server.start()
            #expect(try RawClient(path(107)).code(requestText("status")) == 0)
            server.stop()
            #expect(access(path(107), F_OK) != 0)
            let over = try ServerRig.server(path: path(108))
            #expect(throws: ControlServerError.pathTooLong(path(108), limit: 107)) { try over.start() }
        }

        @Test("names the directory that is not there")
        func missingDirectory() throws {
            let server = try ServerRig.server(path: "/tmp/no-such-directory-here/control.sock")
            #expect(
                throws: ControlServerError.system(
                    SystemError("open", "/tmp/no-such-directory-here/control.sock.lock", code: ENOENT))
            ) { try server.start() }
        }

        @Test("goes to exactly one of many daemons that start at the same instant")
        func race() throws {
            let directory = try TemporaryDirectory()
            let path = directory.path + "/control.sock"
            let servers = try (0..<8).map { _ in try ServerRig.server(path: path) }
            let outcomes = Locked<[ControlServerError?]>([])
            DispatchQueue.concurrentPerform(iterations: servers.count) { index in
                do throws(ControlServerError) {
                    try servers[index].start()
                    outcomes.withLock { $0.append(nil) }
                } catch {
                    outcomes.withLock { $0.append(error) }
                }
            }
            let results = outcomes.withLock { $0 }
            #expect(results.count { $0 == nil } == 1)
            #expect(results.count { $0 == .alreadyServed(path) } == 7)
            #expect(try RawClient(path).code(requestText("status")) == 0)
            for server in servers { server.stop() }
        }
    }
}
