import TWSClient
import TradingModel

/// Which streams of one instrument are asked for, which of them is to be believed, and when a better one is tried again.
///
/// Pure: told what the gateway says, when data come and that time passes; answers with what to ask of the client.
/// Tick by tick is better than level 1, that better than delayed data, which are for display only.
struct StreamFallback {
    /// Who tells quotes or prints.
    enum Supply: UInt8, BitwiseCopyable {
        case nobody
        case tickByTick
        case level1
    }

    /// What level 1 delivers.
    enum Level1Kind: UInt8, BitwiseCopyable {
        case live
        /// The values at the close.
        case frozen
        case delayed
    }

    private(set) var streams: InlineArray<4, StreamState> = InlineArray(repeating: StreamState())
    /// Whether level 1 is asked for as delayed data.
    private(set) var asksDelayed = false
    /// What level 1 delivers by the gateway's word.
    private(set) var level1Kind = Level1Kind.live
    /// When level 1 first moved after tick by tick had last said something.
    private var unanswered: InlineArray<2, Timestamp> = [.zero, .zero]
    /// Whether it has moved once more since.
    private var isConfirmed: InlineArray<2, Bool> = [false, false]
    /// When real-time level 1 is asked for again; `nil` while it is what comes.
    private(set) var betterLevel1At: Timestamp?
    /// How often that was in vain.
    private var betterLevel1Tries = 0
    /// When level 1 is asked for as delayed data: real-time data are not subscribed, and nothing has followed yet.
    private(set) var delayedLevel1At: Timestamp?
    private let wishes: InstrumentWishes
    let options: IBKREventsOptions

    /// Nothing asked for.
    init(_ wishes: InstrumentWishes, _ options: IBKREventsOptions) {
        self.wishes = wishes
        self.options = options
    }

    subscript(role: StreamRole) -> StreamState {
        @inline(__always)
        get { streams[role.index] }
        @inline(__always)
        set { streams[role.index] = newValue }
    }

    /// Streams to open at first.
    var wanted: [StreamRole] {
        var roles: [StreamRole] = []
        if needsLevel1AtOnce { roles.append(.level1) }
        if wishes.quotes == .tickByTick { roles.append(.quotes) }
        if wishes.trades == .last || wishes.trades == .allLast { roles.append(.trades) }
        if wishes.depthRows > 0 { roles.append(.depth) }
        return roles
    }

    private var needsLevel1AtOnce: Bool {
        wishes.keepsLevel1 || wishes.quotes == .level1 || wishes.trades == .level1
    }

    // MARK: Who is to be believed

    /// Who tells quotes.
    var quoteSupply: Supply {
        if streams[StreamRole.quotes.index].phase == .flowing { return .tickByTick }
        guard streams[StreamRole.level1.index].phase == .flowing else { return .nobody }
        let isLadderTheQuote = wishes.quotes == .off && streams[StreamRole.depth.index].phase == .flowing
        return isLadderTheQuote ? .nobody : .level1
    }

    /// Who tells prints. Level 1 only while tick by tick is not on the wire: both would tell the same volume.
    var tradeSupply: Supply {
        switch streams[StreamRole.trades.index].phase {
        case .asked, .flowing: return .tickByTick
        case .off: if wishes.trades == .off { return .nobody }
        case .waiting, .refused, .ended, .lost, .silent: break
        }
        return streams[StreamRole.level1.index].phase == .flowing ? .level1 : .nobody
    }

    /// Whether level 1, where it is the supply, may be traded on.
    var isLevel1Live: Bool { level1Kind == .live }

    // MARK: What happens

    /// The client has been asked for a stream.
    mutating func opened(_ role: StreamRole, at time: Timestamp) {
        self[role].enter(.waiting, at: time)
    }

    /// A stream is no longer wanted.
    mutating func closed(_ role: StreamRole, at time: Timestamp) {
        self[role] = StreamState()
    }

    /// Data of a stream have come.
    mutating func dataCame(_ role: StreamRole, at time: Timestamp) {
        self[role].dataCame(at: time)
        guard role == .level1 else { return }
        delayedLevel1At = nil
        if level1Kind == .live { betterLevel1Tries = 0 }
    }

    /// A connection is being made: what failed in the last session is no measure of this one.
    mutating func sessionBegins(slot: Int, _ actions: inout [StreamAction]) {
        for role in StreamRole.allCases { self[role].forgetFailures() }
        betterLevel1Tries = 0
        guard self[.level1].phase != .off, asksDelayed else { return }
        openLevel1Anew(isDelayed: false, slot: slot, &actions)
    }

    /// Notes when data came, where nothing else changes.
    @inline(__always)
    mutating func touch(_ role: StreamRole, at time: Timestamp) { streams[role.index].lastAt = time }

    /// How late level 1 may repeat what tick by tick has told, ns: it is conflated to a quarter of a second.
    static let level1Lag: Int64 = 1_000_000_000

    /// Level 1 has told another quote, or volume: tick by tick should have told it too, unless it has just done so. One
    /// such move may be a late one; a second makes it sure. The day volume also counts what `Last` leaves out.
    mutating func level1Moved(_ role: StreamRole, at time: Timestamp) {
        if role == .trades && wishes.trades == .last { return }
        let heardAt = heardAt(role)
        guard time.since(heardAt) > Self.level1Lag else { return }
        let index = role.index
        if unanswered[index] <= heardAt {
            unanswered[index] = time
            isConfirmed[index] = false
        } else if time > unanswered[index] {
            isConfirmed[index] = true
        }
    }

    /// Whether level 1 has moved more than once and tick by tick has said nothing since, for too long.
    func isUnanswered(_ role: StreamRole, _ now: Timestamp) -> Bool {
        guard role == .quotes || role == .trades, isConfirmed[role.index] else { return false }
        let moved = unanswered[role.index]
        return moved > heardAt(role) && now.since(moved) > options.staleAfter
    }

    /// When tick by tick last said something, or could not have yet.
    private func heardAt(_ role: StreamRole) -> Timestamp { max(self[role].lastAt, self[role].since) }

    /// The gateway said what it delivers as level 1.
    ///
    /// - Parameter type: 1 live, 2 frozen, 3 delayed, 4 delayed and frozen.
    mutating func level1Is(_ type: Int32, at time: Timestamp) {
        switch type {
        case 1: level1Kind = .live
        case 2: level1Kind = .frozen
        default: level1Kind = .delayed
        }
        // A better kind is tried for from time to time.
        if level1Kind == .live { betterLevel1At = nil } else { scheduleBetterLevel1(at: time) }
    }

    /// What became of a stream.
    mutating func take(
        _ notice: StreamNotice, _ role: StreamRole, slot: Int, at time: Timestamp,
        _ actions: inout [StreamAction]
    ) {
        guard self[role].phase != .off else { return }
        switch notice {
        case .requested: requested(role, at: time)
        case .waiting(let wait):
            self[role].enter(.waiting, at: time)
            self[role].wait = wait
            if wait == .noLine { openLevel1IfNeeded(slot, at: time, &actions) }
        case .refused(let code, let text):
            failed(role, .refused, code, text, slot: slot, at: time, &actions)
        case .ended(let code, let text):
            failed(role, .ended, code, text, slot: slot, at: time, &actions)
        case .note(let code, _): if role == .level1 { level1Noted(code) }
        case .reset: break
        case .lost:
            self[role].enter(.lost, at: time)
            self[role].forgetFailures()
            if role == .level1 { delayedLevel1At = nil }
        case .interrupted(let code):
            self[role].interruption = code
            self[role].checkAt = nil
        case .resumed(let code): resumed(role, code, at: time)
        }
    }

    private mutating func requested(_ role: StreamRole, at time: Timestamp) {
        self[role].enter(.asked, at: time)
        self[role].retryAt = nil
        self[role].interruption = 0
        if role == .level1 {
            delayedLevel1At = nil
            level1Is(asksDelayed ? 3 : 1, at: time)
        }
        if role == .quotes || role == .trades { isConfirmed[role.index] = false }
    }

    private mutating func resumed(_ role: StreamRole, _ code: Int32, at time: Timestamp) {
        let wasInterrupted = self[role].interruption != 0
        // A farm that rests until it is needed (2108) was not broken before, as a rule, and may be of no concern here.
        guard wasInterrupted || (self[role].phase == .flowing && code != 2_108) else { return }
        if isAwaitedSoon(role) {
            self[role].checkAt = time.advanced(by: options.resumeGrace)
        } else {
            self[role].interruption = 0
        }
    }

    /// Whether silence after an interruption is a fault. Nobody can say when the next print is due; volume of level 1 shows
    /// when one was missed, where tick by tick tells all of it.
    private func isAwaitedSoon(_ role: StreamRole) -> Bool {
        let state = self[role]
        guard state.hasFlowed, state.phase == .flowing || state.phase == .asked else { return false }
        return role != .trades || self[.level1].phase != .flowing || wishes.trades == .last
    }

    /// Real-time data need another subscription; delayed ones may follow by themselves, or may have to be asked for.
    private mutating func level1Noted(_ code: Int32) {
        guard code == 10_089 || code == 10_091, !asksDelayed else { return }
        guard self[.level1].phase == .asked || self[.level1].phase == .silent else { return }
        delayedLevel1At = self[.level1].since.advanced(by: options.firstDataGrace)
    }

    private mutating func failed(
        _ role: StreamRole, _ phase: StreamState.Phase, _ code: Int32, _ text: String, slot: Int,
        at time: Timestamp, _ actions: inout [StreamAction]
    ) {
        let hadCome = self[role].phase != .asked
        self[role].fail(phase, code: code, at: time, options.retries)
        self[role].text = text
        if role == .level1 {
            // What has not come cannot be lost: the answer to the second request counts.
            let asksAgain = askForDelayed(code, slot: slot, &actions)
            if asksAgain && !hadCome { self[.level1].enter(.waiting, at: time) }
        } else {
            openLevel1IfNeeded(slot, at: time, &actions)
        }
    }

    /// Without a subscription there may still be delayed data.
    ///
    /// - Returns: whether they are asked for.
    private mutating func askForDelayed(
        _ code: Int32, slot: Int, _ actions: inout [StreamAction]
    ) -> Bool {
        switch code {
        case 354, 10_089, 10_091, 10_168, 10_186:
            guard !asksDelayed else { return false }
            openLevel1Anew(isDelayed: true, slot: slot, &actions)
            return true
        default: return false
        }
    }

    private mutating func openLevel1Anew(isDelayed: Bool, slot: Int, _ actions: inout [StreamAction]) {
        asksDelayed = isDelayed
        delayedLevel1At = nil
        betterLevel1At = nil
        self[.level1].retryAt = nil
        actions.append(.close(slot: slot, .level1))
        actions.append(.open(slot: slot, .level1))
    }

    /// Asks for the kind of level 1 that is due by now: a worse one, as nothing comes, or a better one.
    ///
    /// - Returns: whether it asked.
    mutating func askForOtherLevel1(_ now: Timestamp, slot: Int, _ actions: inout [StreamAction]) -> Bool {
        switch self[.level1].phase {
        case .asked, .flowing, .refused, .ended, .silent: break
        case .off, .waiting, .lost: return false
        }
        if let at = delayedLevel1At, now >= at {
            openLevel1Anew(isDelayed: true, slot: slot, &actions)
            self[.level1].enter(.waiting, at: now)
            return true
        }
        guard let at = betterLevel1At, now >= at else { return false }
        betterLevel1At = nil
        betterLevel1Tries += 1
        if asksDelayed {
            openLevel1Anew(isDelayed: false, slot: slot, &actions)
        } else {
            self[.level1].retryAt = nil
            actions.append(.retry(slot: slot, .level1))
        }
        self[.level1].enter(.waiting, at: now)
        return true
    }

    private mutating func openLevel1IfNeeded(
        _ slot: Int, at time: Timestamp, _ actions: inout [StreamAction]
    ) {
        guard self[.level1].phase == .off else { return }
        self[.level1].enter(.waiting, at: time)
        actions.append(.open(slot: slot, .level1))
    }

    private mutating func scheduleBetterLevel1(at time: Timestamp) {
        guard betterLevel1At == nil else { return }
        let wait = options.retries.wait(failures: betterLevel1Tries + 1, code: 0)
        betterLevel1At = time.advanced(by: wait)
    }
}
