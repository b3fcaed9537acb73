/// What shall happen to the gateway's port.
enum ServerEffect: Equatable, Sendable {
    /// All connections are closed, the port for so many nanoseconds.
    case restart(Int64)
    /// The port is closed for so many nanoseconds; connections stay.
    case closePort(Int64)
    /// New connections are accepted, and hear nothing for so many nanoseconds.
    case acceptMutely(Int64)
}
