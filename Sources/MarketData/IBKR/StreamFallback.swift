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
    private(set) var unanswered: InlineArray<2, Timestamp> = [.zero, .zero]
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
    mutating func dataCame(_ role: StreamRole, at time: Timestamp) { self[role].dataCame(at: time) }

    /// Notes when data came, where nothing else changes.
    @inline(__always)
    mutating func touch(_ role: StreamRole, at time: Timestamp) { streams[role.index].lastAt = time }

    /// How late level 1 may repeat what tick by tick has told, ns: it is conflated to a quarter of a second.
    static let level1Lag: Int64 = 1_000_000_000

    /// Level 1 has told another quote, or volume: tick by tick should have told it too, unless it has just done so.
    mutating func level1Moved(_ role: StreamRole, at time: Timestamp) {
        guard time.since(streams[role.index].lastAt) > Self.level1Lag else { return }
        if unanswered[role.index] <= streams[role.index].lastAt { unanswered[role.index] = time }
    }

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
        if level1Kind == .live { self[.level1].retryAt = nil } else { scheduleBetterLevel1(at: time) }
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
        case .note(let code, _):
            if code == 10_167 && role == .level1 { level1Is(3, at: time) }
        case .reset: break
        case .lost:
            self[role].enter(.lost, at: time)
            self[role].interruption = 0
            self[role].checkAt = nil
        case .interrupted(let code):
            self[role].interruption = code
            self[role].checkAt = nil
        case .resumed: resumed(role, at: time)
        }
    }

    private mutating func requested(_ role: StreamRole, at time: Timestamp) {
        self[role].enter(.asked, at: time)
        self[role].retryAt = nil
        self[role].interruption = 0
        if role == .level1 { level1Kind = asksDelayed ? .delayed : .live }
        if role == .quotes || role == .trades { unanswered[role.index] = .zero }
    }

    private mutating func resumed(_ role: StreamRole, at time: Timestamp) {
        guard self[role].interruption != 0 || self[role].phase == .flowing else { return }
        // Nobody can say when the next print is due; volume of level 1 shows when one was missed.
        if role == .trades && self[.level1].phase == .flowing {
            self[role].interruption = 0
            return
        }
        if self[role].hasFlowed { self[role].checkAt = time.advanced(by: options.resumeGrace) }
    }

    private mutating func failed(
        _ role: StreamRole, _ phase: StreamState.Phase, _ code: Int32, _ text: String, slot: Int,
        at time: Timestamp, _ actions: inout [StreamAction]
    ) {
        self[role].fail(phase, code: code, at: time, options.retries)
        self[role].text = text
        if role == .level1 {
            askForDelayed(code, slot: slot, at: time, &actions)
        } else {
            openLevel1IfNeeded(slot, at: time, &actions)
        }
    }

    /// Without a subscription there may still be delayed data.
    private mutating func askForDelayed(
        _ code: Int32, slot: Int, at time: Timestamp, _ actions: inout [StreamAction]
    ) {
        switch code {
        case 354, 10_089, 10_091, 10_168, 10_186:
            guard !asksDelayed else { return }
            asksDelayed = true
            actions.append(.close(slot: slot, .level1))
            actions.append(.open(slot: slot, .level1))
        default: break
        }
    }

    private mutating func openLevel1IfNeeded(
        _ slot: Int, at time: Timestamp, _ actions: inout [StreamAction]
    ) {
        guard self[.level1].phase == .off else { return }
        self[.level1].enter(.waiting, at: time)
        actions.append(.open(slot: slot, .level1))
    }

    private mutating func scheduleBetterLevel1(at time: Timestamp) {
        guard self[.level1].retryAt == nil else { return }
        self[.level1].retryAt = time.advanced(by: options.retries.longest)
    }
}
