import ExactJSON

/// The `id` of a request, kept as written so that the answer carries the same text.
public enum RPCID: Equatable, Sendable {
    /// `null`: answered, though discouraged.
    case null
    /// A whole number, as its digits; any size.
    case number(String)
    /// A string.
    case string(String)

    /// Accepts `null`, strings and whole numbers; fractions, exponents, booleans, arrays and objects are no ids.
    init?(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .string(let text): self = .string(text)
        case .number(let text):
            guard text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || $0 &- 0x30 < 10 }) else { return nil }
            self = .number(text)
        case .bool, .array, .object: return nil
        }
    }

    /// The same as a JSON value.
    public var value: JSONValue {
        switch self {
        case .null: .null
        case .number(let text): .number(text)
        case .string(let text): .string(text)
        }
    }
}

/// One well-formed request or notification.
struct RPCRequest: Equatable {
    /// Parameters as they were sent.
    enum Parameters: Equatable {
        case named([JSONValue.Member])
        case positional([JSONValue])
    }

    /// Why a value is no request, and the id to answer it with.
    struct Malformed: Error, Equatable {
        let id: RPCID
        let reason: String
    }

    /// `nil` for a notification.
    let id: RPCID?
    let method: String
    let parameters: Parameters

    /// Reads a request; members the protocol does not know are ignored, as JSON-RPC extensions expect.
    init(_ value: JSONValue) throws(Malformed) {
        guard case .object = value else {
            throw Malformed(id: .null, reason: "a request is an object, not \(value.kind)")
        }
        let sentID = value["id"]
        let validID = sentID.flatMap(RPCID.init)
        if sentID != nil && validID == nil {
            throw Malformed(id: .null, reason: "id must be a string, a whole number or null")
        }
        let echo = validID ?? .null
        guard value["jsonrpc"] == .string("2.0") else {
            throw Malformed(id: echo, reason: "jsonrpc must be \"2.0\"")
        }
        guard let method = value["method"]?.stringValue else {
            throw Malformed(id: echo, reason: "method must be a string")
        }
        switch value["params"] {
        case nil: parameters = .named([])
        case .object(let members): parameters = .named(members)
        case .array(let elements): parameters = .positional(elements)
        case .some(let other):
            throw Malformed(id: echo, reason: "params must be an object or an array, not \(other.kind)")
        }
        self.id = validID
        self.method = method
    }
}
