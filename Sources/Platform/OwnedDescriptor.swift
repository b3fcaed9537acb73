import Glibc

/// A file descriptor that closes itself, exactly once.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The descriptor; valid as long as this value lives.
    public let number: Int32

    /// Takes over `number`, which nobody else closes.
    public init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// Gives the descriptor to somebody else, who closes it.
    public consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
