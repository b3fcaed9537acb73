import ExactJSON
import Glibc
import Platform

/// A blocking client for one daemon; not for use by several threads at a time.
///
/// The connection is opened by the first call and kept. One that the daemon has closed meanwhile is opened
/// anew before anything is sent; no call is ever sent twice.
public struct ControlClient: ~Copyable {
    /// The daemon's socket.
    public let path: String
    /// Told of notifications that arrive before an answer, e.g. `killswitch.latched`.
    public var onNotification: (_ method: String, _ parameters: JSONValue) -> Void = { _, _ in }

    private var connection: Connection?
    private var lastID = 0

    /// A client for the daemon at `path`; connects with the first call.
    public init(path: String) { self.path = path }

    /// Calls `method` and waits for the answer.
    ///
    /// - Parameters:
    ///   - params: an object; `nil` sends none.
    ///   - timeout: for connecting, sending and the answer together.
    ///   - silence: how long it may take until the daemon says anything at all, be it a notification; `nil` as long as the
    ///     answer.
    /// - Returns: the result.
    public mutating func call(
        method: String, params: JSONValue? = nil, timeout: Duration, silence: Duration? = nil
    ) throws(ControlClientError) -> JSONValue {
        let end = Deadline(after: timeout)
        let deadline = silence.map { Deadline(after: min($0, timeout)) } ?? end
        lastID += 1
        let request = Self.request(method, params, id: lastID)
        do throws(ControlClientError) {
            let connection = try connected(until: deadline)
            try connection.send(request, until: deadline)
            return try answer(to: lastID, on: connection, firstUntil: deadline, until: end)
        } catch {
            // After an error that is not an answer the stream may be in any state.
            if !error.isAnswer { connection = nil }
            throw error
        }
    }

    private mutating func connected(until deadline: Deadline) throws(ControlClientError) -> Connection {
        if let connection, connection.isQuiet { return connection }
        let new = try Connection(path: path, until: deadline)
        connection = new
        return new
    }

    private func answer(
        to id: Int, on connection: Connection, firstUntil first: Deadline, until end: Deadline
    ) throws(ControlClientError) -> JSONValue {
        var deadline = first
        while true {
            let line = try connection.receiveLine(until: deadline)
            deadline = end
            let message: JSONValue
            do throws(JSONError) {
                message = try JSONParser.parse(line, maximumDepth: 128)
            } catch {
                throw .protocolViolation(error.description)
            }
            if let method = message["method"]?.stringValue {
                onNotification(method, message["params"] ?? .null)
                continue
            }
            // An error without id is about the connection or about a line that could not be read.
            let answersUs = message["id"] == .number(String(id))
            guard answersUs || (message["id"] == .null && message["error"] != nil) else {
                throw .protocolViolation("an answer to another request")
            }
            return try Self.result(of: message)
        }
    }

    private static func result(of message: JSONValue) throws(ControlClientError) -> JSONValue {
        if let result = message["result"], message["error"] == nil { return result }
        guard let error = message["error"], message["result"] == nil,
            let code = error["code"]?.integerValue, let text = error["message"]?.stringValue
        else { throw .protocolViolation("neither a result nor an error") }
        if code == RPCError.unauthorised("").code { throw .permissionDenied(text) }
        throw .remote(RemoteError(code: code, message: text, data: error["data"]))
    }

    private static func request(_ method: String, _ params: JSONValue?, id: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        writer.integer(id)
        writer.key("method")
        writer.string(method)
        if let params {
            writer.key("params")
            writer.value(params)
        }
        writer.endObject()
        writer.newline()
        return writer.bytes
    }
}

extension ControlClientError {
    /// True when the daemon answered, so that the connection is still in step.
    fileprivate var isAnswer: Bool {
        switch self {
        case .remote, .permissionDenied: true
        case .noDaemon, .timeout, .protocolViolation, .disconnected, .system: false
        }
    }
}
