import ExactJSON

/// What runs when a method is called. All run on the control queue and must not wait there.
public enum RPCHandler: Sendable {
    /// Gives the result as a tree.
    case value(@Sendable (RPCCall) throws(RPCError) -> JSONValue)
    /// Writes the result, exactly one JSON value, without building a tree: for large snapshots.
    case writer(@Sendable (RPCCall, inout JSONWriter) throws(RPCError) -> Void)
    /// Starts work and answers later, from any thread. For mutating methods only, whose answer may take
    /// seconds (cancelling every order); nobody else waits meanwhile.
    case deferred(@Sendable (RPCCall, RPCReply) -> Void)
}
