import TWSClient
import TWSProtocol
import TradingModel

/// Everything known of one instrument on its way from messages to events.
struct InstrumentFeed {
    let slot: Int
    let wishes: InstrumentWishes
    let symbol: SymbolID
    /// Streams and what has become of them.
    var plan: StreamFallback
    var facts = StreamFacts()
    var level1 = LevelOne()
    /// Volume of level 1 against prints tick by tick.
    var balance = VolumeBalance()
    var aggressor = AggressorRule()
    var book: DepthBook
    /// Its contract; `nil` until it is resolved.
    var contract: Contract?
    var calendar: TradingCalendar
    /// Why the hours of its contract are not known; `nil` where they are.
    private var hoursFault: String?
    /// The same, until it is told.
    private var untoldHoursFault: String?
    /// Streams of the client, by role.
    var ids: InlineArray<4, StreamID?> = [nil, nil, nil, nil]
    /// Whether data of a role change nothing but themselves: its quality is told, nothing is awaited. By role.
    var isSteady: InlineArray<4, Bool> = [false, false, false, false]
    /// The quote of level 1 has changed and is not published yet.
    var hasNewLevel1Quote = false
    /// When level 1 told its newest quote.
    var level1QuoteAt = Timestamp.zero
    /// How often data were looked at closely, as their stream was not steady.
    private(set) var settlements = 0
    /// The quote told last tick by tick, once it was forgotten as too old.
    var forgottenQuote: Tick?
    /// Rows have come in this read.
    var isBookTouched = false
    /// A broken book was asked for again: rows count when that is on the wire.
    var awaitsFreshBook = false
    /// Quality as it was told last, by `FeedStream`.
    private var told: InlineArray<3, StreamQuality?> = [nil, nil, nil]

    /// Nothing known.
    init(slot: Int, _ wishes: InstrumentWishes, _ options: IBKREventsOptions) {
        self.slot = slot
        self.wishes = wishes
        symbol = wishes.symbol
        plan = StreamFallback(wishes, options)
        book = DepthBook(rows: wishes.depthRows, isSmart: wishes.isSmartDepth)
        calendar = wishes.hours ?? .always
    }

    /// Publishes what has become of the quality of its streams; once a change.
    @inline(never)
    mutating func tell(_ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch) {
        for stream in FeedStream.allCases {
            let index = Int(stream.rawValue)
            guard let quality = plan.quality(of: stream, facts, wishes, options), quality != told[index]
            else {
                continue
            }
            told[index] = quality
            let status = FeedStatus(stream: stream, quality: quality.quality, reason: quality.reason)
            if status.losesQuote { forgetQuote() }
            out.append(symbol, time, receivedAt: time, .feedStatus(status))
        }
        tellHours(time, &out)
        guard facts.isUnhalted else { return }
        // The end of a halt is told once; the words it was told with are no state to come back from.
        facts.isUnhalted = false
        for stream in FeedStream.allCases {
            told[Int(stream.rawValue)] =
                plan.quality(of: stream, facts, wishes, options) ?? told[Int(stream.rawValue)]
        }
    }

    /// The hours of the contract, where the settings tell none.
    mutating func keepHours(_ data: ContractData) {
        guard wishes.hours == nil else { return }
        let hours = ContractHours(data)
        calendar = hours.calendar
        // The same again after a reconnect is no news.
        if hours.fault != hoursFault { untoldHoursFault = hours.fault }
        hoursFault = hours.fault
    }

    /// That silence is not told from a closed market is told once, with the quality of the quotes.
    private mutating func tellHours(_ time: Timestamp, _ out: inout EventBatch) {
        guard let fault = untoldHoursFault, let quotes = told[Int(FeedStream.quotes.rawValue)] else { return }
        untoldHoursFault = nil
        let reason = "\(quotes.reason); \(fault): the market counts as open"
        let status = FeedStatus(stream: .quotes, quality: quotes.quality, reason: reason)
        out.append(symbol, time, receivedAt: time, .feedStatus(status))
    }

    /// The newest quote is no measure of prints any more.
    mutating func forgetQuote() {
        forgottenQuote = aggressor.quote ?? forgottenQuote
        aggressor.quote = nil
    }

    /// What level 1 has told is void.
    mutating func resetLevel1() {
        level1.reset()
        balance.reset()
        hasNewLevel1Quote = false
        facts.hasLevel1Quote = false
    }

    /// Something has changed: the next data of each role are looked at closely.
    mutating func unsettle() { isSteady = [false, false, false, false] }

    /// Data of a role have come though they were not steady: finds out what that means, and tells it ahead of them.
    @inline(never)
    mutating func settle(
        _ role: StreamRole, _ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch
    ) {
        settlements &+= 1
        plan.dataCame(role, at: time)
        switch role {
        case .quotes:
            facts.isStale[Int(FeedStream.quotes.rawValue)] = false
        case .trades:
            facts.isStale[Int(FeedStream.trades.rawValue)] = false
        case .depth:
            facts.isStale[Int(FeedStream.depth.rawValue)] = false
            facts.ladderReset = nil
        case .level1: break
        }
        tell(time, options, &out)
        isSteady[role.index] = plan[role].isSteady
    }
}
