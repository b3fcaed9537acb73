import TWSProtocol

/// Something that goes wrong on purpose, or is put right again.
public enum Fault: Hashable, Sendable {
    /// The connection closes; what was not sent is lost.
    case drop
    /// The connection is reset: the peer meets an error.
    case reset
    /// One byte in each write, for so many nanoseconds.
    case trickle(Int64)
    /// Messages are held back until there are so many, then go in one write.
    case hold(frames: Int)
    /// Nothing is read or written for so many nanoseconds; the socket stays open.
    case silence(Int64)
    /// Bytes that no honest gateway sends.
    case malformed(MalformedFrame)
    /// An error message; what a real gateway's state would change with it changes.
    case error(Int32, symbol: String?)
    /// No other session of the login takes the market data any more: what 10197 began is over.
    case competitionEnds
    /// The next requests of a kind, of an instrument, are refused with this code; so many of them.
    case refuse(Int32, kind: RequestKind?, symbol: String?, count: Int)
    /// The next clients that start are told that their id is in use (326); so many of them.
    case busy(Int)
    /// The next requests are answered with 100, too many messages; so many of them.
    case pacing(Int)
    /// Something goes wrong with orders.
    case order(OrderFault)
    /// All connections and the port close, the port for so many nanoseconds; the state is read again.
    case restart(Int64)
    /// The port closes for so many nanoseconds: nobody can connect.
    case closePort(Int64)
    /// For so many nanoseconds connections are accepted, and hear nothing.
    case acceptMutely(Int64)
    /// The market stands still.
    case pause
    /// The market goes on.
    case resume
    /// So many ticks to one live subscription, as fast as the socket takes them, and then currentTime.
    case firehose(FirehoseKind, count: Int)

    /// Kinds of request that can be refused.
    public enum RequestKind: String, Hashable, Sendable, CaseIterable {
        /// Level 1.
        case line = "l1"
        /// Depth.
        case depth
        /// Tick by tick.
        case tickByTick = "tick"
        /// Historical bars and ticks.
        case history
    }

    /// What a firehose sends.
    public enum FirehoseKind: String, Hashable, Sendable, CaseIterable {
        /// To a tick-by-tick subscription of BidAsk.
        case bidask
        /// To one of AllLast or Last.
        case alllast
        /// To a depth subscription.
        case depth
    }

    /// Waits for something that a client does: the client need not be there yet.
    var waitsForOccasion: Bool {
        switch self {
        case .refuse, .busy, .pacing, .order: true
        default: false
        }
    }

    /// Why it cannot be for one client; `nil` when it can.
    var concernsAllBecause: String? {
        switch self {
        case .error(1100, _), .error(1101, _), .error(1102, _), .error(2110, _):
            "the link is that of all clients"
        case .error(2103, _), .error(2104, _), .error(2105, _), .error(2106, _), .error(2157, _),
            .error(2158, _):
            "the farms are those of all clients"
        case .error(1300, _), .restart, .closePort, .acceptMutely: "the port is that of all clients"
        case .pause, .resume: "the market is that of all clients"
        case .competitionEnds: "it ends for all clients"
        default: nil
        }
    }

    /// Name in the counters.
    var name: String {
        switch self {
        case .drop: "drop"
        case .reset: "reset"
        case .trickle: "trickle"
        case .hold: "hold"
        case .silence: "silence"
        case .malformed(let frame): frame.rawValue
        case .error(let code, _): "error \(code)"
        case .competitionEnds: "error 10197 end"
        case .refuse(let code, _, _, _): "refuse \(code)"
        case .busy: "busy"
        case .pacing: "pacing"
        case .order: "order"
        case .restart: "restart"
        case .closePort: "close-port"
        case .acceptMutely: "accept-mute"
        case .pause: "pause"
        case .resume: "resume"
        case .firehose: "firehose"
        }
    }
}

/// Frames that no honest gateway sends.
public enum MalformedFrame: String, Hashable, Sendable, CaseIterable {
    /// A length above the longest message: the stream is lost.
    case oversize
    /// A message whose first field is no number: the stream is lost.
    case garbage
    /// A message without the NUL at its end: the stream is lost.
    case unterminated
    /// A message of a number that does not exist: to be passed over.
    case unknown
    /// A frame without content: to be passed over.
    case empty
    /// A tickPrice cut short: to be discarded.
    case truncated

    /// The bytes, length included.
    var bytes: [UInt8] {
        switch self {
        case .oversize: [0x01, 0x00, 0x00, 0x00] + Array("1\0".utf8)
        case .garbage: Self.frame("x!?\0" + "1\0")
        case .unterminated: Self.frame("49\0" + "1\0" + "17")
        case .unknown: Self.frame("177\0" + "1\0" + "2\0")
        case .empty: Self.frame("")
        case .truncated: Self.frame("1\0" + "6\0" + "1\0")
        }
    }

    private static func frame(_ body: String) -> [UInt8] {
        [0, 0, 0, UInt8(body.utf8.count)] + Array(body.utf8)
    }
}

/// A fault, when it happens, and to whom.
public struct ScheduledFault: Hashable, Sendable {
    /// When something happens.
    public enum Moment: Hashable, Sendable {
        /// At once.
        case now
        /// So many nanoseconds after the gateway began.
        case at(Int64)
        /// After exactly so many bytes of the stream to a session: of those that are open, else of the next one.
        case afterBytes(UInt64)
        /// After so many bytes more to each session that is open, else of the next one.
        case afterMoreBytes(UInt64)
        /// When the next message of that number comes in, before it is answered.
        case on(MessageID)
        /// When the next message of that number has been answered, before the answer is sent.
        case after(MessageID)

        /// Whether it is a number of bytes.
        var isCut: Bool {
            switch self {
            case .afterBytes, .afterMoreBytes: true
            case .now, .at, .on, .after: false
            }
        }
    }

    /// When it happens.
    public var moment: Moment
    /// What happens.
    public var fault: Fault
    /// Whom it concerns; `nil` for the session that caused it, else for all.
    public var client: Int32?

    /// A fault at a moment.
    public init(_ fault: Fault, _ moment: Moment = .now, client: Int32? = nil) {
        self.fault = fault
        self.moment = moment
        self.client = client
    }
}
