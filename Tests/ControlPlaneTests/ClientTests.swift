import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

@testable import ControlPlane

extension SocketTests {
    @Suite("Client")
    struct ClientTests {
        /// A daemon that says what a test wants: one scripted text for each connection.
        private final class Script {
            let path: String
            private let thread: Thread

            init(_ path: String, _ answers: [String]) throws {
                self.path = path
                let listener = try UnixSocket.open()
                try UnixSocket.bind(listener.number, to: path)
                listen(listener.number, 8)
                let descriptor = listener.release()
                thread = Thread {
                    for answer in answers {
                        let connection = accept(descriptor, nil, nil)
                        var buffer = [UInt8](repeating: 0, count: 4_096)
                        _ = recv(connection, &buffer, buffer.count, 0)
                        let bytes = Array(answer.utf8)
                        _ = Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                        close(connection)
                    }
                    close(descriptor)
                }
            }

            func join() { thread.join() }
        }

        @Test("calls, keeps its connection, and tells errors apart")
        func calls() throws {
            let rig = try ServerRig()
            var client = ControlClient(path: rig.path)
            for _ in 0..<3 {
                let result = try client.call(method: "status", timeout: .seconds(30))
                #expect(result["pid"]?.integerValue == Int(getpid()))
            }
            let expected = RemoteError(
                code: -32602, message: "invalid parameters: x: unknown parameter",
                data: [["path": "x", "reason": "unknown parameter"]])
            var error: ControlClientError?
            do throws(ControlClientError) {
                _ = try client.call(method: "status", params: ["x": 1], timeout: .seconds(30))
            } catch let failure {
                error = failure
            }
            #expect(error == .remote(expected))
            let large = try client.call(method: "snapshot.config", timeout: .seconds(30))
            #expect(large.stringValue?.utf8.count == 300_000)
            #expect(rig.server.counters.connections == 1)
        }

        @Test("connects anew when the daemon has closed the connection meanwhile")
        func reconnects() throws {
            let rig = try ServerRig()
            var client = ControlClient(path: rig.path)
            _ = try client.call(method: "status", timeout: .seconds(30))
            rig.advance(seconds: 301)
            #expect(rig.server.clientCount == 0)
            _ = try client.call(method: "status", timeout: .seconds(30))
            #expect(rig.server.counters.connections == 2)
        }

        private func failure(_ path: String, timeout: Duration = .seconds(30)) -> ControlClientError? {
            var client = ControlClient(path: path)
            do throws(ControlClientError) {
                _ = try client.call(method: "status", timeout: timeout)
                return nil
            } catch {
                return error
            }
        }

        @Test("says when there is no daemon")
        func noDaemon() throws {
            let directory = try TemporaryDirectory()
            let path = directory.path + "/control.sock"
            #expect(failure(path) == .noDaemon(path: path))
            #expect(failure(directory.path + "/none/control.sock") != nil)
            do {
                let dead = try UnixSocket.open()
                try UnixSocket.bind(dead.number, to: path)
            }
            #expect(failure(path) == .noDaemon(path: path))
            let long = directory.path + "/" + String(repeating: "x", count: 120)
            #expect(failure(long) == .system(SystemError("sockaddr_un", long, code: ENAMETOOLONG)))
        }

        @Test("gives up in time when the daemon accepts and says nothing")
        func timeout() throws {
            let directory = try TemporaryDirectory()
            let path = directory.path + "/control.sock"
            let silent = try UnixSocket.open()
            try UnixSocket.bind(silent.number, to: path)
            listen(silent.number, 8)
            #expect(failure(path, timeout: .milliseconds(1)) == .timeout)
            #expect(failure(path, timeout: .zero) == .timeout)
        }

        @Test("reads what a daemon may say and refuses what it may not")
        func scripted() throws {
            let directory = try TemporaryDirectory()
            let denied = #"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no role"}}"# + "\n"
            let full = #"{"jsonrpc":"2.0","id":null,"error":{"code":-32002,"message":"full"}}"# + "\n"
            let script = try Script(
                directory.path + "/control.sock",
                [
                    denied, full, "", "nonsense\n", #"{"jsonrpc":"2.0","id":2,"result":1}"# + "\n",
                    #"{"jsonrpc":"2.0","id":1}"# + "\n",
                    #"{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"m"}}"# + "\n",
                ])
            #expect(failure(script.path) == .permissionDenied("no role"))
            #expect(failure(script.path) == .remote(RemoteError(code: -32002, message: "full")))
            #expect(failure(script.path) == .disconnected)
            for _ in 0..<4 {
                guard case .protocolViolation = failure(script.path) else {
                    Issue.record("accepted a broken answer")
                    continue
                }
            }
            script.join()
        }

        @Test("hands over notifications that come before the answer")
        func notifications() throws {
            let directory = try TemporaryDirectory()
            let script = try Script(
                directory.path + "/control.sock",
                [
                    #"{"jsonrpc":"2.0","method":"killswitch.latched","params":{"level":"halt"}}"# + "\r\n"
                        + #"{"jsonrpc":"2.0","id":1,"result":true}"# + "\n"
                ])
            let seen = Locked<[String]>([])
            var client = ControlClient(path: script.path)
            client.onNotification = { method, parameters in
                seen.withLock { $0.append(method + parameters.text) }
            }
            let result = try client.call(method: "killswitch.engage", timeout: .seconds(30))
            #expect(result == true)
            #expect(seen.withLock { $0 } == [#"killswitch.latched{"level":"halt"}"#])
            script.join()
        }
    }
}
