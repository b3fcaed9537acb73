/// What shall happen to the connection of a session, besides bytes.
enum ConnectionEffect: Equatable, Sendable {
    /// Close when everything before has been sent.
    case finish
    /// Close now; what has not been sent is lost.
    case drop
    /// Reset now: the peer meets an error.
    case reset
    /// Neither read nor write for so many nanoseconds; the socket stays open.
    case silence(Int64)
    /// Send one byte in each write, for so many nanoseconds.
    case trickle(Int64)
    /// Keep messages back until there are so many, then send them in one write.
    case hold(frames: Int)
    /// Close after exactly so many bytes of the stream to the peer.
    case cut(afterBytes: UInt64)
    /// Send a block of messages many times, ahead of everything that follows.
    case firehose(FirehoseBlock)

    var endsConnection: Bool {
        switch self {
        case .finish, .drop, .reset: true
        case .silence, .trickle, .hold, .cut, .firehose: false
        }
    }
}

/// Messages that are sent many times over: `bytes` holds `frames` of them.
struct FirehoseBlock: Equatable, Sendable {
    let bytes: [UInt8]
    /// Where each message ends in `bytes`, in order.
    let ends: [Int]
    /// Messages to send altogether.
    let count: Int

    /// Bytes to send altogether.
    var length: UInt64 {
        let (blocks, rest) = count.quotientAndRemainder(dividingBy: max(1, ends.count))
        return UInt64(blocks * bytes.count) + UInt64(rest > 0 ? ends[rest - 1] : 0)
    }
}
