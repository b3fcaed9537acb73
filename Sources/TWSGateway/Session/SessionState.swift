import TWSProtocol
import TradingModel

/// How far a session has come; who is slow at a step is let go.
struct SessionState: Sendable {
    enum Phase: Equatable, Sendable {
        /// Connected; the greeting has not come.
        case greeting
        /// The version is agreed; the client has not started.
        case starting(ServerVersion)
        /// Requests are served.
        case ready(ServerVersion, client: Int32)
        /// Being closed; nothing is served any more.
        case ending
    }

    let session: SessionID
    private(set) var phase = Phase.greeting
    /// When the phase must have ended, if it must.
    private(set) var deadline: Timestamp?
    /// Kind of market data that later requests get: 1 live, 2 frozen, 3 delayed, 4 delayed and frozen.
    var marketDataType: Int32 = 1
    /// Numbers of messages that were wrong and noted; bounded.
    var noted: Set<MessageID> = []
    /// Requests in the running second, and since when it runs.
    var pace = Pace()

    init(_ session: SessionID, deadline: Timestamp) {
        self.session = session
        self.deadline = deadline
    }

    mutating func agreed(_ version: ServerVersion, deadline: Timestamp) {
        phase = .starting(version)
        self.deadline = deadline
    }

    mutating func started(_ version: ServerVersion, client: Int32) {
        phase = .ready(version, client: client)
        deadline = nil
    }

    /// Whoever is not heard for a while gets so much longer.
    mutating func extendDeadline(to time: Timestamp) { deadline = deadline.map { max($0, time) } }

    mutating func ended() {
        phase = .ending
        deadline = nil
    }

    /// The client, once it has started.
    var client: Int32? {
        switch phase {
        case .ready(_, let client): client
        case .greeting, .starting, .ending: nil
        }
    }
}

/// Counts requests by the second and remembers offences.
struct Pace: Sendable {
    /// What a request meets.
    enum Verdict {
        case served, refused, ended
    }

    private static let second: Int64 = 1_000_000_000
    /// The offence that ends the session.
    private static let last = 3

    private var since = Timestamp.zero
    private var requests = 0
    private(set) var offences = 0

    /// Counts a request.
    ///
    /// - Parameter limit: requests a second; `nil` for no limit.
    mutating func count(at time: Timestamp, limit: Int?) -> Verdict {
        guard let limit else { return .served }
        if time.since(since) >= Self.second {
            since = time
            requests = 0
        }
        requests += 1
        return requests > limit ? offend() : .served
    }

    /// One offence more, whatever the count says.
    mutating func offend() -> Verdict {
        offences += 1
        return offences >= Self.last ? .ended : .refused
    }
}
