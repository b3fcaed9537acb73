import Platform
import TWSProtocol

/// What the outgoing lane holds, behind its lock: three lines, the pace, the socket.
struct LaneContent: Sendable {
    /// Orders that may wait at a time.
    static let mostOrders = 1_000
    /// Cancels, and requests, that may wait at a time.
    static let mostOthers = 8_192
    /// How long an order may wait, ns: the market it was made for is gone by then.
    static let longestWait: UInt64 = 1_000_000_000

    /// Whether orders are taken.
    private(set) var takesOrders = false
    /// The gateway listens: before, it may drop without a word whatever is not startApi.
    private var isStarted = false
    private var output: SocketOutput?
    private var pace: Pace
    private var cancels = Backlog<WaitingMessage>()
    private var orders = Backlog<WaitingMessage>()
    private var requests = Backlog<WaitingMessage>()
    /// Orders with a cancel in `cancels`.
    private var cancelled: Set<Int32> = []
    private var fresh = FreshOrderIDs()
    private var unsent: [UnsentOrder] = []
    /// Awaited requests that have left after they had waited, since the last time.
    private var left: [Int32] = []

    /// Messages handed to the socket.
    private(set) var sent: UInt64 = 0
    /// Messages that had to wait for their turn.
    private(set) var waited: UInt64 = 0

    /// Without a socket.
    init(pace: Pace) { self.pace = pace }

    /// A socket, after its handshake.
    mutating func attach(_ output: SocketOutput) {
        self.output = output
        isStarted = false
        pace.beginSession()
    }

    /// The socket goes: what has not left is given back.
    mutating func detach(_ reason: String) -> [UnsentOrder] {
        takesOrders = false
        isStarted = false
        if let owner = output?.keptOwner { giveUp(owner, reason) }
        output = nil
        for message in cancels.removeAll() { giveUp(message.owner, reason) }
        for message in orders.removeAll() { giveUp(message.owner, reason) }
        _ = requests.removeAll()
        cancelled = []
        left = []
        return takeUnsent()
    }

    /// Orders are taken from now on, or no longer: those that wait are given up then.
    ///
    /// - Returns: whether there is something to report.
    mutating func takeOrders(_ takesOrders: Bool) -> Bool {
        self.takesOrders = takesOrders
        if takesOrders {
            isStarted = true
            return false
        }
        for message in orders.removeAll() { giveUp(message.owner, "the session is no longer live") }
        return !unsent.isEmpty
    }

    /// The session has started: what was held until then may leave.
    mutating func start() { isStarted = true }

    /// An id was given for an order that has not been sent.
    mutating func gave(_ orderID: Int32) { fresh.insert(orderID) }

    /// Nothing leaves until then.
    mutating func holdOff(until time: UInt64) { pace.holdOff(until: time) }

    private mutating func giveUp(_ owner: WaitingMessage.Owner, _ reason: String) {
        if let report = owner.unsent(reason) { unsent.append(report) }
    }

    private mutating func takeUnsent() -> [UnsentOrder] {
        let reports = unsent
        unsent = []
        return reports
    }

    private mutating func takeLeft() -> [Int32] {
        let requests = left
        left = []
        return requests
    }
}

extension LaneContent {
    /// Sends a message, or puts it in its line.
    mutating func submit<Message: WireMessage>(
        _ message: borrowing Message, of owner: WaitingMessage.Owner, now: UInt64
    ) -> SendOutcome {
        guard output != nil, output?.failure == nil else { return .refused(.notLive) }
        guard output?.frame(message) == true else { return .refused(.unwritable) }
        guard mayLeave(owner.rank, now) else { return wait(owner, now) }
        pace.spend(at: now)
        sent &+= 1
        if case .order(let id) = owner { fresh.remove(id) }
        return output?.sendFramed(of: owner) ?? .refused(.notLive)
    }

    /// Sends a cancel, unless nothing of the order has left: then neither leaves.
    mutating func cancel(_ cancel: borrowing CancelOrder, now: UInt64) -> SendOutcome {
        guard output != nil, output?.failure == nil else { return .refused(.notLive) }
        let orderID = cancel.orderID
        if orders.removeFirst(where: { $0.owner == .order(orderID) }) != nil {
            giveUp(.order(orderID), "cancelled before it left")
        }
        if fresh.contains(orderID) {
            giveUp(.cancel(orderID), "the order had not left")
            return .queued
        }
        // What waited, if anything, was a change: the order itself lives over there, and the cancel must leave.
        if cancelled.contains(orderID) { return .queued }
        return submit(cancel, of: .cancel(orderID), now: now)
    }

    private func mayLeave(_ rank: Pace.Rank, _ now: UInt64) -> Bool {
        guard output?.isClear == true else { return false }
        guard isStarted else { return rank == .request && requests.isEmpty && pace.due(rank) <= now }
        guard cancels.isEmpty else { return false }
        if rank != .cancel && !orders.isEmpty { return false }
        if rank == .request && !requests.isEmpty { return false }
        return pace.due(rank) <= now
    }

    private mutating func wait(_ owner: WaitingMessage.Owner, _ now: UInt64) -> SendOutcome {
        waited &+= 1
        let message = WaitingMessage(owner: owner, since: now, bytes: output?.framed ?? [])
        switch owner {
        case .cancel(let id):
            guard cancels.count < Self.mostOthers else { return .refused(.tooMany) }
            cancelled.insert(id)
            cancels.append(message)
        case .order:
            let bytes = message.bytes
            if orders.changeFirst(where: { $0.owner == owner }, { $0.bytes = bytes }) { return .queued }
            guard orders.count < Self.mostOrders else { return .refused(.tooMany) }
            orders.append(message)
        case .request(let isRepeatable):
            if isRepeatable, requests.waiting.contains(where: { $0.bytes == message.bytes }) {
                return .queued
            }
            guard requests.count < Self.mostOthers else { return .refused(.tooMany) }
            requests.append(message)
        case .awaitedRequest:
            guard requests.count < Self.mostOthers else { return .refused(.tooMany) }
            requests.append(message)
        }
        return .queued
    }
}

extension LaneContent {
    /// Gives up orders that are too old, then hands over what pace and socket allow.
    mutating func drain(now: UInt64) -> LaneState {
        expire(now)
        output?.flush()
        var due = writeWaiting(now)
        if let oldest = orders.first { due = min(due ?? .max, oldest.since &+ Self.longestWait &+ 1) }
        return LaneState(
            wantsToWrite: output?.keptOwner != nil && output?.failure == nil, nextDue: due,
            failure: output?.failure, expired: takeUnsent(), left: takeLeft())
    }

    /// Whether somebody should drain: something is to be reported.
    var hasReports: Bool { !unsent.isEmpty || output?.failure != nil }

    private mutating func expire(_ now: UInt64) {
        while let oldest = orders.first, now > oldest.since &+ Self.longestWait {
            guard let message = orders.popFirst() else { return }
            giveUp(message.owner, "it has waited for more than a second")
        }
    }

    /// - Returns: when the pace allows the next one; `nil` when none waits, or when it waits for the socket.
    private mutating func writeWaiting(_ now: UInt64) -> UInt64? {
        while output?.isClear == true, let rank = nextRank {
            let due = pace.due(rank)
            guard due <= now else { return due }
            guard let message = pop(rank) else { return nil }
            pace.spend(at: now)
            sent &+= 1
            switch message.owner {
            case .cancel(let id): cancelled.remove(id)
            case .order(let id): fresh.remove(id)
            case .request: break
            case .awaitedRequest(let id): left.append(id)
            }
            if output?.send(message.bytes, of: message.owner) == .refused(.notLive) {
                giveUp(message.owner, "the connection is lost")
            }
        }
        return nil
    }

    private var nextRank: Pace.Rank? {
        // Nothing but startApi is asked for until then.
        if !isStarted { return requests.isEmpty ? nil : .request }
        if !cancels.isEmpty { return .cancel }
        if !orders.isEmpty { return .order }
        return requests.isEmpty ? nil : .request
    }

    private mutating func pop(_ rank: Pace.Rank) -> WaitingMessage? {
        switch rank {
        case .cancel: cancels.popFirst()
        case .order: orders.popFirst()
        case .request: requests.popFirst()
        }
    }
}
