import ArgumentParser
import ControlPlane
import ExactJSON
import Glibc
import Platform

/// Options every command has: which daemon, how long to wait, how to print.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "Path of the daemon's socket.")
    var socket: String?

    @Option(help: "Profile of the daemon: dev, paper or prod.")
    var profile: String?

    @Flag(help: "Print the answer as JSON.")
    var json = false

    @Option(help: "Seconds to wait for an answer.")
    var timeout: Double = 5

    func validate() throws {
        guard timeout > 0, timeout <= 3_600 else {
            throw ValidationError("--timeout must be more than 0 and at most 3600 seconds")
        }
    }

    /// Calls a method of the daemon meant.
    func call(_ method: String, _ members: [JSONValue.Member] = [], seconds: Double? = nil) throws
        -> JSONValue
    {
        try call(method, members, at: try path(), seconds: seconds)
    }

    /// The socket of the daemon meant.
    func path() throws -> String {
        do throws(SocketLocatorError) {
            return try SocketLocator().locate(socket: socket, profile: profile)
        } catch {
            throw Failure(error)
        }
    }

    /// Calls a method of the daemon at `path`.
    func call(
        _ method: String, _ members: [JSONValue.Member], at path: String, seconds: Double?
    ) throws -> JSONValue {
        var client = ControlClient(path: path)
        do throws(ControlClientError) {
            return try client.call(
                method: method, params: members.isEmpty ? nil : .object(members),
                timeout: .milliseconds(Int64(max(timeout, seconds ?? 0) * 1_000)))
        } catch {
            throw Failure(error)
        }
    }

    /// Prints the answer as JSON, or as `table` makes it.
    func show(_ result: JSONValue, _ table: (JSONValue) -> String) {
        Console.output(json ? result.text + "\n" : table(result))
    }
}

extension [JSONValue.Member] {
    /// Adds a text parameter that was given.
    mutating func add(_ key: String, _ value: String?) {
        if let value { append(.init(key, .string(value))) }
    }

    /// Adds a number parameter that was given.
    mutating func add(_ key: String, _ value: Int?) {
        if let value { append(.init(key, .number(String(value)))) }
    }
}
