import TWSProtocol
import TradingModel

/// Faults that wait for their moment, and the state that faults leave behind.
struct FaultBoard: Sendable {
    /// Connections of the gateway to its servers, each told of by a pair of notices.
    enum Farm: Int32, CaseIterable, Sendable {
        case market = 2103
        case history = 2105
        case definitions = 2157

        /// The notice that it is well again.
        var recovery: Int32 { rawValue + 1 }
    }

    /// Most faults that may wait, of each kind.
    static let limit = 10_000

    var isMarketPaused = false
    /// 1100 or 2110, until 1101 or 1102.
    var lostLink: Int32?
    var isLinkDown: Bool { lostLink != nil }
    var brokenFarms: Set<Farm> = []
    /// Where another session of the login takes the market data (10197).
    private(set) var competing: [Competition] = []

    private var timeline: [(time: Timestamp, fault: ScheduledFault)] = []
    private var triggers: [ScheduledFault] = []
    private var refusals: [Refusal] = []
    private var cuts: [ScheduledFault] = []
    private var busyClients = Offences()
    private var pacingOffences = Offences()

    /// Of an instrument, to a client: no market data; `nil` for all.
    struct Competition: Hashable, Sendable {
        let symbol: String?
        let client: Int32?

        func includes(_ symbol: String, _ client: Int32?) -> Bool {
            (self.symbol == nil || self.symbol == symbol) && (self.client == nil || self.client == client)
        }
    }

    /// Requests that are to be refused.
    struct Refusal: Hashable, Sendable {
        let code: Int32
        let kind: Fault.RequestKind?
        let symbol: String?
        let client: Int32?
        var count: Int
    }

    /// How often something is to happen yet, to whom.
    private struct Offences: Sendable {
        private var waiting: [(client: Int32?, count: Int)] = []

        mutating func add(_ count: Int, _ client: Int32?) {
            if waiting.count < FaultBoard.limit { waiting.append((client, count)) }
        }

        mutating func take(_ client: Int32?) -> Bool {
            guard let index = waiting.firstIndex(where: { $0.client == nil || $0.client == client }) else {
                return false
            }
            waiting[index].count -= 1
            if waiting[index].count == 0 { waiting.remove(at: index) }
            return true
        }
    }

    /// A gateway that starts anew finds its link and its farms well.
    mutating func restart() {
        lostLink = nil
        brokenFarms = []
    }

    mutating func compete(_ competition: Competition) {
        if competing.count < Self.limit, !competing.contains(competition) { competing.append(competition) }
    }

    mutating func endCompetition() { competing = [] }

    /// Notices that a client gets when it starts: without a link there is nothing to say of farms.
    var farmNotices: [(code: Int32, text: String)] {
        if let lostLink { return [(lostLink, GatewayErrorText.of(lostLink))] }
        return Farm.allCases.map { farm in
            let code = brokenFarms.contains(farm) ? farm.rawValue : farm.recovery
            return (code, GatewayErrorText.of(code))
        }
    }

    // MARK: Waiting

    /// A fault that waits for its moment.
    ///
    /// - Throws: when too many wait already.
    mutating func schedule(_ fault: ScheduledFault, began: Timestamp) throws(FaultSyntaxError) {
        switch fault.moment {
        // What is counted from now on waits as a number of bytes, if at all.
        case .now, .afterMoreBytes: break
        case .at(let offset):
            try Self.check(timeline.count)
            let time = began.advanced(by: offset)
            let place = timeline.firstIndex { $0.time > time } ?? timeline.count
            timeline.insert((time, fault), at: place)
        case .on, .after:
            try Self.check(triggers.count)
            triggers.append(fault)
        case .afterBytes:
            try Self.check(cuts.count)
            cuts.append(fault)
        }
    }

    private static func check(_ count: Int) throws(FaultSyntaxError) {
        if count >= limit { throw FaultSyntaxError("\(limit) of these wait already") }
    }

    /// When the next one is due.
    var nextDeadline: Timestamp? { timeline.first?.time }

    /// Takes the next one that is due.
    mutating func takeDue(at time: Timestamp) -> ScheduledFault? {
        guard let first = timeline.first, first.time <= time else { return nil }
        return timeline.removeFirst().fault
    }

    /// Takes those that wait for a message of a client.
    mutating func takeTriggered(by message: MessageID, answered: Bool, client: Int32?) -> [ScheduledFault] {
        guard !triggers.isEmpty else { return [] }
        let moment = answered ? ScheduledFault.Moment.after(message) : .on(message)
        func fits(_ fault: ScheduledFault) -> Bool {
            fault.moment == moment && (fault.client == nil || fault.client == client)
        }
        // One at a time: what is written twice happens twice.
        guard let first = triggers.firstIndex(where: fits) else { return [] }
        return [triggers.remove(at: first)]
    }

    /// Takes the number of bytes after which a session is to be cut: a new one, or that of a client.
    mutating func takeCut(client: Int32?) -> UInt64? {
        guard let first = cuts.firstIndex(where: { $0.client == client }),
            case .afterBytes(let bytes) = cuts.remove(at: first).moment
        else { return nil }
        return bytes
    }

    // MARK: Refusals

    mutating func refuse(_ refusal: Refusal) throws(FaultSyntaxError) {
        try Self.check(refusals.count)
        refusals.append(refusal)
    }

    /// The code with which a request is to be refused, if a fault waits for it; asked for requests with no other fault.
    ///
    /// - Parameter symbol: local symbol of the instrument asked for.
    mutating func takeRefusal(_ kind: Fault.RequestKind, _ symbol: String, _ client: Int32?) -> Int32? {
        if kind != .history, competing.contains(where: { $0.includes(symbol, client) }) { return 10197 }
        guard
            let index = refusals.firstIndex(where: { refusal in
                (refusal.kind == nil || refusal.kind == kind)
                    && (refusal.symbol == nil || refusal.symbol == symbol)
                    && (refusal.client == nil || refusal.client == client)
            })
        else { return nil }
        let code = refusals[index].code
        refusals[index].count -= 1
        if refusals[index].count == 0 { refusals.remove(at: index) }
        return code
    }

    mutating func makeBusy(_ count: Int, _ client: Int32?) { busyClients.add(count, client) }

    mutating func takeBusyClient(_ client: Int32) -> Bool { busyClients.take(client) }

    mutating func offendPacing(_ count: Int, _ client: Int32?) { pacingOffences.add(count, client) }

    mutating func takePacingOffence(_ client: Int32?) -> Bool { pacingOffences.take(client) }
}
