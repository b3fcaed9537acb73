import TradingModel

/// How far the times and numbers of one pass over the input are moved.
struct PassShift: BitwiseCopyable {
    /// Nanoseconds, on source and receive times.
    var time: Int64 = 0
    /// On feed sequences; events without one keep none.
    var feedSequence: UInt64 = 0
    /// On the bus's own numbers, where they were recorded.
    var sequence: UInt64 = 0

    /// Moves the times and numbers of an event. Never traps: `PassExtent.shift` has looked at what can happen.
    func move(_ event: inout MarketEvent) {
        event.timestamp = event.timestamp.advanced(by: time)
        event.receivedAt = event.receivedAt.advanced(by: time)
        if event.feedSequence != 0 { event.feedSequence &+= feedSequence }
        if event.sequence != 0 { event.sequence &+= sequence }
    }
}

/// What the events of the first pass reach: from when to when, up to which numbers.
struct PassExtent: BitwiseCopyable {
    /// Time of the first event, by which it was put in order; `nil` before it.
    private(set) var first: Int64?
    /// Time of the last event, by which it was put in order.
    var last = Int64.min
    /// Latest time of any kind.
    private var latest = Int64.min
    private var highestFeedSequence: UInt64 = 0
    private var highestSequence: UInt64 = 0

    /// Notes the numbers of a flat record.
    @inline(__always)
    mutating func note(feedSequence: UInt64) {
        if feedSequence > highestFeedSequence { highestFeedSequence = feedSequence }
    }

    /// Notes numbers and times of an event where it lies.
    @inline(__always)
    mutating func note(numbersOf event: borrowing MarketEvent) {
        note(feedSequence: event.feedSequence)
        highestSequence = max(highestSequence, event.sequence)
        latest = max(latest, event.timestamp.nanoseconds)
    }

    /// Notes an event that is no flat record.
    mutating func note(_ event: MarketEvent) {
        note(feedSequence: event.feedSequence)
        highestSequence = max(highestSequence, event.sequence)
        latest = max(latest, event.timestamp.nanoseconds)
    }

    /// Notes the times of a run of events in order.
    @inline(__always)
    mutating func note(from begin: Int64, to end: Int64) {
        if first == nil { first = begin }
        last = end
    }

    /// Time from the first event to the last.
    var span: Int64 { last &- (first ?? last) }

    /// The shift of pass `pass`, from 0: the span and the highest numbers, so many times.
    ///
    /// - Returns: `nil` where times would pass the year 2261, the last one of a recording, or numbers 64 bits.
    func shift(_ pass: Int) -> PassShift? {
        guard let first, first >= 0, let factor = UInt64(exactly: pass) else { return nil }
        let (time, timeOverflows) = span.multipliedReportingOverflow(by: Int64(pass))
        let (end, endOverflows) = max(last, latest).addingReportingOverflow(time)
        guard !timeOverflows, !endOverflows, end < Self.year2262,
            let feedSequence = Self.reach(highestFeedSequence, factor),
            let sequence = Self.reach(highestSequence, factor)
        else { return nil }
        return PassShift(time: time, feedSequence: feedSequence, sequence: sequence)
    }

    /// `highest` × `factor`, where the highest number moved by it is still a number.
    private static func reach(_ highest: UInt64, _ factor: UInt64) -> UInt64? {
        let (product, overflows) = highest.multipliedReportingOverflow(by: factor)
        guard !overflows, !product.addingReportingOverflow(highest).overflow else { return nil }
        return product
    }

    private static let year2262: Int64 = 9_214_646_400_000_000_000
}

/// The passes over the input: opens the files for each of them, and knows how far its events are moved.
struct RecordingPasses {
    private let files: [String]
    private let options: HistoricalLoaderOptions
    private let wanted: Set<SymbolID>?
    private var identities: [RecordingFile.Identity] = []
    private var pass = 0
    /// What this pass has reached so far, before its shift.
    var extent = PassExtent()
    /// What the first pass has reached, when it is over.
    private var whole = PassExtent()
    /// How far the events of this pass are moved.
    private(set) var shift = PassShift()

    /// Nothing opened yet.
    init(files: [String], options: HistoricalLoaderOptions) {
        self.files = files
        self.options = options
        wanted = options.symbols.map { names in Set(names.compactMap { SymbolID($0) }) }
    }

    /// Whether the next pass begins at the time at which this one ends without beginning there.
    var movesTime: Bool { extent.span != 0 }

    /// Opens the files for the first pass.
    mutating func begin() throws(HistoricalLoaderError) -> [RecordingLane] {
        let lanes = try open()
        identities = lanes.map(\.identity)
        return lanes
    }

    /// Goes on to the next pass.
    ///
    /// - Returns: its files, `nil` when there is none or when the first pass gave no event.
    /// - Throws: `HistoricalLoaderError.beyondTime`, as early as after the first pass; `.changed`.
    mutating func next() throws(HistoricalLoaderError) -> [RecordingLane]? {
        guard pass + 1 < options.repeats else { return nil }
        if pass == 0 { whole = extent }
        guard whole.first != nil else { return nil }
        // Looked at once for the last pass, so that the input is not played nine times to fail in the tenth.
        guard whole.shift(options.repeats - 1) != nil, let shift = whole.shift(pass + 1) else {
            throw .beyondTime(repeats: options.repeats)
        }
        let lanes = try open()
        for (lane, identity) in zip(lanes, identities) where lane.identity != identity {
            throw .changed(file: lane.file)
        }
        pass += 1
        self.shift = shift
        return lanes
    }

    private func open() throws(HistoricalLoaderError) -> [RecordingLane] {
        var lanes: [RecordingLane] = []
        for file in files { lanes.append(try RecordingLane(file, options: options, wanted: wanted)) }
        return lanes
    }
}
