import TWSProtocol

/// Bytes in, batches of market messages out: the part that runs for every message.
///
/// Nothing here allocates or calls anybody: what is not a frequent message is handed back to the caller.
struct MarketIntake: ~Copyable {
    /// Messages handed over at a time.
    static let batch = 1_024
    /// Longest first frame that is taken: a version and a time.
    static let longestGreeting = 1_024

    /// Why `run` came back.
    enum Step {
        /// No complete frame is left.
        case exhausted
        /// The batch is full.
        case full
        /// Any other message.
        case message(ServerMessage)
        /// A message that cannot be read.
        case discarded(MessageFault)
        /// The stream cannot be read on.
        case failed(FrameFault)
    }

    /// What a frame turned out to be.
    private enum Frame {
        case market(MarketMessage)
        indirect case other(ServerMessage)
        case unknown
        case discarded(MessageFault)
        case failed(FrameFault)
    }

    private var buffer = FrameBuffer(limit: longestGreeting)
    private var messages = ContiguousArray<MarketMessage>()
    var counters = ClientCounters()

    init() { messages.reserveCapacity(Self.batch) }

    /// Another socket.
    mutating func begin() {
        buffer = FrameBuffer(limit: Self.longestGreeting)
        messages.removeAll(keepingCapacity: true)
    }

    /// The greeting is over: messages may be long.
    mutating func greeted() { buffer.limit = FrameBuffer.longestMessage }

    /// Lets `read` put bytes in; see `FrameBuffer.fill`.
    mutating func fill(_ read: (UnsafeMutableRawBufferPointer) -> Int) {
        counters.bytes &+= UInt64(max(0, buffer.fill(read)))
    }

    /// The first frame, once it is there.
    ///
    /// - Returns: whether it was.
    mutating func takeGreeting(_ body: (Span<UInt8>) -> Void) throws(FrameFault) -> Bool {
        try buffer.next(body) != nil
    }

    /// Whether there are messages to hand over.
    var isEmpty: Bool { messages.isEmpty }

    /// The messages, to be given back by `giveBack`: meanwhile anything may be done with the intake.
    mutating func takeMessages() -> ContiguousArray<MarketMessage> {
        var taken = ContiguousArray<MarketMessage>()
        swap(&taken, &messages)
        return taken
    }

    /// The room of messages that are told.
    mutating func giveBack(_ room: consuming ContiguousArray<MarketMessage>) {
        guard messages.isEmpty else { return }
        messages = room
        messages.removeAll(keepingCapacity: true)
    }

    /// Goes through the frames until there is something for the caller to do.
    mutating func run(_ streams: borrowing StreamTable, _ version: ServerVersion) -> Step {
        while messages.count < Self.batch {
            do throws(FrameFault) {
                guard let frame = try buffer.next({ Self.read($0, version) }) else { return .exhausted }
                switch frame {
                case .market(let message): take(message, streams)
                case .unknown: counters.unknown &+= 1
                case .discarded(let fault):
                    counters.discarded &+= 1
                    return .discarded(fault)
                case .other(let message):
                    counters.others &+= 1
                    return .message(message)
                case .failed(let fault): return .failed(fault)
                }
            } catch {
                return .failed(error)
            }
        }
        return .full
    }

    @inline(__always)
    private static func read(_ body: Span<UInt8>, _ version: ServerVersion) -> Frame {
        do throws(FrameFault) {
            switch try MarketMessage.decode(body, version: version) {
            case .message(let message): return .market(message)
            case .unknown: return readOther(body, version)
            case .discarded(let fault): return .discarded(fault)
            case .empty: return .unknown
            }
        } catch {
            return .failed(error)
        }
    }

    @inline(never)
    private static func readOther(_ body: Span<UInt8>, _ version: ServerVersion) -> Frame {
        do throws(FrameFault) {
            switch try ServerMessage.decode(body, version: version) {
            case .message(let message): return .other(message)
            case .unknown, .empty: return .unknown
            case .discarded(let fault): return .discarded(fault)
            }
        } catch {
            return .failed(error)
        }
    }

    /// Under the number of its stream, or not at all.
    @inline(__always)
    private mutating func take(_ message: MarketMessage, _ streams: borrowing StreamTable) {
        switch message {
        case .tickByTick(var tick):
            guard let stream = streams.stream(ofRequest: tick.requestID) else { return counters.late &+= 1 }
            tick.requestID = stream.rawValue
            counters.tickByTick &+= 1
            messages.append(.tickByTick(tick))
        case .depthL2(var row):
            guard let stream = streams.stream(ofRequest: row.requestID) else { return counters.late &+= 1 }
            row.requestID = stream.rawValue
            counters.depth &+= 1
            messages.append(.depthL2(row))
        case .depth(var row):
            guard let stream = streams.stream(ofRequest: row.requestID) else { return counters.late &+= 1 }
            row.requestID = stream.rawValue
            counters.depth &+= 1
            messages.append(.depth(row))
        case .tickPrice(var tick):
            guard let stream = streams.stream(ofRequest: tick.requestID) else { return counters.late &+= 1 }
            tick.requestID = stream.rawValue
            counters.level1 &+= 1
            messages.append(.tickPrice(tick))
        case .tickSize(var tick):
            guard let stream = streams.stream(ofRequest: tick.requestID) else { return counters.late &+= 1 }
            tick.requestID = stream.rawValue
            counters.level1 &+= 1
            messages.append(.tickSize(tick))
        }
    }
}
