import TWSProtocol

/// What the gateway says of a stream.
extension StreamTable {
    /// A refusal that comes so soon after the request means that nothing was ever delivered, ns.
    static let freshness: UInt64 = 10_000_000_000
    /// After "too many messages", a request is repeated so much later, ns.
    static let repetition: UInt64 = 1_500_000_000

    /// So long a cancel is kept after it has left, to be repeated when the gateway was too busy for it, ns.
    static let cancelMemory: UInt64 = 10_000_000_000

    /// An error message.
    ///
    /// - Returns: whether its number is one of a stream, be it of a request that is over.
    mutating func take(_ error: ErrorMessage, now: UInt64) -> Bool {
        guard isOurs(error.id) else { return false }
        // Over: the answer to a cancel of ours, or to what the gateway had ended already.
        guard let id = stream(ofRequest: error.id) else {
            if GatewayCode(rawValue: error.code).reaction == .tooManyMessages { cancelAgain(error.id) }
            return true
        }
        let place = Int(id.rawValue)
        guard let request = slots[place].request, case .subscribed(let since) = slots[place].state else {
            return true
        }
        if error.code == request.kind.resource.exhaustedCode {
            takeExhaustion(place, request.kind.resource, now)
            return true
        }
        switch StreamVerdict(error.code, of: request.kind, age: now &- since) {
        case .refused: refuse(place, .refused(code: error.code, text: error.text), code: error.code)
        case .ended: refuse(place, .ended(code: error.code, text: error.text), code: error.code)
        case .reset: tell(id, .reset)
        case .note: tell(id, .note(code: error.code, text: error.text))
        case .again: askLater(place, now)
        case .ignored: break
        }
        return true
    }

    /// The gateway has thrown a cancel away, and still holds what we count as free.
    private mutating func cancelAgain(_ requestID: Int32) {
        let lost = recentCancels.removeFirst { $0.cancel.endedRequest == requestID }
        guard let lost else { return }
        cancels.append(lost.cancel)
        isDirty = true
    }

    /// Whether a number was given to a stream.
    private func isOurs(_ requestID: Int32) -> Bool {
        guard requestID >= Self.firstRequestID else { return false }
        return Int(requestID & 0x3FF) < slots.count
    }

    /// The stream rests until `retry`.
    mutating func refuse(_ place: Int, _ notice: StreamNotice, code: Int32) {
        requestIDs[place] = 0
        slots[place].state = .refused(code: code)
        slots[place].isDoubtful = true
        isDirty = true
        tell(StreamID(rawValue: Int32(place)), notice)
    }

    /// There are fewer lines than we thought: as many as are in use but for this one.
    private mutating func takeExhaustion(_ place: Int, _ resource: StreamResource, _ now: UInt64) {
        requestIDs[place] = 0
        slots[place].isDoubtful = true
        slots[place].state = .wanted(nil)
        budget.learn(resource, limit: inUse(resource), now: now)
        wait(place, .noLine)
        isDirty = true
    }

    private func inUse(_ resource: StreamResource) -> Int {
        let requests = slots.filter(\.isSubscribed).compactMap(\.request).filter {
            $0.kind.resource == resource
        }
        return resource == .depth ? Set(requests.map(\.symbol)).count : requests.count
    }

    /// The gateway has thrown the request away because we were too fast.
    mutating func askLater(_ place: Int, _ now: UInt64) {
        requestIDs[place] = 0
        slots[place].state = .wanted(nil)
        slots[place].notBefore = now &+ Self.repetition
        isDirty = true
    }
}

/// What a code means for a stream that is subscribed.
///
/// Source: reference of the TWS socket protocol, "error codes and what to do"; an unknown code ends nothing.
enum StreamVerdict: Hashable, Sendable {
    /// Nothing will come.
    case refused
    /// Nothing will come any more.
    case ended
    /// Its book is void.
    case reset
    /// It lives.
    case note
    /// The request was not taken; the same again later.
    case again
    /// Of no consequence.
    case ignored

    /// - Parameter age: since the request, ns.
    init(_ code: Int32, of kind: StreamKind, age: UInt64) {
        let refusal: StreamVerdict = age < StreamTable.freshness ? .refused : .ended
        switch GatewayCode(rawValue: code).reaction {
        case .requestRefused, .streamRefused, .competingSession: self = refusal
        // Delayed data may follow on level 1.
        case .streamUnsubscribed: self = kind.resource == .level1 ? .note : refusal
        case .streamEnded: self = .ended
        case .streamReset: self = kind.resource == .depth ? .reset : .note
        case .tooManyMessages: self = .again
        // The session's business, whatever number they carry.
        case .linkLost, .linkRestored, .farm, .portChanged, .clientIDInUse, .ignored: self = .ignored
        case .streamNote, .notice, .orderNote, .orderRefused, .orderCancelled, .orderHeld, .orderUnknown,
            .orderIDInUse,
            .changeRefused, .cancelRefused:
            self = .note
        }
    }
}
