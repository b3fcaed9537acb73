import TWSProtocol
import TradingModel

/// What a session wants done; carried out by whoever has the socket, in this order.
enum SessionEffect {
    /// Connect to the configured host at this port; the outcome comes as `connected` or `socketLost`.
    case connect(port: UInt16)
    /// Send these bytes, the first ones.
    case greet([UInt8])
    /// The version is agreed: requests may be written.
    case attach(ServerVersion)
    /// Send a request.
    case ask(ClientMessage)
    /// Close the socket, if there is one.
    case close(reason: String)
    /// Tell everybody.
    case changed(from: SessionState, to: SessionState, reason: String)
    /// Send nothing until then, monotonic ns.
    case quiet(until: UInt64)
    /// The next order id, as the gateway counts.
    case nextOrderID(Int32)
    /// For the order listener.
    case order(ServerMessage)
    /// For the order listener.
    case orderError(ErrorMessage)
    /// All answers are in; `changed` to live follows.
    case reconciled
    /// For the listener of market data.
    case contract(ResolvedContract?, SymbolID, text: String)
    /// A less frequent message of a stream, by its request.
    case stream(ServerMessage, request: Int32)
    /// An error with the number of a stream's request.
    case streamError(ErrorMessage)
    /// What the session means for all streams.
    case streams(StreamTurn)
    /// For the log.
    case note(ClientNote.Kind, code: Int32?, id: Int32?, String)

    /// What the session means for all streams.
    enum StreamTurn: Equatable {
        /// They may be asked for.
        case live
        /// There is no socket.
        case lost
        /// Subscriptions are void.
        case dataLost
        /// Nothing may come for a while.
        case interrupted(code: Int32)
        /// Something may come again.
        case resumed(code: Int32)
    }
}
