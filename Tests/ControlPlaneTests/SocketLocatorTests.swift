import Glibc
import Platform
import TestSupport
import Testing

@testable import ControlPlane

extension SocketTests {
    @Suite("Which daemon is meant")
    struct SocketLocatorTests {
        /// A root directory with `/run` and `/tmp` and sockets that live as long as it.
        private final class World {
            let directory: TemporaryDirectory
            private var listeners: [Int32] = []

            init() throws {
                directory = try TemporaryDirectory()
                for name in ["run", "tmp", "xdg", "xdg/tradingd"] {
                    try DurableFile.makeDirectories(directory.path + "/" + name)
                }
            }

            deinit { for listener in listeners { close(listener) } }

            func live(_ name: String) throws {
                let path = directory.path + "/" + name
                try DurableFile.makeDirectories(DurableFile.directoryName(path))
                let socket = try UnixSocket.open()
                try UnixSocket.bind(socket.number, to: path)
                listen(socket.number, 8)
                listeners.append(socket.release())
            }

            func dead(_ name: String) throws {
                let path = directory.path + "/" + name
                try DurableFile.makeDirectories(DurableFile.directoryName(path))
                let socket = try UnixSocket.open()
                try UnixSocket.bind(socket.number, to: path)
            }

            func paths(_ extra: [String: String] = [:]) -> (Environment, SocketPaths) {
                let environment = Environment(
                    ["XDG_RUNTIME_DIR": directory.path + "/xdg"].merging(extra) { $1 })
                return (environment, SocketPaths(environment: environment, root: directory.path))
            }

            /// The path found, relative to the root, or the error.
            func locate(
                socket: String? = nil, profile: String? = nil, _ extra: [String: String] = [:]
            ) -> Result<String, SocketLocatorError> {
                let (environment, paths) = paths(extra)
                let locator = SocketLocator(environment: environment, paths: paths)
                return Result { () throws(SocketLocatorError) in
                    let found = try locator.locate(socket: socket, profile: profile)
                    return found.hasPrefix(directory.path)
                        ? String(found.dropFirst(directory.path.count + 1)) : found
                }
            }
        }

        @Test("takes what is named, in order: socket, profile, TRADINGD_SOCKET, PROFILE")
        func named() throws {
            let world = try World()
            let both = ["TRADINGD_SOCKET": "/env.sock", "PROFILE": "paper"]
            #expect(world.locate(socket: "/given.sock", profile: "dev", both) == .success("/given.sock"))
            #expect(world.locate(profile: "dev", both) == .success("xdg/tradingd/dev.sock"))
            #expect(world.locate(both) == .success("/env.sock"))
            #expect(world.locate(["PROFILE": "paper"]) == .success("xdg/tradingd/paper.sock"))
            #expect(world.locate(profile: "../x") == .failure(.invalidProfile("../x")))
        }

        @Test("means the user's own daemon of a profile if it lives, else the service")
        func profiles() throws {
            let world = try World()
            try world.dead("xdg/tradingd/paper.sock")
            try world.live("run/tradingd-paper/control.sock")
            #expect(world.locate(profile: "paper") == .success("run/tradingd-paper/control.sock"))
            unlink(world.directory.path + "/xdg/tradingd/paper.sock")
            try world.live("xdg/tradingd/paper.sock")
            #expect(world.locate(profile: "paper") == .success("xdg/tradingd/paper.sock"))
        }

        @Test("finds the only living daemon, the user's own first, and refuses to choose")
        func search() throws {
            let world = try World()
            #expect(world.locate() == .failure(.noneFound))
            try world.dead("xdg/tradingd/dev.sock")
            try world.dead("run/tradingd-dev/control.sock")
            #expect(world.locate() == .failure(.noneFound))
            try world.live("run/tradingd-prod/control.sock")
            #expect(world.locate() == .success("run/tradingd-prod/control.sock"))
            try world.live("run/tradingd-paper/control.sock")
            let root = world.directory.path
            #expect(
                world.locate()
                    == .failure(
                        .ambiguous([
                            root + "/run/tradingd-paper/control.sock",
                            root + "/run/tradingd-prod/control.sock",
                        ])))
            try world.live("xdg/tradingd/replay.sock")
            #expect(world.locate() == .success("xdg/tradingd/replay.sock"))
            let (environment, paths) = world.paths()
            let possible = SocketLocator(environment: environment, paths: paths).possibleSockets()
            #expect(possible.count == 3)
        }

        @Test("never trusts a directory that others may write")
        func untrusted() throws {
            let world = try World()
            try world.live("xdg/tradingd/dev.sock")
            chmod(world.directory.path + "/xdg/tradingd", 0o777)
            #expect(world.locate() == .failure(.noneFound))
            #expect(world.locate(profile: "dev") == .success("run/tradingd-dev/control.sock"))
            let (_, paths) = world.paths()
            #expect(
                throws: ControlServerError.unsafeDirectory(
                    world.directory.path + "/xdg/tradingd", reason: "may be written by others")
            ) { try paths.serverPath(profile: .dev) }
        }

        @Test("chooses the daemon's own path: systemd, XDG, the user's runtime directory, /tmp")
        func serverPaths() throws {
            let world = try World()
            let root = world.directory.path
            func path(_ variables: [String: String]) throws -> String {
                let paths = SocketPaths(environment: Environment(variables), uid: geteuid(), root: root)
                return String(try paths.serverPath(profile: .paper).dropFirst(root.utf8.count))
            }
            let service = SocketPaths(environment: Environment(["RUNTIME_DIRECTORY": "/run/a:/run/b"]))
            #expect(try service.serverPath(profile: .prod) == "/run/a/control.sock")
            #expect(try path(["XDG_RUNTIME_DIR": root + "/xdg"]) == "/xdg/tradingd/paper.sock")
            #expect(try path([:]) == "/tmp/tradingd-\(geteuid())/paper.sock")
            #expect(try path(["XDG_RUNTIME_DIR": "relative"]) == "/tmp/tradingd-\(geteuid())/paper.sock")
            var status = stat()
            #expect(lstat(root + "/tmp/tradingd-\(geteuid())", &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o700)
            try DurableFile.makeDirectories(root + "/run/user/\(geteuid())")
            #expect(try path([:]) == "/run/user/\(geteuid())/tradingd/paper.sock")
        }

        @Test("refuses directories of other users, links and files")
        func foreignDirectories() throws {
            let world = try World()
            let root = world.directory.path
            let paths = SocketPaths(environment: Environment([:]), uid: 4_711, root: root)
            mkdir(root + "/tmp/tradingd-4711", 0o700)
            #expect(throws: ControlServerError.self) { try paths.serverPath(profile: .dev) }
            rmdir(root + "/tmp/tradingd-4711")
            symlink(root, root + "/tmp/tradingd-4711")
            #expect(
                throws: ControlServerError.unsafeDirectory(
                    root + "/tmp/tradingd-4711", reason: "is not a directory")
            ) { try paths.serverPath(profile: .dev) }
        }
    }
}
