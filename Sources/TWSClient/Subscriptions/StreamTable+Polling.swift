import TWSProtocol
import TradingModel

/// What to send, and when.
extension StreamTable {
    /// What to send now, in this order. Costs nothing while nothing has changed and nothing is due.
    ///
    /// Cancels go first, and nothing is asked for while one of them waits: so the gateway never holds more than the budgets
    /// allow.
    mutating func poll(now: UInt64) -> [StreamCommand] {
        guard isLive, !isLinkDown, isDirty || now >= (due ?? .max) else { return [] }
        isDirty = false
        due = nil
        while let oldest = recentCancels.first, now > oldest.time &+ Self.cancelMemory {
            _ = recentCancels.popFirst()
        }
        budget.forgetOld(now)
        if let change = budget.nextChange { wake(at: change) }
        let granted = allot()
        var commands: [StreamCommand] = []
        guard emitCancels(&commands, now) else { return commands }
        for place in granted { request(place, &commands, now) }
        return commands
    }

    /// Sends what is due; a stream whose request cannot be written is refused, and what a full lane does not take comes later.
    mutating func send(over lane: OutgoingLane, now: UInt64) {
        var isFull = false
        for command in poll(now: now) {
            let outcome = isFull ? .refused(.tooMany) : command.send(over: lane, now: now)
            timeTickByTick(command, outcome)
            switch outcome {
            case .refused(.unwritable): cannotWrite(command)
            case .refused(.tooMany):
                isFull = true
                sendLater(command, now)
            case .sent, .queued, .refused: break
            }
        }
    }

    /// The lane has written requests that had waited in it: the gateway counts from now on.
    mutating func written(_ requestIDs: [Int32], now: UInt64) {
        for requestID in requestIDs {
            guard let symbol = unwrittenTickByTick.removeValue(forKey: requestID) else { continue }
            tickByTickTimes[symbol] = now
            wake(at: now &+ tickByTickInterval)
        }
    }

    /// The time between requests of an instrument counts from the writing: later for one that waits, not at all for one that
    /// does not leave.
    private mutating func timeTickByTick(_ command: StreamCommand, _ outcome: SendOutcome) {
        guard case .tickByTick(let request) = command, let id = stream(ofRequest: request.requestID),
            let symbol = slots[Int(id.rawValue)].request?.symbol
        else { return }
        switch outcome {
        case .sent: break
        case .queued: unwrittenTickByTick[request.requestID] = symbol
        case .refused: tickByTickTimes[symbol] = nil
        }
    }

    private mutating func cannotWrite(_ command: StreamCommand) {
        guard let requestID = command.begunRequest, let id = stream(ofRequest: requestID) else { return }
        refuse(Int(id.rawValue), .refused(code: -1, text: "the contract cannot be written"), code: -1)
    }

    /// The lane is full: a request is made again as after "too many messages"; what ends something goes back into its line.
    private mutating func sendLater(_ command: StreamCommand, _ now: UInt64) {
        if let requestID = command.begunRequest {
            if let id = stream(ofRequest: requestID) { askLater(Int(id.rawValue), now) }
        } else if !command.beginsDelayedData {
            cancels.append(command)
            isDirty = true
        }
    }

    /// Who gets lines, in the order in which they are asked for; who holds one that is due to somebody else gives it back.
    private mutating func allot() -> [Int] {
        var allotment = StreamBudget.Allotment(budget)
        var granted: [Int] = []
        for place in slots.indices.filter({ slots[$0].isCandidate }).sorted(by: comesFirst) {
            guard let request = slots[place].request else { continue }
            if allotment.grants(request) {
                granted.append(place)
            } else {
                cancelIfSubscribed(place)
                wait(place, .noLine)
            }
        }
        return granted
    }

    /// By instrument, then by kind. What was refused before comes behind everything else until it is subscribed: trying it
    /// again must not cost another stream its line.
    private func comesFirst(_ left: Int, _ right: Int) -> Bool {
        key(left) < key(right)
    }

    private func key(_ place: Int) -> (Int, Int, Int, Int) {
        let slot = slots[place]
        return (
            slot.isDoubtful && !slot.isSubscribed ? 1 : 0, slot.request?.priority ?? 0,
            slot.request?.kind.rank ?? 0, place
        )
    }

    /// - Returns: whether all have left.
    private mutating func emitCancels(_ commands: inout [StreamCommand], _ now: UInt64) -> Bool {
        while !cancels.isEmpty {
            guard spend(now), let cancel = cancels.popFirst() else { return false }
            commands.append(cancel)
            if cancel.endedRequest != nil { recentCancels.append((cancel, now)) }
        }
        return true
    }

    private mutating func request(_ place: Int, _ commands: inout [StreamCommand], _ now: UInt64) {
        guard !slots[place].isSubscribed, let request = slots[place].request else { return }
        guard slots[place].notBefore <= now else { return wake(at: slots[place].notBefore) }
        let isTickByTick = request.kind.resource == .tickByTick
        if isTickByTick, !mayAskTickByTick(request.symbol, now) { return wait(place, .tickByTickInterval) }
        let requestID = nextRequestID(place)
        let messages = request.commands(requestID)
        guard spend(now, messages.count) else { return }
        commands += messages
        requestIDs[place] = requestID
        slots[place].state = .subscribed(since: now)
        if isTickByTick { tickByTickTimes[request.symbol] = now }
        tell(StreamID(rawValue: Int32(place)), .requested)
    }

    /// Whether the instrument's last request for tick by tick was written long enough ago; if not, it is polled for then.
    private mutating func mayAskTickByTick(_ symbol: SymbolID, _ now: UInt64) -> Bool {
        // Its writing wakes.
        if unwrittenTickByTick.values.contains(symbol) { return false }
        guard let last = tickByTickTimes[symbol], now < last &+ tickByTickInterval else { return true }
        wake(at: last &+ tickByTickInterval)
        return false
    }

    /// A number that this place has not had for a million subscriptions.
    private mutating func nextRequestID(_ place: Int) -> Int32 {
        slots[place].generation = (slots[place].generation + 1) & 0xF_FFFF
        return Self.firstRequestID | slots[place].generation << 10 | Int32(place)
    }

    /// Takes tokens, or sees to it that the rest is polled for when they are back.
    private mutating func spend(_ now: UInt64, _ count: Int = 1) -> Bool {
        let ready = pace.due(.cancel, count: count)
        guard ready <= now else {
            wake(at: ready)
            return false
        }
        for _ in 0..<count { pace.spend(at: now) }
        return true
    }

    private mutating func wake(at time: UInt64) { due = min(due ?? .max, time) }
}
