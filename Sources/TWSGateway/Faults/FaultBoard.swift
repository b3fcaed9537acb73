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
    /// Between 1100 and 1101 or 1102.
    var isLinkDown = false
    var brokenFarms: Set<Farm> = []

    private var timeline: [(time: Timestamp, fault: ScheduledFault)] = []
    private var triggers: [ScheduledFault] = []
    private var refusals: [(code: Int32, kind: Fault.RequestKind?, symbol: String?, count: Int)] = []
    private var cuts: [ScheduledFault] = []
    private var busyClients = 0
    private var pacingOffences = 0

    /// Notices that a client gets when it starts.
    var farmNotices: [(code: Int32, text: String)] {
        Farm.allCases.map { farm in
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
        case .now: break
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

    mutating func refuse(_ code: Int32, _ kind: Fault.RequestKind?, _ symbol: String?, count: Int)
        throws(FaultSyntaxError)
    {
        try Self.check(refusals.count)
        refusals.append((code, kind, symbol, count))
    }

    /// The code with which a request is to be refused, if a fault waits for it.
    ///
    /// - Parameter symbol: local symbol of the instrument asked for; `nil` when it is none.
    mutating func takeRefusal(_ kind: Fault.RequestKind, _ symbol: String?) -> Int32? {
        guard let symbol,
            let index = refusals.firstIndex(where: { refusal in
                (refusal.kind == nil || refusal.kind == kind)
                    && (refusal.symbol == nil || refusal.symbol == symbol)
            })
        else { return nil }
        let code = refusals[index].code
        refusals[index].count -= 1
        if refusals[index].count == 0 { refusals.remove(at: index) }
        return code
    }

    mutating func makeBusy(_ count: Int) { busyClients += count }

    mutating func takeBusyClient() -> Bool {
        guard busyClients > 0 else { return false }
        busyClients -= 1
        return true
    }

    mutating func offendPacing(_ count: Int) { pacingOffences += count }

    mutating func takePacingOffence() -> Bool {
        guard pacingOffences > 0 else { return false }
        pacingOffences -= 1
        return true
    }
}
