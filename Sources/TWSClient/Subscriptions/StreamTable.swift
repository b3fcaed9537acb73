import TWSProtocol
import TradingModel

/// What streams are wanted, which are asked for, under what numbers: everything about subscriptions but the socket.
///
/// Whatever is open is asked for as soon as the session is live and the budgets allow, again after every loss, instruments that
/// come first in the settings first. A request's number holds the place of its stream and how often that place was asked for,
/// so that what still comes of an earlier request is told apart in one comparison.
///
/// A stream that finds no line, by our count or by the gateway's word (10190, 309, 101), *waits* with `.noLine` and is asked
/// for when one is free: whoever wants data meanwhile falls back, as after a refusal, but needs no retry. What the gateway
/// refuses otherwise, a competing session (10197) included, is `.refused` and rests until `retry`.
struct StreamTable: Sendable {
    /// Above all numbers of orders and other requests.
    static let firstRequestID: Int32 = 0x4000_0000
    /// Streams at a time.
    static let mostStreams = 1_024
    /// Notices that may wait to be taken; beyond, mere notes are dropped.
    static let mostNotices = 8_192

    var slots: [StreamSlot] = []
    /// The number each place is subscribed under; 0 for none.
    var requestIDs: [Int32] = []
    var budget: StreamBudget
    var pace: Pace
    var cancels = Backlog<StreamCommand>()
    /// Cancels that have left, and when: the gateway may still throw them away.
    var recentCancels = Backlog<(cancel: StreamCommand, time: UInt64)>()
    /// When tick by tick was last asked for, by instrument.
    var tickByTickTimes: [SymbolID: UInt64] = [:]
    /// Requests for tick by tick that wait in the lane, by their numbers: the time of their instruments begins when they leave.
    var unwrittenTickByTick: [Int32: SymbolID] = [:]
    let tickByTickInterval: UInt64
    var isLive = false
    /// The gateway has lost IBKR (1100): what is asked for now would be lost as well.
    var isLinkDown = false
    /// Something has changed since the last poll.
    var isDirty = false
    /// When time alone changes something.
    var due: UInt64?
    /// Streams opened so far.
    private(set) var openings = 0
    var notices: [(StreamID, StreamNotice)] = []

    /// An empty table, not live.
    init(options: ClientOptions) {
        budget = StreamBudget(options)
        // A delayed stream takes three messages at once.
        pace = Pace(limit: max(3, options.requestsPerSecond * 4 / 5))
        // A little more than asked for: the way to the gateway may squeeze two requests together.
        let interval = UInt64(max(0, options.tickByTickInterval))
        tickByTickInterval = interval + interval / 50
    }

    /// Wants a stream from now on.
    ///
    /// - Returns: its id; −1 when 1,024 are open, which is refused and never delivers.
    mutating func open(_ request: StreamRequest) -> StreamID {
        guard let place = freePlace() else {
            let none = StreamID(rawValue: -1)
            tell(none, .refused(code: -1, text: "too many streams are open"))
            return none
        }
        openings += 1
        slots[place].request = request
        slots[place].opening = openings
        slots[place].state = .wanted(nil)
        slots[place].notBefore = 0
        slots[place].isDoubtful = false
        if isLive { isDirty = true } else { wait(place, .notLive) }
        return StreamID(rawValue: Int32(place))
    }

    /// No longer wants it; notices of it that were not taken are dropped.
    mutating func close(_ id: StreamID) {
        guard let place = place(of: id) else { return }
        cancelIfSubscribed(place)
        slots[place].request = nil
        notices.removeAll { $0.0 == id }
        isDirty = true
    }

    /// Asks again: cancelled first when it is subscribed.
    mutating func retry(_ id: StreamID) {
        guard let place = place(of: id) else { return }
        cancelIfSubscribed(place)
        slots[place].state = .wanted(nil)
        if isLive { isDirty = true } else { wait(place, .notLive) }
    }

    /// The stream that a message with this number belongs to; `nil` when it comes late or the number is none of ours.
    @inline(__always)
    func stream(ofRequest requestID: Int32) -> StreamID? {
        let place = Int(requestID & 0x3FF)
        guard place < requestIDs.count, requestIDs[place] == requestID, requestID != 0 else { return nil }
        return StreamID(rawValue: Int32(truncatingIfNeeded: place))
    }

    /// What to tell, in order; each once.
    mutating func takeNotices() -> [(StreamID, StreamNotice)] {
        guard !notices.isEmpty else { return [] }
        defer { notices = [] }
        return notices
    }

    /// Whether a notice that was taken after so many openings is for whoever has the stream now: meanwhile it may have been
    /// closed, and its place given to another one.
    func concerns(_ id: StreamID, after openings: Int) -> Bool {
        guard id.rawValue >= 0 else { return true }
        guard let place = place(of: id) else { return false }
        return slots[place].opening <= openings
    }

    /// Every open stream, in the order of the places.
    var lines: [StreamLine] {
        slots.indices.compactMap { place in
            slots[place].request.map { StreamLine(StreamID(rawValue: Int32(place)), $0, slots[place].state) }
        }
    }

    private mutating func freePlace() -> Int? {
        if let place = slots.firstIndex(where: { $0.request == nil }) { return place }
        guard slots.count < Self.mostStreams else { return nil }
        slots.append(StreamSlot())
        requestIDs.append(0)
        return slots.count - 1
    }

    private func place(of id: StreamID) -> Int? {
        let place = Int(id.rawValue)
        return slots.indices.contains(place) && slots[place].request != nil ? place : nil
    }
}

extension StreamTable {
    /// A stream waits; told once a change.
    mutating func wait(_ place: Int, _ reason: StreamWait) {
        guard slots[place].state != .wanted(reason) else { return }
        slots[place].state = .wanted(reason)
        tell(StreamID(rawValue: Int32(place)), .waiting(reason))
    }

    /// Its request is to be cancelled; what still comes of it belongs to nobody.
    mutating func cancelIfSubscribed(_ place: Int) {
        guard let request = slots[place].request, requestIDs[place] != 0 else { return }
        cancels.append(request.cancel(requestIDs[place]))
        requestIDs[place] = 0
        isDirty = true
    }

    /// A notice for whoever takes them.
    mutating func tell(_ id: StreamID, _ notice: StreamNotice) {
        if case .note = notice, notices.count >= Self.mostNotices { return }
        notices.append((id, notice))
    }

    /// To every stream that is subscribed.
    mutating func tellSubscribed(_ notice: StreamNotice) {
        for place in slots.indices where slots[place].isSubscribed {
            tell(StreamID(rawValue: Int32(place)), notice)
        }
    }
}
