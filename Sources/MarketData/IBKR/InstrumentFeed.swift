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
    var aggressor = AggressorRule()
    var book: DepthBook
    /// Its contract; `nil` until it is resolved.
    var contract: Contract?
    var calendar: TradingCalendar
    /// Streams of the client, by role.
    var ids: InlineArray<4, StreamID?> = [nil, nil, nil, nil]
    /// Whether data of a role change nothing but themselves: its quality is told, nothing is awaited. By role.
    var isSteady: InlineArray<4, Bool> = [false, false, false, false]
    /// The quote of level 1 has changed and is not published yet.
    var hasNewLevel1Quote = false
    /// When level 1 told its newest quote.
    var level1QuoteAt = Timestamp.zero
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
            if status.losesQuote { aggressor.quote = nil }
            out.append(symbol, time, receivedAt: time, .feedStatus(status))
        }
        facts.isUnhalted = false
    }

    /// What level 1 has told is void.
    mutating func resetLevel1() {
        level1.reset()
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
        unsettle()
        isSteady[role.index] = plan[role].isSteady
    }
}
