import ExactJSON

/// What runs when a method is called: on the control queue, where nothing may wait, unless said otherwise.
public enum RPCHandler: Sendable {
    /// Gives the result as a tree.
    case value(@Sendable (RPCCall) throws(RPCError) -> JSONValue)
    /// Writes the result, exactly one JSON value, without building a tree: for large snapshots.
    case writer(@Sendable (RPCCall, inout JSONWriter) throws(RPCError) -> Void)
    /// Writes the result of a query as `writer` does, on the queue for what may wait, one after the other: nobody who wants
    /// to stop trading stands behind it.
    case waiting(@Sendable (RPCCall, inout JSONWriter) throws(RPCError) -> Void)
    /// Starts work and answers later, from any thread. For mutating methods only, whose answer may take
    /// seconds (cancelling every order); nobody else waits meanwhile.
    case deferred(@Sendable (RPCCall, RPCReply) -> Void)
}
