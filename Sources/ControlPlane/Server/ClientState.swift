/// One connection without its socket: what came in, what must go out, and since when it waits.
///
/// Pure: the server reads and writes the socket and tells the time.
struct ClientState {
    /// Why a connection must be closed.
    enum Expiry: Equatable {
        case idle, arrival, write
    }

    private(set) var framer: LineFramer
    /// Bytes to send, from `sent` on.
    private(set) var output: [UInt8] = []
    private(set) var sent = 0
    /// No further line is taken; closes when the output is gone.
    private(set) var isClosing = false
    /// The client will send no more.
    private(set) var hasEnded = false
    /// Deferred calls without an answer.
    var inFlight = 0
    /// A line may have waited for room in the output.
    private(set) var isHeldBack = false
    /// It sent on without reading until lines were dropped: only what engages is still taken, and the connection is closed once
    /// the output is gone.
    private(set) var isShedding = false

    private let mayEngage: Bool
    private var lastRequest: UInt64
    private var lineSince: UInt64?
    private var outputSince: UInt64?
    private let limits: ControlLimits

    /// - Parameter mayEngage: whether the client's lines are searched for one that engages.
    init(limits: ControlLimits, mayEngage: Bool = false, now: UInt64) {
        framer = LineFramer(
            limit: limits.requestBytes, lookingFor: mayEngage ? MethodTable.engageName : nil)
        self.limits = limits
        self.mayEngage = mayEngage
        lastRequest = now
    }

    var unsentBytes: Int { output.count - sent }

    /// A client that does not read is not served further until it does, but for what engages.
    var isBlocked: Bool { unsentBytes >= limits.outputBytes }

    /// Everything asked for has been sent and nothing more can come.
    var isFinished: Bool {
        (isClosing || hasEnded || isShedding) && unsentBytes == 0 && inFlight == 0 && !holdsLines
    }

    /// A line may be waiting in the framer.
    private var holdsLines: Bool { !isClosing && !isShedding && framer.pendingBytes > 0 }

    /// What has come and not been served is bounded, too. Who may engage is heard whatever waits for it.
    var wantsToRead: Bool {
        guard !isClosing && !hasEnded else { return false }
        // Of what comes beyond, what does not engage is dropped.
        return isBlocked ? mayEngage : framer.pendingBytes <= limits.requestBytes
    }

    /// Lines that waited for room in the output may be served now.
    var mayServeOn: Bool { isHeldBack && !isBlocked && !isClosing }

    /// Bytes for a client that does not read, beyond which it is not answered any more.
    private var mostOutput: Int { limits.outputBytes + limits.answerBytes }

    /// A complete line that engages the kill switch, as far as can be seen without parsing it, waits to be served.
    var holdsEngage: Bool { !isClosing && framer.holdsWord }

    mutating func received(_ bytes: some Collection<UInt8>, now: UInt64) {
        if lineSince == nil { lineSince = now }
        framer.append(bytes)
        // Nobody answers what is behind: room for one more engage matters more.
        if mayEngage && isBlocked && framer.pendingBytes > limits.requestBytes {
            framer.dropOtherLines()
            isShedding = true
        }
    }

    mutating func ended() { hasEnded = true }

    /// The next line to serve, if it may be served now: while the output is full, one that engages, whatever came before it.
    mutating func nextLine(now: UInt64) -> LineFramer.Item? {
        guard !isClosing else { return nil }
        guard !isBlocked && !isShedding else { return nextEngage(now: now) }
        isHeldBack = false
        var item = framer.next()
        if item == nil && hasEnded && framer.pendingBytes > 0 { item = framer.remainder() }
        // What follows a complete line began no earlier than now, as far as the client can be blamed.
        lineSince = framer.pendingBytes > 0 ? (item == nil ? lineSince ?? now : now) : nil
        if item != nil { lastRequest = now }
        return item
    }

    private mutating func nextEngage(now: UInt64) -> LineFramer.Item? {
        if unsentBytes >= mostOutput { isShedding = true }
        isHeldBack = !isShedding && framer.pendingBytes > 0
        guard let item = framer.nextWithWord() else { return nil }
        lastRequest = now
        return item
    }

    /// Queues one line; the line end is added.
    mutating func send(_ line: [UInt8], now: UInt64) {
        // It has lost answers already and is told nothing more.
        if isShedding && unsentBytes >= mostOutput { return }
        if unsentBytes == 0 {
            output.removeAll(keepingCapacity: output.capacity <= limits.outputBytes)
            sent = 0
            outputSince = now
        }
        output.append(contentsOf: line)
        output.append(0x0A)
    }

    /// Notes that the socket took `count` bytes.
    mutating func wrote(_ count: Int, now: UInt64) {
        sent += count
        outputSince = unsentBytes == 0 ? nil : now
        // A client is not idle while it takes its answers.
        lastRequest = max(lastRequest, now)
    }

    /// Serves nothing more; what is queued still goes out.
    mutating func close() { isClosing = true }

    /// Why this connection has lived long enough at `now`, if it has.
    func expiry(now: UInt64) -> Expiry? {
        func passed(_ limit: Duration, since: UInt64) -> Bool {
            now > since && now - since >= limit.clampedNanoseconds
        }
        if let outputSince { return passed(limits.write, since: outputSince) ? .write : nil }
        if inFlight > 0 || isClosing { return nil }
        if let lineSince, !hasEnded, passed(limits.requestArrival, since: lineSince) { return .arrival }
        return passed(limits.idle, since: lastRequest) ? .idle : nil
    }
}
